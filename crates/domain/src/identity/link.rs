use std::time::Duration;

/// What a link that works once is for.
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
pub enum LinkPurpose {
    /// Somebody new sets their name and first password.
    Invitation,
    /// Somebody who forgot their password sets another.
    PasswordReset,
    /// Somebody shows that a new address is theirs.
    AddressChange,
}

impl LinkPurpose {
    /// How long such a link works after it was made.
    #[must_use]
    pub const fn lifetime(self) -> Duration {
        Duration::from_hours(match self {
            Self::Invitation => 72,
            Self::PasswordReset => 1,
            Self::AddressChange => 24,
        })
    }
}

/// Whether a link still works, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It works.
    Good,
    /// It did its work already.
    Used,
    /// Something newer took its place: another link, a password, an address;
    /// or the person it was for has no access any more.
    Replaced,
    /// Its time is over.
    Expired,
}

impl LinkState {
    /// The state that follows from what is known of a link. What happened to
    /// it tells its reader more than that it also grew old.
    #[must_use]
    pub const fn of(used: bool, replaced: bool, expired: bool) -> Self {
        match (used, replaced, expired) {
            (true, _, _) => Self::Used,
            (_, true, _) => Self::Replaced,
            (_, _, true) => Self::Expired,
            _ => Self::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_only_while_nothing_speaks_against_it() {
        assert_eq!(LinkState::of(false, false, false), LinkState::Good);
        assert_eq!(LinkState::of(true, true, true), LinkState::Used);
        assert_eq!(LinkState::of(false, true, true), LinkState::Replaced);
        assert_eq!(LinkState::of(false, false, true), LinkState::Expired);
    }

    #[test]
    fn what_opens_most_lasts_shortest() {
        let hours = |purpose: LinkPurpose| purpose.lifetime().as_secs() / 3_600;

        assert_eq!(hours(LinkPurpose::Invitation), 72);
        assert_eq!(hours(LinkPurpose::AddressChange), 24);
        assert_eq!(hours(LinkPurpose::PasswordReset), 1);
    }
}
