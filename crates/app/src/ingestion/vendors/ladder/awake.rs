use greengrid_domain::fleet::Location;
use greengrid_domain::monitoring::sun::Instant;
use jiff::{SignedDuration, Timestamp};

/// The sun has to stand this high (degrees) before silence means anything:
/// inverters wake up late on winter mornings.
const AWAKE_DEG: f64 = 6.0;

/// Readings by day may be this old; silence means nothing before.
const SETTLED: SignedDuration = SignedDuration::from_hours(2);

/// Whether the sun stands high enough for inverters to produce.
pub(crate) fn is_awake(place: Location, at: Timestamp) -> bool {
    Instant::at(at).seen_from(place).elevation_deg >= AWAKE_DEG
}

/// When the inverters at a place are awake and have had time to send.
pub(crate) fn morning(place: Location, now: Timestamp) -> Timestamp {
    const STEP: SignedDuration = SignedDuration::from_mins(10);
    let steps = (1..6 * 24 * 2).map(|step| now + STEP * step);
    let awake = |at: &Timestamp| is_awake(place, *at) && is_awake(place, *at - SETTLED);
    // Beyond the polar circle it may take longer than two days.
    steps.into_iter().find(awake).unwrap_or(now + SignedDuration::from_hours(24))
}
