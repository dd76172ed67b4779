//! Getting in, and not getting in.

use greengrid_domain::identity::{Role, Scope};
use greengrid_http::Settings;
use sqlx::Executor;
use strum::IntoEnumIterator;

use crate::support::{App, PASSWORD, settings};

#[tokio::test]
async fn everybody_lands_on_the_home_of_their_role() {
    let app = App::start().await;

    for role in Role::iter() {
        let user = app.user(role).await;
        let mut browser = app.browser();

        let answer = browser.sign_in(user.email.as_str(), PASSWORD).await;

        let home = match role {
            Role::Ops => "/overview",
            Role::Cs => "/onboarding",
            Role::Customer => "/my",
            Role::Admin => "/admin",
        };
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, home));
        assert_eq!(browser.get("/").await.header("location"), home);
    }
    assert_eq!(app.browser().get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn signing_in_leads_on_to_the_page_asked_for() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let mut browser = app.browser();

    let sent = browser.get("/sites?text=harbour%20store").await;
    let door = browser.get(sent.header("location")).await;
    let fields = [
        ("email", user.email.as_str()),
        ("password", PASSWORD),
        ("next", "/sites?text=harbour%20store"),
    ];
    let answer = browser.post("/sign-in", &fields).await;

    assert_eq!(sent.status, 303);
    assert!(door.text.contains("name=\"next\" value=\"/sites?text=harbour%20store\""));
    assert_eq!(answer.header("location"), "/sites?text=harbour%20store");
}

#[tokio::test]
async fn signing_in_never_leads_to_another_site() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;

    for next in ["//evil.example/", "https://evil.example/", "/\\evil.example/"] {
        let fields = [("email", user.email.as_str()), ("password", PASSWORD), ("next", next)];
        let answer = app.browser().post("/sign-in", &fields).await;

        assert_eq!(answer.header("location"), "/overview", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_read_the_same() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let email = user.email.as_str();

    let wrong = app.browser().sign_in(email, "wrong horse battery").await;
    let unknown = app.browser().sign_in("nobody@example.org", PASSWORD).await;

    assert_eq!((wrong.status.as_u16(), unknown.status.as_u16()), (401, 401));
    assert_eq!(wrong.text.replace(email, "*"), unknown.text.replace("nobody@example.org", "*"));
    assert!(wrong.text.contains("do not belong together"));
    assert!(wrong.text.contains(&format!("value=\"{email}\"")));
    assert!(!wrong.text.contains("wrong horse battery"));
    assert_eq!(wrong.headers.get("set-cookie"), None);
}

#[tokio::test]
async fn somebody_without_access_does_not_get_in() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    app.db.pool().execute("update app_user set active = false").await.unwrap();

    let answer = app.browser().sign_in(user.email.as_str(), PASSWORD).await;

    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn who_guesses_has_to_wait_and_the_owner_still_gets_in_from_elsewhere() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let email = user.email.as_str();
    let mut thief = app.browser().at([203, 0, 113, 66]);
    for _ in 0..5 {
        assert_eq!(thief.sign_in(email, "wrong horse battery").await.status, 401);
    }

    let stopped = thief.sign_in(email, PASSWORD).await;
    let owner = app.browser().at([198, 51, 100, 7]).sign_in(email, PASSWORD).await;

    assert_eq!(stopped.status, 429);
    let wait: u64 = stopped.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    assert!(stopped.text.contains("Too many attempts"));
    assert_eq!(owner.status, 303);
}

#[tokio::test]
async fn what_a_client_claims_in_a_forwarding_header_makes_no_new_address_of_it() {
    let behind_proxy = Settings { trusted_proxies: "10.0.0.1".parse().unwrap(), ..settings() };
    for (app, peer, chain) in [
        (App::start().await, [203, 0, 113, 66], ""),
        (App::with(behind_proxy).await, [10, 0, 0, 1], ", 203.0.113.66"),
    ] {
        let user = app.user(Role::Ops).await;
        let mut last = 0;
        for attempt in 1..=6 {
            let claim = format!("192.0.2.{attempt}{chain}");
            let mut thief = app.browser().at(peer).saying("x-forwarded-for", &claim);
            last = thief.sign_in(user.email.as_str(), "wrong horse battery").await.status.as_u16();
        }

        assert_eq!(last, 429, "{chain}");
    }
}

#[tokio::test]
async fn the_password_of_the_demo_opens_nothing_in_production() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;

    let answer = app.browser().sign_in(user.email.as_str(), "sunny-morning-200").await;
    let door = app.browser().get("/sign-in").await;

    assert_eq!(answer.status, 401);
    assert!(!door.text.contains("sunny-morning-200"));
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    let app = App::start().await;
    let secret = app.token(&[Scope::ReadingsWrite]).await;
    let mut program = app.browser().saying("authorization", &format!("Bearer {secret}"));
    assert_ne!(program.post("/api/v1/readings", &[]).await.status, 401);

    app.db.pool().execute("update api_token set revoked_at = now()").await.unwrap();

    assert_eq!(program.post("/api/v1/readings", &[]).await.status, 401);
}
