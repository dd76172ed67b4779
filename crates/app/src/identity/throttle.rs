use std::time::Duration;

use super::contracts::AttemptId;

/// How many failed attempts to sign in are too many, within a sliding window.
///
/// The first limit stops one machine guessing at one account, and locks out
/// nobody else. The second stops one machine trying many accounts. The third
/// stops many machines guessing at one account; it does not hold for addresses
/// from which the account was opened before, so its owner still gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimits {
    /// Over how long failures count.
    pub window: Duration,
    /// Failures for one account from one address, since its last success.
    pub account_and_address: u32,
    /// Failures from one address.
    pub address: u32,
    /// Failures for one account from addresses that never opened it.
    pub account: u32,
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self { window: Duration::from_mins(15), account_and_address: 5, address: 30, account: 50 }
    }
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Yes; it counts as failed until it is marked as a success.
    Admitted(AttemptId),
    /// Not before this much time has passed.
    Refused {
        /// How long to wait.
        retry_after: Duration,
    },
}
