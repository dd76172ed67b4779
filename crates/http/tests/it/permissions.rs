//! Every route with every role and with none.

use axum::http::{HeaderMap, Method, StatusCode};
use greengrid_domain::identity::Role;
use greengrid_http::{Access, PERMISSIONS};
use strum::IntoEnumIterator;

use crate::support::App;

/// What an answer says about access.
#[derive(Debug, PartialEq, Eq)]
enum Class {
    /// The handler was asked; what it made of the made-up address is its affair.
    In,
    /// Sent to the sign-in page, or told to sign in.
    SignInFirst,
    Forbidden,
}

fn class(status: StatusCode, headers: &HeaderMap) -> Class {
    let to_sign_in = || {
        let target = headers.get("location").map(|to| to.to_str().unwrap());
        target.is_some_and(|to| to.starts_with("/sign-in?next="))
    };
    match status {
        StatusCode::UNAUTHORIZED => Class::SignInFirst,
        StatusCode::FORBIDDEN => Class::Forbidden,
        StatusCode::SEE_OTHER if to_sign_in() => Class::SignInFirst,
        _ => Class::In,
    }
}

fn expected(access: Access, role: Option<Role>) -> Class {
    match (access, role) {
        (Access::Open | Access::Public | Access::SecretAddress, _)
        | (Access::SignedIn, Some(_)) => Class::In,
        // A session is no token.
        (Access::SignedIn | Access::Allowed(_), None)
        | (Access::Token(_) | Access::TokenOrLoopback(_), _) => Class::SignInFirst,
        (Access::Allowed(permission), Some(role)) if permission.granted_to(role) => Class::In,
        (Access::Allowed(_), Some(_)) => Class::Forbidden,
    }
}

/// An address for a path of the table, of something that is not there.
fn address(path: &str) -> String {
    path.replace("{site}", "NOWHERE-1")
        .replace("{entry}", "4711")
        .replace("{letter}", "4711")
        .replace("{inhibition}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{delivery}", "4711")
        .replace("{webhook}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{case}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{file}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{rule}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{silence}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{day}", "2026-06-12")
        .replace("{job}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{region}", "nowhere")
        .replace("{session}", "0123abcd")
        .replace("{secret}", "0123abcd")
        .replace("{connection}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{user}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{anomaly}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{pattern}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{window}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{takeout}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{trace}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{post}", "0197a3b2-0000-7000-8000-000000000000")
        .replace("{room}", "incident-0197a3b2-0000-7000-8000-000000000000")
        .replace("{token}", "0197a3b2-0000-7000-8000-000000000000")
}

#[tokio::test]
async fn every_route_lets_in_exactly_those_the_table_names() {
    let app = App::start().await;

    for role in Role::iter().map(Some).chain([None]) {
        let signed_in = match role {
            Some(role) => app.signed_in(role).await,
            None => app.browser(),
        };
        // What signing in and out make of it is their affair.
        let rows = PERMISSIONS.iter().filter(|(method, path, _)| {
            method == Method::GET || !["/sign-in", "/sign-out"].contains(path)
        });
        for (method, path, access) in rows {
            let mut browser = signed_in.clone();

            let (status, headers) = browser.head_of(method.clone(), &address(path)).await;

            let seen = class(status, &headers);
            assert_eq!(seen, expected(*access, role), "{method} {path} as {role:?}: {status}");
            assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(!status.is_server_error(), "{method} {path} as {role:?}: {status}");
        }
    }
}

#[tokio::test]
async fn an_address_that_is_not_there_is_a_page_that_says_so() {
    let app = App::start().await;

    let answer = app.browser().get("/nowhere").await;

    assert_eq!(answer.status, 404);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text.contains("There is nothing here"));
}

#[tokio::test]
async fn a_denied_page_is_a_403_and_a_command_of_datastar_shows_a_toast() {
    let app = App::start().await;

    let page = app.signed_in(Role::Customer).await.get("/overview").await;
    let mut datastar = app.signed_in(Role::Customer).await.saying("datastar-request", "true");
    let toast = datastar.get("/overview").await;

    assert_eq!(page.status, 403);
    assert!(page.text.contains("This page is not for your role"));
    assert_eq!(toast.status, 200);
    assert_eq!(toast.header("content-type"), "text/event-stream");
    assert!(toast.text.contains("event: datastar-patch-elements"));
    assert!(toast.text.contains("id=\"toasts\""));
}

#[tokio::test]
async fn a_program_is_answered_in_json() {
    let app = App::start().await;

    let answer = app.browser().post("/api/v1/readings", &[]).await;

    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.text.contains("\"no_token\""));
}

#[tokio::test]
async fn a_token_opens_only_what_its_scope_names() {
    let app = App::start().await;
    let other = app.token(&[greengrid_domain::identity::Scope::MetricsRead]).await;
    let right = app.token(&[greengrid_domain::identity::Scope::ReadingsWrite]).await;
    let status = async |secret: &str| {
        let mut program = app.browser().saying("authorization", &format!("Bearer {secret}"));
        program.post("/api/v1/readings", &[]).await.status
    };

    assert_eq!(status(&other).await, 403);
    assert_eq!(status("gg_unknown").await, 401);
    assert!(![401, 403].contains(&status(&right).await.as_u16()));
}
