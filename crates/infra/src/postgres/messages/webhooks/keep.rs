use greengrid_app::live::{Notice, Topic};
use greengrid_domain::messages::{OVERLAP, Webhook, WebhookId};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::{Value, json};
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::notify::notify;

pub(super) async fn make(
    pool: &PgPool,
    by: Initiator,
    webhook: &Webhook,
    sealed: &[u8],
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "insert into webhook (id, name, url, secret_sealed, enabled) values ($1, $2, $3, $4, $5)",
        Uuid::from(webhook.id),
        webhook.name.as_str(),
        webhook.url.as_str(),
        sealed,
        webhook.enabled,
    )
    .execute(&mut *tx)
    .await?;
    // The path of an address may be a secret of its own.
    let after = json!({ "name": webhook.name.as_str(), "host": webhook.url.host() });
    done(tx, 1, by, change(webhook.id, "make_webhook", Some(after))).await.map(drop)
}

pub(super) async fn switch(
    pool: &PgPool,
    by: Initiator,
    id: WebhookId,
    enabled: bool,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let changed = sqlx::query!(
        "update webhook set enabled = $2, gone_at = null where id = $1 and removed_at is null",
        Uuid::from(id),
        enabled,
    )
    .execute(&mut *tx)
    .await?;
    done(
        tx,
        changed.rows_affected(),
        by,
        change(id, "switch_webhook", Some(json!({ "enabled": enabled }))),
    )
    .await
}

pub(super) async fn remove(
    pool: &PgPool,
    by: Initiator,
    id: WebhookId,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    // What signed is of no use to anybody any more.
    let changed = sqlx::query!(
        "update webhook
         set removed_at = now(), enabled = false, secret_sealed = '', old_secret_sealed = null,
             old_secret_until = null
         where id = $1 and removed_at is null",
        Uuid::from(id),
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update webhook_delivery
         set state = 'dead', settled_at = now(), last_error = 'the webhook was taken away'
         where webhook_id = $1 and state = 'waiting'",
        Uuid::from(id),
    )
    .execute(&mut *tx)
    .await?;
    done(tx, changed.rows_affected(), by, change(id, "remove_webhook", None)).await
}

/// Gives a webhook a new secret; the one it had signs beside it for a while.
pub(super) async fn rotate(
    pool: &PgPool,
    by: Initiator,
    id: WebhookId,
    sealed: &[u8],
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let changed = sqlx::query!(
        "update webhook
         set secret_sealed = $2, old_secret_sealed = secret_sealed,
             old_secret_until = now() + make_interval(secs => $3)
         where id = $1 and removed_at is null",
        Uuid::from(id),
        sealed,
        OVERLAP.as_secs_f64(),
    )
    .execute(&mut *tx)
    .await?;
    done(tx, changed.rows_affected(), by, change(id, "rotate_secret", None)).await
}

/// Has the secret that a webhook had before sign nothing any more.
pub(super) async fn forget(
    pool: &PgPool,
    by: Initiator,
    id: WebhookId,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let changed = sqlx::query!(
        "update webhook set old_secret_sealed = null, old_secret_until = null
         where id = $1 and removed_at is null",
        Uuid::from(id),
    )
    .execute(&mut *tx)
    .await?;
    done(tx, changed.rows_affected(), by, change(id, "forget_secret", None)).await
}

/// Tells a webhook nothing any more, because its receiver said so. What comes
/// meanwhile waits until somebody switches it on again.
pub(super) async fn gone(
    tx: &mut Transaction<'_, Postgres>,
    id: WebhookId,
) -> Result<(), sqlx::Error> {
    let changed = sqlx::query!(
        "update webhook set enabled = false, gone_at = now()
         where id = $1 and enabled and removed_at is null",
        Uuid::from(id),
    )
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    audit::record(tx, Initiator::System, &[change(id, "webhook_gone", None)]).await
}

/// Records and commits what was changed, unless there was no such webhook: then
/// nothing is kept of the transaction.
async fn done(
    mut tx: Transaction<'_, Postgres>,
    webhooks: u64,
    by: Initiator,
    change: Change,
) -> Result<bool, sqlx::Error> {
    if webhooks == 0 {
        return Ok(false);
    }
    audit::record(&mut tx, by, &[change]).await?;
    notify(&mut tx, &[Notice::Changed(Topic::Webhooks)]).await?;
    tx.commit().await?;
    Ok(true)
}

fn change(id: WebhookId, action: &'static str, after: Option<Value>) -> Change {
    Change {
        subject: AuditSubject::Webhook,
        subject_id: id.to_string(),
        action,
        before: None,
        after,
    }
}
