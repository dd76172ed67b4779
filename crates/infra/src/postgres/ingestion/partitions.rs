use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx;
use parking_lot::Mutex;
use sqlx::PgPool;

/// The months of the log that are known to have their partition.
#[derive(Debug, Default)]
pub(super) struct Partitions(Mutex<HashSet<Date>>);

impl Partitions {
    /// Makes sure that each of these instants has its partition.
    pub(super) async fn ensure(
        &self,
        pool: &PgPool,
        instants: impl Iterator<Item = Timestamp> + Send,
    ) -> Result<(), sqlx::Error> {
        for month in self.missing(instants) {
            let Ok(start) = month.to_zoned(TimeZone::UTC) else { continue };
            sqlx::query!(
                r#"select ensure_reading_partition($1) as "done: ()""#,
                start.timestamp().to_sqlx() as jiff_sqlx::Timestamp
            )
            .fetch_one(pool)
            .await?;
            self.0.lock().insert(month);
        }
        Ok(())
    }

    fn missing(&self, instants: impl Iterator<Item = Timestamp>) -> HashSet<Date> {
        let known = self.0.lock();
        let mut last: Option<(Timestamp, Timestamp)> = None;
        let mut missing = HashSet::new();
        for at in instants {
            // Rows come sorted by site and time: mostly the month of the last.
            if last.is_some_and(|(start, end)| start <= at && at < end) {
                continue;
            }
            let month = at.to_zoned(TimeZone::UTC).date().first_of_month();
            let bounds = month.to_zoned(TimeZone::UTC).ok().zip(
                month.last_of_month().tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC)).ok(),
            );
            last = bounds.map(|(start, end)| (start.timestamp(), end.timestamp()));
            if !known.contains(&month) {
                missing.insert(month);
            }
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::testing::TestDatabase;

    #[tokio::test]
    async fn many_that_need_a_month_at_once_all_get_it() {
        let db = TestDatabase::from_template().await;
        let at: Timestamp = "2031-07-12T08:40:00Z".parse().unwrap();

        let all = futures::future::join_all((0..8).map(|_| async {
            Partitions::default().ensure(&db.pool(), std::iter::once(at)).await
        }))
        .await;

        assert!(all.iter().all(Result::is_ok), "{all:?}");
    }
}
