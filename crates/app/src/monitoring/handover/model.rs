use greengrid_domain::fleet::{RegionCode, SiteCode};
use greengrid_domain::monitoring::alert::AlertChange;
use greengrid_domain::monitoring::{AnomalyEvent, AnomalyId, AnomalyKind};
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::Money;
use jiff::Timestamp;

use crate::monitoring::OverviewRow;

/// Something that happened to an anomaly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Which.
    pub anomaly: AnomalyId,
    /// At which site: code and name.
    pub site: (SiteCode, String),
    /// In what way the site differs.
    pub kind: AnomalyKind,
    /// The cause in one sentence.
    pub cause: String,
    /// What it loses per day.
    pub money_per_day: Money,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AnomalyEvent,
    /// The name of whoever did it; the detector without.
    pub by: Option<String>,
    /// More words: a note, a reason, a name.
    pub words: Option<String>,
}

/// Something that somebody changed about what is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertDeed {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AlertChange,
    /// The rule, or what is kept quiet, in words.
    pub what: String,
    /// Why, where that was written down.
    pub why: Option<String>,
    /// The name of whoever did it.
    pub by: Option<String>,
}

/// Something that people did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// To an anomaly.
    Anomaly(Turn),
    /// To what is told.
    Alerts(AlertDeed),
}

impl Deed {
    /// When.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Anomaly(turn) => turn.at,
            Self::Alerts(deed) => deed.at,
        }
    }

    /// The name of whoever did it; none of those who have left.
    #[must_use]
    pub fn by(&self) -> Option<&str> {
        match self {
            Self::Anomaly(turn) => turn.by.as_deref(),
            Self::Alerts(deed) => deed.by.as_deref(),
        }
    }
}

/// What happened in a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns {
    /// From when on.
    pub since: Timestamp,
    /// What began, or began again, and lasts: largest loss first.
    pub began: Vec<Turn>,
    /// What had begun before and is over: largest loss first.
    pub over: Vec<Turn>,
    /// How many began and were over within the time.
    pub brief: usize,
    /// What people did, the newest first.
    pub done: Vec<Deed>,
    /// Whether more happened than is told of.
    pub cut: bool,
}

/// An anomaly that somebody put off, and that comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutOff {
    /// Which.
    pub anomaly: AnomalyId,
    /// At which site: code and name.
    pub site: (SiteCode, String),
    /// The cause in one sentence.
    pub cause: String,
    /// Until when.
    pub until: Timestamp,
}

/// Work that is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedWork {
    /// The site, code and name, unless it is of a whole region.
    pub site: Option<(SiteCode, String)>,
    /// The name of the region.
    pub region: String,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Why.
    pub why: String,
    /// Who planned it.
    pub by: Option<String>,
}

/// What waits for the next shift.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    /// Sites that need action and that nobody has said anything to: largest
    /// loss first.
    pub unseen: Vec<OverviewRow>,
    /// Sites that need action and that somebody has: largest loss first.
    pub in_hand: Vec<OverviewRow>,
    /// What was put off and comes back within a day: the soonest first.
    pub put_off: Vec<PutOff>,
    /// Work that goes on or begins within a day: the soonest first.
    pub work: Vec<PlannedWork>,
}

/// What one shift tells the next.
#[derive(Debug, Clone)]
pub struct Handover {
    /// Of one region; of all without.
    pub region: Option<(RegionCode, String)>,
    /// From when on: the last report, where there is one.
    pub since: Timestamp,
    /// Whether that is the moment of a report.
    pub after_report: bool,
    /// The moment that it shows.
    pub now: Timestamp,
    /// The zone in which it tells times.
    pub zone: SiteZone,
    /// What happened.
    pub turns: Turns,
    /// What waits.
    pub waits: Waits,
}
