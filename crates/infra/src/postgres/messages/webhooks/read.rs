use greengrid_app::error::StoreError;
use greengrid_app::messages::webhooks::{Delivery, DeliverySummary, StoredWebhook};
use greengrid_domain::messages::{DeliveryId, DeliveryState, Webhook, WebhookId};
use sqlx::PgPool;
use uuid::Uuid;

use crate::postgres::failure::failed;

pub(super) async fn webhooks(pool: &PgPool) -> Result<Vec<StoredWebhook>, StoreError> {
    let rows = sqlx::query!(
        r#"select w.id, w.name, w.url, w.enabled, w.made_at as "made_at: jiff_sqlx::Timestamp",
                  w.gone_at as "gone_at: jiff_sqlx::Timestamp",
                  case when w.old_secret_until > now() then w.old_secret_until end
                      as "old_secret_until: jiff_sqlx::Timestamp",
                  d.took_at as "took_at: jiff_sqlx::Timestamp", d.waiting as "waiting!",
                  d.dead as "dead!",
                  (select count(*) from alert_rule r
                   where r.removed_at is null and w.id = any(r.webhooks)) as "rules!"
           from webhook w
           cross join lateral (
               select max(settled_at) filter (where state = 'sent') as took_at,
                      count(*) filter (where state = 'waiting') as waiting,
                      count(*) filter (where state = 'dead') as dead
               from webhook_delivery where webhook_id = w.id
           ) d
           where w.removed_at is null
           order by lower(w.name), w.id"#
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredWebhook {
                webhook: Webhook {
                    id: row.id.into(),
                    name: row.name.parse().map_err(StoreError::new)?,
                    url: row.url.parse().map_err(StoreError::new)?,
                    enabled: row.enabled,
                },
                made_at: row.made_at.to_jiff(),
                old_secret_until: row.old_secret_until.map(jiff_sqlx::Timestamp::to_jiff),
                gone_at: row.gone_at.map(jiff_sqlx::Timestamp::to_jiff),
                took_at: row.took_at.map(jiff_sqlx::Timestamp::to_jiff),
                waiting: row.waiting,
                dead: row.dead,
                rules: row.rules,
            })
        })
        .collect()
}

/// A row of `webhook_delivery`.
struct DeliveryRow {
    id: i64,
    message_id: String,
    kind: String,
    body: String,
    state: String,
    tries: i32,
    written_at: jiff_sqlx::Timestamp,
    next_try_at: jiff_sqlx::Timestamp,
    settled_at: Option<jiff_sqlx::Timestamp>,
    last_error: Option<String>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        Ok(Self {
            summary: DeliverySummary {
                id: row.id.into(),
                kind: row.kind.parse().map_err(StoreError::new)?,
                state: row.state.parse().map_err(StoreError::new)?,
                tries: u32::try_from(row.tries).map_err(StoreError::new)?,
                written_at: row.written_at.to_jiff(),
                next_try_at: row.next_try_at.to_jiff(),
                settled_at: row.settled_at.map(jiff_sqlx::Timestamp::to_jiff),
                last_error: row.last_error,
            },
            message_id: row.message_id,
            body: row.body,
        })
    }
}

pub(super) async fn deliveries(
    pool: &PgPool,
    of: WebhookId,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<DeliverySummary>, StoreError> {
    let rows = sqlx::query_as!(
        DeliveryRow,
        r#"select id, message_id, kind, '' as "body!", state, tries,
                  written_at as "written_at: _", next_try_at as "next_try_at: _",
                  settled_at as "settled_at: _", last_error
           from webhook_delivery
           where webhook_id = $1 and ($2::text is null or state = $2)
             and ($3::bigint is null or id < $3)
           order by id desc limit $4"#,
        Uuid::from(of),
        state.map(<&str>::from),
        before.map(i64::from),
        limit,
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.into_iter().map(|row| Ok(Delivery::try_from(row)?.summary)).collect()
}

pub(super) async fn delivery(
    pool: &PgPool,
    of: WebhookId,
    id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let row = sqlx::query_as!(
        DeliveryRow,
        r#"select id, message_id, kind, body, state, tries, written_at as "written_at: _",
                  next_try_at as "next_try_at: _", settled_at as "settled_at: _", last_error
           from webhook_delivery where webhook_id = $1 and id = $2"#,
        Uuid::from(of),
        i64::from(id),
    )
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    row.map(Delivery::try_from).transpose()
}
