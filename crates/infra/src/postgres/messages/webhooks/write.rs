use greengrid_app::live::{Notice, Topic};
use greengrid_app::messages::Resent;
use greengrid_app::messages::webhooks::Post;
use greengrid_domain::messages::{DeliveryId, DeliveryState, GIVE_UP_AFTER, WebhookId};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::audit::Change;
use crate::postgres::messages::outbox;
use crate::postgres::notify::notify;

/// Writes a message for each of these webhooks that is still there, within the
/// transaction that changes what it tells of. Those that have one under its key
/// are left out.
pub(in crate::postgres) async fn post(
    connection: &mut PgConnection,
    to: &[WebhookId],
    message: &Post,
) -> Result<(), sqlx::Error> {
    if to.is_empty() {
        return Ok(());
    }
    let webhooks: Vec<Uuid> = to.iter().map(|id| (*id).into()).collect();
    let ids: Vec<String> = to.iter().map(|id| message.message_id(*id)).collect();
    sqlx::query!(
        "insert into webhook_delivery (webhook_id, message_id, key, kind, body, give_up_at)
         select w.id, t.message_id, $3, $4, $5, now() + make_interval(secs => $6)
         from unnest($1::uuid[], $2::text[]) as t (id, message_id)
         join webhook w on w.id = t.id and w.removed_at is null
         on conflict on constraint webhook_delivery_key do nothing",
        &webhooks,
        &ids,
        message.key.as_str(),
        <&str>::from(message.kind),
        message.body,
        GIVE_UP_AFTER.as_secs_f64(),
    )
    .execute(&mut *connection)
    .await?;
    notify(connection, &[Notice::Changed(Topic::Webhooks)]).await
}

pub(super) async fn resend(
    pool: &PgPool,
    by: Initiator,
    of: WebhookId,
    id: DeliveryId,
) -> Result<Resent, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let found = sqlx::query_scalar!(
        "select d.state from webhook_delivery d
         join webhook w on w.id = d.webhook_id and w.removed_at is null
         where d.id = $1 and d.webhook_id = $2 for update of d",
        i64::from(id),
        Uuid::from(of),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(before) = found else { return Ok(Resent::NoSuchLetter) };
    if before != <&str>::from(DeliveryState::Dead) {
        return Ok(Resent::NotNow);
    }
    let audited = Change {
        subject: AuditSubject::Webhook,
        subject_id: of.to_string(),
        action: "resend",
        before: None,
        after: Some(json!({ "delivery": i64::from(id) })),
    };
    outbox::posts::resend(tx, by, id.into(), audited).await?;
    Ok(Resent::Done)
}
