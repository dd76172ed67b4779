//! Where the fleet stands.

pub mod anomalies;
mod assessor;
mod contracts;
mod models;
mod queries;

pub use anomalies::{
    Acted, Anomalies, AnomalyError, AnomalyRecord, AnomalyStore, Dismiss, HistoryEntry,
    IncidentRecord, Lesson, OpenAnomaly, PlanMaintenance, RecordedFact, RuleTally, Scorecard,
    SiteCases, WhatIf,
};
pub use assessor::Assessor;
pub use contracts::{AssessmentStore, ReadModels, Standing, StandingChange, StoredAssessment};
pub use models::{
    DailyEnergy, DeviceStanding, FleetPoint, IncidentLine, ListedSite, Overview, OverviewEvent,
    OverviewQuery, OverviewRow, OverviewView, ReadingRecord, RegionStanding, SiteCurve,
    SiteCurvePoint, SiteOverview, SitePage, SiteSort, SitesPage, SitesQuery, StatusCounts, Summary,
};
pub use queries::{Monitoring, MonitoringError};
