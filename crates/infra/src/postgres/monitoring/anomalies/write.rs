use std::collections::{BTreeSet, HashMap};

use greengrid_app::live::{Notice, Topic};
use greengrid_app::monitoring::anomalies::apply;
use greengrid_app::monitoring::{Acted, AnomalyRecord, HistoryEntry, Lesson};
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyEvent, AnomalyId, AnomalyNews, Note, Recovery,
};
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::read::{self, corrupt};
use super::{incidents, planned, rows};
use crate::postgres::audit::{self, Change};
use crate::postgres::monitoring::alerts;
use crate::postgres::monitoring::assessments::{next_version, sql_time};
use crate::postgres::notify::notify;

/// Has those who write anomalies take turns: incidents are folded over all of
/// them. The number tells this lock from others: "ANOM".
pub(super) async fn take_turn(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(r#"select pg_advisory_xact_lock($1) as "taken: ()""#, 0x414e_4f4d_i64)
        .fetch_one(connection)
        .await?;
    Ok(())
}

pub(super) async fn record(pool: &PgPool, changes: &[AnomalyChange]) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut tx = pool.begin().await?;
    take_turn(&mut tx).await?;
    let ids: Vec<Uuid> = changes.iter().map(|change| change.anomaly.into()).collect();
    let sites: BTreeSet<SiteId> = changes.iter().map(|change| change.site).collect();
    let sites: Vec<SiteId> = sites.into_iter().collect();
    let zones = zones(&mut tx, &sites).await?;
    let patterns = planned::patterns(&mut *tx, &sites).await?;
    let mut known: HashMap<AnomalyId, AnomalyRecord> =
        read::lock(&mut tx, &ids).await?.into_iter().map(|record| (record.id, record)).collect();
    let before: HashMap<AnomalyId, Value> =
        known.values().map(|record| (record.id, life(record))).collect();
    let mut history: Vec<HistoryEntry> = Vec::new();
    let mut begun: Vec<(AnomalyRecord, Timestamp)> = Vec::new();
    let mut fresh: BTreeSet<AnomalyId> = BTreeSet::new();
    // Numbers alone neither make nor end an incident.
    let mut refold = false;
    for change in changes {
        let Some(zone) = zones.get(&change.site) else { continue };
        let record = known.get(&change.anomaly).cloned();
        let (raised, joined) = (record.is_none(), record.as_ref().map(joins));
        let Some(heard) = apply::hear(record, change, &patterns, zone) else { continue };
        if raised || matches!(change.news, AnomalyNews::Reopened(_)) {
            begun.push((heard.record.clone(), change.at));
        }
        refold |= joined != Some(joins(&heard.record));
        history.extend(heard.history);
        fresh.insert(heard.record.id);
        known.insert(heard.record.id, heard.record);
    }
    let records: Vec<&AnomalyRecord> = fresh.iter().filter_map(|id| known.get(id)).collect();
    save(&mut tx, &records).await?;
    history.extend(came_back(&mut tx, &begun).await?);
    append(&mut tx, &history).await?;
    let told: Vec<&HistoryEntry> =
        history.iter().filter(|entry| known.contains_key(&entry.anomaly)).collect();
    let audited: Vec<Change> = told
        .into_iter()
        .map(|entry| {
            let after = known.get(&entry.anomaly).map(life);
            change(entry, before.get(&entry.anomaly).cloned(), after)
        })
        .collect();
    audit::record(&mut tx, Initiator::System, &audited).await?;
    let folded = if refold { incidents::fold(&mut tx).await? } else { BTreeSet::new() };
    let newest = changes.iter().map(|change| change.at).max().unwrap_or(Timestamp::MIN);
    alerts::notice(&mut tx, &records, newest).await?;
    let touched = records.iter().map(|record| record.site).chain(folded).collect();
    tell(&mut tx, touched, !history.is_empty()).await?;
    tx.commit().await
}

/// What decides whether an anomaly shares its cause with others.
fn joins(record: &AnomalyRecord) -> impl PartialEq + use<> {
    let lasts = record.until.is_none() && record.quiet.is_none() && record.life.is_live();
    (lasts, record.kind, record.since, record.held_at)
}

pub(super) async fn act(
    pool: &PgPool,
    by: UserId,
    id: AnomalyId,
    at: Timestamp,
    action: &Action,
    lesson: Option<&Lesson>,
) -> Result<Acted, sqlx::Error> {
    let mut tx = pool.begin().await?;
    take_turn(&mut tx).await?;
    let Some(record) = read::lock(&mut tx, &[id.into()]).await?.into_iter().next() else {
        return Ok(Acted::NoSuchAnomaly);
    };
    let before = life(&record);
    let name = match action {
        Action::Assign(to) => name(&mut tx, *to).await?,
        _ => None,
    };
    let (record, entry, pattern) = match apply::act(record, by, at, action, lesson, name) {
        Ok(acted) => acted,
        Err(refused) => return Ok(Acted::Refused(refused)),
    };
    if let Some(pattern) = &pattern {
        planned::keep(&mut tx, by, pattern).await?;
    }
    save(&mut tx, &[&record]).await?;
    append(&mut tx, std::slice::from_ref(&entry)).await?;
    let audited = change(&entry, Some(before), Some(life(&record)));
    audit::record(&mut tx, Initiator::User(by), &[audited]).await?;
    let folded = incidents::fold(&mut tx).await?;
    alerts::notice(&mut tx, &[&record], at).await?;
    tell(&mut tx, folded.into_iter().chain([record.site]).collect(), true).await?;
    tx.commit().await?;
    Ok(Acted::Done(Box::new(record)))
}

