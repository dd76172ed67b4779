//! The live feed: every site's logger sends its readings through the same door
//! as real ones, each at its own moment. Polled sites have none.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use greengrid_app::clock::Clock;
use greengrid_app::error::StoreError;
use greengrid_app::fleet::SiteStore;
use greengrid_app::ingestion::{Ingestion, Source};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::model::{Generated, World};
use super::noise::{derive, unit};
use super::standing::{Standing, standings};
use super::{DemoClock, DemoSite};
use crate::parcel::Parcel;
use crate::postgres::demo::PgDemoStore;
use crate::runners::apart;

/// How often the feed looks what has arrived.
const TICK: Duration = Duration::from_millis(200);

/// How often it notes what the clock shows.
const KEEP: Duration = Duration::from_secs(2);

/// How long it waits after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Readings in a submission, give or take those of one site.
const BATCH: usize = 1000;

/// Share of readings that a logger sends twice.
const REPEATED: f64 = 0.002;

/// Sends what the demo's sites measure, as it is measured.
#[derive(Clone, bon::Builder)]
pub struct Feed {
    world: World,
    clock: Arc<DemoClock>,
    ingestion: Ingestion,
    sites: Arc<dyn SiteStore>,
    demo: PgDemoStore,
}

/// What a site has measured and its logger has not sent yet.
pub(super) struct Logger {
    counters: Vec<u64>,
    measured_to: Timestamp,
    waiting: VecDeque<Generated>,
}

impl Feed {
    /// Feeds until cancelled. After a failure it finds out anew how far the
    /// readings in the log go and sends what is missing.
    ///
    /// What a fleet measured while the program was away is seconds of
    /// arithmetic.
    pub async fn run(&self, cancel: CancellationToken) {
        let feed = self.clone();
        apart(&cancel, |stop| async move { feed.keep_feeding(stop).await }).await;
    }

    async fn keep_feeding(&self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            let Err(error) = self.feed(&cancel).await else { return };
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(%error, cause, "the demo's feed paused");
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    pub(super) async fn feed(&self, cancel: &CancellationToken) -> Result<(), StoreError> {
        self.demo.finish().await?;
        let mut loggers = self.loggers().await?;
        let mut kept = Instant::now();
        loop {
            let now = self.clock.now();
            self.send_due(&mut loggers, now).await?;
            if kept.elapsed() >= KEEP {
                kept = Instant::now();
                self.demo.keep(now).await?;
            }
            tokio::select! {
                () = cancel.cancelled() => return self.demo.keep(now).await,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// The loggers of all sites, each where the log ends. That of a polled site
    /// rests: it measures nothing before the end of time.
    pub(super) async fn loggers(&self) -> Result<Vec<Logger>, StoreError> {
        let standings = standings(&self.world, self.sites.as_ref(), &self.demo).await?;
        Ok(standings
            .into_iter()
            .zip(&self.world.fleet().sites)
            .map(|(Standing { counters, from, .. }, site)| Logger {
                counters,
                measured_to: if site.is_polled { Timestamp::MAX } else { from },
                waiting: VecDeque::new(),
            })
            .collect())
    }

    /// Sends everything that arrives up to an instant; gives how many readings
    /// those were.
    pub(super) async fn send_due(
        &self,
        loggers: &mut [Logger],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.measure(loggers, now);
        let mut parcel = Parcel::default();
        let mut sent = 0;
        for (site, logger) in self.world.fleet().sites.iter().zip(loggers) {
            while let Some(reading) =
                logger.waiting.pop_front_if(|reading| reading.arrives_at <= Some(now))
            {
                add(&mut parcel, site, &reading);
            }
            if parcel.len() >= BATCH {
                sent += self.send(std::mem::take(&mut parcel)).await?;
            }
        }
        Ok(sent + self.send(parcel).await?)
    }

    /// Has every logger measure up to an instant.
    fn measure(&self, loggers: &mut [Logger], now: Timestamp) {
        let now = World::last_step(now);
        let Some(from) = loggers.iter().map(|logger| logger.measured_to).min() else { return };
        if from >= now {
            return;
        }
        let sky = self.world.sky(from, now);
        for (position, logger) in loggers.iter_mut().enumerate() {
            if logger.measured_to >= now {
                continue;
            }
            let Logger { counters, measured_to, waiting } = logger;
            self.world.readings(position, &sky, *measured_to, now, counters, |reading| {
                if reading.arrives_at.is_some() {
                    waiting.push_back(reading);
                }
            });
            *measured_to = now;
        }
    }

    async fn send(&self, parcel: Parcel) -> Result<usize, StoreError> {
        let rows = parcel.len();
        if rows > 0 {
            let receipt = self.ingestion.submit(parcel.submission(Source::Demo)).await?;
            if !receipt.rejected.is_empty() {
                tracing::warn!(rejected = receipt.rejected.len(), "demo readings were not taken");
            }
        }
        Ok(rows)
    }
}

/// Adds a reading to a parcel, and now and then twice, as loggers do.
fn add(parcel: &mut Parcel, site: &DemoSite, reading: &Generated) {
    let repeat = unit(derive(site.seed, 0x6_0000), reading.measured_at.as_second()) < REPEATED;
    let device = Some(&site.inverters[reading.inverter].serial);
    for _ in 0..=usize::from(repeat) {
        parcel.add(&site.code, device, reading.measured_at, &reading.measurement);
    }
}
