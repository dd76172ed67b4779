/// What a person is here to do.
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
pub enum Role {
    /// Watches the fleet and sends people out.
    Ops,
    /// Customer success: brings new sites online.
    Cs,
    /// Owns a site.
    Customer,
    /// Decides who may do what.
    Admin,
}

impl Role {
    /// The role in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ops => "Operations",
            Self::Cs => "Customer success",
            Self::Customer => "Customer",
            Self::Admin => "Administrator",
        }
    }
}
