use std::sync::Arc;
use std::time::Duration;

use greengrid_app::messages::NotSent;
use greengrid_app::messages::webhooks::{ClaimedPost, WebhookGateway, WebhookSecret};
use greengrid_app::testing::FixedClock;
use jiff::SignedDuration;
use uuid::Uuid;

use super::HttpWebhooks;
use super::receiver::{HookReceiver, Manner};

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::from_bytes(vec![byte; 32]).unwrap()
}

fn post(url: &str) -> ClaimedPost {
    ClaimedPost {
        id: 1.into(),
        webhook: Uuid::from_u128(1).into(),
        message_id: "msg_1".to_owned(),
        tries: 1,
        is_last: false,
        url: url.parse().unwrap(),
        secrets: vec![secret(7)],
        body: r#"{"type":"test"}"#.to_owned(),
    }
}

fn webhooks(own: &str) -> HttpWebhooks {
    let wall = Arc::new(FixedClock::at("2026-06-12T08:40:00Z".parse().unwrap()));
    HttpWebhooks::with_patience(own.parse().unwrap(), wall, Duration::from_millis(500)).unwrap()
}

/// What a failed try says.
async fn failure(own: &str, url: &str) -> NotSent {
    webhooks(own).post(&post(url)).await.unwrap_err()
}

const LOOPBACK: &str = "127.0.0.1, ::1";

#[tokio::test]
async fn a_message_arrives_signed_and_whole() {
    let receiver = HookReceiver::start().await;

    webhooks(LOOPBACK).post(&post(&receiver.url())).await.unwrap();
    webhooks(LOOPBACK).post(&post(&receiver.named())).await.unwrap();

    let messages = receiver.received();
    assert_eq!(messages.len(), 2);
    let message = &messages[0];
    let second = "2026-06-12T08:40:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let signature = secret(7).sign("msg_1", second, &message.body);
    assert_eq!(message.body, r#"{"type":"test"}"#);
    assert_eq!(message.header("content-type"), "application/json");
    assert_eq!(message.header("webhook-id"), "msg_1");
    assert_eq!(message.header("webhook-timestamp"), second.to_string());
    assert_eq!(message.header("webhook-signature"), signature);
}

#[tokio::test]
async fn what_the_receiver_says_is_kept_in_a_line() {
    let receiver = HookReceiver::start().await;
    receiver.behave(Manner::Answers(500));

    let failed = failure(LOOPBACK, &receiver.url()).await;

    let said = "it answered 500 Internal Server Error: not now".to_owned();
    assert_eq!(failed, NotSent::Failed(said));
    receiver.behave(Manner::Answers(410));
    assert!(matches!(failure(LOOPBACK, &receiver.url()).await, NotSent::Gone(_)));
}

#[tokio::test]
async fn while_one_secret_follows_another_a_message_carries_both_signatures() {
    let receiver = HookReceiver::start().await;
    let both = ClaimedPost { secrets: vec![secret(8), secret(7)], ..post(&receiver.url()) };

    webhooks(LOOPBACK).post(&both).await.unwrap();

    let message = receiver.received().remove(0);
    let second = message.header("webhook-timestamp").parse().unwrap();
    let given: Vec<&str> = message.header("webhook-signature").split(' ').collect();
    let by = |byte| secret(byte).sign("msg_1", second, &message.body);
    assert_eq!(given, [by(8), by(7)]);
}

#[tokio::test]
async fn a_receiver_that_asks_to_wait_is_understood() {
    let receiver = HookReceiver::start().await;
    let busy = async |status, text| {
        receiver.behave(Manner::AsksToWait(status, text));
        failure(LOOPBACK, &receiver.url()).await
    };
    let waits = |failed, seconds| match failed {
        NotSent::Busy { wait, .. } => wait == SignedDuration::from_secs(seconds),
        _ => false,
    };

    assert!(waits(busy(429, "120").await, 120));
    assert!(waits(busy(503, "Fri, 12 Jun 2026 08:50:00 GMT").await, 600));
    assert!(matches!(busy(429, "whenever").await, NotSent::Failed(_)));
    assert!(matches!(busy(410, "120").await, NotSent::Gone(_)));
}

#[tokio::test]
async fn a_receiver_that_takes_a_minute_or_drops_is_given_up_for_now() {
    let receiver = HookReceiver::start().await;
    for manner in [Manner::Hangs, Manner::Drops] {
        receiver.behave(manner.clone());
        let failed = failure(LOOPBACK, &receiver.url()).await;
        assert!(matches!(failed, NotSent::Failed(_)), "{manner:?}: {failed:?}");
    }
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let receiver = HookReceiver::start().await;
    receiver.behave(Manner::Floods(500, 10_000_000));

    let NotSent::Failed(said) = failure(LOOPBACK, &receiver.url()).await else { panic!() };

    assert!(said.len() < 300, "{}", said.len());
    receiver.behave(Manner::Floods(200, 10_000_000));
    webhooks(LOOPBACK).post(&post(&receiver.url())).await.unwrap();
}

#[tokio::test]
async fn nothing_is_posted_into_private_networks_unless_they_are_our_own() {
    let receiver = HookReceiver::start().await;
    let port = receiver.url().rsplit(':').next().unwrap().to_owned();

    for url in [
        receiver.url(),
        receiver.named(),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://10.0.0.1/".to_owned(),
        "https://localhost/".to_owned(),
    ] {
        let refused = failure("", &url).await;
        let NotSent::Refused(why) = refused else { panic!("{url}: {refused:?}") };
        assert!(why.contains("private network"), "{url}: {why}");
    }

    assert_eq!(receiver.received(), []);
}

#[tokio::test]
async fn a_redirect_is_followed_only_to_where_a_message_may_go() {
    let (first, second) = (HookReceiver::start().await, HookReceiver::start().await);
    first.behave(Manner::Redirects(308, second.url()));
    webhooks(LOOPBACK).post(&post(&first.url())).await.unwrap();
    assert_eq!(second.received().len(), 1);

    for inward in
        ["http://127.0.0.2/", "http://10.0.0.1/", "https://[fd00::1]/", "http://169.254.1.1"]
    {
        first.behave(Manner::Redirects(307, inward.to_owned()));
        let refused = failure(LOOPBACK, &first.url()).await;
        assert!(matches!(refused, NotSent::Refused(_)), "{inward}: {refused:?}");
    }
    // One that changes the message is an answer like any other.
    first.behave(Manner::Redirects(302, second.url()));
    assert!(matches!(failure(LOOPBACK, &first.url()).await, NotSent::Failed(_)));
    first.behave(Manner::Redirects(308, first.url()));
    let endless = failure(LOOPBACK, &first.url()).await;
    assert_eq!(endless, NotSent::Failed("it redirects without end".to_owned()));
    first.behave(Manner::Redirects(308, "file:///etc/passwd".to_owned()));
    assert!(matches!(failure(LOOPBACK, &first.url()).await, NotSent::Failed(_)));
    assert_eq!(second.received().len(), 1);
}
