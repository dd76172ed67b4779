//! Skies as they come, and the small differences that chance makes.

use crate::time::Interval;

/// A cloudless sky.
pub(crate) fn clear(_: Interval) -> f64 {
    1.0
}

/// A thick cover, here a little thinner and there a little thicker.
pub(crate) fn grey(interval: Interval) -> f64 {
    0.24 + 0.12 * chance(interval.index())
}

/// Clouds that come and go.
pub(crate) fn clouds(interval: Interval) -> f64 {
    let hour = interval.index().div_euclid(4) + interval.index().div_euclid(96) * 3;
    [1.0, 1.0, 0.97, 0.9, 0.55, 0.8, 0.4, 0.6][usize::try_from(hour.rem_euclid(8)).unwrap()]
}

/// Days of all these skies in turn.
pub(crate) fn mixed(interval: Interval) -> f64 {
    match interval.index().div_euclid(96).rem_euclid(5) {
        0 | 3 => clouds(interval),
        1 => grey(interval),
        _ => 1.0,
    }
}

/// A number from 0 to 1 that differs from one quarter hour or day to the next.
pub(super) fn chance(seed: i64) -> f64 {
    let mixed = seed.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44;
    f64::from(u32::try_from(mixed % 1_000).unwrap()) / 1_000.0
}
