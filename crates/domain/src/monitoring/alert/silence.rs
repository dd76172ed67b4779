use jiff::{SignedDuration, Timestamp};

use super::AlertFact;
use crate::fleet::{Brand, RegionCode};
use crate::ids::uuid_id;
use crate::monitoring::{AnomalyKind, Note};

uuid_id! {
    /// Which silence.
    AlertSilenceId
}

/// For a while no rule tells of anomalies that are like this. They are told
/// afterwards, if they still last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertSilence {
    /// Which.
    pub id: AlertSilenceId,
    /// Only this kind.
    pub kind: Option<AnomalyKind>,
    /// Only this region.
    pub region: Option<RegionCode>,
    /// Only this brand.
    pub brand: Option<Brand>,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub why: Note,
}

/// Why a silence was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a silence lasts 1 hour to 14 days; for longer, change the rule")]
pub struct SilenceError;

impl AlertSilence {
    /// The longest silence: what is to be quiet for longer is a rule.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(14 * 24);

    /// Refuses one that is too short or too long.
    pub fn check(self) -> Result<Self, SilenceError> {
        let lasts = self.until.duration_since(self.from);
        let fits = lasts >= SignedDuration::from_hours(1) && lasts <= Self::LONGEST;
        if fits { Ok(self) } else { Err(SilenceError) }
    }

    /// What is not told, in words.
    #[must_use]
    pub fn what(&self) -> String {
        let kind = self.kind.map(|kind| kind.name().to_owned());
        let region = self.region.as_ref().map(ToString::to_string);
        let brand = self.brand.map(|brand| brand.name().to_owned());
        let words: Vec<String> = [kind, region, brand].into_iter().flatten().collect();
        if words.is_empty() { "everything".to_owned() } else { words.join(" · ") }
    }

    /// Whether it keeps an anomaly from being told at an instant.
    #[must_use]
    pub fn holds(&self, fact: &AlertFact, at: Timestamp) -> bool {
        (self.from..self.until).contains(&at)
            && self.kind.is_none_or(|kind| kind == fact.kind)
            && self.region.as_ref().is_none_or(|region| *region == fact.region)
            && self.brand.is_none_or(|brand| brand == fact.brand)
    }
}
