use std::collections::HashSet;

use greengrid_app::ingestion::{Source, Verdict};
use greengrid_domain::time::Interval;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::plan::Plan;
use super::stored::Key;
use super::transaction::Batch;

/// A quarter hour of a site: its key, and the number since 1970.
type Quarter = (i32, i32);

/// What `event_batch` and `reading_repeat` say of the part of a group that came
/// from one source.
#[derive(Debug)]
pub(super) struct BatchRecord {
    pub(super) source: Source,
    pub(super) received_at: Timestamp,
    pub(super) accepted: i32,
    pub(super) duplicates: i32,
    pub(super) corrections: i32,
    pub(super) quarantined: i32,
    /// What has to be projected: in order and each once.
    pub(super) touched: Vec<Quarter>,
    /// Where readings arrived again with equal values, and how many.
    pub(super) repeats: Vec<(Quarter, i32)>,
}

impl BatchRecord {
    /// The records of a group, one for each source in it.
    pub(super) fn all(batches: &[&Batch], plan: &Plan<'_>) -> Vec<Self> {
        let sources: HashSet<Source> = batches.iter().map(|batch| batch.source).collect();
        sources.into_iter().map(|source| Self::of(source, batches, plan)).collect()
    }

    fn of(source: Source, batches: &[&Batch], plan: &Plan<'_>) -> Self {
        let of_source = || batches.iter().zip(&plan.verdicts).filter(|(b, _)| b.source == source);
        let count = |verdict| {
            let hits = of_source().flat_map(|(_, all)| all).filter(|one| **one == verdict).count();
            i32::try_from(hits).unwrap_or(i32::MAX)
        };
        let is_of_source = |job: usize| batches[job].source == source;
        let written = plan.inserts.iter().filter(|insert| is_of_source(insert.job));
        let repeated = plan.repeats.iter().filter(|waiting| is_of_source(waiting.job));
        let repeated: Vec<Quarter> = repeated.map(|waiting| quarter(&waiting.row.key)).collect();
        let repeats = repeated.chunk_by(|a, b| a == b).map(|same| {
            let times = i32::try_from(same.len()).unwrap_or(i32::MAX);
            (same[0], times)
        });
        let repeats: Vec<(Quarter, i32)> = repeats.collect();
        // Either is in the order of site and time: equal ones are neighbours.
        let mut touched: Vec<Quarter> = written.map(|insert| quarter(&insert.row.key)).collect();
        touched.dedup();
        if !repeats.is_empty() {
            touched.extend(repeats.iter().map(|(quarter, _)| *quarter));
            touched.sort_unstable();
            touched.dedup();
        }
        let quarantined: usize = of_source().map(|(batch, _)| batch.quarantined.len()).sum();
        Self {
            source,
            received_at: of_source().map(|(batch, _)| batch.received_at).min().unwrap_or_default(),
            accepted: count(Verdict::Accepted),
            duplicates: count(Verdict::Duplicate),
            corrections: count(Verdict::Correction),
            quarantined: i32::try_from(quarantined).unwrap_or(i32::MAX),
            touched,
            repeats,
        }
    }

    /// Writes it under this key.
    pub(super) async fn write(&self, tx: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
        let (sites, quarters): (Vec<i32>, Vec<i32>) = self.touched.iter().copied().unzip();
        sqlx::query!(
            "insert into event_batch (id, received_at, source, accepted, duplicates, corrections,
                                      quarantined, site_ids, intervals)
             overriding system value values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id,
            self.received_at.to_sqlx() as jiff_sqlx::Timestamp,
            <&str>::from(self.source),
            self.accepted,
            self.duplicates,
            self.corrections,
            self.quarantined,
            &sites,
            &quarters,
        )
        .execute(&mut *tx)
        .await?;
        if self.repeats.is_empty() { Ok(()) } else { self.write_repeats(tx, id).await }
    }

    async fn write_repeats(&self, tx: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
        let sites: Vec<i32> = self.repeats.iter().map(|((site, _), _)| *site).collect();
        let start = |quarter: i32| Interval::from_index(quarter.into()).start().to_sqlx();
        let starts: Vec<jiff_sqlx::Timestamp> =
            self.repeats.iter().map(|((_, quarter), _)| start(*quarter)).collect();
        let repeats: Vec<i32> = self.repeats.iter().map(|(_, repeats)| *repeats).collect();
        sqlx::query!(
            "insert into reading_repeat (site_id, starts_at, batch_id, repeats)
             select site_id, starts_at, $1, repeats
             from unnest($2::int[], $3::timestamptz[], $4::int[])
                 as r(site_id, starts_at, repeats)",
            id,
            &sites,
            &starts as &[jiff_sqlx::Timestamp],
            &repeats,
        )
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Keys for that many records.
pub(super) async fn reserve(tx: &mut PgConnection, many: usize) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select nextval('event_batch_id_seq') as "id!" from generate_series(1, $1)"#,
        i32::try_from(many).unwrap_or(i32::MAX),
    )
    .fetch_all(tx)
    .await
}

fn quarter(key: &Key) -> Quarter {
    (key.site, key.quarter())
}
