use greengrid_app::monitoring::alerts::{Heard, Noticed, StoredRule};
use greengrid_domain::monitoring::alert::{AlertFact, AlertRule, AlertSilence, Severity};
use jiff::Timestamp;
use rust_decimal::Decimal;
use sqlx::{PgConnection, PgPool};

use super::rows::RuleRow;
use crate::postgres::monitoring::anomalies::corrupt;
use crate::postgres::monitoring::assessments::sql_time;

pub(super) async fn rules(pool: &PgPool) -> Result<Vec<StoredRule>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let rows = sqlx::query!(
        "select rule_id, count(*) as \"held!\" from alert_notice where state = 'held' group by 1"
    )
    .fetch_all(&mut *connection)
    .await?;
    let held = |id| rows.iter().find(|row| row.rule_id == id).map_or(0, |row| row.held);
    let rules = sqlx::query_as!(
        RuleRow,
        r#"select id, name, kinds, severity, region, brand, least_per_day, lasting_s, gather_s,
                  quiet_from, quiet_to, recipients, webhooks, escalate_after_s, escalate_to,
                  tells_end, enabled, told_at as "told_at: _"
           from alert_rule where removed_at is null order by lower(name), id"#
    )
    .fetch_all(&mut *connection)
    .await?;
    rules
        .into_iter()
        .map(|row| {
            let (held, told_at) = (held(row.id), row.told_at);
            let told_at = told_at.map(jiff_sqlx::Timestamp::to_jiff);
            Ok(StoredRule { rule: row.try_into()?, told_at, held })
        })
        .collect()
}

/// Rules that tell something.
pub(super) async fn enabled(connection: &mut PgConnection) -> Result<Vec<AlertRule>, sqlx::Error> {
    sqlx::query_as!(
        RuleRow,
        r#"select id, name, kinds, severity, region, brand, least_per_day, lasting_s, gather_s,
                  quiet_from, quiet_to, recipients, webhooks, escalate_after_s, escalate_to,
                  tells_end, enabled, told_at as "told_at: _"
           from alert_rule where enabled and removed_at is null order by id"#
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(AlertRule::try_from)
    .collect()
}

pub(super) async fn silences(
    connection: &mut PgConnection,
    now: Timestamp,
) -> Result<Vec<AlertSilence>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, kind, region, brand, from_at as "from_at: jiff_sqlx::Timestamp",
                  until_at as "until_at: jiff_sqlx::Timestamp", why
           from alert_silence where ended_at is null and until_at > $1 order by until_at, id"#,
        sql_time(now) as _,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AlertSilence {
                id: row.id.into(),
                kind: row.kind.map(|it| it.parse().map_err(corrupt)).transpose()?,
                region: row.region.map(|it| it.parse().map_err(corrupt)).transpose()?,
                brand: row.brand.map(|it| it.parse().map_err(corrupt)).transpose()?,
                from: row.from_at.to_jiff(),
                until: row.until_at.to_jiff(),
                why: row.why.parse().map_err(corrupt)?,
            })
        })
        .collect()
}

/// A row of an anomaly as a rule looks at it.
struct HeardRow {
    kind: String,
    money_per_day: Decimal,
    since: jiff_sqlx::Timestamp,
    raised_at: jiff_sqlx::Timestamp,
    over: Option<jiff_sqlx::Timestamp>,
    site_id: i32,
    region: String,
    brand: String,
    time_zone: String,
}

impl TryFrom<HeardRow> for Heard {
    type Error = sqlx::Error;

    fn try_from(row: HeardRow) -> Result<Self, sqlx::Error> {
        let kind = row.kind.parse().map_err(corrupt)?;
        let fact = AlertFact {
            site: row.site_id.into(),
            kind,
            severity: Severity::of(kind, row.money_per_day),
            region: row.region.parse().map_err(corrupt)?,
            brand: row.brand.parse().map_err(corrupt)?,
            money_per_day: row.money_per_day.normalize(),
            since: row.since.to_jiff(),
            zone: row.time_zone.parse().map_err(corrupt)?,
        };
        let over = row.over.map(jiff_sqlx::Timestamp::to_jiff);
        Ok(Self { fact, at: row.raised_at.to_jiff(), over })
    }
}

pub(super) async fn heard(pool: &PgPool, since: Timestamp) -> Result<Vec<Heard>, sqlx::Error> {
    sqlx::query_as!(
        HeardRow,
        r#"select a.kind, a.money_per_day, a.since as "since: _", a.raised_at as "raised_at: _",
                  case when a.until is not null or a.stage not in ('open', 'acknowledged', 'snoozed')
                       then coalesce(a.stage_at, a.until, a.heard_at) end as "over: _",
                  a.site_id, s.region, s.brand, s.time_zone
           from anomaly a join site s on s.id = a.site_id
           where a.raised_at >= $1 and a.quiet_pattern_id is null
           order by a.raised_at, a.id"#,
        sql_time(since) as _,
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(Heard::try_from)
    .collect()
}

/// Anomalies that last and are no known patterns: those that may keep others
/// quiet.
pub(super) async fn lasting(connection: &mut PgConnection) -> Result<Vec<Heard>, sqlx::Error> {
    sqlx::query_as!(
        HeardRow,
        r#"select a.kind, a.money_per_day, a.since as "since: _", a.raised_at as "raised_at: _",
                  null::timestamptz as "over: _", a.site_id, s.region, s.brand, s.time_zone
           from anomaly a join site s on s.id = a.site_id
           where a.until is null and a.stage in ('open', 'acknowledged', 'snoozed')
             and a.quiet_pattern_id is null"#
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Heard::try_from)
    .collect()
}

pub(super) async fn noticed(pool: &PgPool, limit: i64) -> Result<Vec<Noticed>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select r.name as rule, s.code, s.name as site, n.event, a.cause, n.state, n.why,
                  coalesce(n.settled_at, n.due_at) as "at!: jiff_sqlx::Timestamp"
           from alert_notice n
           join alert_rule r on r.id = n.rule_id
           join anomaly a on a.id = n.anomaly_id
           join site s on s.id = a.site_id
           order by n.id desc limit $1"#,
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Noticed {
                rule: row.rule,
                site: (row.code.parse().map_err(corrupt)?, row.site),
                event: row.event.parse().map_err(corrupt)?,
                cause: row.cause,
                state: row.state.parse().map_err(corrupt)?,
                at: row.at.to_jiff(),
                why: row.why,
            })
        })
        .collect()
}
