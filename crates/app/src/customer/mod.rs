//! What the owner of a site sees and decides.

mod contracts;
mod history;
mod models;
mod service;
#[cfg(test)]
mod tests;
mod trouble;

pub use contracts::{HistoryDay, HistoryMonth, HistoryStore};
pub use models::{
    Bucket, BucketStart, Comparison, History, HistoryQuery, OwnSite, OwnSitePage, Sum, Sums,
    Trouble, WorthOverTime,
};
pub use service::{OwnSiteError, OwnSites, StateAssumptions};