pub(super) async fn note(
    pool: &PgPool,
    by: UserId,
    id: AnomalyId,
    at: Timestamp,
    note: &Note,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Some(record) = read::lock(&mut tx, &[id.into()]).await?.into_iter().next() else {
        return Ok(false);
    };
    let entry = HistoryEntry {
        anomaly: id,
        at,
        event: AnomalyEvent::Noted,
        by: Some(by),
        by_name: None,
        words: Some(note.as_str().to_owned()),
    };
    append(&mut tx, std::slice::from_ref(&entry)).await?;
    let audited = change(&entry, None, Some(json!({ "note": note.as_str() })));
    audit::record(&mut tx, Initiator::User(by), &[audited]).await?;
    tell(&mut tx, [record.site].into(), false).await?;
    tx.commit().await?;
    Ok(true)
}

/// Tells readers of the overview, of these sites and, where it `counts`, of
/// the scorecard.
pub(super) async fn tell(
    connection: &mut PgConnection,
    sites: BTreeSet<SiteId>,
    counts: bool,
) -> Result<(), sqlx::Error> {
    next_version(connection).await?;
    let scorecard = counts.then_some(Topic::Scorecard);
    let topics = std::iter::once(Topic::Fleet).chain(scorecard);
    let notices: Vec<Notice> =
        topics.chain(sites.into_iter().map(Topic::Site)).map(Notice::Changed).collect();
    notify(connection, &notices).await
}

async fn save(
    connection: &mut PgConnection,
    records: &[&AnomalyRecord],
) -> Result<(), sqlx::Error> {
    let objects = Value::Array(records.iter().map(|record| rows::object(record)).collect());
    sqlx::query_file!("src/postgres/monitoring/anomalies/save.sql", objects)
        .execute(connection)
        .await?;
    Ok(())
}

async fn append(
    connection: &mut PgConnection,
    entries: &[HistoryEntry],
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.anomaly.into()).collect();
    let at: Vec<_> = entries.iter().map(|entry| sql_time(entry.at)).collect();
    let events: Vec<&str> = entries.iter().map(|entry| entry.event.into()).collect();
    let by: Vec<Option<Uuid>> = entries.iter().map(|entry| entry.by.map(Uuid::from)).collect();
    let words: Vec<Option<&str>> = entries.iter().map(|entry| entry.words.as_deref()).collect();
    sqlx::query!(
        "insert into anomaly_history (anomaly_id, at, event, by_user, words)
         select t.anomaly_id, t.at, t.event, t.by_user, t.words
         from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[])
             with ordinality as t (anomaly_id, at, event, by_user, words, place)
         order by t.place",
        &ids,
        &at as &[jiff_sqlx::Timestamp],
        &events as &[&str],
        &by as &[Option<Uuid>],
        &words as &[Option<&str>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks what ended lately at the sites where anomalies of the same kind begin,
/// and returns what that adds to their histories. One statement for all: a storm
/// begins thousands at once.
async fn came_back(
    connection: &mut PgConnection,
    begun: &[(AnomalyRecord, Timestamp)],
) -> Result<Vec<HistoryEntry>, sqlx::Error> {
    if begun.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = begun.iter().map(|(again, _)| again.id.into()).collect();
    let sites: Vec<i32> = begun.iter().map(|(again, _)| again.site.into()).collect();
    let kinds: Vec<&str> = begun.iter().map(|(again, _)| again.kind.into()).collect();
    let at: Vec<_> = begun.iter().map(|(_, at)| sql_time(*at)).collect();
    let rows = sqlx::query!(
        r#"update anomaly a set came_back_at = back.at
           from (
               select ended.id, min(t.at) as at
               from unnest($1::uuid[], $2::integer[], $3::text[], $4::timestamptz[])
                   as t (id, site_id, kind, at)
               join anomaly ended on ended.site_id = t.site_id and ended.kind = t.kind
               where ended.id <> t.id and ended.came_back_at is null
                 and ended.recovered_at >= t.at - make_interval(secs => $5)
               group by ended.id
           ) back
           where a.id = back.id
           returning a.id, back.at as "at!: jiff_sqlx::Timestamp""#,
        &ids,
        &sites,
        &kinds as &[&str],
        &at as &[jiff_sqlx::Timestamp],
        Recovery::LASTS.as_secs_f64(),
    )
    .fetch_all(connection)
    .await?;
    let entries = rows.into_iter().map(|row| HistoryEntry {
        anomaly: row.id.into(),
        at: row.at.to_jiff(),
        event: AnomalyEvent::CameBack,
        by: None,
        by_name: None,
        words: None,
    });
    Ok(entries.collect())
}

async fn name(connection: &mut PgConnection, user: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("select name from app_user where id = $1", Uuid::from(user))
        .fetch_optional(connection)
        .await
}

async fn zones(
    connection: &mut PgConnection,
    sites: &[SiteId],
) -> Result<HashMap<SiteId, SiteZone>, sqlx::Error> {
    let ids: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
    let rows = sqlx::query!("select id, time_zone from site where id = any($1)", &ids)
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.id.into(), row.time_zone.parse().map_err(corrupt)?)))
        .collect()
}

/// A life as the audit trail keeps it.
fn life(record: &AnomalyRecord) -> Value {
    json!({
        "phase": record.life.phase(record.heard_at).to_string(),
        "assigned_to": record.life.assigned.map(Uuid::from),
        "reopened": record.life.reopened,
        "quiet": record.quiet.is_some(),
    })
}

fn change(entry: &HistoryEntry, before: Option<Value>, after: Option<Value>) -> Change {
    Change {
        subject: AuditSubject::Anomaly,
        subject_id: entry.anomaly.to_string(),
        action: entry.event.into(),
        before,
        after,
    }
}
