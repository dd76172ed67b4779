use std::sync::Arc;

use greengrid_app::messages::webhooks::{Courier, Post, PostKind, WebhookSecret, WebhookStore};
use greengrid_app::messages::{Outcome, Resent};
use greengrid_domain::messages::{DeliveryState, Webhook, WebhookId};
use greengrid_domain::observability::Initiator;
use jiff::SignedDuration;
use sqlx::Executor;
use uuid::Uuid;

use super::{PgWebhookStore, post};
use crate::postgres::testing::TestDatabase;
use crate::webhooks::HttpWebhooks;
use crate::webhooks::receiver::{HookReceiver, Manner};
use crate::{Sealer, SystemClock};

const MINUTES: SignedDuration = SignedDuration::from_mins(5);
const BY: Initiator = Initiator::CommandLine;

struct World {
    db: TestDatabase,
    store: PgWebhookStore,
}

impl World {
    async fn new() -> Self {
        let db = TestDatabase::from_template().await;
        let store = PgWebhookStore::new(db.pool(), Sealer::of_webhooks(&[1; 32]));
        Self { db, store }
    }

    async fn webhook(&self, number: u128, url: &str) -> WebhookId {
        let id = Uuid::from_u128(number).into();
        let name = format!("Hook {number}").parse().unwrap();
        let webhook = Webhook { id, name, url: url.parse().unwrap(), enabled: true };
        let secret = WebhookSecret::from_bytes(vec![7; 32]).unwrap();
        self.store.make(BY, &webhook, &secret).await.unwrap();
        id
    }

    /// Lets every wait be over.
    async fn pass(&self) {
        self.db.pool().execute("update webhook_delivery set next_try_at = now()").await.unwrap();
    }

    async fn log(&self, of: WebhookId) -> Vec<(DeliveryState, u32)> {
        let log = self.store.deliveries(of, None, None, 100).await.unwrap();
        log.into_iter().map(|it| (it.state, it.tries)).collect()
    }
}

fn message(key: &str) -> Post {
    Post { key: key.into(), kind: PostKind::AlertRaised, body: "{}".to_owned() }
}

fn courier(store: &PgWebhookStore) -> Courier {
    let own = "127.0.0.1".parse().unwrap();
    let gateway = HttpWebhooks::new(own, Arc::new(SystemClock)).unwrap();
    Courier::builder().store(Arc::new(store.clone())).gateway(Arc::new(gateway)).build()
}

#[tokio::test]
async fn a_secret_is_sealed_and_comes_back_only_to_whoever_posts() {
    let world = World::new().await;
    let id = world.webhook(1, "https://a.example/hidden-path").await;
    world.store.enqueue(id, &message("a")).await.unwrap();

    let claimed = world.store.claim(MINUTES).await.unwrap().remove(0);

    assert_eq!(claimed.secret.expose(), [7; 32]);
    let sealed: Vec<u8> = sqlx::query_scalar("select secret_sealed from webhook")
        .fetch_one(&world.db.pool())
        .await
        .unwrap();
    assert!(!sealed.windows(4).any(|part| part == [7; 4]));
    let other = PgWebhookStore::new(world.db.pool(), Sealer::of_webhooks(&[2; 32]));
    world.pass().await;
    assert_eq!(other.claim(MINUTES).await.unwrap(), []);
    let trail: Vec<String> =
        sqlx::query_scalar("select coalesce(after::text, '') from audit_entry")
            .fetch_all(&world.db.pool())
            .await
            .unwrap();
    assert!(trail.iter().all(|after| !after.contains("hidden-path")), "{trail:?}");
}

#[tokio::test]
async fn a_message_is_written_once_for_each_webhook_and_not_if_its_change_is_taken_back() {
    let world = World::new().await;
    let (one, two) =
        (world.webhook(1, "https://a.example").await, world.webhook(2, "https://b.example").await);

    let mut tx = world.db.pool().begin().await.unwrap();
    post(&mut tx, &[one, two], &message("a")).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(world.log(one).await, []);
    for _ in 0..2 {
        let mut tx = world.db.pool().begin().await.unwrap();
        post(&mut tx, &[one, two], &message("a")).await.unwrap();
        tx.commit().await.unwrap();
    }

    let claimed = world.store.claim(MINUTES).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert_ne!(claimed[0].message_id, claimed[1].message_id);
}

#[tokio::test]
async fn no_two_take_up_the_same_message_and_one_webhook_does_not_crowd_out_another() {
    let world = World::new().await;
    let (busy, calm) =
        (world.webhook(1, "https://a.example").await, world.webhook(2, "https://b.example").await);
    for number in 0..20 {
        world.store.enqueue(busy, &message(&number.to_string())).await.unwrap();
    }
    world.store.enqueue(calm, &message("calm")).await.unwrap();

    let first = world.store.claim(MINUTES).await.unwrap();
    let claims = futures::future::join_all((0..5).map(|_| world.store.claim(MINUTES))).await;

    assert!(first.iter().any(|it| it.url.host() == "b.example"));
    let rest = claims.into_iter().flat_map(Result::unwrap);
    let mut ids: Vec<_> = first.into_iter().chain(rest).map(|it| it.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "taken up twice");
}

