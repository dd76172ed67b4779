//! Where the fleet stands.

pub mod alerts;
pub mod anomalies;
mod assessor;
pub mod backtest;
mod contracts;
mod engine;
pub mod handover;
mod maintenance;
mod models;
mod past;
mod queries;
mod reading_csv;
pub mod reports;
mod site_list;
pub mod what_if;

pub use anomalies::{
    Acted, Anomalies, AnomalyError, AnomalyRecord, AnomalyStore, Dismiss, HistoryEntry,
    IncidentRecord, Lesson, PlanMaintenance, RuleTally, Scorecard, SiteCases,
};
pub use assessor::Assessor;
pub use contracts::{AssessmentStore, ReadModels, Standing, StandingChange, StoredAssessment};
use maintenance::MaintenanceSpans;
pub use models::{
    CauseGroup, DailyEnergy, DeviceStanding, FleetPoint, IncidentLine, Overview, OverviewEvent,
    OverviewQuery, OverviewRow, OverviewView, ReadingRecord, RegionStanding, SiteCurve,
    SiteCurvePoint, SiteOverview, SitePage, StatusCounts, Summary,
};
pub use past::{PastFleet, PastStore};
pub use queries::{Monitoring, MonitoringError, PastError};
pub use reading_csv::{READINGS_HEADER, csv_text, reading_line};
pub use site_list::{ListedSite, SiteSort, SitesPage, SitesQuery};
pub use what_if::WhatIf;
