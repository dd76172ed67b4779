//! What is known of a case beside its fields.

use jiff::Timestamp;

use crate::fleet::{Brand, SiteId};
use crate::ingestion::{Cause, CredentialId, Party};
use crate::observability::Initiator;

/// For whom a case waits, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who has to act.
    pub party: Party,
    /// What they have to do, on one line.
    pub what: String,
}

/// A case does not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// Why, on one line.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether the limit of the stage says so, and not a person.
    pub by_limit: bool,
}

/// What opens the vendor’s interface for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessGiven {
    /// Which credential.
    pub credential: CredentialId,
    /// Whose interface it opens.
    pub brand: Brand,
    /// When it came in.
    pub at: Timestamp,
}

/// What a test of the connection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestOutcome {
    /// Every check that can fail passed.
    Passed,
    /// Whatever can be told at night is well; by day it goes on.
    Asleep,
    /// It failed.
    Failed(Cause),
}

/// The last test of the present connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastTest {
    /// What it came to.
    pub outcome: TestOutcome,
    /// When it ended.
    pub at: Timestamp,
}

/// Findings that somebody accepted as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Initiator,
}

/// The site that a case led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveSince {
    /// The site.
    pub site: SiteId,
    /// Since when.
    pub at: Timestamp,
}
