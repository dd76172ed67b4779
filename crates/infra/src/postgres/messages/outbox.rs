//! What letters and messages to webhooks have in common: rows that are written
//! with a change, taken up by whoever is free, and settled by whoever took them
//! up last.

use greengrid_app::messages::Outcome;
use jiff::SignedDuration;

/// What is noted of a row that was taken up.
struct Noted<'a> {
    state: &'static str,
    pause: SignedDuration,
    why: Option<&'a str>,
}

impl<'a> Noted<'a> {
    /// Both tables know these states by the same words; that of what is kept for
    /// lack of a mail server is known to letters alone.
    fn of(outcome: &'a Outcome) -> Self {
        let (state, pause, why) = match outcome {
            Outcome::Sent => ("sent", SignedDuration::ZERO, None),
            Outcome::Kept => ("kept", SignedDuration::ZERO, None),
            Outcome::Later { pause, why } => ("waiting", *pause, Some(why.as_str())),
            Outcome::Dead { why } | Outcome::Gone { why } => {
                ("dead", SignedDuration::ZERO, Some(why.as_str()))
            }
        };
        Self { state, pause, why }
    }
}

/// The statements of an outbox, whose table has the columns `state`, `tries`,
/// `next_try_at`, `give_up_at`, `settled_at` and `last_error`, and of which this
/// topic tells.
macro_rules! outbox {
    ($name:ident, $table:tt, $topic:ident) => {
        pub(super) mod $name {
            use greengrid_app::live::{Notice, Topic};
            use greengrid_app::messages::Outcome;
            use greengrid_domain::messages::GIVE_UP_AFTER;
            use greengrid_domain::observability::Initiator;
            use sqlx::{Postgres, Transaction};

            use super::Noted;
            use crate::postgres::audit::{self, Change};
            use crate::postgres::notify::notify;

            const CHANGED: [Notice; 1] = [Notice::Changed(Topic::$topic)];

            /// Notes what came of a row that was taken up, the `tries`th time.
            /// Returns false, and notes nothing, when somebody else took it up
            /// since.
            pub(in super::super) async fn settle(
                tx: &mut Transaction<'_, Postgres>,
                id: i64,
                tries: u32,
                outcome: &Outcome,
            ) -> Result<bool, sqlx::Error> {
                let noted = Noted::of(outcome);
                let settled = sqlx::query!(
                    "update "
                        + $table
                        + " set state = $3, last_error = $5,
                         next_try_at = now() + make_interval(secs => $4),
                         settled_at = case when $3 = 'waiting' then null else now() end
                     where id = $1 and tries = $2 and state = 'waiting'",
                    id,
                    i32::try_from(tries).unwrap_or(i32::MAX),
                    noted.state,
                    noted.pause.as_secs_f64(),
                    noted.why,
                )
                .execute(&mut **tx)
                .await?;
                if settled.rows_affected() == 0 {
                    return Ok(false);
                }
                notify(tx, &CHANGED).await?;
                Ok(true)
            }

            /// Has a row sent as if it had just been written, under its old key,
            /// with the audit entry of whoever wants it.
            pub(in super::super) async fn resend(
                mut tx: Transaction<'_, Postgres>,
                by: Initiator,
                id: i64,
                audited: Change,
            ) -> Result<(), sqlx::Error> {
                sqlx::query!(
                    "update "
                        + $table
                        + " set state = 'waiting', settled_at = null,
                         last_error = null, next_try_at = now(),
                         give_up_at = now() + make_interval(secs => $2)
                     where id = $1",
                    id,
                    GIVE_UP_AFTER.as_secs_f64(),
                )
                .execute(&mut *tx)
                .await?;
                audit::record(&mut tx, by, &[audited]).await?;
                notify(&mut tx, &CHANGED).await?;
                tx.commit().await
            }
        }
    };
}

outbox!(letters, "mail_letter", Letters);
outbox!(posts, "webhook_delivery", Webhooks);
