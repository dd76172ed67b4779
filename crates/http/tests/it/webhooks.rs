//! Webhooks, as operations keeps them, and what they are told.

use greengrid_domain::identity::Role;
use greengrid_infra::webhooks::receiver::{HookReceiver, Manner};

use crate::alerts::{RULE, raise};
use crate::support::{App, Browser, settings_reaching};

/// A program that may tell programs on its own machine.
async fn app() -> App {
    let app = App::with(settings_reaching("127.0.0.1")).await;
    app.sites(["alpha", "beta"]).await;
    app
}

/// Makes a webhook by the form; gives its address on our side, and its secret.
async fn make(ops: &mut Browser, url: &str) -> (String, String) {
    let made = ops.post("/webhooks", &[("name", "Pager"), ("url", url)]).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let after = |mark: &str| {
        let from = made.text.find(mark).unwrap();
        made.text[from..].split('"').next().unwrap().to_owned()
    };
    (after("/webhooks/0"), after("whsec_"))
}

#[tokio::test]
async fn a_rule_tells_a_program_once_signed_with_the_secret_that_was_shown_once() {
    let app = app().await;
    let receiver = HookReceiver::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let (hook, secret) = make(&mut ops, &receiver.url()).await;
    let id = hook.rsplit('/').next().unwrap().to_owned();
    let mut rule: Vec<(&str, &str)> =
        RULE.into_iter().filter(|(field, _)| *field != "to").collect();
    assert_eq!(ops.post("/alerts/new", &rule).await.status, 422);
    rule.push(("webhook", &id));
    assert_eq!(ops.post("/alerts/new", &rule).await.status, 303);
    raise(&app, 1, "alpha").await;

    app.alerts.tell_due().await.unwrap();
    app.courier.deliver().await.unwrap();
    app.alerts.tell_due().await.unwrap();
    app.courier.deliver().await.unwrap();

    let messages = receiver.received();
    assert_eq!(messages.len(), 1);
    let (message, secret) = (&messages[0], secret.parse().unwrap());
    let secret: greengrid_app::messages::webhooks::WebhookSecret = secret;
    let shown = secret.to_text();
    let second = message.header("webhook-timestamp").parse().unwrap();
    let signature = secret.sign(message.header("webhook-id"), second, &message.body);
    assert_eq!(message.header("webhook-signature"), signature);
    let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(body["type"], "alert.raised");
    assert_eq!(body["data"]["anomalies"][0]["site"]["code"], "alpha");
    assert!(
        body["data"]["anomalies"][0]["url"].as_str().unwrap().starts_with("http://localhost/sites")
    );
    for page in ["/webhooks", hook.as_str(), "/alerts"] {
        assert!(!ops.get(page).await.text.contains(&shown), "{page}");
    }
    assert!(ops.get(&hook).await.text.contains("Delivered"));
}

#[tokio::test]
async fn a_test_that_is_refused_is_seen_in_the_log_and_sent_again() {
    let app = app().await;
    let receiver = HookReceiver::start().await;
    receiver.behave(Manner::Redirects(307, "http://10.0.0.1/".to_owned()));
    let mut ops = app.signed_in(Role::Ops).await;
    let (hook, _) = make(&mut ops, &receiver.url()).await;

    assert_eq!(ops.post(&format!("{hook}/test"), &[]).await.status, 303);
    app.courier.deliver().await.unwrap();

    let log = ops.get(&hook).await.text;
    assert!(log.contains("private network"), "{log}");
    let from = log.find(&format!("href=\"{hook}/")).unwrap() + 6;
    let message = log[from..].split('"').next().unwrap().to_owned();
    assert!(ops.get(&message).await.text.contains("webhook-id"));
    receiver.behave(Manner::Takes);
    assert_eq!(ops.post(&format!("{message}/resend"), &[]).await.status, 303);
    app.courier.deliver().await.unwrap();
    assert!(ops.get(&message).await.text.contains("Delivered"));
    assert_eq!(ops.post(&format!("{message}/resend"), &[]).await.status, 409);
}

