use std::fmt;
use std::str::FromStr;

use super::{EmailAddress, Role};
use crate::ids::uuid_id;
use crate::text::single_line;

uuid_id! {
    /// A person with an account.
    UserId
}

/// A person's name as shown to others: one line of 1 to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

/// Why a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 80 characters")]
pub struct UserNameError;

impl FromStr for UserName {
    type Err = UserNameError;
    fn from_str(raw: &str) -> Result<Self, UserNameError> {
        let name = single_line(raw);
        if (1..=80).contains(&name.chars().count()) { Ok(Self(name)) } else { Err(UserNameError) }
    }
}

impl UserName {
    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first word of the name.
    #[must_use]
    pub fn first(&self) -> &str {
        self.0.split(' ').next().unwrap_or(&self.0)
    }

    /// Up to two initials, in capitals.
    #[must_use]
    pub fn initials(&self) -> String {
        let mut words = self.0.split(' ').filter_map(|word| word.chars().next());
        let first = words.next();
        let last = words.next_back();
        first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Key.
    pub id: UserId,
    /// Where mail reaches them; the name they sign in with.
    pub email: EmailAddress,
    /// What they are called.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
    /// False once deactivated: no sign-in, no open session.
    pub active: bool,
}
