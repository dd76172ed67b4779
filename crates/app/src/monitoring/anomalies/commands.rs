use std::sync::Arc;

use greengrid_domain::fleet::Site;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{
    Dismissal, LifeError, LocalHours, MaintenanceError, MaintenanceWindow, Note, QuietPattern,
};
use jiff::{SignedDuration, Timestamp};

use super::{AnomalyRecord, HistoryEntry, IncidentRecord, RuleTally};
use crate::actor::Denied;
use crate::error::StoreError;

/// Why something could not be done with an anomaly.
#[derive(Debug, thiserror::Error)]
pub enum AnomalyError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such site, anomaly, pattern or window.
    #[error("there is nothing here")]
    Missing,
    /// Its state does not allow it; somebody may have been faster.
    #[error(transparent)]
    Refused(#[from] LifeError),
    /// The person may not be given an anomaly.
    #[error("this person does not handle anomalies")]
    NotOfTheCrew,
    /// The window makes no sense.
    #[error(transparent)]
    Window(#[from] MaintenanceError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How an anomaly is dismissed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dismiss {
    /// Why.
    pub why: Dismissal,
    /// More words.
    pub note: Option<Note>,
    /// Whether the same pattern is to stay quiet at this site.
    pub teaches: bool,
    /// Only in these hours of the local day.
    pub hours: Option<LocalHours>,
    /// Only for so long.
    pub lasts: Option<SignedDuration>,
}

/// Work to be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMaintenance {
    /// For the whole region of the site.
    pub whole_region: bool,
    /// From when on.
    pub from: Timestamp,
    /// Up to when.
    pub to: Timestamp,
    /// What is done.
    pub why: Note,
}

/// The anomalies of a site with all that belongs to them.
#[derive(Debug, Clone)]
pub struct SiteCases {
    /// The site.
    pub site: Arc<Site>,
    /// Its anomalies, those that last first, each with its history, newest
    /// first.
    pub cases: Vec<(AnomalyRecord, Vec<HistoryEntry>)>,
    /// Incidents that any of them is part of, each with the name of its brand
    /// or region.
    pub incidents: Vec<(IncidentRecord, String)>,
    /// What stays quiet here.
    pub patterns: Vec<QuietPattern>,
    /// Planned work that is not over.
    pub windows: Vec<MaintenanceWindow>,
    /// To whom an anomaly can be given.
    pub crew: Vec<(UserId, String)>,
}

/// How right each rule was.
#[derive(Debug, Clone)]
pub struct Scorecard {
    /// The moment it shows.
    pub as_of: Timestamp,
    /// Since when anomalies are counted.
    pub since: Timestamp,
    /// One for each kind, those that fired most first.
    pub rules: Vec<RuleTally>,
}
