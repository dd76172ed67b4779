//! The morning overview.

mod anomalies;
mod backtest;
pub(crate) mod dto;
mod handlers;
pub(crate) mod live;
mod rules;
mod scorecard;
mod views;

pub(crate) use anomalies::{Problem, ProblemAt};
pub use backtest::{
    Assumed, BacktestFiles, BacktestInput, find_files, read_backtest, write_detections,
};
pub(crate) use rules::rule;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/overview", handlers::overview)
        .post("/overview/{site}/take", handlers::take)
        .merge(anomalies::routes())
        .merge(scorecard::routes())
}
