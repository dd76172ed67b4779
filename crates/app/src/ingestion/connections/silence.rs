//! Devices that send by themselves, and stop.

use greengrid_domain::ingestion::{Cause, Health, Noted, Remark};
use jiff::SignedDuration;

use super::{Attempt, Connection, Link, Poller};
use crate::error::StoreError;
use crate::ingestion::vendors::is_awake;

/// Silence of so many cadences by day is worth a word.
const PATIENCE: u32 = 4;

/// How often silence is listened for.
const LISTENED: SignedDuration = SignedDuration::from_secs(30);

impl Poller {
    /// Notes the devices that should have sent by now. Where the vendor's cloud
    /// still tells of the site, only the way from the device is broken.
    pub(super) async fn hear_silence(&self) -> Result<(), StoreError> {
        let now = self.connections.clock.now();
        {
            let mut last = self.listened_at.lock();
            if last.is_some_and(|at| now.duration_since(at) < LISTENED) {
                return Ok(());
            }
            *last = Some(now);
        }
        let fleet = self.connections.directory.snapshot();
        let silent = self.connections.store.silent(now, PATIENCE).await?;
        for connection in silent {
            let Some(site) = fleet.site(connection.site) else { continue };
            let place = site.details.location;
            let waited = SignedDuration::from_secs(connection.cadence.as_secs())
                .saturating_mul(i32::try_from(PATIENCE).unwrap_or(i32::MAX));
            if !is_awake(place, now) || !is_awake(place, now - waited) {
                continue;
            }
            let attempt = Attempt {
                id: connection.id,
                at: connection.last_attempt.unwrap_or(now),
                record: connection.record.fell_silent(),
                said: None,
                progress: None,
                next_run: connection.next_run,
            };
            self.connections.store.note(&[attempt]).await?;
        }
        self.compare_with_clouds().await
    }

    /// Remarks on each silent device whose site the cloud tells of.
    async fn compare_with_clouds(&self) -> Result<(), StoreError> {
        let now = self.connections.clock.now();
        let troubled = self.connections.store.troubled().await?;
        let down: Vec<Connection> = troubled
            .into_iter()
            .filter(|it| it.link == Link::Pushed && it.record.cause == Some(Cause::NoFreshData))
            .collect();
        if down.is_empty() {
            return Ok(());
        }
        let all = self.connections.store.all().await?;
        for connection in down {
            let beside = all.iter().any(|other| {
                other.site == connection.site
                    && other.link != Link::Pushed
                    && other.record.last_success.is_some()
                    && other.record.health(now) == Health::Healthy
            });
            if beside {
                self.connections.remark(&connection, &[Noted::of(Remark::LocalDown)]).await?;
            }
        }
        Ok(())
    }
}
