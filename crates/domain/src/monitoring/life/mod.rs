//! What becomes of an anomaly among people.

mod action;
mod hear;
mod phase;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

pub use action::{Action, LifeError, MOST_SNOOZED};
pub use hear::PROOF;
pub use phase::{AnomalyEvent, Phase};

use super::note::Note;
use crate::identity::UserId;
use crate::units::Energy;

/// Where an anomaly stands among people: changed by them through the methods
/// of [`Action`], and by the detector through [`Life::hear`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// How far it got.
    pub stage: Stage,
    /// Who works on it; stays through end and reopening, so that it comes back
    /// to whoever knows it.
    pub assigned: Option<UserId>,
    /// The measured end of it, while that holds.
    pub recovery: Option<Recovery>,
    /// How often it was opened again.
    pub reopened: u16,
}

/// How far an anomaly got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has said anything to it yet.
    Open,
    /// Somebody has seen it.
    Acknowledged {
        /// Who.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// Somebody does not want to hear of it for a while.
    Snoozed {
        /// Who.
        by: UserId,
        /// From when on it counts as acknowledged again.
        until: Timestamp,
    },
    /// It is over, or said to be.
    Resolved {
        /// Since when.
        at: Timestamp,
        /// By whom and why.
        how: Resolution,
    },
    /// It never was one: readings that came later explain it.
    Withdrawn {
        /// When that was found.
        at: Timestamp,
        /// The explanation in one sentence.
        reason: String,
    },
}

/// Why an anomaly is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The detector measured that the site is as expected again.
    Recovered,
    /// A person says that it was real and is repaired. [`Life::recovery`]
    /// proves it later, or the detector opens it again.
    Fixed {
        /// Who.
        by: UserId,
        /// What was done.
        reason: Note,
    },
    /// A person says that it is nothing to act on.
    Dismissed {
        /// Who.
        by: UserId,
        /// Why.
        why: Dismissal,
        /// More words.
        note: Option<Note>,
    },
}

/// Why an anomaly is nothing to act on.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Dismissal {
    /// Shade that everybody knows of.
    KnownShading,
    /// People worked on the roof.
    RoofWork,
    /// The owner or the grid holds it at a limit on purpose.
    WantedLimit,
    /// Snow lay on it.
    Snow,
    /// The readings are wrong, the site is not.
    BadReadings,
    /// The detector was wrong.
    FalseAlarm,
    /// Something else, said in the note.
    Other,
}

impl Dismissal {
    /// The reason in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::KnownShading => "known shading",
            Self::RoofWork => "work on the roof",
            Self::WantedLimit => "a limit that is wanted",
            Self::Snow => "snow on the panels",
            Self::BadReadings => "wrong readings",
            Self::FalseAlarm => "a false alarm",
            Self::Other => "another reason",
        }
    }
}

/// Proof of repair: the site was measured to be as expected again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// From when on.
    pub at: Timestamp,
    /// What it lost per day before, and no longer does.
    pub per_day: Energy,
    /// When the same fault was seen at the site again, if it was.
    pub came_back: Option<Timestamp>,
}

impl Recovery {
    /// A fault of the same kind within this time after its end counts as the
    /// same one come back: a repair that does not last a month was none.
    pub const LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
}

impl Life {
    /// The life of an anomaly that was just raised.
    #[must_use]
    pub const fn new() -> Self {
        Self { stage: Stage::Open, assigned: None, recovery: None, reopened: 0 }
    }

    /// Whether it still waits for somebody or something.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Resolved { .. } | Stage::Withdrawn { .. })
    }

    /// Whether a person said that it is nothing to act on.
    #[must_use]
    pub const fn is_dismissed(&self) -> bool {
        matches!(self.stage, Stage::Resolved { how: Resolution::Dismissed { .. }, .. })
    }

    /// Whether nobody wants to hear of it at this moment.
    #[must_use]
    pub fn is_snoozed(&self, now: Timestamp) -> bool {
        matches!(self.stage, Stage::Snoozed { until, .. } if now < until)
    }
}

impl Default for Life {
    fn default() -> Self {
        Self::new()
    }
}
