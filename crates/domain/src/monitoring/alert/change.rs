/// What somebody changed about what is told.
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
pub enum AlertChange {
    /// A rule is new.
    RuleMade,
    /// A rule is another.
    RuleChanged,
    /// A rule is gone.
    RuleRemoved,
    /// Something is not told for a while.
    SilenceBegun,
    /// It is told again, sooner than was said.
    SilenceEnded,
    /// Something keeps something else quiet.
    InhibitionMade,
    /// It does so in another way.
    InhibitionChanged,
    /// It does so no more.
    InhibitionRemoved,
}

impl AlertChange {
    /// In words, to be followed by what was changed.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::RuleMade => "New alert rule",
            Self::RuleChanged => "Changed the alert rule",
            Self::RuleRemoved => "Removed the alert rule",
            Self::SilenceBegun => "Silenced",
            Self::SilenceEnded => "Ended the silence of",
            Self::InhibitionMade => "New inhibition",
            Self::InhibitionChanged => "Changed the inhibition",
            Self::InhibitionRemoved => "Removed the inhibition",
        }
    }
}
