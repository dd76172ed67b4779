use greengrid_app::actor::Actor;
use greengrid_domain::identity::User;
use greengrid_domain::time::SiteZone;
use maud::html;
use uuid::Uuid;

use super::*;

fn viewer(role: Role, theme: Theme) -> Viewer {
    let user = User {
        id: Uuid::nil().into(),
        email: "diana@example.org".parse().unwrap(),
        name: "Diana <Reyes>".parse().unwrap(),
        role,
        active: true,
    };
    Viewer { actor: Actor::of(&user), user, theme, session: "ab".to_owned() }
}

fn rendered(viewer: &Viewer, nav: Nav) -> String {
    let clock = PageClock {
        now: "2026-06-12T08:42:18Z".parse().unwrap(),
        zone: "Europe/Berlin".parse::<SiteZone>().unwrap(),
        speed: 1.0,
        demo: true,
    };
    page()
        .viewer(viewer)
        .title("Overview")
        .nav(nav)
        .clock(clock)
        .live("/live?view=overview".to_owned())
        .main(main(html! { h1 { "Hello" } }))
        .render()
        .into_string()
}

#[test]
fn the_frame_of_a_page() {
    insta::assert_snapshot!(rendered(&viewer(Role::Ops, Theme::Dark), Nav::Overview));
}

#[test]
fn a_customer_is_offered_only_their_own_sites() {
    let page = rendered(&viewer(Role::Customer, Theme::Auto), Nav::My);

    assert!(page.contains("href=\"/my\""));
    assert!(!page.contains("href=\"/overview\""));
    assert!(!page.contains("role=\"search\""));
    assert!(!page.contains("data-theme=\""));
}

#[test]
fn names_are_escaped() {
    assert!(!rendered(&viewer(Role::Ops, Theme::Auto), Nav::Overview).contains("<Reyes>"));
}
