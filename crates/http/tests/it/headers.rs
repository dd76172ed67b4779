//! What browsers are told with every answer.

use greengrid_domain::identity::Role;

use crate::support::{App, https};

#[tokio::test]
async fn every_answer_tells_browsers_to_be_strict() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Admin).await;

    for path in ["/admin", "/sign-in", "/nowhere", "/healthz", "/favicon.ico", "/my"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        for directive in [
            "default-src 'self'",
            "script-src 'self' 'unsafe-eval';",
            "style-src 'self';",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(directive), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
}

#[tokio::test]
async fn private_pages_are_kept_by_nobody() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Admin).await;

    for path in ["/admin", "/sign-in", "/", "/nowhere"] {
        assert_eq!(browser.get(path).await.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn over_https_browsers_stay_with_it() {
    let app = App::with(https()).await;

    let answer = app.browser().get("/sign-in").await;

    assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"));
}

#[tokio::test]
async fn pages_carry_no_inline_script_or_style() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Admin).await;

    for path in ["/admin", "/nowhere"] {
        let page = browser.get(path).await.text;
        assert!(!page.contains("<script>") && !page.contains("<style"), "{path}");
        assert!(!page.contains(" style=") && !page.contains(" onclick="), "{path}");
    }
}
