use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::monitoring::alert::{
    AlertChange, AlertRule, AlertRuleId, AlertSilence, AlertSilenceId,
};
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::changes::{self, Changed};
use super::read;
use super::rows::{RuleRow, audited};
use crate::postgres::audit::{self, Change};
use crate::postgres::monitoring::assessments::sql_time;
use crate::postgres::notify::notify;

pub(super) async fn save(
    pool: &PgPool,
    by: Initiator,
    rule: &AlertRule,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    let before = locked(&mut tx, rule.id).await?;
    let filter = &rule.filter;
    let kinds: Vec<&str> = filter.kinds.iter().map(|kind| (*kind).into()).collect();
    let escalation = rule.escalation.as_ref();
    let escalate_to = escalation.map_or_else(Vec::new, |escalation| texts(&escalation.to));
    sqlx::query!(
        "insert into alert_rule (id, name, kinds, severity, region, brand, least_per_day, lasting_s,
                                 gather_s, quiet_from, quiet_to, recipients, escalate_after_s,
                                 escalate_to, tells_end, enabled, webhooks)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict (id) do update set
             name = excluded.name, kinds = excluded.kinds, severity = excluded.severity,
             region = excluded.region, brand = excluded.brand,
             least_per_day = excluded.least_per_day, lasting_s = excluded.lasting_s,
             gather_s = excluded.gather_s, quiet_from = excluded.quiet_from,
             quiet_to = excluded.quiet_to, recipients = excluded.recipients,
             escalate_after_s = excluded.escalate_after_s, escalate_to = excluded.escalate_to,
             tells_end = excluded.tells_end, enabled = excluded.enabled,
             webhooks = excluded.webhooks",
        Uuid::from(rule.id),
        rule.name.as_str(),
        &kinds as &[&str],
        <&str>::from(filter.severity),
        filter.region.as_ref().map(greengrid_domain::fleet::RegionCode::as_str),
        filter.brand.map(<&str>::from),
        filter.least_per_day,
        seconds(rule.lasting),
        seconds(rule.gather),
        rule.quiet.map(|quiet| i16::from(quiet.from())),
        rule.quiet.map(|quiet| i16::from(quiet.to())),
        &texts(&rule.to),
        escalation.map(|escalation| seconds(escalation.after)),
        &escalate_to,
        rule.tells_end,
        rule.enabled,
        &rule.webhooks.iter().copied().map(Uuid::from).collect::<Vec<_>>(),
    )
    .execute(&mut *tx)
    .await?;
    let change = Change {
        subject: AuditSubject::AlertRule,
        subject_id: rule.id.to_string(),
        action: if before.is_some() { "change_rule" } else { "make_rule" },
        before: before.as_ref().map(audited),
        after: Some(audited(rule)),
    };
    let event = if before.is_some() { AlertChange::RuleChanged } else { AlertChange::RuleMade };
    done(tx, by, change, &of_rule(rule, event, at)).await
}

fn of_rule(rule: &AlertRule, event: AlertChange, at: Timestamp) -> Changed<'_> {
    Changed { at, event, what: rule.name.as_str(), why: None, region: rule.filter.region.as_ref() }
}

/// The rule as it is, held until the transaction ends.
async fn locked(
    connection: &mut PgConnection,
    id: AlertRuleId,
) -> Result<Option<AlertRule>, sqlx::Error> {
    sqlx::query_as!(
        RuleRow,
        r#"select id, name, kinds, severity, region, brand, least_per_day, lasting_s, gather_s,
                  quiet_from, quiet_to, recipients, webhooks, escalate_after_s, escalate_to,
                  tells_end, enabled, told_at as "told_at: _"
           from alert_rule where id = $1 and removed_at is null for update"#,
        Uuid::from(id)
    )
    .fetch_optional(connection)
    .await?
    .map(AlertRule::try_from)
    .transpose()
}

