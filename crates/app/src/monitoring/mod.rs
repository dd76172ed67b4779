//! Where the fleet stands.

pub mod alerts;
pub mod anomalies;
mod assessor;
pub mod backtest;
mod contracts;
mod engine;
mod maintenance;
mod models;
mod past;
mod queries;
pub mod reports;
mod site_list;

pub use anomalies::{
    Acted, Anomalies, AnomalyError, AnomalyRecord, AnomalyStore, Dismiss, HistoryEntry,
    IncidentRecord, Lesson, OpenAnomaly, PlanMaintenance, RecordedFact, RuleTally, Scorecard,
    SiteCases, WhatIf,
};
pub use assessor::Assessor;
pub use contracts::{AssessmentStore, ReadModels, Standing, StandingChange, StoredAssessment};
use maintenance::MaintenanceSpans;
pub use models::{
    DailyEnergy, DeviceStanding, FleetPoint, IncidentLine, Overview, OverviewEvent, OverviewQuery,
    OverviewRow, OverviewView, ReadingRecord, RegionStanding, SiteCurve, SiteCurvePoint,
    SiteOverview, SitePage, StatusCounts, Summary,
};
pub use past::{PastFleet, PastStore};
pub use queries::{Monitoring, MonitoringError, PastError};
pub use site_list::{ListedSite, SiteSort, SitesPage, SitesQuery};
