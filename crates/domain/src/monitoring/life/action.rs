use jiff::{SignedDuration, Timestamp};

use super::{AnomalyEvent, Dismissal, Life, Resolution, Stage};
use crate::identity::UserId;
use crate::monitoring::note::Note;

/// Longest time for which an anomaly can be put off: a season. What is to be
/// quiet for longer is dismissed, with its reason.
pub const MOST_SNOOZED: SignedDuration = SignedDuration::from_hours(92 * 24);

/// What a person does with an anomaly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Says that it was seen.
    Acknowledge,
    /// Gives it to somebody.
    Assign(UserId),
    /// Takes it from whoever has it.
    HandBack,
    /// Puts it off.
    Snooze {
        /// Until when.
        until: Timestamp,
    },
    /// Says that it is repaired.
    Resolve {
        /// What was done.
        reason: Note,
    },
    /// Says that it is nothing to act on.
    Dismiss {
        /// Why.
        why: Dismissal,
        /// More words.
        note: Option<Note>,
    },
    /// Opens it again.
    Reopen {
        /// Why.
        reason: Note,
    },
}

/// Why something cannot be done with an anomaly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifeError {
    /// It is resolved or withdrawn.
    #[error("it is over already; reopen it first")]
    Over,
    /// It is not over.
    #[error("it is open already")]
    NotOver,
    /// The detector took it back.
    #[error("it was withdrawn: readings that came later explain it")]
    Withdrawn,
    /// Somebody was faster.
    #[error("somebody has marked it as seen already")]
    AlreadySeen,
    /// The same person has it.
    #[error("it is theirs already")]
    AlreadyTheirs,
    /// Nobody has it.
    #[error("nobody has it, so it cannot be handed back")]
    Nobodys,
    /// The moment to which it is put off is past, or too far away.
    #[error("it can be put off to a moment between now and three months from now")]
    SnoozeOutOfRange,
    /// A dismissal for another reason says which.
    #[error("write in the note what the other reason is")]
    ReasonMissing,
}

impl Life {
    /// Does what a person wants. The same rules as the methods below, one for
    /// each action.
    pub fn act(self, action: &Action, by: UserId, at: Timestamp) -> Result<Self, LifeError> {
        match action {
            Action::Acknowledge => self.acknowledge(by, at),
            Action::Assign(to) => self.assign(*to, by, at),
            Action::HandBack => self.hand_back(),
            Action::Snooze { until } => self.snooze(by, at, *until),
            Action::Resolve { reason } => self.resolve(by, at, reason.clone()),
            Action::Dismiss { why, note } => self.dismiss(by, at, *why, note.clone()),
            Action::Reopen { .. } => self.reopen(),
        }
    }

    /// Marks it as seen. A snooze ends with it.
    pub fn acknowledge(self, by: UserId, at: Timestamp) -> Result<Self, LifeError> {
        match self.stage {
            Stage::Acknowledged { .. } => Err(LifeError::AlreadySeen),
            _ => Ok(Self { stage: Stage::Acknowledged { by, at }, ..self.live()? }),
        }
    }

    /// Gives it to a person. What is given to somebody was seen.
    pub fn assign(self, to: UserId, by: UserId, at: Timestamp) -> Result<Self, LifeError> {
        let mut life = self.live()?;
        if life.assigned == Some(to) {
            return Err(LifeError::AlreadyTheirs);
        }
        if life.stage == Stage::Open {
            life.stage = Stage::Acknowledged { by, at };
        }
        Ok(Self { assigned: Some(to), ..life })
    }

    /// Takes it from whoever has it.
    pub fn hand_back(self) -> Result<Self, LifeError> {
        let life = self.live()?;
        if life.assigned.is_none() {
            Err(LifeError::Nobodys)
        } else {
            Ok(Self { assigned: None, ..life })
        }
    }

    /// Puts it off until a moment between now and [`MOST_SNOOZED`] later.
    pub fn snooze(self, by: UserId, now: Timestamp, until: Timestamp) -> Result<Self, LifeError> {
        let life = self.live()?;
        let wait = until.duration_since(now);
        if wait <= SignedDuration::ZERO || wait > MOST_SNOOZED {
            return Err(LifeError::SnoozeOutOfRange);
        }
        Ok(Self { stage: Stage::Snoozed { by, until }, ..life })
    }

    /// Says that it was real and is repaired.
    pub fn resolve(self, by: UserId, at: Timestamp, reason: Note) -> Result<Self, LifeError> {
        let how = Resolution::Fixed { by, reason };
        Ok(Self { stage: Stage::Resolved { at, how }, ..self.live()? })
    }

    /// Says that it is nothing to act on. What has ended by itself can still
    /// be dismissed, since that teaches.
    pub fn dismiss(
        self,
        by: UserId,
        at: Timestamp,
        why: Dismissal,
        note: Option<Note>,
    ) -> Result<Self, LifeError> {
        let ended = matches!(self.stage, Stage::Resolved { how: Resolution::Recovered, .. });
        let life = if ended { self } else { self.live()? };
        if why == Dismissal::Other && note.is_none() {
            return Err(LifeError::ReasonMissing);
        }
        let how = Resolution::Dismissed { by, why, note };
        Ok(Self { stage: Stage::Resolved { at, how }, ..life })
    }

    /// Opens it again. What the detector withdrew stays withdrawn: there is
    /// nothing left to work on.
    pub fn reopen(self) -> Result<Self, LifeError> {
        match self.stage {
            Stage::Resolved { .. } => Ok(self.opened_again()),
            Stage::Withdrawn { .. } => Err(LifeError::Withdrawn),
            Stage::Open | Stage::Acknowledged { .. } | Stage::Snoozed { .. } => {
                Err(LifeError::NotOver)
            }
        }
    }

    pub(super) fn opened_again(self) -> Self {
        let reopened = self.reopened.saturating_add(1);
        Self { stage: Stage::Open, recovery: None, reopened, ..self }
    }

    fn live(self) -> Result<Self, LifeError> {
        match self.stage {
            Stage::Withdrawn { .. } => Err(LifeError::Withdrawn),
            Stage::Resolved { .. } => Err(LifeError::Over),
            _ => Ok(self),
        }
    }
}

impl Action {
    /// What its history will say.
    #[must_use]
    pub const fn event(&self) -> AnomalyEvent {
        match self {
            Self::Acknowledge => AnomalyEvent::Acknowledged,
            Self::Assign(_) => AnomalyEvent::Assigned,
            Self::HandBack => AnomalyEvent::HandedBack,
            Self::Snooze { .. } => AnomalyEvent::Snoozed,
            Self::Resolve { .. } => AnomalyEvent::Fixed,
            Self::Dismiss { .. } => AnomalyEvent::Dismissed,
            Self::Reopen { .. } => AnomalyEvent::Reopened,
        }
    }

    /// The words that a person gave with it.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Resolve { reason } | Self::Reopen { reason } => Some(reason.as_str().to_owned()),
            Self::Dismiss { why, note } => Some(match note {
                Some(note) => format!("{}: {}", why.words(), note.as_str()),
                None => why.words().to_owned(),
            }),
            Self::Acknowledge | Self::Assign(_) | Self::HandBack | Self::Snooze { .. } => None,
        }
    }
}
