use greengrid_app::error::StoreError;
use greengrid_app::messages::Outcome;
use greengrid_app::messages::webhooks::{ClaimedPost, WebhookSecret};
use jiff::SignedDuration;
use sqlx::PgPool;

use super::{keep, row};
use crate::Sealer;
use crate::postgres::failure::failed;
use crate::postgres::messages::outbox;

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
                     d.body, w.url, w.secret_sealed,
                     case when w.old_secret_until > now() then w.old_secret_sealed end
                         as old_secret_sealed"#,
        OF_EACH,
        lasting.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let mut claimed = rows
        .into_iter()
        .filter_map(|of| {
            let name = row(of.webhook_id.into());
            let open = |sealed: &[u8]| {
                let key = sealer.open(&name, sealed).ok();
                key.and_then(|key| WebhookSecret::from_bytes(key).ok())
            };
            let secret = open(&of.secret_sealed);
            if secret.is_none() {
                // It stays where it is, and the others go on.
                tracing::error!(webhook.id = %of.webhook_id, "its secret was sealed under another");
            }
            let old = of.old_secret_sealed.as_deref().and_then(open);
            let secrets: Vec<WebhookSecret> = std::iter::once(secret?).chain(old).collect();
            Some((of, secrets))
        })
        .map(|(of, secrets)| {
            Ok(ClaimedPost {
                id: of.id.into(),
                webhook: of.webhook_id.into(),
                message_id: of.message_id,
                tries: u32::try_from(of.tries).map_err(StoreError::new)?,
                is_last: of.is_last,
                url: of.url.parse().map_err(StoreError::new)?,
                secrets,
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
    let mut tx = pool.begin().await?;
    if !outbox::posts::settle(&mut tx, claimed.id.into(), claimed.tries, outcome).await? {
        return Ok(false);
    }
    if let Outcome::Gone { .. } = outcome {
        keep::gone(&mut tx, claimed.webhook).await?;
    }
    tx.commit().await?;
    Ok(true)
}
