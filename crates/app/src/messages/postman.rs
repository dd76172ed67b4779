use std::sync::Arc;

use futures::{StreamExt, stream};
use greengrid_domain::messages::{as_asked, pause};
use jiff::SignedDuration;
use rand::TryRngCore as _;
use rand::rngs::OsRng;

use super::contracts::{Claimed, LetterStore, Mailer, NotSent, Outcome};
use crate::error::StoreError;

/// Letters taken up at a time, and sent at the same time.
const BATCH: i64 = 8;
const AT_ONCE: usize = 4;

/// For how long a letter that was taken up is left to whoever did: longer than
/// it takes to send a batch.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);

/// Sends letters that are due. Any number may work at the same time.
#[derive(Clone, bon::Builder)]
pub struct Postman {
    store: Arc<dyn LetterStore>,
    /// Without one, letters are kept where they are.
    mailer: Option<Arc<dyn Mailer>>,
}

/// What came of looking after letters once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Letters taken up.
    pub taken: usize,
    /// Whether the mail server was away.
    pub away: bool,
}

impl Postman {
    /// Sends what is due, at most a batch. What is taken up and then lost in a
    /// crash is taken up again after a while, with the same Message-ID.
    pub async fn deliver(&self) -> Result<Round, StoreError> {
        let claimed = self.store.claim(BATCH, CLAIM).await?;
        let taken = claimed.len();
        let Some(mailer) = &self.mailer else {
            for claimed in &claimed {
                self.store.settle(claimed, &Outcome::Kept).await?;
            }
            return Ok(Round { taken, away: false });
        };
        if claimed.is_empty() {
            return Ok(Round::default());
        }
        let ready = mailer.is_ready().await;
        let settled: Vec<Result<bool, StoreError>> = stream::iter(claimed)
            .map(|claimed| {
                let ready = ready.clone();
                async move {
                    let sent = match ready {
                        Ok(()) => mailer.send(&claimed).await,
                        away => away,
                    };
                    self.settle(&claimed, sent).await
                }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut away = ready.is_err();
        for settled in settled {
            away |= settled?;
        }
        Ok(Round { taken, away })
    }

    /// Notes what came of a letter, and tells whether the server was away.
    async fn settle(
        &self,
        claimed: &Claimed,
        sent: Result<(), NotSent>,
    ) -> Result<bool, StoreError> {
        let away = matches!(sent, Err(NotSent::Away(_)));
        let outcome = outcome(sent, claimed.tries, claimed.is_last);
        if !self.store.settle(claimed, &outcome).await? {
            tracing::warn!(letter.id = %claimed.id, "a letter was sent by two");
        }
        match &outcome {
            Outcome::Sent => tracing::info!(letter.id = %claimed.id, "letter sent"),
            Outcome::Dead { .. } => tracing::warn!(letter.id = %claimed.id, "letter given up"),
            _ => {}
        }
        Ok(away)
    }
}

/// What comes of a try to send something, the `tries`th: a refusal and the last
/// failure are the end, everything else is tried again after a pause.
pub(super) fn outcome(sent: Result<(), NotSent>, tries: u32, is_last: bool) -> Outcome {
    let pause = pause(tries, roll());
    let later = |why| Outcome::Later { pause, why };
    match sent {
        Ok(()) => Outcome::Sent,
        Err(NotSent::Refused(why)) => Outcome::Dead { why },
        Err(NotSent::Gone(why)) => Outcome::Gone { why },
        Err(NotSent::Failed(why) | NotSent::Busy { why, .. }) if is_last => Outcome::Dead { why },
        Err(NotSent::Busy { why, wait }) => Outcome::Later { pause: as_asked(pause, wait), why },
        Err(NotSent::Failed(why) | NotSent::Away(why)) => later(why),
    }
}

/// A number between 0 and 1.
fn roll() -> f64 {
    f64::from(OsRng.try_next_u32().unwrap_or(0)) / f64::from(u32::MAX)
}
