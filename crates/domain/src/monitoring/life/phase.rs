use jiff::Timestamp;

use super::{Life, Resolution, Stage};

/// A life in one word.
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
pub enum Phase {
    /// Nobody has said anything to it yet.
    Open,
    /// Somebody has seen it.
    Acknowledged,
    /// Somebody works on it.
    Assigned,
    /// Nobody wants to hear of it for a while.
    Snoozed,
    /// The detector measured its end.
    Recovered,
    /// A person says it is repaired.
    Fixed,
    /// A person says it is nothing to act on.
    Dismissed,
    /// It never was one.
    Withdrawn,
}

impl Phase {
    /// The phase in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Acknowledged => "Seen",
            Self::Assigned => "In progress",
            Self::Snoozed => "Snoozed",
            Self::Recovered => "Recovered",
            Self::Fixed => "Repaired",
            Self::Dismissed => "Dismissed",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

impl Life {
    /// The life in one word, at this moment: a snooze passes by itself.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> Phase {
        match &self.stage {
            Stage::Snoozed { until, .. } if now < *until => Phase::Snoozed,
            Stage::Open | Stage::Acknowledged { .. } | Stage::Snoozed { .. }
                if self.assigned.is_some() =>
            {
                Phase::Assigned
            }
            Stage::Open => Phase::Open,
            Stage::Acknowledged { .. } | Stage::Snoozed { .. } => Phase::Acknowledged,
            Stage::Resolved { how: Resolution::Recovered, .. } => Phase::Recovered,
            Stage::Resolved { how: Resolution::Fixed { .. }, .. } => Phase::Fixed,
            Stage::Resolved { how: Resolution::Dismissed { .. }, .. } => Phase::Dismissed,
            Stage::Withdrawn { .. } => Phase::Withdrawn,
        }
    }
}

/// What happened in the life of an anomaly, for its history.
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
pub enum AnomalyEvent {
    /// The detector raised it.
    Raised,
    /// The detector raised it, and a quiet pattern kept it quiet.
    RaisedQuietly,
    /// It no longer fits its quiet pattern.
    BecameLoud,
    /// The detector measured its end.
    Ended,
    /// It began again, or was not over.
    Reopened,
    /// The detector took it back.
    Withdrawn,
    /// A fault of the same kind was seen after its end.
    CameBack,
    /// Somebody has seen it.
    Acknowledged,
    /// Somebody works on it.
    Assigned,
    /// Nobody works on it any more.
    HandedBack,
    /// Somebody put it off.
    Snoozed,
    /// Somebody says it is repaired.
    Fixed,
    /// Somebody says it is nothing to act on.
    Dismissed,
    /// Somebody wrote a note.
    Noted,
}

impl AnomalyEvent {
    /// The event in words, to be followed by who did it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Raised => "First seen",
            Self::RaisedQuietly => "Seen, and kept quiet as known",
            Self::BecameLoud => "More than the known pattern",
            Self::Ended => "Measured to be over",
            Self::Reopened => "Opened again",
            Self::Withdrawn => "Withdrawn",
            Self::CameBack => "The same fault came back",
            Self::Acknowledged => "Seen",
            Self::Assigned => "Assigned",
            Self::HandedBack => "Handed back",
            Self::Snoozed => "Snoozed",
            Self::Fixed => "Called repaired",
            Self::Dismissed => "Dismissed",
            Self::Noted => "Note",
        }
    }
}
