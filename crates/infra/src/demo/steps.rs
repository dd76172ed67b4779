//! Time in steps of five minutes, counted from 1970.

use jiff::{SignedDuration, Timestamp};

/// Seconds between two readings of an inverter.
pub(super) const STEP_S: i64 = 300;

/// The step that holds an instant.
pub(super) fn step_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(STEP_S)
}

/// The first step that starts at or after an instant.
pub(super) fn step_up(at: Timestamp) -> i64 {
    (at.as_second() + STEP_S - 1).div_euclid(STEP_S)
}

/// First instant of a step.
pub(super) fn start(step: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(step * STEP_S)
}

/// The middle of a step, for which the sun and the weather are taken.
pub(super) fn middle(step: i64) -> Timestamp {
    start(step) + SignedDuration::from_secs(STEP_S / 2)
}
