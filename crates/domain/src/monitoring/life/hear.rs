use jiff::{SignedDuration, Timestamp};

use super::{AnomalyEvent, Life, Recovery, Resolution, Stage};
use crate::monitoring::AnomalyNews;
use crate::units::Energy;

/// How long what a person calls repaired may still be seen by the detector
/// before it is opened again: 36 hours always hold one whole day of light,
/// which is what shows whether a repair worked.
pub const PROOF: SignedDuration = SignedDuration::from_hours(36);

impl Life {
    /// Takes in what the detector has to say, and returns what of it belongs
    /// into the history. Hearing the same news twice changes nothing more. What
    /// people decided stands, but for two things: the measured end of an
    /// anomaly resolves it, and one that is still there, or there again, is
    /// opened again unless it was dismissed.
    ///
    /// `lost_per_day` is what it lost while it lasted, by what was known of it
    /// before.
    #[must_use]
    pub fn hear(
        self,
        news: &AnomalyNews,
        at: Timestamp,
        lost_per_day: Energy,
    ) -> (Self, Option<AnomalyEvent>) {
        match news {
            AnomalyNews::Raised(_) => (self, None),
            AnomalyNews::Updated(_) => self.still_there(at),
            AnomalyNews::Ended(detection) => {
                let per_day = detection.finding.lost_per_day.max(lost_per_day);
                self.ended(Recovery { at: detection.until.unwrap_or(at), per_day, came_back: None })
            }
            AnomalyNews::Reopened(_) => self.began_again(),
            AnomalyNews::Withdrawn(reason) => self.withdrawn(at, reason),
        }
    }

    fn still_there(self, now: Timestamp) -> (Self, Option<AnomalyEvent>) {
        match &self.stage {
            Stage::Resolved { at, how: Resolution::Fixed { .. } }
                if self.recovery.is_none() && now.duration_since(*at) > PROOF =>
            {
                (self.opened_again(), Some(AnomalyEvent::Reopened))
            }
            _ => (self, None),
        }
    }

    fn ended(self, recovery: Recovery) -> (Self, Option<AnomalyEvent>) {
        if self.recovery.is_some() || matches!(self.stage, Stage::Withdrawn { .. }) {
            return (self, None);
        }
        let stage = match self.stage {
            decided @ Stage::Resolved { .. } => decided,
            _ => Stage::Resolved { at: recovery.at, how: Resolution::Recovered },
        };
        (Self { stage, recovery: Some(recovery), ..self }, Some(AnomalyEvent::Ended))
    }

    fn began_again(self) -> (Self, Option<AnomalyEvent>) {
        match self.stage {
            Stage::Resolved { how: Resolution::Dismissed { .. }, .. } => {
                (Self { recovery: None, ..self }, None)
            }
            Stage::Resolved { .. } | Stage::Withdrawn { .. } => {
                (self.opened_again(), Some(AnomalyEvent::Reopened))
            }
            Stage::Open | Stage::Acknowledged { .. } | Stage::Snoozed { .. } => (self, None),
        }
    }

    fn withdrawn(self, at: Timestamp, reason: &str) -> (Self, Option<AnomalyEvent>) {
        match self.stage {
            Stage::Withdrawn { .. } | Stage::Resolved { how: Resolution::Dismissed { .. }, .. } => {
                (self, None)
            }
            _ => {
                let stage = Stage::Withdrawn { at, reason: reason.to_owned() };
                (Self { stage, recovery: None, ..self }, Some(AnomalyEvent::Withdrawn))
            }
        }
    }
}
