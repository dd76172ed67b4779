//! The demo's own clock.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use greengrid_app::clock::Clock;
use greengrid_domain::time::SiteZone;
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ToSpan};
use parking_lot::Mutex;

use super::{OPENING_DAY, home_zone};

/// When a day of the demo opens, by the clocks of its sites: the sun is up,
/// and the morning is still worth a report.
const OPENS_AT: Time = jiff::civil::time(10, 40, 0, 0);

/// When the day's morning report is due: so early the demo's first day is
/// looked at once, before it opens.
const REPORTS_AT: Time = jiff::civil::time(6, 30, 0, 0);

/// The hours in which a stopped demo goes on where it was.
const BRIGHT: std::ops::Range<i8> = 9..15;

/// A clock that begins at an instant of its own and runs at a speed of its own.
#[derive(Debug)]
pub struct DemoClock {
    began: OnceLock<Instant>,
    opened_at: Mutex<Timestamp>,
    speed: f64,
}

impl DemoClock {
    /// A clock that stands at this instant until it is told to run, and then
    /// runs so many times faster than the clock on the wall.
    #[must_use]
    pub fn standing(opened_at: Timestamp, speed: f64) -> Self {
        let speed = speed.clamp(MIN_SPEED, MAX_SPEED);
        Self { began: OnceLock::new(), opened_at: Mutex::new(opened_at), speed }
    }

    /// Puts a clock that stands on to a later instant.
    pub(super) fn put_on(&self, to: Timestamp) {
        let mut opened_at = self.opened_at.lock();
        *opened_at = to.max(*opened_at);
    }

    /// Lets the clock run.
    pub fn run(&self) {
        self.began.get_or_init(Instant::now);
    }
}

/// Slowest and fastest: at the fastest, a day takes 24 seconds.
const MIN_SPEED: f64 = 0.01;
const MAX_SPEED: f64 = 3600.0;

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let opened_at = *self.opened_at.lock();
        let elapsed = self.began.get().map_or(Duration::ZERO, Instant::elapsed);
        let passed = elapsed.as_secs_f64() * self.speed;
        SignedDuration::try_from_secs_f64(passed)
            .ok()
            .and_then(|passed| opened_at.checked_add(passed).ok())
            .unwrap_or(opened_at)
    }

    fn speed(&self) -> f64 {
        self.speed
    }

    fn is_demo(&self) -> bool {
        true
    }
}

/// The instant at which the demo opens for the first time.
#[must_use]
pub fn opening() -> Timestamp {
    let zone = home_zone();
    at_time(OPENS_AT, &zone, zone.start_of(OPENING_DAY))
}

/// The instant at which the fleet is looked at for the first time.
#[must_use]
pub fn first_look() -> Timestamp {
    let zone = home_zone();
    at_time(REPORTS_AT, &zone, zone.start_of(OPENING_DAY))
}

/// Where a clock that stopped at an instant goes on: there, in the bright
/// hours of the day, and else when the next day opens.
#[must_use]
pub fn resumption(stopped_at: Timestamp) -> Timestamp {
    let zone = home_zone();
    let local = zone.local(stopped_at);
    if BRIGHT.contains(&local.hour()) {
        return stopped_at;
    }
    let today = at_time(OPENS_AT, &zone, stopped_at);
    if stopped_at < today {
        today
    } else {
        at_time(OPENS_AT, &zone, zone.start_of(local.date().saturating_add(1.day())))
    }
}

/// A time of the local day that holds an instant.
fn at_time(time: Time, zone: &SiteZone, at: Timestamp) -> Timestamp {
    zone.local(at).with().time(time).build().map_or(at, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stopped_at: &str, goes_on_at: &str) {
        let goes_on = resumption(stopped_at.parse().unwrap());
        assert_eq!(goes_on, goes_on_at.parse().unwrap(), "stopped at {stopped_at}");
    }

    #[test]
    fn the_demo_opens_on_a_friday_morning() {
        assert_eq!(opening(), "2026-06-12T10:40:00+02:00".parse().unwrap());
    }

    #[test]
    fn a_stopped_clock_goes_on_in_bright_hours_and_jumps_otherwise() {
        check("2026-06-12T09:00:00+02:00", "2026-06-12T09:00:00+02:00");
        check("2026-06-12T14:59:59+02:00", "2026-06-12T14:59:59+02:00");
        check("2026-06-12T15:00:00+02:00", "2026-06-13T10:40:00+02:00");
        check("2026-06-12T23:59:00+02:00", "2026-06-13T10:40:00+02:00");
        check("2026-06-13T03:00:00+02:00", "2026-06-13T10:40:00+02:00");
        check("2026-06-30T22:00:00+02:00", "2026-07-01T10:40:00+02:00");
        // The night in which clocks go back.
        check("2026-10-24T20:00:00+02:00", "2026-10-25T10:40:00+01:00");
    }

    #[test]
    fn a_clock_stands_until_it_runs_and_then_runs_fast() {
        let clock = DemoClock::standing(opening(), MAX_SPEED);
        let before = clock.now();
        clock.run();
        while clock.now().duration_since(opening()) < SignedDuration::from_secs(60) {
            std::thread::yield_now();
        }

        assert_eq!(before, opening());
        assert!(clock.is_demo());
    }

    #[test]
    fn a_speed_out_of_bounds_is_brought_inside() {
        assert!((DemoClock::standing(opening(), 1e9).speed() - MAX_SPEED).abs() < 1e-9);
        assert!((DemoClock::standing(opening(), 0.0).speed() - MIN_SPEED).abs() < 1e-9);
    }
}