#[tokio::test]
async fn nothing_is_lost_while_a_receiver_fails_and_a_repeat_has_the_same_id() {
    let world = World::new().await;
    let receiver = HookReceiver::start().await;
    let id = world.webhook(1, &receiver.url()).await;
    world.store.enqueue(id, &message("a")).await.unwrap();
    let courier = courier(&world.store);

    for manner in [Manner::Answers(500), Manner::Drops, Manner::Floods(503, 10_000_000)] {
        receiver.behave(manner.clone());
        assert_eq!(courier.deliver().await.unwrap(), 1, "{manner:?}");
        assert_eq!(world.log(id).await[0].0, DeliveryState::Waiting, "{manner:?}");
        assert_eq!(courier.deliver().await.unwrap(), 0, "it waits before the next try");
        world.pass().await;
    }
    receiver.behave(Manner::Takes);
    courier.deliver().await.unwrap();

    assert_eq!(world.log(id).await, [(DeliveryState::Sent, 4)]);
    let messages = receiver.received();
    assert!(messages.len() >= 4);
    assert!(messages.iter().all(|it| it.header("webhook-id") == messages[0].header("webhook-id")));
    let how = world.store.webhooks().await.unwrap();
    assert!(how[0].took_at.is_some() && how[0].waiting == 0 && how[0].dead == 0);
}

#[tokio::test]
async fn what_was_taken_up_and_lost_comes_again_and_the_late_word_does_not_count() {
    let world = World::new().await;
    let id = world.webhook(1, "https://a.example").await;
    world.store.enqueue(id, &message("a")).await.unwrap();
    let lost = world.store.claim(MINUTES).await.unwrap().remove(0);
    world.pass().await;

    let again = world.store.claim(MINUTES).await.unwrap().remove(0);

    assert_eq!((again.message_id.clone(), again.tries), (lost.message_id.clone(), 2));
    let dead = Outcome::Dead { why: "late".to_owned() };
    assert!(!world.store.settle(&lost, &dead).await.unwrap());
    assert!(world.store.settle(&again, &Outcome::Sent).await.unwrap());
    assert_eq!(world.log(id).await, [(DeliveryState::Sent, 2)]);
}

#[tokio::test]
async fn what_leads_into_a_private_network_is_given_up_and_can_be_sent_again() {
    let world = World::new().await;
    let receiver = HookReceiver::start().await;
    let id = world.webhook(1, &receiver.url()).await;
    world.store.enqueue(id, &message("a")).await.unwrap();
    let courier = courier(&world.store);
    receiver.behave(Manner::Redirects(307, "http://10.0.0.1/".to_owned()));
    courier.deliver().await.unwrap();
    let dead = world.store.deliveries(id, Some(DeliveryState::Dead), None, 9).await.unwrap();
    assert!(dead[0].last_error.as_ref().unwrap().contains("private network"));
    receiver.behave(Manner::Takes);

    assert_eq!(world.store.resend(BY, id, dead[0].id).await.unwrap(), Resent::Done);
    courier.deliver().await.unwrap();

    assert_eq!(world.log(id).await, [(DeliveryState::Sent, 2)]);
    let again = world.store.resend(BY, id, dead[0].id).await.unwrap();
    let elsewhere = Uuid::from_u128(2).into();
    assert_eq!(again, Resent::NotNow);
    assert_eq!(world.store.resend(BY, elsewhere, dead[0].id).await.unwrap(), Resent::NoSuchLetter);
}

#[tokio::test]
async fn one_that_is_paused_is_told_later_and_one_that_is_gone_never() {
    let world = World::new().await;
    let id = world.webhook(1, "https://a.example").await;
    world.store.enqueue(id, &message("a")).await.unwrap();
    assert!(world.store.switch(BY, id, false).await.unwrap());
    assert_eq!(world.store.claim(MINUTES).await.unwrap(), []);
    assert!(world.store.switch(BY, id, true).await.unwrap());
    assert_eq!(world.store.claim(MINUTES).await.unwrap().len(), 1);

    assert!(world.store.remove(BY, id).await.unwrap());
    world.store.enqueue(id, &message("b")).await.unwrap();

    assert_eq!(world.log(id).await, [(DeliveryState::Dead, 1)]);
    assert!(!world.store.remove(BY, id).await.unwrap());
    assert!(!world.store.switch(BY, id, true).await.unwrap());
    assert_eq!(world.store.webhooks().await.unwrap(), []);
    let trail: Vec<String> =
        sqlx::query_scalar("select action from audit_entry where subject = 'webhook' order by id")
            .fetch_all(&world.db.pool())
            .await
            .unwrap();
    assert_eq!(trail, ["make_webhook", "switch_webhook", "switch_webhook", "remove_webhook"]);
}
