//! Requests that pages of others make in a person's browser.

use greengrid_domain::identity::Role;

use crate::support::{App, PASSWORD, https};

#[tokio::test]
async fn no_page_of_others_signs_anybody_in_or_out() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;

    for site in ["cross-site", "same-site"] {
        let mut foreign = app.browser().saying("sec-fetch-site", site);
        let answer = foreign.sign_in(user.email.as_str(), PASSWORD).await;
        assert_eq!(answer.status, 403, "{site}");
        assert_eq!(answer.set_cookie("greengrid"), None);

        let mut victim = app.signed_in(Role::Ops).await;
        let answer = victim.clone().saying("sec-fetch-site", site).post("/sign-out", &[]).await;
        assert_eq!(answer.status, 403, "{site}");
        assert_eq!(victim.get("/").await.header("location"), "/overview");
    }
}

#[tokio::test]
async fn browsers_that_do_not_say_where_from_are_judged_by_the_origin() {
    let app = App::start().await;
    let check = async |origin: &str, expected: u16| {
        let browser = app.signed_in(Role::Ops).await;
        let mut browser = browser.saying("sec-fetch-site", "").saying("origin", origin);
        let answer = browser.post("/sign-out", &[]).await;
        assert_eq!(answer.status, expected, "{origin}");
    };

    check("https://green.example", 303).await;
    check("https://evil.example", 403).await;
    check("https://green.example.evil.example", 403).await;
    check("null", 403).await;
    // A cookie and neither header: somebody removed them on the way.
    check("", 403).await;
}

#[tokio::test]
async fn behind_a_proxy_the_public_address_is_the_origin() {
    let app = App::with(https()).await;
    let user = app.user(Role::Ops).await;
    let check = async |origin: &str, expected: u16| {
        let mut browser = app.browser().saying("sec-fetch-site", "").saying("origin", origin);
        let answer = browser.sign_in(user.email.as_str(), PASSWORD).await;
        assert_eq!(answer.status, expected, "{origin}");
    };

    check("https://green.example", 303).await;
    check("http://green.example", 403).await;
}

#[tokio::test]
async fn a_program_with_a_token_needs_no_origin() {
    let app = App::start().await;
    let secret = app.token(&[greengrid_domain::identity::Scope::ReadingsWrite]).await;
    let mut program = app
        .browser()
        .saying("sec-fetch-site", "cross-site")
        .saying("authorization", &format!("Bearer {secret}"));

    assert_ne!(program.post("/api/v1/readings", &[]).await.status, 403);
}
