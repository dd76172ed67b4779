use greengrid_app::live::{Notice, Topic};
use greengrid_app::monitoring::AnomalyRecord;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::alert::{AlertEvent, AlertRule};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::read;
use super::sites::told_sites;
use crate::postgres::monitoring::assessments::sql_time;
use crate::postgres::notify::notify;

/// Writes what rules notice in anomalies as they now are, within the transaction
/// that made them so. What was noticed before is not noticed again: of each
/// anomaly, each time it opens, a rule tells once that it did and once that it
/// is over.
pub(in super::super) async fn notice(
    connection: &mut PgConnection,
    records: &[&AnomalyRecord],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let rules = read::enabled(connection).await?;
    if rules.is_empty() || records.is_empty() {
        return Ok(());
    }
    let ids: Vec<SiteId> = records.iter().map(|record| record.site).collect();
    let sites = told_sites(connection, &ids).await?;
    let mut found = Found::default();
    for record in records {
        let Some(site) = sites.get(&record.site) else { continue };
        let fact = site.fact(record);
        let lasts = record.until.is_none() && record.life.is_live();
        for rule in &rules {
            if lasts && record.quiet.is_none() && rule.filter.holds(&fact) {
                found.add(rule, record, AlertEvent::Raised, rule.due(&fact, at));
            } else if !lasts && rule.tells_end {
                found.add(rule, record, AlertEvent::Ended, at);
            }
        }
    }
    found.insert(connection).await
}

/// Notices, column by column.
#[derive(Default)]
struct Found {
    rules: Vec<Uuid>,
    anomalies: Vec<Uuid>,
    rounds: Vec<i16>,
    events: Vec<&'static str>,
    due: Vec<jiff_sqlx::Timestamp>,
}

impl Found {
    fn add(&mut self, rule: &AlertRule, record: &AnomalyRecord, event: AlertEvent, due: Timestamp) {
        self.rules.push(rule.id.into());
        self.anomalies.push(record.id.into());
        self.rounds.push(i16::try_from(record.life.reopened).unwrap_or(i16::MAX));
        self.events.push(event.into());
        self.due.push(sql_time(due));
    }

    /// An end is worth telling to those who were told of the beginning.
    async fn insert(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rules.is_empty() {
            return Ok(());
        }
        let new = sqlx::query!(
            "insert into alert_notice (rule_id, anomaly_id, round, event, due_at)
             select t.* from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[],
                                    $5::timestamptz[]) as t (rule_id, anomaly_id, round, event, due)
             where t.event <> 'ended' or exists (
                 select from alert_notice told
                 where told.rule_id = t.rule_id and told.anomaly_id = t.anomaly_id
                   and told.round = t.round and told.event = 'raised' and told.state = 'told')
             on conflict on constraint alert_notice_key do nothing",
            &self.rules,
            &self.anomalies,
            &self.rounds,
            &self.events as &[&str],
            &self.due as &[jiff_sqlx::Timestamp],
        )
        .execute(&mut *connection)
        .await?;
        if new.rows_affected() > 0 {
            notify(connection, &[Notice::Changed(Topic::Alerts)]).await?;
        }
        Ok(())
    }
}
