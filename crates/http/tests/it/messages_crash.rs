//! What people and programs are told, when the program dies between sending and
//! noting that it sent.

use std::time::Duration;

use greengrid_app::messages::LetterStore;
use greengrid_app::messages::webhooks::{Post, PostKind, WebhookSecret, WebhookStore};
use greengrid_domain::messages::{Letter, LetterKind, Webhook};
use greengrid_domain::observability::Initiator;
use greengrid_infra::Sealer;
use greengrid_infra::mail::sink::{self, SmtpSink};
use greengrid_infra::postgres::messages::PgLetterStore;
use greengrid_infra::postgres::messages::webhooks::PgWebhookStore;
use greengrid_infra::webhooks::receiver::{self, HookReceiver};
use sqlx::Executor;
use uuid::Uuid;

use crate::command_line::{Serving, greengrid};
use crate::support::{App, SECRET};

/// What comes of waiting, but not for ever.
async fn within<T>(waiting: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(2), waiting).await.expect("nothing came")
}

fn serving(app: &App, sink: &SmtpSink) -> Serving {
    let mut command = greengrid();
    command
        .arg("serve")
        .env("DATABASE_URL", app.db.url())
        .env("GREENGRID_SECRET", SECRET)
        .env("GREENGRID_SMTP_URL", sink.url())
        .env("GREENGRID_MAIL_FROM", "alerts@green.example")
        .env("GREENGRID_WEBHOOK_NETWORKS", "127.0.0.1")
        .env("GREENGRID_LOG", "error");
    Serving::start(command)
}

async fn write_one_of_each(app: &App, receiver: &HookReceiver) {
    let letter = Letter::builder()
        .key("test:1")
        .to("diana@example.org".parse().unwrap())
        .kind(LetterKind::Test)
        .subject("Hello")
        .text("Hello, Diana.")
        .build();
    PgLetterStore::new(app.db.pool()).enqueue(&[letter]).await.unwrap();
    let hooks = PgWebhookStore::new(app.db.pool(), Sealer::of_webhooks(SECRET.as_bytes()));
    let webhook = Webhook {
        id: Uuid::from_u128(1).into(),
        name: "Pager".parse().unwrap(),
        url: receiver.url().parse().unwrap(),
        enabled: true,
    };
    let secret = WebhookSecret::from_bytes(vec![7; 32]).unwrap();
    hooks.make(Initiator::System, &webhook, &secret).await.unwrap();
    let post = Post { key: "a".into(), kind: PostKind::Test, body: "{}".to_owned() };
    hooks.enqueue(webhook.id, &post).await.unwrap();
}

#[tokio::test]
async fn what_was_sent_and_not_noted_comes_again_as_the_same_message() {
    let app = App::start().await;
    let (sink, receiver) = (SmtpSink::start().await, HookReceiver::start().await);
    sink.behave(sink::Manner::HangsAfterLetter);
    receiver.behave(receiver::Manner::Hangs);
    write_one_of_each(&app, &receiver).await;

    let first = serving(&app, &sink);
    within(sink.once(1)).await;
    within(receiver.once(1)).await;
    first.kill();
    sink.behave(sink::Manner::Takes);
    receiver.behave(receiver::Manner::Takes);
    // What it had taken up is left to it for minutes.
    let pool = app.db.pool();
    pool.execute("update mail_letter set next_try_at = now()").await.unwrap();
    pool.execute("update webhook_delivery set next_try_at = now()").await.unwrap();
    let _second = serving(&app, &sink);

    let letters = within(sink.once(2)).await;
    let messages = within(receiver.once(2)).await;
    let id = |at: usize| letters[at].header("Message-ID");
    assert!(id(0).is_some_and(|id| !id.is_empty()));
    assert_eq!((letters.len(), id(0)), (2, id(1)));
    assert_eq!(messages.len(), 2);
    assert!(messages[0].header("webhook-id").starts_with("msg_"));
    assert_eq!(messages[0].header("webhook-id"), messages[1].header("webhook-id"));
}
