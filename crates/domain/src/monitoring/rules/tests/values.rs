//! Values and times that cannot be.

use super::*;
use crate::monitoring::rules::Watts;

/// A power that stands still, and the energy worked out from it.
fn stands(watts: f32) -> impl Fn(&mut Point) {
    move |point| {
        if point.covered_s > 0 {
            point.power_w = Some(Watts { low: watts, mean: watts, high: watts });
            point.produced_wh = f64::from(watts) / 4.0;
        }
    }
}

#[test]
fn a_value_that_a_counter_contradicts_is_stuck() {
    let stuck = World::under(mixed).counting().from("06-12T09:00", stands(31_234.0));

    stuck.stays_quiet(&["06-12T09:30"]);
    let found = stuck.finds("06-12T11:00", AnomalyKind::StuckSensor);

    near(found.finding.since, "06-12T09:00", 0);
    assert_eq!((found.until, found.finding.lost), (None, Energy::ZERO));
    assert_eq!(found.evidence.facts[0].value, "31.2\u{a0}kW");
}

#[test]
fn a_value_that_its_own_energy_contradicts_is_stuck_and_ends() {
    let stuck = World::under(mixed).during("06-12T09:00", "06-12T12:00", |point| {
        let energy = point.produced_wh;
        stands(31_234.0)(point);
        point.produced_wh = energy;
    });

    let found = stuck.finds("06-12T13:00", AnomalyKind::StuckSensor);

    near(found.finding.since, "06-12T09:00", 0);
    near(found.until.unwrap(), "06-12T12:00", 0);
}

#[test]
fn a_value_beyond_what_the_sun_gives_is_stuck() {
    let evening = World::under(clear).from("06-12T18:30", stands(60_000.0));

    let found = evening.finds("06-12T20:30", AnomalyKind::StuckSensor);

    near(found.finding.since, "06-12T18:30", 0);
}

#[test]
fn power_at_a_limit_is_not_stuck() {
    let mut limited = World::under(clear)
        .giving("05-01T00:00", "06-13T00:00", |point| point.produced_wh.min(15_000.0));
    let plateau = |point: &mut Point| {
        if point.produced_wh >= 15_000.0 {
            stands(60_000.0)(point);
        }
    };
    limited = limited.from("05-01T00:00", plateau).counting();
    limited.baseline.peak_w = 60_000.0;

    let found = limited.look("06-12T16:00");

    assert!(!kinds(&found).contains(&AnomalyKind::StuckSensor), "{found:#?}");
}

/// Power at night, W.
fn at_night(watts: f32) -> impl Fn(&mut Point) {
    move |point| {
        if point.sun.elevation_deg < -1.0 {
            point.covered_s = 900;
            let place = i16::try_from(point.interval.index().rem_euclid(7)).unwrap();
            stands(watts * (1.0 + 0.01 * f32::from(place)))(point);
        }
    }
}

#[test]
fn production_in_the_night_is_found_and_ends_a_night_later() {
    let mut odd =
        World::under(clear).lately().during("06-10T22:00", "06-11T05:00", at_night(2_500.0));

    let found = odd.look("06-11T02:00");
    assert!(kinds(&found).contains(&AnomalyKind::NightProduction), "{found:#?}");
    odd.follow("06-11T02:00", "06-12T20:00");

    let night = odd.tracked.iter().find(|t| t.kind() == AnomalyKind::NightProduction).unwrap();
    near(night.since(), "06-10T23:00", 60);
    near(night.detection.until.unwrap(), "06-11T03:15", 60);
}

#[test]
fn what_a_meter_shows_every_night_is_its_own_draw() {
    World::under(clear)
        .during("05-01T00:00", "06-13T00:00", at_night(900.0))
        .stays_quiet(&["06-12T01:00", "06-12T12:00"]);
}

#[test]
fn values_beyond_what_the_site_can_produce_are_implausible_after_an_hour() {
    let high = |point: &mut Point| {
        let power = point.power_w.unwrap();
        point.power_w =
            Some(Watts { low: power.low * 10.0, mean: power.mean * 10.0, high: power.high * 10.0 });
        point.left_out = 3;
        point.covered_s = 0;
        point.produced_wh = 0.0;
    };
    let odd = World::under(clear).during("06-12T09:00", "06-12T12:00", high);

    odd.stays_quiet(&["06-12T09:45"]);
    let found = odd.finds("06-12T11:00", AnomalyKind::ImplausibleProduction);

    near(found.finding.since, "06-12T09:00", 0);
    assert_eq!((found.until, found.finding.lost), (None, Energy::ZERO));
}

#[test]
fn the_edge_of_a_cloud_may_shine_brighter_than_the_sky() {
    World::under(clear)
        .giving("06-12T12:00", "06-12T12:30", |point| point.produced_wh * 1.25)
        .stays_quiet(&["06-12T13:00"]);
}

/// Readings from a day on are stamped so many quarter hours later.
fn stamped_later(mut world: World, from: &str, quarters: i64) -> World {
    let before = world.points.clone();
    for (at_place, point) in world.points.iter_mut().enumerate() {
        if point.interval.start() < at(from) {
            continue;
        }
        let place = i64::try_from(at_place).unwrap() - quarters;
        if let Some(of) = usize::try_from(place).ok().and_then(|place| before.get(place)) {
            point.produced_wh = of.produced_wh;
            point.power_w = of.power_w;
            point.covered_s = of.covered_s;
        }
    }
    world
}

#[test]
fn a_day_whose_edges_both_lie_off_is_a_moved_clock() {
    for (quarters, side) in [(4, "later"), (-4, "earlier"), (8, "later")] {
        let moved = stamped_later(World::under(mixed), "06-09T00:00", quarters);

        let found = moved.look("06-12T12:00");

        let clock = found.iter().find(|d| d.finding.kind == AnomalyKind::ClockShift);
        let clock = clock.unwrap_or_else(|| panic!("{quarters}: {found:#?}"));
        near(clock.finding.since, "06-09T00:00", 24 * 60);
        assert!(clock.finding.cause.contains(side), "{}", clock.finding.cause);
        assert_eq!(clock.until, None);
    }
}

#[test]
fn a_clock_that_was_set_right_ends_it() {
    let mut moved = stamped_later(World::under(clear), "06-05T00:00", 4);
    let right = World::under(clear);
    moved = moved.knowing("06-08T12:00");
    for (point, right) in moved.points.iter_mut().zip(&right.points) {
        if point.interval.start() >= at("06-10T00:00") {
            *point = *right;
        }
    }

    let clock = moved.look("06-12T12:00").into_iter().next().unwrap();

    assert_eq!(clock.finding.kind, AnomalyKind::ClockShift);
    near(clock.until.unwrap(), "06-10T00:00", 0);
}

#[test]
fn shade_in_the_afternoon_moves_one_edge_only() {
    for (from_azimuth, left) in [(240.0, 0.15), (240.0, 0.0), (215.0, 0.0), (200.0, 0.02)] {
        let shaded = World::under(clear).giving("06-06T00:00", "06-13T00:00", |point| {
            let left = if point.sun.azimuth_deg > from_azimuth { left } else { 1.0 };
            point.produced_wh * left
        });

        let found = shaded.look("06-12T12:00");

        assert!(!kinds(&found).contains(&AnomalyKind::ClockShift), "{from_azimuth}: {found:#?}");
    }
}
