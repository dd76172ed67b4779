//! The administrator's pages.

use std::time::{Duration, Instant};

use greengrid_app::actor::Actor;
use greengrid_domain::identity::Role;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::support::{App, PASSWORD};

#[tokio::test]
async fn an_administrator_sees_people_and_changes_their_roles() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut admin = app.signed_in(Role::Admin).await;

    let role = format!("/admin/users/{}/role", user.id);
    let changed = admin.post(&role, &[("role", "cs")]).await;
    let page = admin.get("/admin").await;
    let trail = admin.get("/admin/trail").await;

    assert_eq!((changed.status.as_u16(), changed.header("location")), (303, "/admin"));
    assert_eq!(app.identity.user(user.id).await.unwrap().unwrap().role, Role::Cs);
    assert!(page.text.contains(user.email.as_str()));
    assert!(trail.text.contains("change role") && trail.text.contains("ops to cs"));
    assert_eq!(admin.post(&role, &[("role", "king")]).await.status, 400);
}

#[tokio::test]
async fn an_administrator_takes_access_away_and_gives_it_back() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut admin = app.signed_in(Role::Admin).await;
    let access = format!("/admin/users/{}/active", user.id);

    for (active, expected) in [("false", 401), ("true", 303)] {
        assert_eq!(admin.post(&access, &[("active", active)]).await.status, 303);
        let answer = app.browser().sign_in(user.email.as_str(), PASSWORD).await;
        assert_eq!(answer.status, expected);
    }
}

#[tokio::test]
async fn what_an_administrator_takes_away_ends_open_pages_within_two_seconds() {
    for (path, fields) in [("role", [("role", "customer")]), ("active", [("active", "false")])] {
        let app = App::start().await;
        let other = app.beside().await;
        let user = app.user(Role::Ops).await;
        let mut browser = other.browser();
        browser.sign_in(user.email.as_str(), PASSWORD).await;
        // On another instance than the administrator's.
        let stream = browser.stream("/live?view=overview").await;
        let mut admin = app.signed_in(Role::Admin).await;

        let since = Instant::now();
        let done = admin.post(&format!("/admin/users/{}/{path}", user.id), &fields).await;
        let rest = timeout(Duration::from_secs(2), stream.collect()).await.expect("an end");

        assert_eq!(done.status, 303);
        assert!(since.elapsed() < Duration::from_secs(2));
        let told = String::from_utf8_lossy(&rest.unwrap().to_bytes()).into_owned();
        assert!(told.contains("/sign-in"), "{path}: {told}");
        assert_eq!(browser.get("/overview").await.header("location"), "/sign-in?next=/overview");
    }
}

#[tokio::test]
async fn nobody_locks_themselves_out() {
    let app = App::start().await;
    let user = app.user(Role::Admin).await;
    let mut admin = app.browser();
    admin.sign_in(user.email.as_str(), PASSWORD).await;

    let own = admin.post(&format!("/admin/users/{}/role", user.id), &[("role", "ops")]).await;

    assert_eq!(own.status, 409);
    assert!(own.text.contains("Nobody can change their own role or access."));
}

#[tokio::test]
async fn somebody_is_invited_from_the_page_and_invited_again() {
    let app = App::start().await;
    let mut admin = app.signed_in(Role::Admin).await;
    let form = |email| [("email", email), ("name", "Jane <Alder>"), ("role", "customer")];

    let wrong = admin.post("/admin/users", &form("jane@")).await;
    let sent = admin.post("/admin/users", &form("jane+roof@example.org")).await;
    let twice = admin.post("/admin/users", &form("JANE+roof@EXAMPLE.org")).await;

    assert_eq!((wrong.status.as_u16(), twice.status.as_u16()), (422, 422));
    assert!(
        wrong.text.contains("value=\"jane@\"") && wrong.text.contains("id=\"invite-email-error\"")
    );
    assert!(twice.text.contains("another account has this e-mail address"));
    assert_eq!(sent.status, 200);
    assert!(sent.text.contains("An invitation is on its way to jane+roof@example.org"));
    let first = app.link_sent_to("jane+roof@example.org", "/invitation/").await;

    let page = admin.get("/admin?standing=invited&q=jane").await;
    let again = page.text.split("action=\"").find(|part| part.contains("/invite\"")).unwrap();
    let again = again.split('"').next().unwrap().to_owned();
    assert_eq!(admin.post(&again, &[]).await.status, 303);
    let second = app.link_sent_to("jane+roof@example.org", "/invitation/").await;
    assert_eq!(app.browser().get(&first).await.status, 410);
    let name = [("name", "Jane Alder"), ("password", PASSWORD)];
    assert_eq!(app.browser().post(&second, &name).await.header("location"), "/my");
    // Whoever has a password is not invited any more.
    assert_eq!(admin.post(&again, &[]).await.status, 409);
}

