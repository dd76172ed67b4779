//! Readings of times that nobody watched: the history before the demo opens,
//! and what happened while it was stopped.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::{AppendRow, EventStore, Source};
use greengrid_domain::ingestion::{DeviceHistory, ReadingKey, classify};
use greengrid_domain::time::Interval;
use jiff::Timestamp;

use super::model::{Sky, World};
use super::standing::Standing;
use super::{Progress, opening};
use crate::postgres::ingestion::PgEventStore;

/// Sites worked on at a time: while the log takes one, the next is made up.
const AT_ONCE: usize = 3;

/// Readings appended at a time to a site that has some already.
const BATCH: usize = 10_000;

/// Appends what every site sent up to an instant and is not in the log yet.
/// Gives the number of readings. Of polled sites that is their history alone:
/// what they measure later is fetched from their vendors.
///
/// The history of a new site is one transaction, so that an interrupted first
/// start finds each site whole or not at all.
pub(super) async fn fill(
    world: &World,
    standings: Vec<Standing>,
    to: Timestamp,
    events: &PgEventStore,
    progress: &Progress<'_>,
) -> Result<u64, StoreError> {
    let from = standings.iter().map(|standing| standing.from).min().unwrap_or(to);
    let sky = {
        let world = world.clone();
        Arc::new(aside(move || world.sky(from, to)).await?)
    };
    let sites = standings.len() as u64;
    let mut filled = stream::iter(standings.into_iter().enumerate())
        .map(|(position, standing)| {
            let (world, sky) = (world.clone(), Arc::clone(&sky));
            async move {
                let is_new = standing.is_new;
                let rows = aside(move || rows(&world, &sky, position, standing, to)).await?;
                append(events, is_new, rows, to).await
            }
        })
        .buffer_unordered(AT_ONCE);
    let (mut done, mut readings) = (0, 0);
    progress(HISTORY, done, sites);
    while let Some(of_site) = filled.try_next().await? {
        readings += of_site;
        done += 1;
        progress(HISTORY, done, sites);
    }
    Ok(readings)
}

async fn append(
    events: &PgEventStore,
    is_new: bool,
    rows: Vec<AppendRow>,
    received_at: Timestamp,
) -> Result<u64, StoreError> {
    let count = rows.len() as u64;
    if is_new {
        events.bulk_append(Source::Demo, received_at, rows).await?;
    } else {
        for batch in rows.chunks(BATCH) {
            events.append(Source::Demo, received_at, batch.to_vec(), Vec::new()).await?;
        }
    }
    Ok(count)
}

const HISTORY: &str = "Recording what the sites measured";

/// What a site sent up to an instant, classified as if it had come in.
fn rows(
    world: &World,
    sky: &Sky,
    position: usize,
    mut standing: Standing,
    to: Timestamp,
) -> Vec<AppendRow> {
    let site = &world.fleet().sites[position];
    let until = if site.is_polled { to.min(polled_from()) } else { to };
    let details = &site.details;
    let mut histories = vec![DeviceHistory::default(); standing.devices.len()];
    let mut rows = Vec::new();
    world.readings(position, sky, standing.from, until, &mut standing.counters, |reading| {
        if reading.arrives_at.is_none_or(|arrives_at| arrives_at > to) {
            return;
        }
        let (at, measurement) = (reading.measured_at, reading.measurement);
        let history = &mut histories[reading.inverter];
        let reasons = classify(details, at, &measurement, history);
        history.observe(at, &measurement);
        let device = standing.devices[reading.inverter];
        let key = ReadingKey { site: standing.site, measured_at: at, device };
        rows.push(AppendRow { key, measurement, reasons });
    });
    rows
}

/// From when on the readings of polled sites are fetched: a quarter hour comes
/// from one of both sources as a whole.
#[must_use]
pub fn polled_from() -> Timestamp {
    Interval::containing(opening()).start()
}

/// Computes off the threads that serve.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(StoreError::new)
}
