//! The administrator's page.

use greengrid_domain::identity::Role;

use crate::support::{App, PASSWORD};

#[tokio::test]
async fn an_administrator_sees_people_and_changes_their_roles() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut admin = app.signed_in(Role::Admin).await;

    let role = format!("/admin/users/{}/role", user.id);
    let changed = admin.post(&role, &[("role", "cs")]).await;
    let page = admin.get("/admin").await;

    assert_eq!((changed.status.as_u16(), changed.header("location")), (303, "/admin"));
    assert_eq!(app.identity.user(user.id).await.unwrap().unwrap().role, Role::Cs);
    assert!(page.text.contains(user.email.as_str()));
    assert!(page.text.contains("change role"));
    assert!(page.text.contains("ops to cs"));
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
async fn the_secret_of_a_token_is_shown_once_and_opens_until_revoked() {
    let app = App::start().await;
    let mut admin = app.signed_in(Role::Admin).await;

    let fields = [("name", "Logger <1>"), ("readings:write", "on")];
    let made = admin.post("/admin/tokens", &fields).await;
    let secret = made.text.split("value=\"gg_").nth(1).unwrap().split('"').next().unwrap();
    let secret = format!("gg_{secret}");
    let later = admin.get("/admin").await;
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
