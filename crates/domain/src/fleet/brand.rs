/// Who made a site's inverters, and so whose interface its readings come from.
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
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum Brand {
    /// SolarEdge.
    #[strum(serialize = "solaredge", to_string = "solaredge")]
    SolarEdge,
    /// Fronius.
    Fronius,
    /// Enphase.
    Enphase,
    /// Anything else, or not known.
    Other,
}

impl Brand {
    /// The name as its maker writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SolarEdge => "SolarEdge",
            Self::Fronius => "Fronius",
            Self::Enphase => "Enphase",
            Self::Other => "Other",
        }
    }
}
