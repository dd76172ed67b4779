//! Figures and how they are printed.

use std::time::Duration;

/// Durations, to be told by their percentiles.
pub(crate) struct Durations(Vec<Duration>);

impl Durations {
    pub(crate) fn new(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// The smallest duration that so many in a hundred do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Prints one figure.
pub(crate) fn figure(name: &str, value: &str) {
    println!("  {name:<46} {value:>12}");
}

/// Prints one figure beside the most it should be.
pub(crate) fn bounded(name: &str, value: f64, most: f64, unit: &str) {
    let verdict = if value <= most { "kept" } else { "MISSED" };
    let value = format!("{value:.1} {unit}");
    println!("  {name:<46} {value:>12}   at most {most} {unit}: {verdict}");
}

/// Prints one figure beside the least it should be.
pub(crate) fn at_least(name: &str, value: f64, least: f64) {
    let verdict = if value >= least { "kept" } else { "MISSED" };
    println!("  {name:<46} {value:>12.2}   at least {least}: {verdict}");
}

/// Milliseconds with their fraction.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
