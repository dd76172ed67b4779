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

    assert_eq!(claimed.secrets[0].expose(), [7; 32]);
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

#[tokio::test]
async fn a_new_secret_signs_beside_the_old_one_until_a_day_is_over_or_it_is_forgotten() {
    let world = World::new().await;
    let id = world.webhook(1, "https://a.example").await;
    let signing = async || {
        world.store.enqueue(id, &message(&Uuid::now_v7().to_string())).await.unwrap();
        let claimed = world.store.claim(MINUTES).await.unwrap().remove(0);
        world.store.settle(&claimed, &Outcome::Sent).await.unwrap();
        claimed.secrets.iter().map(|secret| secret.expose()[0]).collect::<Vec<_>>()
    };
    let rotate = async |byte| {
        let secret = WebhookSecret::from_bytes(vec![byte; 32]).unwrap();
        assert!(world.store.rotate(BY, id, &secret).await.unwrap());
    };
    let overlaps = async || world.store.webhooks().await.unwrap()[0].old_secret_until.is_some();
    assert_eq!(signing().await, [7]);

    rotate(8).await;
    assert_eq!((signing().await, overlaps().await), (vec![8, 7], true));
    world
        .db
        .pool()
        .execute("update webhook set old_secret_until = now() - interval '1 second'")
        .await
        .unwrap();
    assert_eq!((signing().await, overlaps().await), (vec![8], false));
    rotate(9).await;
    assert_eq!(signing().await, [9, 8]);
    assert!(world.store.forget(BY, id).await.unwrap());
    assert_eq!((signing().await, overlaps().await), (vec![9], false));

    let nobody = Uuid::from_u128(2).into();
    let secret = WebhookSecret::from_bytes(vec![1; 32]).unwrap();
    assert!(!world.store.rotate(BY, nobody, &secret).await.unwrap());
}

#[tokio::test]
async fn a_receiver_that_wants_nothing_any_more_is_told_nothing_until_it_is_switched_on() {
    let world = World::new().await;
    let receiver = HookReceiver::start().await;
    let id = world.webhook(1, &receiver.url()).await;
    world.store.enqueue(id, &message("a")).await.unwrap();
    receiver.behave(Manner::Answers(410));
    let courier = courier(&world.store);

    courier.deliver().await.unwrap();
    world.store.enqueue(id, &message("b")).await.unwrap();
    assert_eq!(courier.deliver().await.unwrap(), 0);

    let stored = world.store.webhooks().await.unwrap().remove(0);
    assert!(!stored.webhook.enabled && stored.gone_at.is_some());
    assert_eq!(world.log(id).await, [(DeliveryState::Waiting, 0), (DeliveryState::Dead, 1)]);
    receiver.behave(Manner::Takes);
    assert!(world.store.switch(BY, id, true).await.unwrap());
    courier.deliver().await.unwrap();
    assert_eq!(world.log(id).await[0].0, DeliveryState::Sent);
    assert_eq!(world.store.webhooks().await.unwrap()[0].gone_at, None);
    let trail: Vec<String> =
        sqlx::query_scalar("select action from audit_entry where subject = 'webhook' order by id")
            .fetch_all(&world.db.pool())
            .await
            .unwrap();
    assert_eq!(trail, ["make_webhook", "webhook_gone", "switch_webhook"]);
}

#[tokio::test]
async fn a_receiver_that_asks_to_wait_is_told_again_when_the_wait_is_over() {
    let world = World::new().await;
    let receiver = HookReceiver::start().await;
    let id = world.webhook(1, &receiver.url()).await;
    world.store.enqueue(id, &message("a")).await.unwrap();
    receiver.behave(Manner::AsksToWait(429, "7200"));

    courier(&world.store).deliver().await.unwrap();

    let log = world.store.deliveries(id, None, None, 9).await.unwrap();
    let wait = log[0].next_try_at.duration_since(log[0].written_at);
    assert_eq!(log[0].state, DeliveryState::Waiting);
    assert!(wait >= SignedDuration::from_hours(2), "{wait:?}");
}

#[tokio::test]
async fn one_receiver_that_hangs_does_not_hold_up_another() {
    let world = World::new().await;
    let (slow, quick) = (HookReceiver::start().await, HookReceiver::start().await);
    slow.behave(Manner::Hangs);
    let one = world.webhook(1, &slow.url()).await;
    let other = world.webhook(2, &quick.url()).await;
    for id in [one, other] {
        world.store.enqueue(id, &message("a")).await.unwrap();
    }
    let own = "127.0.0.1".parse().unwrap();
    let patience = std::time::Duration::from_secs(2);
    let gateway = HttpWebhooks::with_patience(own, Arc::new(SystemClock), patience).unwrap();
    let courier =
        Courier::builder().store(Arc::new(world.store.clone())).gateway(Arc::new(gateway)).build();

    courier.deliver().await.unwrap();

    assert_eq!(world.log(other).await, [(DeliveryState::Sent, 1)]);
    let log = world.store.deliveries(one, None, None, 9).await.unwrap();
    assert_eq!(log[0].state, DeliveryState::Waiting);
    assert!(log[0].last_error.as_ref().unwrap().contains("answer"), "{log:?}");
}