pub(super) async fn remove(
    pool: &PgPool,
    by: Initiator,
    id: AlertRuleId,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Some(before) = locked(&mut tx, id).await? else { return Ok(false) };
    sqlx::query!(
        "update alert_rule set removed_at = $2, enabled = false where id = $1",
        Uuid::from(id),
        sql_time(at) as _,
    )
    .execute(&mut *tx)
    .await?;
    let change = Change {
        subject: AuditSubject::AlertRule,
        subject_id: id.to_string(),
        action: "remove_rule",
        before: Some(audited(&before)),
        after: None,
    };
    done(tx, by, change, &of_rule(&before, AlertChange::RuleRemoved, at)).await?;
    Ok(true)
}

pub(super) async fn silence(
    pool: &PgPool,
    by: Initiator,
    silence: &AlertSilence,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    let region = silence.region.as_ref().map(greengrid_domain::fleet::RegionCode::as_str);
    sqlx::query!(
        "insert into alert_silence (id, kind, region, brand, from_at, until_at, why)
         values ($1, $2, $3, $4, $5, $6, $7)",
        Uuid::from(silence.id),
        silence.kind.map(<&str>::from),
        region,
        silence.brand.map(<&str>::from),
        sql_time(silence.from) as _,
        sql_time(silence.until) as _,
        silence.why.as_str(),
    )
    .execute(&mut *tx)
    .await?;
    let change = Change {
        subject: AuditSubject::AlertSilence,
        subject_id: silence.id.to_string(),
        action: "begin_silence",
        before: None,
        after: Some(json!({
            "kind": silence.kind.map(|kind| kind.to_string()),
            "region": region,
            "brand": silence.brand.map(|brand| brand.to_string()),
            "until": silence.until.to_string(),
            "why": silence.why.as_str(),
        })),
    };
    let what = silence.what();
    done(tx, by, change, &of_silence(silence, &what, AlertChange::SilenceBegun, silence.from)).await
}

fn of_silence<'a>(
    silence: &'a AlertSilence,
    what: &'a str,
    event: AlertChange,
    at: Timestamp,
) -> Changed<'a> {
    Changed { at, event, what, why: Some(silence.why.as_str()), region: silence.region.as_ref() }
}

pub(super) async fn unsilence(
    pool: &PgPool,
    by: Initiator,
    id: AlertSilenceId,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let lasting = read::silences(&mut tx, at).await?;
    let Some(silence) = lasting.iter().find(|silence| silence.id == id) else { return Ok(false) };
    let ended = sqlx::query!(
        "update alert_silence set ended_at = $2 where id = $1 and ended_at is null",
        Uuid::from(id),
        sql_time(at) as _,
    )
    .execute(&mut *tx)
    .await?;
    if ended.rows_affected() == 0 {
        return Ok(false);
    }
    // What it held is looked at anew.
    sqlx::query!(
        "update alert_notice set due_at = $1 where state = 'held' and why = 'silenced'",
        sql_time(at) as _,
    )
    .execute(&mut *tx)
    .await?;
    let change = Change {
        subject: AuditSubject::AlertSilence,
        subject_id: id.to_string(),
        action: "end_silence",
        before: None,
        after: None,
    };
    let what = silence.what();
    done(tx, by, change, &of_silence(silence, &what, AlertChange::SilenceEnded, at)).await?;
    Ok(true)
}

/// Ends a change with its audit entry and what the handover tells of it, and has
/// pages follow.
pub(super) async fn done(
    mut tx: sqlx::Transaction<'_, sqlx::Postgres>,
    by: Initiator,
    change: Change,
    changed: &Changed<'_>,
) -> Result<(), sqlx::Error> {
    audit::record(&mut tx, by, &[change]).await?;
    changes::keep(&mut tx, by, changed).await?;
    notify(&mut tx, &[Notice::Changed(Topic::Alerts)]).await?;
    tx.commit().await
}

fn texts(to: &[EmailAddress]) -> Vec<String> {
    to.iter().map(ToString::to_string).collect()
}

fn seconds(wait: SignedDuration) -> i32 {
    i32::try_from(wait.as_secs()).unwrap_or(i32::MAX)
}
