use std::fmt;

use crate::identity::EmailAddress;
use crate::text::single_line;

/// Most characters of a subject: mail programs show fewer.
const LONGEST_SUBJECT: usize = 160;

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq, bon::Builder)]
pub struct Letter {
    /// What makes it this letter and no other.
    #[builder(into)]
    pub key: LetterKey,
    /// To whom.
    pub to: EmailAddress,
    /// What for.
    pub kind: LetterKind,
    /// What it is about, in one line.
    #[builder(into)]
    pub subject: Subject,
    /// The letter for programs that show plain text.
    #[builder(into)]
    pub text: String,
    /// The same for programs that show markup: a whole document.
    pub html: Option<String>,
    /// Pictures that the markup shows.
    #[builder(default)]
    pub images: Vec<LetterImage>,
    /// A whole address at which a bare `POST` ends letters of this sort for
    /// this person, without signing in (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// Names the occasion of a letter and its recipient, such as `invitation:` and
/// the key of the invitation. What is asked for twice under one key is sent
/// once, and every try to send it carries the same Message-ID, by which mail
/// programs know a repeat. Not shown to the recipient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LetterKey(String);

impl LetterKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for LetterKey {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for LetterKey {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for LetterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a letter is about: one line, so that nothing in it can begin a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Subject {
    fn from(text: &str) -> Self {
        Self(single_line(text).chars().take(LONGEST_SUBJECT).collect())
    }
}

impl From<String> for Subject {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A picture within a letter. The markup shows it as `<img src="cid:…">`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterImage {
    /// Its name within the letter: letters, digits and hyphens.
    pub cid: String,
    /// What its bytes are, such as `image/png`.
    pub media: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// What a letter is for.
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
pub enum LetterKind {
    /// Somebody is given an account.
    Invitation,
    /// A forgotten password is reset.
    PasswordReset,
    /// An account moves to another address.
    AddressChange,
    /// Something happened to the account or the sites of the recipient.
    Notice,
    /// An alert rule found something.
    Alert,
    /// The morning report.
    Report,
    /// A case of onboarding needs the recipient.
    Onboarding,
    /// Somebody tried whether letters arrive.
    Test,
}

impl LetterKind {
    /// In words, as a heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "Invitation",
            Self::PasswordReset => "Password reset",
            Self::AddressChange => "Change of address",
            Self::Notice => "Notice",
            Self::Alert => "Alert",
            Self::Report => "Morning report",
            Self::Onboarding => "Onboarding",
            Self::Test => "Test",
        }
    }

    /// Whether whoever reads such a letter can act in the name of its
    /// recipient, because it holds a link that signs in or sets a password.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Invitation | Self::PasswordReset | Self::AddressChange)
    }
}

/// How far a letter is.
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
pub enum LetterState {
    /// To be sent, now or at its next try.
    Waiting,
    /// A mail server took it.
    Sent,
    /// Written while there was no mail server, and never sent.
    Kept,
    /// It was refused, or the time to try is over.
    Dead,
}

/// There is no such state of a letter.
pub type UnknownLetterState = strum::ParseError;

/// The key of a letter that was written. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LetterId(i64);

impl From<i64> for LetterId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl From<LetterId> for i64 {
    fn from(id: LetterId) -> Self {
        id.0
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_subject_begins_a_header(raw in "(?s)(.|\r|\n|\r\nBcc: a@b.example){0,60}") {
            let subject = Subject::from(raw);

            prop_assert!(!subject.as_str().chars().any(char::is_control));
            prop_assert!(subject.as_str().chars().count() <= LONGEST_SUBJECT);
        }
    }

    #[test]
    fn what_opens_an_account_is_secret() {
        assert!(LetterKind::PasswordReset.is_secret() && LetterKind::Invitation.is_secret());
        assert!(!LetterKind::Report.is_secret() && !LetterKind::Alert.is_secret());
    }
}
