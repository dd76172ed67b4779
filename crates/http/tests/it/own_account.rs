//! The page of one's own account.

use axum::body::Body;
use greengrid_domain::identity::Role;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::support::{App, PASSWORD};

const NEW: &str = "another horse staple";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

async fn ends(stream: Body) {
    let rest = timeout(std::time::Duration::from_secs(2), stream.collect()).await;
    rest.expect("an end").unwrap();
}

#[tokio::test]
async fn everybody_has_a_page_of_their_account_and_nobody_else_does() {
    let app = App::start().await;

    for role in [Role::Ops, Role::Cs, Role::Customer, Role::Admin] {
        let page = app.signed_in(role).await.get("/account").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Where you are signed in"));
    }
    assert_eq!(app.browser().get("/account").await.header("location"), "/sign-in?next=/account");
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions_and_goes_on_under_a_new_id() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let email = user.email.as_str();
    let (mut browser, mut elsewhere) = (app.browser(), app.browser());
    browser.sign_in(email, PASSWORD).await;
    elsewhere.sign_in(email, PASSWORD).await;
    let stream = elsewhere.stream("/live?view=overview").await;
    let stolen = browser.clone();

    let wrong = browser.post("/account/password", &[("present", "wrong"), ("password", NEW)]).await;
    let weak = browser
        .post("/account/password", &[("present", PASSWORD), ("password", "passwordpassword")])
        .await;
    let set = browser.post("/account/password", &[("present", PASSWORD), ("password", NEW)]).await;

    assert_eq!((wrong.status.as_u16(), weak.status.as_u16()), (422, 422));
    assert!(wrong.text.contains("id=\"password-present-error\""));
    assert!(weak.text.contains("id=\"new-password-error\""));
    assert!(!weak.text.contains("passwordpassword"));
    assert_eq!(set.header("location"), "/account?done=password");
    assert!(browser.get("/account?done=password").await.text.contains("Your password is changed"));
    ends(stream).await;
    assert_eq!(elsewhere.get("/").await.header("location"), "/sign-in");
    assert_eq!(stolen.clone().get("/").await.header("location"), "/sign-in");
    assert_eq!(app.browser().sign_in(email, NEW).await.status, 303);
}

#[tokio::test]
async fn an_address_moves_by_a_link_sent_to_the_new_one() {
    let app = App::start().await;
    let user = app.user(Role::Customer).await;
    let old = user.email.to_string();
    let new = format!("Jane+{}@m\u{fc}nchen.example", uuid::Uuid::now_v7().simple());
    let mut browser = app.browser();
    browser.sign_in(&old, PASSWORD).await;

    let nonsense =
        browser.post("/account/email", &[("email", "jane"), ("present", PASSWORD)]).await;
    let asked = browser.post("/account/email", &[("email", &new), ("present", PASSWORD)]).await;
    let kept: greengrid_domain::identity::EmailAddress = new.parse().unwrap();
    let path = app.link_sent_to(kept.as_str(), "/address/").await;
    let page = app.browser().get(&path).await;
    let early = app.browser().sign_in(&new, PASSWORD).await;
    let moved = app.browser().post(&path, &[]).await;

    assert_eq!(nonsense.status, 422);
    assert!(nonsense.text.contains("value=\"jane\""));
    assert_eq!(asked.header("location"), "/account?done=email");
    assert!(page.text.contains("münchen.example") && page.text.contains(&old));
    assert_eq!((early.status.as_u16(), moved.status.as_u16()), (401, 200));
    assert_eq!(app.browser().sign_in(&new.to_uppercase(), PASSWORD).await.status, 303);
    assert_eq!(app.browser().sign_in(&old, PASSWORD).await.status, 401);
    let told = app.letters_to(&old).await;
    assert!(told[0].contains("about to change") && told[1].contains("has changed"));
    assert_eq!(app.browser().post(&path, &[]).await.status, 410);
}

#[tokio::test]
async fn whether_somebody_else_has_an_address_is_not_told() {
    let app = App::start().await;
    let (user, other) = (app.user(Role::Customer).await, app.user(Role::Customer).await);
    let mut browser = app.browser();
    browser.sign_in(user.email.as_str(), PASSWORD).await;

    let fields = [("email", other.email.as_str()), ("present", PASSWORD)];
    let asked = browser.post("/account/email", &fields).await;

    assert_eq!(asked.header("location"), "/account?done=email");
    assert!(app.letters_to(other.email.as_str()).await.is_empty());
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_signs_out_there() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut here = app.browser();
    here.sign_in(user.email.as_str(), PASSWORD).await;
    let mut there = app.browser().at([203, 0, 113, 9]).saying("user-agent", FIREFOX);
    there.sign_in(user.email.as_str(), PASSWORD).await;
    let stream = there.stream("/live?view=overview").await;

    let page = here.get("/account").await;
    assert!(page.text.contains("Firefox on Linux"), "{}", page.text);
    assert!(page.text.contains("203.0.113.9") && page.text.contains("This one"));
    let end = page.text.split("action=\"").find(|part| part.contains("/end\"")).unwrap();
    let end = end.split('"').next().unwrap().to_owned();

    let stranger = app.signed_in(Role::Ops).await.post(&end, &[]).await;
    assert_eq!(stranger.status, 404);
    assert_eq!(there.get("/").await.header("location"), "/overview");

    assert_eq!(here.post(&end, &[]).await.header("location"), "/account?done=sessions");
    ends(stream).await;
    assert_eq!(there.get("/").await.header("location"), "/sign-in");
    assert_eq!(here.get("/").await.header("location"), "/overview");

    there.sign_in(user.email.as_str(), PASSWORD).await;
    here.post("/account/sessions/end-others", &[]).await;
    assert_eq!(there.get("/").await.header("location"), "/sign-in");
    assert_eq!(here.get("/").await.header("location"), "/overview");
}

#[tokio::test]
async fn a_name_is_changed_and_what_makes_none_is_asked_for_again() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Cs).await;

    let none = browser.post("/account/name", &[("name", " ")]).await;
    let set = browser.post("/account/name", &[("name", "Carla <Moreau>")]).await;

    assert_eq!(none.status, 422);
    assert_eq!(set.header("location"), "/account?done=name");
    assert!(browser.get("/account").await.text.contains("Carla &lt;Moreau&gt;"));
}
