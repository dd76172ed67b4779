use jiff::{SignedDuration, Timestamp};

use crate::ids::uuid_id;

mod cause;
mod remark;
#[cfg(test)]
mod tests;

pub use cause::Cause;
pub use remark::{Noted, Remark};

uuid_id! {
    /// A site's link to one vendor interface.
    ConnectionId
}

uuid_id! {
    /// Credentials that open a vendor's interface, for one site or many.
    CredentialId
}

/// How well a connection works.
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
pub enum Health {
    /// Readings come as promised.
    Healthy,
    /// Something failed; nothing is late yet, or only a little.
    Degraded,
    /// It fails again and again, and readings are late.
    Failing,
    /// Nothing comes, and nothing will until somebody acts or the vendor is
    /// back.
    Down,
    /// Somebody has paused it.
    Paused,
}

/// Who has to do something about a failure.
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
pub enum Party {
    /// Nobody: it passes by itself.
    Nobody,
    /// Whoever develops this program.
    Engineering,
    /// Whoever holds the contract with the vendor.
    Admin,
    /// Customer success.
    Cs,
    /// The installer.
    Installer,
    /// The customer.
    Customer,
    /// The vendor.
    Vendor,
}

impl Party {
    /// As a subject in a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Engineering => "engineering",
            Self::Admin => "an admin",
            Self::Cs => "customer success",
            Self::Installer => "the installer",
            Self::Customer => "the customer",
            Self::Vendor => "the vendor",
        }
    }
}

/// Failures in a row from which a connection counts as failing.
const FAILING_FROM: u32 = 3;

/// Silence after which even a failure that passes by itself means that the
/// connection is down: six hours, half a day of sun.
const DOWN_AFTER: SignedDuration = SignedDuration::from_hours(6);

/// What the attempts of a connection came to so far. Health follows from it
/// and is never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// Somebody has paused the connection.
    pub paused: bool,
    /// Failures since the last success.
    pub failures: u32,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// Why the last attempt failed, or why its success is not enough.
    pub cause: Option<Cause>,
    /// When an attempt last succeeded.
    pub last_success: Option<Timestamp>,
}

impl Record {
    /// After an attempt that succeeded.
    #[must_use]
    pub const fn succeeded(self, at: Timestamp) -> Self {
        Self { failures: 0, failing_since: None, cause: None, last_success: Some(at), ..self }
    }

    /// After an attempt to which the vendor answered well, but with nothing
    /// new although there should be.
    #[must_use]
    pub const fn found_nothing_new(self, at: Timestamp) -> Self {
        Self { cause: Some(Cause::NoFreshData), ..self.succeeded(at) }
    }

    /// After a device that sends by itself has sent nothing for too long.
    #[must_use]
    pub const fn fell_silent(self) -> Self {
        Self { cause: Some(Cause::NoFreshData), ..self }
    }

    /// After an attempt that failed.
    #[must_use]
    pub fn failed(self, at: Timestamp, cause: Cause) -> Self {
        Self {
            failures: self.failures.saturating_add(1),
            failing_since: self.failing_since.or(Some(at)),
            cause: Some(cause),
            ..self
        }
    }

    /// Whether nothing has been tried yet.
    #[must_use]
    pub const fn is_untried(&self) -> bool {
        self.last_success.is_none() && self.cause.is_none() && !self.paused
    }

    /// How well the connection works at an instant.
    #[must_use]
    pub fn health(&self, now: Timestamp) -> Health {
        if self.paused {
            return Health::Paused;
        }
        let Some(cause) = self.cause else { return Health::Healthy };
        let lasted = self.failing_since.map_or(SignedDuration::ZERO, |at| now.duration_since(at));
        match cause {
            Cause::NoFreshData => Health::Degraded,
            _ if !cause.passes() || lasted >= DOWN_AFTER => Health::Down,
            _ if self.failures >= FAILING_FROM => Health::Failing,
            _ => Health::Degraded,
        }
    }
}
