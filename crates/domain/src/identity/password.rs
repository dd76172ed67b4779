use std::fmt;

/// A password that somebody wants to set: 12 to 256 characters, not only
/// white space. Its text never shows in logs.
#[derive(Clone)]
pub struct NewPassword(String);

/// Why a password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// Fewer than 12 characters.
    #[error("a password has at least 12 characters")]
    TooShort,
    /// More than 256 characters.
    #[error("a password has at most 256 characters")]
    TooLong,
    /// Nothing but white space.
    #[error("a password needs something besides spaces")]
    Blank,
    /// Among those a thief tries early; see [`Strength`](super::Strength).
    #[error("this password is too easy to guess; three or four unrelated words make a good one")]
    Guessable,
}

impl NewPassword {
    /// Accepts a password as typed; nothing is trimmed.
    pub fn new(raw: impl Into<String>) -> Result<Self, NewPasswordError> {
        let raw = raw.into();
        match raw.chars().count() {
            ..12 => Err(NewPasswordError::TooShort),
            257.. => Err(NewPasswordError::TooLong),
            _ if raw.trim().is_empty() => Err(NewPasswordError::Blank),
            _ => Ok(Self(raw)),
        }
    }

    /// The text, for the one place that hashes it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}
