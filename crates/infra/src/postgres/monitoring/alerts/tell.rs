use std::collections::{BTreeMap, HashMap};

use greengrid_app::live::{Notice, Topic};
use greengrid_app::monitoring::AnomalyRecord;
use greengrid_app::monitoring::alerts::{
    AlertLine, AlertMessage, AlertPress, Decision, Heard, Situation, decide, planned_until,
};
use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::messages::{Letter, WebhookId};
use greengrid_domain::monitoring::alert::{
    AlertEvent, AlertRule, AlertRuleId, AlertSilence, Inhibition, Inhibitors,
};
use greengrid_domain::monitoring::{AnomalyId, MaintenanceWindow};
use jiff::Timestamp;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::rows::RuleRow;
use super::sites::ToldSite;
use super::{inhibitions, read, sparks};
use crate::postgres::messages::enqueue;
use crate::postgres::messages::webhooks::post;
use crate::postgres::monitoring::anomalies::{corrupt, planned_windows, records_of, sites};
use crate::postgres::monitoring::assessments::sql_time;
use crate::postgres::notify::notify;

/// Notices looked at in one transaction.
const BATCH: i64 = 20_000;

/// A notice that is due.
struct Due {
    id: i64,
    rule: AlertRuleId,
    anomaly: AnomalyId,
    event: AlertEvent,
}

/// What notices are judged by.
struct World {
    now: Timestamp,
    rules: HashMap<AlertRuleId, (AlertRule, Option<Timestamp>)>,
    records: HashMap<AnomalyId, AnomalyRecord>,
    sites: HashMap<SiteId, Site>,
    silences: Vec<AlertSilence>,
    windows: Vec<MaintenanceWindow>,
    inhibitions: Vec<Inhibition>,
    /// Anomalies that may keep others quiet.
    lasting: Vec<Heard>,
    /// Incidents of which each rule told.
    told: Vec<(Uuid, Uuid)>,
}

/// Tells what is due. The rows are held until the letters are written, so of two
/// instances one tells, and after a crash the other does.
pub(super) async fn due(
    pool: &PgPool,
    now: Timestamp,
    press: &dyn AlertPress,
) -> Result<usize, sqlx::Error> {
    let mut tx = pool.begin().await?;
    escalate(&mut tx, now).await?;
    let due = take(&mut tx, now).await?;
    if due.is_empty() {
        tx.commit().await?;
        return Ok(0);
    }
    let world = World::load(&mut tx, now, &due).await?;
    let mut messages: BTreeMap<(AlertRuleId, AlertEvent), Vec<(i64, AlertLine)>> = BTreeMap::new();
    let mut held: BTreeMap<(Timestamp, &str), Vec<i64>> = BTreeMap::new();
    let mut dropped: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let lasting = world.lasting.iter().map(|heard| (&heard.fact, heard.at, heard.over));
    let inhibitors = Inhibitors::among(&world.inhibitions, lasting);
    for notice in &due {
        match world.judge(notice, &inhibitors) {
            Some((Decision::Tell, line)) => {
                messages.entry((notice.rule, notice.event)).or_default().push((notice.id, line));
            }
            Some((Decision::Hold { until, why }, _)) => {
                held.entry((until, why)).or_default().push(notice.id);
            }
            Some((Decision::Drop { why }, _)) => dropped.entry(why).or_default().push(notice.id),
            None => dropped.entry("its rule is gone").or_default().push(notice.id),
        }
    }
    for ((until, why), ids) in held {
        hold(&mut tx, &ids, until, why).await?;
    }
    for (why, ids) in dropped {
        drop_notices(&mut tx, &ids, now, why).await?;
    }
    let mut count = 0;
    for ((rule, event), told) in messages {
        let Some((rule, _)) = world.rules.get(&rule) else { continue };
        settle(&mut tx, rule, &told, now).await?;
        let mut message = message(rule.clone(), event, told, now);
        sparks::add(&mut tx, &mut message.lines).await?;
        let letters: Vec<Letter> =
            rule.recipients(event).iter().map(|to| press.letter(&message, to)).collect();
        enqueue(&mut tx, &letters).await?;
        let webhooks: Vec<WebhookId> = rule.webhooks.iter().copied().collect();
        if !webhooks.is_empty() {
            post(&mut tx, &webhooks, &press.post(&message)).await?;
        }
        count += 1;
    }
    notify(&mut tx, &[Notice::Changed(Topic::Alerts)]).await?;
    tx.commit().await?;
    Ok(count)
}

/// Notices that nobody said anything to what was told a while ago.
async fn escalate(connection: &mut PgConnection, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into alert_notice (rule_id, anomaly_id, round, event, due_at)
         select n.rule_id, n.anomaly_id, n.round, 'escalated', $1
         from alert_notice n
         join alert_rule r on r.id = n.rule_id
         join anomaly a on a.id = n.anomaly_id
         where n.event = 'raised' and n.state = 'told' and r.enabled and r.removed_at is null
           and n.settled_at + make_interval(secs => r.escalate_after_s) <= $1
           and a.stage = 'open' and a.until is null and a.assigned_to is null
           and a.reopened = n.round
         on conflict on constraint alert_notice_key do nothing",
        sql_time(now) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn take(connection: &mut PgConnection, now: Timestamp) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, rule_id, anomaly_id, event from alert_notice
         where state = 'held' and due_at <= $1
         order by due_at, id limit $2
         for update skip locked",
        sql_time(now) as _,
        BATCH,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Due {
                id: row.id,
                rule: row.rule_id.into(),
                anomaly: row.anomaly_id.into(),
                event: row.event.parse().map_err(corrupt)?,
            })
        })
        .collect()
}

