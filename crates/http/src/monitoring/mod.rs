//! The morning overview.

pub(crate) mod alerts;
mod anomalies;
mod backtest;
pub(crate) mod dto;
mod handlers;
pub(crate) mod handover;
pub(crate) mod live;
pub(crate) mod past;
pub(crate) mod reports;
mod rules;
mod scorecard;
mod views;

pub(crate) use anomalies::{Problem, ProblemAt};
pub use backtest::{
    Assumed, BacktestFiles, BacktestInput, find_files, read_backtest, write_detections,
};
pub(crate) use rules::rule;
pub(crate) use scorecard::{ScorecardQuery, read as read_scorecard};

use std::sync::Arc;

use greengrid_app::messages::Links;
use greengrid_app::monitoring::alerts::AlertPress;
use greengrid_app::monitoring::reports::ReportPress;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/overview", handlers::overview)
        .post("/overview/{site}/take", handlers::take)
        .merge(anomalies::routes())
        .merge(scorecard::routes())
        .merge(handover::routes())
        .merge(reports::routes())
        .merge(alerts::routes())
}

/// Writes morning reports as letters, with links to pages under an address.
#[must_use]
pub fn report_press(links: Links) -> Arc<dyn ReportPress> {
    Arc::new(reports::Press::new(links))
}

/// Writes alerts as letters, with links to pages under an address.
#[must_use]
pub fn alert_press(links: Links) -> Arc<dyn AlertPress> {
    Arc::new(alerts::Press::new(links))
}
