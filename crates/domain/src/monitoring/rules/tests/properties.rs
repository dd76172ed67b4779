//! What holds for every site and every loss.

use std::cell::Cell;

use proptest::prelude::*;

use super::*;
use crate::monitoring::AnomalyKind as Kind;

/// Something wrong with a healthy world.
fn wrong(world: World, what: usize) -> World {
    let end = "06-13T00:00";
    match what {
        0 => world.silent("06-12T09:00", end),
        1 => world.losing("06-12T09:00", end, 0.0),
        2 => world.losing("06-10T00:00", end, 0.7),
        3 => {
            let limit = 11_000.0
                * f64::from(u32::try_from(world.site.array.capacity.wp()).unwrap())
                / 100_000.0;
            world.giving("06-11T00:00", end, move |point| point.produced_wh.min(limit))
        }
        4 => world.giving("06-09T00:00", end, |point| {
            if point.sun.azimuth_deg > 225.0 { point.produced_wh * 0.5 } else { point.produced_wh }
        }),
        _ => world,
    }
}

fn rank(found: &[Detection]) -> Status {
    found.iter().map(|d| status_of(&d.finding)).min().unwrap_or(Status::OnTrack)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn a_site_of_any_size_raises_the_same(kwp in 5.0..2_000.0_f64, what in 0_usize..6) {
        let now = "06-12T16:10";
        let usual = wrong(World::under(clear).lately(), what).look(now);

        let scaled = wrong(World::of(kwp, 300, clear, true).lately(), what).look(now);

        prop_assert_eq!(kinds(&scaled), kinds(&usual));
        for (scaled, usual) in scaled.iter().zip(&usual) {
            let ratio = scaled.finding.lost_per_day.kwh() / usual.finding.lost_per_day.kwh().max(1.0);
            prop_assert!((ratio / (kwp / 100.0) - 1.0).abs() < 0.05, "{} at {}", ratio, kwp);
        }
    }

    #[test]
    fn more_loss_never_ranks_lower(
        lefts in proptest::collection::vec(0.0..1.0_f64, 3),
        since in proptest::sample::select(vec!["06-08T00:00", "06-10T00:00", "06-11T00:00"]),
    ) {
        let mut lefts = lefts;
        lefts.sort_unstable_by(|a, b| b.total_cmp(a));
        let (mut money, mut status) = (Decimal::ZERO, Status::OnTrack);
        for left in lefts {
            let found = World::under(mixed).lately().losing(since, "06-13T00:00", left).look("06-12T13:00");

            let most = found.iter().map(|d| d.finding.money_per_day.amount).max().unwrap_or_default();
            prop_assert!(most >= money, "{}: {} after {}", left, most, money);
            prop_assert!(rank(&found) <= status, "{}: {} after {}", left, rank(&found), status);
            (money, status) = (most, rank(&found));
        }
    }

    #[test]
    fn nothing_later_changes_what_was_said(
        what in 0_usize..6, quarter in 24_i64..84, seed in 0.0..3.0_f64, covered in 0_i16..900,
    ) {
        let now = at("06-12T00:00") + SignedDuration::from_mins(15 * quarter);
        let world = wrong(World::under(mixed).lately(), what);
        let nothing = world.look_at(now, |_| ());
        let place = Cell::new(seed);

        let else_later = world.look_at(now, |point| {
            place.set((place.get() * 1.7 + 0.3).rem_euclid(3.0));
            point.produced_wh *= place.get();
            point.expected.wh *= place.get();
            point.covered_s = covered;
            point.power_w = None;
            point.register_wh = Some(7);
            (point.repeats, point.faults, point.counter_resets) = (4, 4, 1);
        });

        prop_assert_eq!(nothing, else_later);
    }

    #[test]
    fn the_same_case_gives_the_same(what in 0_usize..6, minute in 0_i64..4_320) {
        let now = at("06-10T00:00") + SignedDuration::from_mins(minute);
        let world = wrong(World::under(clouds).lately(), what);

        prop_assert_eq!(world.look_at(now, |_| ()), world.look_at(now, |_| ()));
    }

    #[test]
    fn a_healthy_site_raises_nothing_at_any_moment(
        minute in 0_i64..(10 * 1_440), kwp in 3.0..500.0_f64, told: bool, quick: bool,
        sky in proptest::sample::select(vec![0_usize, 1, 2, 3]),
    ) {
        let sky = [clear, clouds, grey, mixed][sky];
        let world = World::of(kwp, if quick { 60 } else { 900 }, sky, told).lately();
        let now = at("06-03T00:00") + SignedDuration::from_mins(minute);

        let found = world.look(&local(now));

        prop_assert_eq!(kinds(&found), Vec::<Kind>::new(), "{}", now);
    }

    #[test]
    fn whatever_arrives_what_is_said_is_sane(
        values in proptest::collection::vec(
            (-1.0e9..1.0e9_f64, -10_i16..2_000, -3_i16..9, proptest::option::of(0_u64..9_000_000_000)),
            96),
        minute in 0_i64..4_320, told: bool,
    ) {
        let place = Cell::new(0);
        let world = World::of(50.0, 300, clouds, told).lately().during("06-01T00:00", "06-13T00:00", |point| {
            let (wh, covered, odd, register) = values[place.get() % values.len()];
            place.set(place.get() + 1);
            point.produced_wh = wh;
            point.covered_s = covered;
            (point.repeats, point.faults, point.counter_resets, point.left_out) =
                (odd, odd, odd, odd);
            point.register_wh = register;
        });
        let now = at("06-10T00:00") + SignedDuration::from_mins(minute);

        for found in world.look(&local(now)) {
            prop_assert!(found.finding.since <= now, "{:?}", found);
            prop_assert!(found.until.is_none_or(|until| until >= found.finding.since && until <= now));
            prop_assert!(found.finding.lost >= Energy::ZERO, "{:?}", found);
            prop_assert!(found.finding.lost_per_day >= Energy::ZERO, "{:?}", found);
        }
    }
}

/// The local text of an instant, as worlds take it.
fn local(at: Timestamp) -> String {
    let zone: crate::time::SiteZone = "Europe/Berlin".parse().unwrap();
    zone.local(at).strftime("%m-%dT%H:%M").to_string()
}
