//! What a session is, and how it ends.

use greengrid_app::actor::Actor;
use greengrid_domain::identity::Role;
use sqlx::Executor;

use crate::support::{App, PASSWORD, https};

async fn kept(app: &App) -> Vec<Vec<u8>> {
    sqlx::query_scalar("select id_hash from session").fetch_all(&app.db.pool()).await.unwrap()
}

#[tokio::test]
async fn the_cookie_is_encrypted_and_out_of_reach_of_scripts() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;

    let answer = app.browser().sign_in(user.email.as_str(), PASSWORD).await;

    let cookie = answer.set_cookie("greengrid").unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    // An id in plain text has 22 characters.
    let value = cookie.split(['=', ';']).nth(1).unwrap();
    assert!(value.len() > 44, "{value}");
}

#[tokio::test]
async fn over_https_the_cookie_is_of_this_host_alone_until_it_is_removed() {
    let app = App::with(https()).await;
    let user = app.user(Role::Ops).await;
    let mut browser = app.browser();

    let came = browser.sign_in(user.email.as_str(), PASSWORD).await;
    let left = browser.post("/sign-out", &[]).await;

    let set = came.set_cookie("__Host-greengrid").unwrap();
    let removed = left.set_cookie("__Host-greengrid").unwrap();
    // Browsers ignore a cookie with this prefix that lacks any of these, a
    // removal too.
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
        assert!(removed.contains(attribute), "{removed}");
    }
    assert!(removed.starts_with("__Host-greengrid=;") && removed.contains("Max-Age=0"));
    assert!(!removed.contains("Domain"));
}

#[tokio::test]
async fn every_sign_in_gets_a_session_of_a_new_id() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut browser = app.signed_in(Role::Cs).await;
    let first = kept(&app).await;
    let stolen = browser.clone();

    browser.sign_in(user.email.as_str(), PASSWORD).await;

    let second = kept(&app).await;
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
    assert_ne!(browser.cookies, stolen.cookies);
    assert_eq!(browser.get("/").await.header("location"), "/overview");
    assert_eq!(stolen.clone().get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn a_made_up_cookie_chooses_no_session_id() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut browser = app.browser();
    browser.cookies.insert("greengrid".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".to_owned());

    browser.sign_in(user.email.as_str(), PASSWORD).await;

    assert_eq!(kept(&app).await.len(), 1);
    assert_ne!(browser.cookies["greengrid"], "AAAAAAAAAAAAAAAAAAAAAA");
}

#[tokio::test]
async fn a_stolen_cookie_is_worth_nothing_after_sign_out() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Ops).await;
    let mut thief = browser.clone().at([203, 0, 113, 66]);
    assert_eq!(thief.get("/").await.header("location"), "/overview");

    let left = browser.post("/sign-out", &[]).await;

    assert_eq!((left.status.as_u16(), left.header("location")), (303, "/sign-in"));
    assert!(kept(&app).await.is_empty());
    assert_eq!(thief.get("/overview").await.header("location"), "/sign-in?next=/overview");
    assert!(kept(&app).await.is_empty());
}

#[tokio::test]
async fn taking_access_away_ends_the_session_at_once() {
    let app = App::start().await;
    for change in ["role", "access"] {
        let user = app.user(Role::Ops).await;
        let mut browser = app.browser();
        browser.sign_in(user.email.as_str(), PASSWORD).await;
        assert_eq!(browser.get("/").await.header("location"), "/overview");

        match change {
            "role" => app.identity.set_role(&Actor::System, user.id, Role::Cs).await.unwrap(),
            _ => app.identity.deactivate(&Actor::System, user.id).await.unwrap(),
        }

        assert_eq!(browser.get("/").await.header("location"), "/sign-in", "{change}");
    }
}

#[tokio::test]
async fn a_session_opened_under_an_older_password_is_no_longer_good() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Ops).await;

    // The session's row survives, as if it had been written a moment later.
    app.db.pool().execute("update app_user set auth_version = auth_version + 1").await.unwrap();

    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn an_idle_session_expires() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Ops).await;

    app.db
        .pool()
        .execute("update session set last_seen_at = now() - interval '13 hours'")
        .await
        .unwrap();

    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn without_the_store_of_sessions_people_get_a_page_and_the_rest_goes_on() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Ops).await;

    app.db.pool().execute("alter table session rename to mislaid").await.unwrap();

    let page = browser.get("/overview").await;
    assert_eq!(page.status, 503);
    assert_eq!(page.header("retry-after"), "5");
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text.contains("Try again in a few seconds"), "{}", page.text);
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.get("/favicon.ico").await.status, 200);
    let secret = app.token(&[greengrid_domain::identity::Scope::ReadingsWrite]).await;
    let mut program = browser.clone().saying("authorization", &format!("Bearer {secret}"));
    assert!(!program.post("/api/v1/readings", &[]).await.status.is_server_error());
}