#[tokio::test]
async fn what_leads_inward_is_refused_beside_the_field() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    for (url, says) in [
        ("https://10.0.0.1/hook", "not on the open internet"),
        ("http://example.org/hook", "begins with https://"),
        ("https://me:pw@example.org", "leave name and password out"),
        ("nonsense", "An address looks like"),
    ] {
        let answer = ops.post("/webhooks", &[("name", "Pager"), ("url", url)]).await;
        assert_eq!(answer.status, 422, "{url}");
        assert!(
            answer.text.to_lowercase().contains(&says.to_lowercase()),
            "{url}: {}",
            answer.text
        );
        assert!(answer.text.contains(&format!("value=\"{url}\"")), "{url}");
    }
}

#[tokio::test]
async fn a_webhook_is_paused_and_taken_away_by_plain_forms() {
    let app = app().await;
    let receiver = HookReceiver::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let (hook, _) = make(&mut ops, &receiver.url()).await;

    ops.post(&format!("{hook}/switch"), &[("enabled", "false")]).await;
    ops.post(&format!("{hook}/test"), &[]).await;
    app.courier.deliver().await.unwrap();
    assert!(ops.get(&hook).await.text.contains("Paused"));
    assert_eq!(receiver.received(), []);
    ops.post(&format!("{hook}/switch"), &[("enabled", "true")]).await;
    app.courier.deliver().await.unwrap();

    assert_eq!(receiver.received().len(), 1);
    assert_eq!(ops.post(&format!("{hook}/remove"), &[]).await.status, 303);
    assert_eq!(ops.get(&hook).await.status, 404);
    assert!(ops.get("/webhooks").await.text.contains("There is no webhook yet."));
}

#[tokio::test]
async fn a_new_secret_is_shown_once_and_signs_beside_the_old_one() {
    let app = app().await;
    let receiver = HookReceiver::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let (hook, old) = make(&mut ops, &receiver.url()).await;

    let rotated = ops.post(&format!("{hook}/rotate"), &[]).await;
    let from = rotated.text.find("whsec_").unwrap();
    let new = rotated.text[from..].split('"').next().unwrap().to_owned();
    ops.post(&format!("{hook}/test"), &[]).await;
    app.courier.deliver().await.unwrap();
    let page = ops.get(&hook).await.text;
    let forgotten = ops.post(&format!("{hook}/forget"), &[]).await;
    ops.post(&format!("{hook}/test"), &[]).await;
    app.courier.deliver().await.unwrap();

    assert_eq!((rotated.status.as_u16(), forgotten.status.as_u16()), (200, 303));
    assert_ne!(new, old);
    assert!(page.contains("two signatures") && !page.contains("whsec_"));
    let messages = receiver.received();
    let by = |secret: &str, at: usize| {
        let secret: greengrid_app::messages::webhooks::WebhookSecret = secret.parse().unwrap();
        let second = messages[at].header("webhook-timestamp").parse().unwrap();
        secret.sign(messages[at].header("webhook-id"), second, &messages[at].body)
    };
    assert_eq!(messages[0].header("webhook-signature"), format!("{} {}", by(&new, 0), by(&old, 0)));
    assert_eq!(messages[1].header("webhook-signature"), by(&new, 1));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_named_on_its_page_and_switched_on_again() {
    let app = app().await;
    let receiver = HookReceiver::start().await;
    receiver.behave(Manner::Answers(410));
    let mut ops = app.signed_in(Role::Ops).await;
    let (hook, _) = make(&mut ops, &receiver.url()).await;

    ops.post(&format!("{hook}/test"), &[]).await;
    app.courier.deliver().await.unwrap();
    let gone = ops.get(&hook).await.text;
    ops.post(&format!("{hook}/switch"), &[("enabled", "true")]).await;
    let again = ops.get(&hook).await.text;

    assert!(gone.contains("It wants nothing any more") && gone.contains("Given up"), "{gone}");
    assert!(ops.get("/webhooks").await.text.contains("Pager"));
    assert!(!again.contains("It wants nothing any more"));
}
