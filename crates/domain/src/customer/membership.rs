/// What somebody is to a site that is shared with them.
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
pub enum SiteRole {
    /// Sees the site, shares it, and states what its energy is worth.
    Owner,
    /// Sees the site.
    Viewer,
}

impl SiteRole {
    /// The role in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Viewer => "Viewer",
        }
    }

    /// Whether it may share the site and change what is stated of it.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Owner)
    }
}
