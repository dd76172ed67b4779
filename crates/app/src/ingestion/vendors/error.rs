use std::time::Duration;

use greengrid_domain::ingestion::Cause;
use greengrid_domain::text::single_line;

/// Longest text of a vendor that is kept with a failure.
const SAID: usize = 300;

/// A call to a vendor that did not give what was asked for. What it means and
/// who has to act follows from the [`Cause`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", cause.words())]
pub struct VendorError {
    /// The class of failure.
    pub cause: Cause,
    /// How long the vendor asks to wait.
    pub retry_after: Option<Duration>,
    /// The vendor's own words, on one line; never a credential.
    pub said: Option<String>,
    /// What the vendor's support can find the call by.
    pub reference: Option<String>,
}

impl VendorError {
    /// A failure of this class.
    #[must_use]
    pub const fn new(cause: Cause) -> Self {
        Self { cause, retry_after: None, said: None, reference: None }
    }

    /// With the vendor's own words.
    #[must_use]
    pub fn saying(self, words: impl AsRef<str>) -> Self {
        let line: String = single_line(words.as_ref()).chars().take(SAID).collect();
        Self { said: (!line.is_empty()).then_some(line), ..self }
    }

    /// With the time the vendor asks to wait.
    #[must_use]
    pub fn after(self, wait: Option<Duration>) -> Self {
        Self { retry_after: wait.or(self.retry_after), ..self }
    }

    /// With what the vendor's support can find the call by.
    #[must_use]
    pub fn known_as(self, reference: Option<String>) -> Self {
        Self { reference, ..self }
    }

    /// Whether one endpoint failed in a way that says nothing about others: it
    /// is gone, or this key may not use it.
    #[must_use]
    pub const fn is_of_one_endpoint(&self) -> bool {
        matches!(self.cause, Cause::Retired | Cause::PermissionMissing | Cause::PlanTooSmall)
    }
}
