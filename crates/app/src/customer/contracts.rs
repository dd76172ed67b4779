use async_trait::async_trait;
use greengrid_domain::customer::Assumptions;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Energy, Price};
use jiff::civil::Date;

use crate::error::StoreError;

/// What a site made on a local day with readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryDay {
    /// The day.
    pub day: Date,
    /// What it made.
    pub energy: Energy,
    /// What a meter counted into the grid, where there is one.
    pub fed_in: Option<Energy>,
}

/// What a site made in a calendar month with readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryMonth {
    /// Its first day.
    pub first: Date,
    /// What it made.
    pub energy: Energy,
    /// Days with readings.
    pub days: i32,
    /// What it made on the days on which a meter counted what was fed in.
    pub metered: Energy,
    /// What was fed in on those days.
    pub fed_in: Energy,
    /// First and last day with readings.
    pub span: (Date, Date),
}

/// Keeps the history of sites as their owners read it, and what they state.
#[async_trait]
pub trait HistoryStore: Send + Sync {
    /// The days of a site within stretches of days, both ends included, by
    /// day and each once.
    async fn days(
        &self,
        site: SiteId,
        stretches: &[(Date, Date)],
    ) -> Result<Vec<HistoryDay>, StoreError>;
    /// All months of a site, by month.
    async fn months(&self, site: SiteId) -> Result<Vec<HistoryMonth>, StoreError>;
    /// By what the worth of a site's energy is counted: as stated, else as
    /// assumed of this tariff.
    async fn assumptions(&self, site: SiteId, tariff: Price) -> Result<Assumptions, StoreError>;
    /// Keeps what an owner states, with its audit entry and
    /// [`crate::live::Topic::Site`].
    async fn state_assumptions(
        &self,
        by: Initiator,
        site: SiteId,
        stated: &Assumptions,
    ) -> Result<(), StoreError>;
}
