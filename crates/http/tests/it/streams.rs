//! Streams end with the right to look.

use std::time::Duration;

use axum::body::Body;
use greengrid_app::actor::Actor;
use greengrid_domain::identity::{NewPassword, Role, Scope};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::support::{App, PASSWORD};

const ACCOUNTS: &str = "/live?view=accounts";

/// What comes until the text does.
pub(crate) async fn until(stream: &mut Body, text: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(text) {
        let frame = timeout(Duration::from_secs(30), stream.frame()).await.expect("a state");
        let bytes = frame.expect("the stream goes on").unwrap().into_data().unwrap();
        seen.push_str(&String::from_utf8_lossy(&bytes));
    }
    seen
}

/// What comes until the stream ends, which it does within two seconds.
async fn to_the_end(stream: Body) -> String {
    let rest = timeout(Duration::from_secs(2), stream.collect()).await.expect("an end");
    String::from_utf8_lossy(&rest.unwrap().to_bytes()).into_owned()
}

#[tokio::test]
async fn an_open_page_follows_what_is_done_elsewhere() {
    let app = App::start().await;
    let mut stream = app.signed_in(Role::Admin).await.stream("/live?view=tokens").await;

    app.identity
        .create_token(&Actor::CommandLine, "Logger at Harbour", vec![Scope::ReadingsWrite])
        .await
        .unwrap();

    let seen = until(&mut stream, "Logger at Harbour").await;
    assert!(seen.contains("event: datastar-patch-elements"));
}

#[tokio::test]
async fn the_streams_of_a_session_end_with_it() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Admin).await;
    let streams = [browser.stream(ACCOUNTS).await, browser.stream(ACCOUNTS).await];

    browser.post("/sign-out", &[]).await;

    for stream in streams {
        assert!(to_the_end(stream).await.contains("/sign-in"));
    }
}

#[tokio::test]
async fn the_streams_of_somebody_end_when_their_access_does() {
    for change in ["role", "access", "password"] {
        let app = App::start().await;
        let user = app.user(Role::Admin).await;
        let mut browser = app.browser();
        browser.sign_in(user.email.as_str(), PASSWORD).await;
        let stream = browser.stream(ACCOUNTS).await;
        let by = Actor::CommandLine;

        match change {
            "role" => app.identity.set_role(&by, user.id, Role::Customer).await.unwrap(),
            "access" => app.identity.deactivate(&by, user.id).await.unwrap(),
            _ => {
                let password = NewPassword::new("another horse battery").unwrap();
                app.identity.set_password(&by, user.id, &password).await.unwrap();
            }
        }

        to_the_end(stream).await;
        assert_eq!(browser.get(ACCOUNTS).await.status, 303, "{change}");
    }
}

#[tokio::test]
async fn a_stream_is_only_for_those_who_may_see_its_page() {
    let app = App::start().await;

    let mut customer = app.signed_in(Role::Customer).await;

    assert_eq!(customer.get(ACCOUNTS).await.status, 403);
    assert_eq!(customer.get("/live?view=overview").await.status, 403);
}
