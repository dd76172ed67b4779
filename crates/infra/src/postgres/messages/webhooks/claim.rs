use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_app::messages::Outcome;
use greengrid_app::messages::webhooks::{ClaimedPost, WebhookSecret};
use greengrid_domain::messages::DeliveryState;
use jiff::SignedDuration;
use sqlx::PgPool;

use super::row;
use crate::Sealer;
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Messages of one webhook that are taken up at a time.
const OF_EACH: i64 = 4;

pub(super) async fn claim(
    pool: &PgPool,
    sealer: &Sealer,
    lasting: SignedDuration,
) -> Result<Vec<ClaimedPost>, StoreError> {
    let rows = sqlx::query!(
        r#"with due as (
               select d.id from webhook w
               cross join lateral (
                   select id from webhook_delivery
                   where webhook_id = w.id and state = 'waiting' and next_try_at <= now()
                   order by next_try_at, id
                   limit $1
                   for update skip locked
               ) d
               where w.enabled and w.removed_at is null
           )
           update webhook_delivery d
           set tries = tries + 1, next_try_at = now() + make_interval(secs => $2)
           from due, webhook w
           where d.id = due.id and w.id = d.webhook_id
           returning d.id, d.webhook_id, d.message_id, d.tries, d.give_up_at <= now() as "is_last!",
                     d.body, w.url, w.secret_sealed"#,
        OF_EACH,
        lasting.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let mut claimed = rows
        .into_iter()
        .filter_map(|of| {
            let key = sealer.open(&row(of.webhook_id.into()), &of.secret_sealed);
            let secret = key.ok().and_then(|key| WebhookSecret::from_bytes(key).ok());
            if secret.is_none() {
                // It stays where it is, and the others go on.
                tracing::error!(webhook.id = %of.webhook_id, "its secret was sealed under another");
            }
            Some((of, secret?))
        })
        .map(|(of, secret)| {
            Ok(ClaimedPost {
                id: of.id.into(),
                message_id: of.message_id,
                tries: u32::try_from(of.tries).map_err(StoreError::new)?,
                is_last: of.is_last,
                url: of.url.parse().map_err(StoreError::new)?,
                secret,
                body: of.body,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    claimed.sort_unstable_by_key(|claimed| claimed.id);
    Ok(claimed)
}

pub(super) async fn settle(
    pool: &PgPool,
    claimed: &ClaimedPost,
    outcome: &Outcome,
) -> Result<bool, sqlx::Error> {
    let (state, pause, why) = match outcome {
        Outcome::Sent => (DeliveryState::Sent, SignedDuration::ZERO, None),
        // There is no state of being kept: nothing is posted only for lack of
        // somebody who posts.
        Outcome::Kept => (DeliveryState::Waiting, SignedDuration::ZERO, None),
        Outcome::Later { pause, why } => (DeliveryState::Waiting, *pause, Some(why.as_str())),
        Outcome::Dead { why } => (DeliveryState::Dead, SignedDuration::ZERO, Some(why.as_str())),
    };
    let mut tx = pool.begin().await?;
    let settled = sqlx::query!(
        "update webhook_delivery
         set state = $3, last_error = $5, next_try_at = now() + make_interval(secs => $4),
             settled_at = case when $3 = 'waiting' then null else now() end
         where id = $1 and tries = $2 and state = 'waiting'",
        i64::from(claimed.id),
        i32::try_from(claimed.tries).unwrap_or(i32::MAX),
        <&str>::from(state),
        pause.as_secs_f64(),
        why,
    )
    .execute(&mut *tx)
    .await?;
    if settled.rows_affected() == 0 {
        return Ok(false);
    }
    notify(&mut tx, &[Notice::Changed(Topic::Webhooks)]).await?;
    tx.commit().await?;
    Ok(true)
}