impl World {
    async fn load(
        connection: &mut PgConnection,
        now: Timestamp,
        due: &[Due],
    ) -> Result<Self, sqlx::Error> {
        let ids: Vec<Uuid> = due.iter().map(|notice| notice.anomaly.into()).collect();
        let rows = sqlx::query_as!(
            RuleRow,
            r#"select id, name, kinds, severity, region, brand, least_per_day, lasting_s, gather_s,
                      quiet_from, quiet_to, recipients, webhooks, escalate_after_s, escalate_to,
                      tells_end, enabled, told_at as "told_at: _"
               from alert_rule where removed_at is null for update"#
        )
        .fetch_all(&mut *connection)
        .await?;
        let mut rules = HashMap::new();
        for row in rows {
            let told_at = row.told_at.map(jiff_sqlx::Timestamp::to_jiff);
            let rule = AlertRule::try_from(row)?;
            rules.insert(rule.id, (rule, told_at));
        }
        let records = records_of(connection, &ids).await?;
        let told = sqlx::query!(
            r#"select distinct n.rule_id, n.incident_id as "incident!" from alert_notice n
               join incident i on i.id = n.incident_id and i.ended_at is null
               where n.state = 'told' and n.event = 'raised'"#
        )
        .fetch_all(&mut *connection)
        .await?;
        let inhibitions = inhibitions::all(&mut *connection).await?;
        let lasting =
            if inhibitions.is_empty() { Vec::new() } else { read::lasting(connection).await? };
        Ok(Self {
            now,
            rules,
            inhibitions,
            lasting,
            records: records.into_iter().map(|record| (record.id, record)).collect(),
            sites: sites(connection).await?,
            silences: read::silences(connection, now).await?,
            windows: planned_windows(connection, now).await?,
            told: told.into_iter().map(|row| (row.rule_id, row.incident)).collect(),
        })
    }

    /// What becomes of a notice, with what it would say.
    fn judge(&self, notice: &Due, inhibitors: &Inhibitors<'_>) -> Option<(Decision, AlertLine)> {
        let (rule, told_at) = self.rules.get(&notice.rule)?;
        let record = self.records.get(&notice.anomaly)?;
        let site = self.sites.get(&record.site)?;
        let fact = ToldSite::of(site).fact(record);
        let incident = record.incident.map(Uuid::from);
        let decision = decide(&Situation {
            now: self.now,
            rule,
            told_at: *told_at,
            event: notice.event,
            record,
            fact: &fact,
            silences: &self.silences,
            planned_until: planned_until(&self.windows, site, self.now),
            inhibited: inhibitors.of(&fact, self.now).is_some(),
            incident_told: notice.event == AlertEvent::Raised
                && incident.is_some_and(|id| self.told.contains(&(rule.id.into(), id))),
        });
        let line = AlertLine {
            event: notice.event,
            record: record.clone(),
            site: (site.code.clone(), site.details.name.as_str().to_owned()),
            fact,
            others: 0,
            spark: None,
        };
        Some((decision, line))
    }
}

/// One message of what was gathered: what shares an incident is one line, that
/// of its largest loss.
fn message(
    rule: AlertRule,
    event: AlertEvent,
    mut told: Vec<(i64, AlertLine)>,
    at: Timestamp,
) -> AlertMessage {
    let first = told.iter().map(|(id, _)| *id).min().unwrap_or_default();
    told.sort_by_key(|(id, line)| (std::cmp::Reverse(line.fact.money_per_day), *id));
    let mut lines: Vec<AlertLine> = Vec::new();
    let mut of_incident: HashMap<Uuid, usize> = HashMap::new();
    for (_, line) in told {
        match line.record.incident.map(Uuid::from) {
            Some(incident) if of_incident.contains_key(&incident) => {
                if let Some(known) = lines.get_mut(of_incident[&incident]) {
                    known.others += 1;
                }
            }
            incident => {
                if let Some(incident) = incident {
                    of_incident.insert(incident, lines.len());
                }
                lines.push(line);
            }
        }
    }
    AlertMessage { rule, event, lines, first, at }
}

async fn settle(
    connection: &mut PgConnection,
    rule: &AlertRule,
    told: &[(i64, AlertLine)],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = told.iter().map(|(id, _)| *id).collect();
    let incidents: Vec<Option<Uuid>> =
        told.iter().map(|(_, line)| line.record.incident.map(Uuid::from)).collect();
    sqlx::query!(
        "update alert_notice n
         set state = 'told', settled_at = $3, why = null, incident_id = t.incident_id
         from unnest($1::bigint[], $2::uuid[]) as t (id, incident_id)
         where n.id = t.id",
        &ids,
        &incidents as &[Option<Uuid>],
        sql_time(now) as _,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update alert_rule set told_at = $2 where id = $1",
        Uuid::from(rule.id),
        sql_time(now) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn hold(
    connection: &mut PgConnection,
    ids: &[i64],
    until: Timestamp,
    why: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update alert_notice set due_at = $2, why = $3 where id = any($1)",
        ids,
        sql_time(until) as _,
        why,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn drop_notices(
    connection: &mut PgConnection,
    ids: &[i64],
    now: Timestamp,
    why: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update alert_notice set state = 'dropped', settled_at = $2, why = $3
         where id = any($1)",
        ids,
        sql_time(now) as _,
        why,
    )
    .execute(connection)
    .await?;
    Ok(())
}