#[tokio::test]
async fn people_are_searched_and_filtered() {
    let app = App::start().await;
    let (ops, cs) = (app.user(Role::Ops).await, app.user(Role::Cs).await);
    let mut admin = app.signed_in(Role::Admin).await;

    let page = admin.get(&format!("/admin?role=cs&q={}", &cs.email.as_str()[..12])).await;
    let odd = admin.get("/admin?role=king&standing=%3Cb%3E&page=x").await;
    let beyond = admin.get("/admin?page=99").await;

    assert!(page.text.contains(cs.email.as_str()) && !page.text.contains(ops.email.as_str()));
    assert_eq!((odd.status.as_u16(), beyond.status.as_u16()), (200, 200));
    assert!(odd.text.contains("There is no role “king”") && odd.text.contains("“&lt;b&gt;”"));
    assert!(beyond.text.contains("Nobody fits"));
}

#[tokio::test]
async fn the_trail_is_filtered_and_taken_out_as_a_file() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut admin = app.signed_in(Role::Admin).await;
    let by = Actor::CommandLine;
    app.identity.set_role(&by, user.id, Role::Cs).await.unwrap();
    admin
        .post("/admin/users", &[("email", "x@example.org"), ("name", "=1+1"), ("role", "ops")])
        .await;

    let found = admin.get("/admin/trail?what=change+role&subject=user&who=command").await;
    let none = admin.get("/admin/trail?to=2020-01-01").await;
    let odd = admin.get("/admin/trail?from=yesterday&subject=king&before=x").await;
    let file = admin.get("/admin/trail.csv?what=invite").await;

    assert!(found.text.contains("ops to cs") && !found.text.contains(": sign in"));
    assert!(none.text.contains("Nothing fits"));
    assert_eq!(odd.status, 200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"trail-"));
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 2, "{}", file.text);
    assert!(lines[0].starts_with("number,at,by_kind"));
    // No spreadsheet takes a name for a formula.
    assert!(lines[1].contains(",'=1+1,"), "{}", lines[1]);
    assert_eq!(app.signed_in(Role::Ops).await.get("/admin/trail.csv").await.status, 403);
}

#[tokio::test]
async fn a_region_gets_a_name_and_a_price() {
    let app = App::start().await;
    app.sites(["A-1", "B-2"]).await;
    let mut admin = app.signed_in(Role::Admin).await;
    let form = |name, price| [("name", name), ("price", price), ("currency", "EUR")];

    let wrong = admin.post("/admin/regions/east", &form("East", "much")).await;
    let set = admin.post("/admin/regions/east", &form("The <East>", "0,3125")).await;
    let page = admin.get("/admin/regions").await;

    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("value=\"much\"") && wrong.text.contains("written like 0.2875"));
    assert_eq!(set.header("location"), "/admin/regions");
    assert!(page.text.contains("The &lt;East&gt;") && page.text.contains("€0.3125 a kWh"));
    let trail = admin.get("/admin/trail?what=change+price").await;
    assert!(trail.text.contains("A-1") && trail.text.contains("B-2"));
    assert_eq!(admin.post("/admin/regions/nowhere", &form("X", "")).await.status, 404);
}

#[tokio::test]
async fn an_administrator_tries_whether_letters_arrive() {
    let app = App::start().await;
    let user = app.user(Role::Admin).await;
    let mut admin = app.browser();
    admin.sign_in(user.email.as_str(), PASSWORD).await;

    let before = admin.get("/admin/mail").await;
    let sent = admin.post("/admin/mail", &[]).await;
    let after = admin.get("/admin/mail").await;

    assert!(before.text.contains("No mail server is set up"));
    assert_eq!(sent.header("location"), "/admin/mail");
    assert!(after.text.contains("Waits to be sent"));
    assert!(app.letters_to(user.email.as_str()).await[0].contains("GreenGrid can reach you"));
}

#[tokio::test]
async fn the_secret_of_a_token_is_shown_once_and_opens_until_revoked() {
    let app = App::start().await;
    let mut admin = app.signed_in(Role::Admin).await;

    let fields = [("name", "Logger <1>"), ("readings:write", "on")];
    let made = admin.post("/admin/tokens", &fields).await;
    let secret = made.text.split("value=\"gg_").nth(1).unwrap().split('"').next().unwrap();
    let secret = format!("gg_{secret}");
    let later = admin.get("/admin/tokens").await;
    let token = app.identity.authenticate_token(&secret).await.unwrap().unwrap();
    admin.post(&format!("/admin/tokens/{}/revoke", token.id), &[]).await;

    assert_eq!(made.status, 200);
    assert_eq!(made.header("cache-control"), "no-store");
    assert!(!later.text.contains(&secret));
    assert!(later.text.contains("Logger &lt;1&gt;"));
    assert_eq!(app.identity.authenticate_token(&secret).await.unwrap(), None);
}

#[tokio::test]
async fn a_token_without_a_purpose_is_asked_for_again_as_typed() {
    let app = App::start().await;
    let mut admin = app.signed_in(Role::Admin).await;

    let answer = admin.post("/admin/tokens", &[("name", "Logger 1")]).await;

    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("value=\"Logger 1\""));
    assert!(answer.text.contains("at least one scope"));
}
