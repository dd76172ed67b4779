use std::time::{Duration, Instant};

use greengrid_domain::fleet::SiteId;
use greengrid_http::bootstrap::Pools;
use greengrid_infra::postgres::testing::load::{bare_insert, ensure_partition};
use jiff::{SignedDuration, Timestamp};

use super::{BATCH, CLIENTS};
use crate::Error;

/// Rows per second that the bare statement writes on as many connections as
/// there are clients.
pub(crate) async fn write(
    pools: &Pools,
    sites: &[SiteId],
    first: Timestamp,
    time: Duration,
) -> Result<f64, Error> {
    for days in [0, 7] {
        ensure_partition(&pools.ingest, first + SignedDuration::from_hours(24 * days)).await?;
    }
    let begun = Instant::now();
    let mut writers = Vec::with_capacity(CLIENTS);
    for sites in sites.chunks(BATCH) {
        let (pool, sites) = (pools.ingest.clone(), sites.to_vec());
        writers.push(tokio::spawn(async move {
            let (mut rows, mut at) = (0, first);
            while begun.elapsed() < time {
                rows += bare_insert(&pool, &sites, at).await?;
                at += SignedDuration::from_mins(5);
            }
            Ok::<u64, Error>(rows)
        }));
    }
    let mut rows = 0;
    for writer in writers {
        rows += writer.await??;
    }
    Ok(f64::from(u32::try_from(rows)?) / begun.elapsed().as_secs_f64())
}
