//! Where the fleet stands.

mod assessor;
mod contracts;
mod models;
mod queries;

pub use assessor::Assessor;
pub use contracts::{AssessmentStore, ReadModels, Standing, StandingChange, StoredAssessment};
pub use models::{
    DailyEnergy, DeviceStanding, FleetPoint, ListedSite, Overview, OverviewEvent, OverviewQuery,
    OverviewRow, OverviewView, ReadingRecord, RegionStanding, SiteCurve, SiteCurvePoint,
    SiteOverview, SitePage, SiteSort, SitesPage, SitesQuery, StatusCounts, Summary,
};
pub use queries::{Monitoring, MonitoringError};
