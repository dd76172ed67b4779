use std::collections::{HashMap, HashSet};

use sqlx::PgPool;

use super::stored::Key;

/// How far the log reaches, so that rows beyond it need no look at the log:
/// nothing can be there yet. Readings mostly arrive in the order of time, so
/// most rows are such.
///
/// What another instance wrote since is not known here. If it is the same key,
/// the primary key of the log refuses the row, and the group is planned again
/// with a look.
#[derive(Debug, Default)]
pub(super) struct Watermarks {
    /// Newest instant of a site when it was first looked up, in microseconds;
    /// `None` without any readings.
    sites: HashMap<i32, Option<i64>>,
    /// Newest instant of a device written since.
    devices: HashMap<(i32, i32), i64>,
}

impl Watermarks {
    /// Whether nothing can be in the log under this key.
    pub(super) fn is_beyond(&self, key: &Key) -> bool {
        let Some(site) = self.sites.get(&key.site) else { return false };
        site.is_none_or(|newest| newest < key.micros)
            && self.devices.get(&(key.site, key.device)).is_none_or(|newest| *newest < key.micros)
    }

    /// Takes note of a key that was committed.
    pub(super) fn reached(&mut self, key: &Key) {
        let newest = self.devices.entry((key.site, key.device)).or_insert(key.micros);
        *newest = key.micros.max(*newest);
    }

    /// Which of these sites were never looked up.
    pub(super) fn unknown(&self, sites: impl Iterator<Item = i32>) -> Vec<i32> {
        let unknown: HashSet<i32> = sites.filter(|site| !self.sites.contains_key(site)).collect();
        unknown.into_iter().collect()
    }

    /// Takes note of how far the log reaches for sites never looked up.
    pub(super) fn learn(&mut self, newest: impl IntoIterator<Item = (i32, Option<i64>)>) {
        self.sites.extend(newest);
    }

    /// Has these sites looked up again.
    pub(super) fn forget(&mut self, sites: impl Iterator<Item = i32>) {
        for site in sites {
            self.sites.remove(&site);
        }
    }
}

/// How far the log reaches for each of these sites.
pub(super) async fn read(
    pool: &PgPool,
    sites: &[i32],
) -> Result<Vec<(i32, Option<i64>)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select s.site_id as "site_id!", (
               select e.measured_at from reading_event e
               where e.site_id = s.site_id order by e.measured_at desc limit 1
           ) as "newest: jiff_sqlx::Timestamp"
           from unnest($1::int[]) as s(site_id)"#,
        sites,
    )
    .fetch_all(pool)
    .await?;
    let micros = |at: jiff_sqlx::Timestamp| at.to_jiff().as_microsecond();
    Ok(rows.into_iter().map(|row| (row.site_id, row.newest.map(micros))).collect())
}
