/// Where a site stands, in the order in which it deserves attention.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Off, or losing much: somebody should act today.
    ActToday,
    /// A real loss that can wait for a route.
    PlanVisit,
    /// No readings: nobody can know.
    NoData,
    /// Small or not yet confirmed.
    Watch,
    /// Inside the expected range.
    OnTrack,
}

impl Status {
    /// The status in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActToday => "Act today",
            Self::PlanVisit => "Plan visit",
            Self::NoData => "No data",
            Self::Watch => "Watch",
            Self::OnTrack => "On track",
        }
    }

    /// Whether the site belongs on the list of those that need action.
    #[must_use]
    pub const fn needs_action(self) -> bool {
        matches!(self, Self::ActToday | Self::PlanVisit | Self::NoData)
    }
}
