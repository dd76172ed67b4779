use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::identity::Role;
use greengrid_domain::messages::{DeliveryId, DeliveryState, Webhook, WebhookId};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use super::*;
use crate::actor::Actor;
use crate::error::StoreError;
use crate::ids::Ids;
use crate::messages::{NotSent, Outcome, Resent};
use crate::testing::FixedClock;

/// Gives out one message, and keeps what is said of it and what was made.
#[derive(Default)]
struct Desk {
    due: Mutex<Vec<ClaimedPost>>,
    outcomes: Mutex<Vec<Outcome>>,
    made: Mutex<Vec<Webhook>>,
    posts: Mutex<Vec<Post>>,
}

#[async_trait]
impl WebhookStore for Desk {
    async fn webhooks(&self) -> Result<Vec<StoredWebhook>, StoreError> {
        let stored = |webhook: &Webhook| StoredWebhook {
            webhook: webhook.clone(),
            made_at: Timestamp::UNIX_EPOCH,
            old_secret_until: None,
            gone_at: None,
            took_at: None,
            waiting: 0,
            dead: 0,
            rules: 0,
        };
        Ok(self.made.lock().iter().map(stored).collect())
    }
    async fn make(
        &self,
        _: Initiator,
        webhook: &Webhook,
        _: &WebhookSecret,
    ) -> Result<(), StoreError> {
        self.made.lock().push(webhook.clone());
        Ok(())
    }
    async fn switch(&self, _: Initiator, _: WebhookId, _: bool) -> Result<bool, StoreError> {
        Ok(false)
    }
    async fn remove(&self, _: Initiator, _: WebhookId) -> Result<bool, StoreError> {
        Ok(false)
    }
    async fn rotate(
        &self,
        _: Initiator,
        _: WebhookId,
        _: &WebhookSecret,
    ) -> Result<bool, StoreError> {
        Ok(false)
    }
    async fn forget(&self, _: Initiator, _: WebhookId) -> Result<bool, StoreError> {
        Ok(false)
    }
    async fn enqueue(&self, _: WebhookId, post: &Post) -> Result<(), StoreError> {
        self.posts.lock().push(post.clone());
        Ok(())
    }
    async fn claim(&self, _: SignedDuration) -> Result<Vec<ClaimedPost>, StoreError> {
        Ok(self.due.lock().drain(..).collect())
    }
    async fn settle(&self, _: &ClaimedPost, outcome: &Outcome) -> Result<bool, StoreError> {
        self.outcomes.lock().push(outcome.clone());
        Ok(true)
    }
    async fn deliveries(
        &self,
        _: WebhookId,
        _: Option<DeliveryState>,
        _: Option<DeliveryId>,
        _: i64,
    ) -> Result<Vec<DeliverySummary>, StoreError> {
        Ok(Vec::new())
    }
    async fn delivery(&self, _: WebhookId, _: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        Ok(None)
    }
    async fn resend(
        &self,
        _: Initiator,
        _: WebhookId,
        _: DeliveryId,
    ) -> Result<Resent, StoreError> {
        Ok(Resent::NotNow)
    }
}

/// A receiver that always does the same.
struct Receiver(Result<(), NotSent>);

#[async_trait]
impl WebhookGateway for Receiver {
    async fn post(&self, _: &ClaimedPost) -> Result<(), NotSent> {
        self.0.clone()
    }
}

struct Numbered;

impl Ids for Numbered {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(7)
    }
}

fn webhooks(desk: &Arc<Desk>) -> Webhooks {
    Webhooks::builder()
        .store(desk.clone())
        .ids(Arc::new(Numbered))
        .wall(Arc::new(FixedClock::at(Timestamp::UNIX_EPOCH)))
        .build()
}

async fn delivered(tries: u32, is_last: bool, answer: Result<(), NotSent>) -> Outcome {
    let claimed = ClaimedPost {
        id: 1.into(),
        webhook: Uuid::from_u128(1).into(),
        message_id: "msg_1".to_owned(),
        tries,
        is_last,
        url: "https://a.example".parse().unwrap(),
        secrets: vec![WebhookSecret::fresh().unwrap()],
        body: "{}".to_owned(),
    };
    let desk = Arc::new(Desk { due: Mutex::new(vec![claimed]), ..Desk::default() });
    let courier =
        Courier::builder().store(desk.clone()).gateway(Arc::new(Receiver(answer))).build();
    assert_eq!(courier.deliver().await.unwrap(), 1);
    desk.outcomes.lock().pop().unwrap()
}

#[tokio::test]
async fn a_failure_is_tried_again_until_its_time_is_over() {
    let failed = || Err(NotSent::Failed("it answered 500".to_owned()));

    assert_eq!(delivered(1, false, Ok(())).await, Outcome::Sent);
    assert!(matches!(delivered(3, false, failed()).await, Outcome::Later { .. }));
    assert!(matches!(delivered(3, true, failed()).await, Outcome::Dead { .. }));
    let refused = Err(NotSent::Refused("it leads inward".to_owned()));
    assert!(matches!(delivered(1, false, refused).await, Outcome::Dead { .. }));
    let gone = Err(NotSent::Gone("it answered 410".to_owned()));
    assert!(matches!(delivered(1, false, gone).await, Outcome::Gone { .. }));
}

#[tokio::test]
async fn whoever_asks_to_wait_is_left_alone_so_long_and_no_longer_than_a_day() {
    let busy = |wait| Err(NotSent::Busy { why: "it answered 429".to_owned(), wait });
    let minutes = SignedDuration::from_mins;
    let pause = async |wait| match delivered(1, false, busy(wait)).await {
        Outcome::Later { pause, .. } => pause,
        other => panic!("{other:?}"),
    };

    assert_eq!(pause(minutes(90)).await, minutes(90));
    assert!(pause(SignedDuration::ZERO).await >= SignedDuration::from_secs(15));
    assert_eq!(pause(minutes(99_999)).await, minutes(24 * 60));
    assert!(matches!(delivered(9, true, busy(minutes(1))).await, Outcome::Dead { .. }));
}

#[tokio::test]
async fn only_those_who_keep_alerts_make_webhooks_and_never_to_ourselves() {
    let desk = Arc::new(Desk::default());
    let webhooks = webhooks(&desk);
    let make = async |role, url: &str| {
        let (name, url) = ("Pager".parse().unwrap(), url.parse().unwrap());
        webhooks.make(&Actor::Anyone(role), name, url).await
    };

    assert!(matches!(make(Role::Cs, "https://a.example").await, Err(WebhooksError::Denied(_))));
    let inward = make(Role::Ops, "https://127.0.0.1/").await;
    assert!(matches!(inward, Err(WebhooksError::Url(_))));
    let (webhook, _) = make(Role::Ops, "https://a.example").await.unwrap();
    webhooks.test(&Actor::Anyone(Role::Ops), webhook.id).await.unwrap();

    assert_eq!(desk.made.lock().len(), 1);
    assert_eq!(
        desk.posts.lock()[0].body,
        format!(
            r#"{{"type":"test","timestamp":"1970-01-01T00:00:00Z","data":{{"webhook":"{}"}}}}"#,
            webhook.id
        )
    );
}

#[test]
fn one_message_has_one_id_at_each_webhook() {
    let post = Post { key: "a".into(), kind: PostKind::Test, body: String::new() };
    let id = |to: u128| post.message_id(Uuid::from_u128(to).into());

    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
    assert!(id(1).starts_with("msg_"));
}
