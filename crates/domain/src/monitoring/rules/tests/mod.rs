//! Every rule finds what it is for and stays quiet about what looks like it.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::monitoring::testing::{World, at, clear, clouds, grey, kinds, mixed};

mod arrival;
mod losses;
mod off;
mod properties;
mod values;

/// An instant lies within so many minutes of a local one.
fn near(actual: Timestamp, expected: &str, minutes: i64) {
    let off = actual.duration_since(at(expected)).abs();
    assert!(off <= SignedDuration::from_mins(minutes), "{actual} instead of {expected}");
}

/// A loss lies within a share of what was to be lost.
fn about(actual: Energy, expected_wh: f64, within: f64) {
    let off = actual.kwh() * 1000.0 / expected_wh - 1.0;
    assert!(off.abs() <= within, "{actual:?} instead of {expected_wh:.0} Wh");
}

#[test]
fn a_healthy_site_raises_nothing_under_any_sky() {
    let nows = ["06-12T05:20", "06-12T10:40", "06-12T13:07", "06-12T23:59"];
    for sky in [clear, clouds, grey, mixed] {
        World::under(sky).lately().stays_quiet(&nows);
        World::of(8.0, 900, sky, true).lately().stays_quiet(&nows);
        World::alone(sky).lately().stays_quiet(&nows);
    }
}

#[test]
fn urgency_follows_the_money_and_what_it_is() {
    let check = |kind, euros, expected| {
        let mut finding =
            crate::monitoring::testing::detection(kind, "2026-06-12T08:00:00Z").finding;
        finding.money_per_day.amount = Decimal::from(euros);
        assert_eq!(status_of(&finding), expected, "{kind} at {euros}");
    };

    check(AnomalyKind::CommGap, 900, Status::NoData);
    check(AnomalyKind::Outage, 0, Status::ActToday);
    check(AnomalyKind::StringLoss, 40, Status::ActToday);
    check(AnomalyKind::StringLoss, 39, Status::PlanVisit);
    check(AnomalyKind::SoilingDrift, 5, Status::PlanVisit);
    check(AnomalyKind::StuckSensor, 0, Status::Watch);
}
