//! The fleet as it stood at a past moment.

use greengrid_domain::time::Interval;
use jiff::{SignedDuration, Timestamp};

use super::handled::Handled;
use super::standing::{FleetStanding, Gathered, usual_zone};
use super::{Monitoring, MonitoringError, overview};
use crate::actor::{Actor, Permission};
use crate::error::StoreError;
use crate::monitoring::models::{Overview, OverviewQuery};
use crate::monitoring::{Standing, StoredAssessment};

/// Changes told of.
const EVENTS: i64 = 20;

/// Why a past moment cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// It lies ahead.
    #[error("that moment has not come yet")]
    NotYet,
    /// Nothing is known of it.
    #[error("nothing is known of that moment")]
    NotRecorded {
        /// From when on it is; `None` while nothing is.
        since: Option<Timestamp>,
    },
    /// As with the present.
    #[error(transparent)]
    Monitoring(#[from] MonitoringError),
}

impl From<StoreError> for PastError {
    fn from(error: StoreError) -> Self {
        Self::Monitoring(error.into())
    }
}

impl Monitoring {
    /// From when on it is known how the fleet stood; `None` before anything was
    /// judged.
    pub(crate) async fn recorded_since(&self) -> Result<Option<Timestamp>, StoreError> {
        if let Some(since) = self.recorded.get() {
            return Ok(Some(*since));
        }
        let since = self.past.recorded_since().await?;
        Ok(since.map(|since| *self.recorded.get_or_init(|| since)))
    }

    /// The overview as it stood at a moment, by what was known then.
    pub async fn overview_at(
        &self,
        actor: &Actor,
        query: &OverviewQuery,
        at: Timestamp,
    ) -> Result<Overview, PastError> {
        actor.require(Permission::ViewOverview).map_err(MonitoringError::from)?;
        if at > self.now() {
            return Err(PastError::NotYet);
        }
        match self.recorded_since().await? {
            Some(since) if since <= at => {}
            since => return Err(PastError::NotRecorded { since }),
        }
        let snapshot = self.directory.snapshot();
        let zone = usual_zone(&snapshot);
        let day = zone.day(at);
        let (from, to) = (zone.start_of(day), zone.end_of(day));
        let (past, intervals, readings) = tokio::try_join!(
            self.past.fleet(at, EVENTS),
            self.assessments.region_intervals(
                None,
                Interval::containing(from),
                Interval::containing(to)
            ),
            self.read_models.reading_counts(at - SignedDuration::from_hours(24), at),
        )?;
        let handled = Handled::past(at, past.active, past.windows, past.incidents);
        let gathered = Gathered {
            standings: past.sites.iter().map(standing).collect(),
            findings: past.sites,
            changes: past.changes,
            intervals,
            handled,
        };
        let standing = FleetStanding::assemble(0, snapshot, day, zone, gathered).measured(at);
        Ok(overview::of(self, &standing, readings, at, actor, query).await?)
    }
}

/// Where a site stood. Its power and energy are told by the intervals of its
/// region.
fn standing(stored: &StoredAssessment) -> Standing {
    Standing {
        site: stored.assessment.site,
        status: stored.assessment.status,
        power_w: None,
        expected_power_w: None,
        energy_today_wh: 0,
        expected_today_wh: 0,
        last_reading_at: None,
        cents_per_day: super::standing::cents(&stored.assessment),
    }
}
