use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::identity::Role;
use greengrid_domain::messages::{Letter, LetterId, LetterKind, LetterState};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use super::*;
use crate::actor::Actor;
use crate::error::StoreError;

fn letter(kind: LetterKind) -> Letter {
    Letter::builder()
        .key("test:1")
        .to("diana@example.org".parse().unwrap())
        .kind(kind)
        .subject("Hello")
        .text("Hello")
        .build()
}

/// Gives out letters once, and keeps what is said of them.
#[derive(Default)]
struct Desk {
    due: Mutex<VecDeque<Claimed>>,
    outcomes: Mutex<Vec<Outcome>>,
}

impl Desk {
    fn with(tries: u32, is_last: bool) -> Arc<Self> {
        let claimed = Claimed {
            id: 1.into(),
            tries,
            written_at: Timestamp::UNIX_EPOCH,
            is_last,
            letter: letter(LetterKind::Test),
        };
        Arc::new(Self { due: Mutex::new([claimed].into()), outcomes: Mutex::default() })
    }
}

#[async_trait]
impl LetterStore for Desk {
    async fn enqueue(&self, _: &[Letter]) -> Result<u64, StoreError> {
        Ok(0)
    }
    async fn claim(&self, _: i64, _: SignedDuration) -> Result<Vec<Claimed>, StoreError> {
        Ok(self.due.lock().drain(..).collect())
    }
    async fn settle(&self, _: &Claimed, outcome: &Outcome) -> Result<bool, StoreError> {
        self.outcomes.lock().push(outcome.clone());
        Ok(true)
    }
    async fn list(
        &self,
        _: Option<LetterState>,
        _: Option<LetterId>,
        _: i64,
    ) -> Result<Vec<LetterSummary>, StoreError> {
        Ok(Vec::new())
    }
    async fn counts(&self) -> Result<Counts, StoreError> {
        Ok(Counts::default())
    }
    async fn find(&self, id: LetterId) -> Result<Option<StoredLetter>, StoreError> {
        let letter = letter(LetterKind::PasswordReset);
        let summary = LetterSummary {
            id,
            kind: letter.kind,
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            state: LetterState::Kept,
            tries: 1,
            written_at: Timestamp::UNIX_EPOCH,
            next_try_at: Timestamp::UNIX_EPOCH,
            settled_at: None,
            last_error: None,
        };
        Ok(Some(StoredLetter { summary, letter }))
    }
    async fn resend(&self, _: Initiator, _: LetterId) -> Result<Resent, StoreError> {
        Ok(Resent::Done)
    }
}

/// A server that always does the same.
struct Server {
    ready: Result<(), NotSent>,
    sends: Result<(), NotSent>,
}

#[async_trait]
impl Mailer for Server {
    async fn is_ready(&self) -> Result<(), NotSent> {
        self.ready.clone()
    }
    async fn send(&self, _: &Claimed) -> Result<(), NotSent> {
        self.sends.clone()
    }
}

async fn delivered(desk: &Arc<Desk>, server: Option<Server>) -> (Round, Outcome) {
    let mailer = server.map(|server| Arc::new(server) as Arc<dyn Mailer>);
    let postman = Postman::builder().store(desk.clone()).maybe_mailer(mailer).build();
    let round = postman.deliver().await.unwrap();
    let outcome = desk.outcomes.lock().pop().unwrap();
    (round, outcome)
}

#[tokio::test]
async fn without_a_mail_server_letters_are_kept() {
    let (round, outcome) = delivered(&Desk::with(1, false), None).await;

    assert_eq!((round, outcome), (Round { taken: 1, away: false }, Outcome::Kept));
}

#[tokio::test]
async fn what_will_never_be_taken_is_given_up_at_once() {
    let sends = Err(NotSent::Refused("no such user".to_owned()));
    let server = Server { ready: Ok(()), sends };

    let (_, outcome) = delivered(&Desk::with(1, false), Some(server)).await;

    assert_eq!(outcome, Outcome::Dead { why: "no such user".to_owned() });
}

#[tokio::test]
async fn a_failure_is_tried_again_until_its_time_is_over() {
    let server = || Server { ready: Ok(()), sends: Err(NotSent::Failed("busy".to_owned())) };

    let (_, soon) = delivered(&Desk::with(1, false), Some(server())).await;
    let (_, late) = delivered(&Desk::with(9, false), Some(server())).await;
    let (_, last) = delivered(&Desk::with(10, true), Some(server())).await;

    let pause = |outcome| match outcome {
        Outcome::Later { pause, .. } => pause,
        other => panic!("{other:?}"),
    };
    assert!(pause(soon) < SignedDuration::from_mins(1));
    assert!(pause(late) > SignedDuration::from_mins(10));
    assert_eq!(last, Outcome::Dead { why: "busy".to_owned() });
}

#[tokio::test]
async fn no_letter_is_lost_because_the_server_is_away() {
    let away = Err(NotSent::Away("connection refused".to_owned()));
    let server = Server { ready: away, sends: Ok(()) };

    let (round, outcome) = delivered(&Desk::with(100, true), Some(server)).await;

    assert!(round.away);
    assert!(matches!(outcome, Outcome::Later { why, .. } if why == "connection refused"));
}

#[tokio::test]
async fn what_opens_an_account_is_shown_in_a_demo_only() {
    let shown = async |demo| {
        let messages = Messages::builder().store(Arc::new(Desk::default())).demo(demo).build();
        messages.letter(&Actor::Anyone(Role::Admin), 1.into()).await.unwrap().1
    };

    assert!(shown(true).await);
    assert!(!shown(false).await);
}

#[tokio::test]
async fn customers_see_no_letters_and_support_sends_none() {
    let messages = Messages::builder().store(Arc::new(Desk::default())).build();
    let customer = Actor::Anyone(Role::Customer);
    let support = Actor::Anyone(Role::Cs);

    let seen = messages.list(&customer, None, None, 1).await;
    let sent = messages.resend(&support, 1.into()).await;

    assert!(matches!(seen, Err(MessagesError::Denied(_))));
    assert!(matches!(sent, Err(MessagesError::Denied(_))));
    assert!(messages.list(&support, None, None, 1).await.is_ok());
}
