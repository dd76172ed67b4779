//! What a site teaches, and what it does not.

use super::*;
use crate::monitoring::DaySummary;
use crate::monitoring::testing::{World, at, clear, clouds, mixed};

fn taught(world: &World) -> Vec<DaySummary> {
    world.days(at("06-12T00:00"))
}

fn from(world: &World, days: &[DaySummary]) -> Baseline {
    learn(&Baseline::untrained(1.into()), world.site.location, &GAINS, days)
}

fn sun(azimuth_deg: f64, elevation_deg: f64) -> SunPosition {
    SunPosition { elevation_deg, azimuth_deg }
}

#[test]
fn a_healthy_site_teaches_its_gain_under_any_sky() {
    for sky in [clear, clouds, mixed] {
        let world = World::under(sky).losing("05-01T00:00", "06-13T00:00", 1.1);

        let learned = from(&world, &taught(&world));

        assert!((learned.gain / (1.1 * 0.85) - 1.0).abs() < 0.02, "{}", learned.gain);
        for (azimuth, elevation) in [(110.0, 30.0), (180.0, 60.0), (250.0, 30.0)] {
            let factor = learned.profile.factor(sun(azimuth, elevation));
            assert!((factor - 1.0).abs() < 0.03, "{azimuth}: {factor}");
        }
        assert!((0.012..0.05).contains(&learned.scatter), "{}", learned.scatter);
        assert!(learned.confidence > 0.99 && learned.version == 1, "{learned:?}");
        let window = (jiff::civil::date(2026, 5, 1), jiff::civil::date(2026, 6, 11));
        assert_eq!(learned.trained, Some(window));
    }
}

#[test]
fn shade_is_learned_by_where_the_sun_stands() {
    let world = World::under(clear).giving("05-01T00:00", "06-13T00:00", |point| {
        if point.sun.azimuth_deg > 240.0 { 0.5 * point.produced_wh } else { point.produced_wh }
    });

    let learned = from(&world, &taught(&world));

    let check = |azimuth, elevation, share: f64| {
        let found = learned.share(sun(azimuth, elevation)) / 0.85;
        assert!((found - share).abs() < 0.06, "{azimuth}: {found}");
    };
    check(110.0, 35.0, 1.0);
    check(180.0, 62.0, 1.0);
    check(270.0, 30.0, 0.5);
    check(280.0, 20.0, 0.5);
}

#[test]
fn a_spoiled_or_a_lossy_day_teaches_nothing_of_what_the_site_can_do() {
    let world = World::under(mixed).losing("06-04T00:00", "06-12T00:00", 0.4);
    let days = taught(&world);
    let healthy = from(&world, &days[..34]);
    for (spoiled, lossy) in [(true, false), (false, true)] {
        let mut marked = days.clone();
        marked[34..].iter_mut().for_each(|day| (day.spoiled, day.lossy) = (spoiled, lossy));

        let learned = from(&world, &marked);

        assert_eq!(learned.gain.to_bits(), healthy.gain.to_bits());
        assert_eq!((&learned.profile, learned.scatter), (&healthy.profile, healthy.scatter));
        assert_eq!((learned.peak_w, learned.trained), (healthy.peak_w, healthy.trained));
    }
    assert!(from(&world, &days[34..]).gain < 0.5, "unmarked they would");
}

#[test]
fn what_too_few_days_show_keeps_what_was_known() {
    let world = World::under(clear).losing("05-01T00:00", "06-13T00:00", 0.8);
    let days = taught(&world);
    let known = Baseline { gain: 0.91, version: 7, ..Baseline::untrained(1.into()) };
    let place = world.site.location;

    assert_eq!(learn(&known, place, &GAINS, &[]), known);
    assert_eq!(learn(&known, place, &GAINS, &days[..4]), known);
    assert_eq!(learn(&known, place, &GAINS, &days[..5]).version, 8);
    let spoiled: Vec<DaySummary> =
        days.iter().map(|day| DaySummary { spoiled: true, ..day.clone() }).collect();
    assert_eq!(learn(&known, place, &GAINS, &spoiled), known);
}

#[test]
fn a_gain_that_is_an_error_of_capacity_is_not_believed() {
    for factor in [0.01, 6.0] {
        let world = World::under(clear).losing("05-01T00:00", "06-13T00:00", factor);
        let known = Baseline::untrained(1.into());

        let days = taught(&world);
        let learned = |gains| learn(&known, world.site.location, &gains, &days);
        assert_eq!(learned(GAINS), known, "{factor}");
        // Where nobody told the capacity it is no error of it.
        let gain = learned(ANY_GAIN).gain;
        assert!((gain / factor - 1.0).abs() < 0.2, "{gain} for {factor}");
    }
}

#[test]
fn more_days_and_neighbours_make_a_baseline_surer() {
    let world = World::under(clear);
    let (told, alone) = (taught(&world), taught(&World::alone(clear)));
    let of = |known: &[DaySummary], days: usize| from(&world, &known[..days]).confidence;

    assert!(of(&told, 6) < of(&told, 15) && of(&told, 15) < of(&told, 30));
    assert!(of(&alone, 30) < of(&told, 30) && of(&alone, 30) > 0.4);
}

#[test]
fn days_that_differ_widen_the_scatter() {
    let uneven = World::under(clear).giving("05-01T00:00", "06-13T00:00", |point| {
        let odd = point.interval.index().div_euclid(96) % 2 == 0;
        point.produced_wh * if odd { 0.93 } else { 1.07 }
    });
    let even = World::under(clear);

    let scatter = |world: &World| from(world, &taught(world)).scatter;

    assert!(scatter(&uneven) > 2.0 * scatter(&even), "{} {}", scatter(&uneven), scatter(&even));
}

#[test]
fn a_factor_is_drawn_straight_between_its_nodes_and_around_north() {
    let mut values = vec![1.0; NODES];
    values[12 * ELEVATIONS + 3] = 0.5;
    values[0] = 2.0;
    let profile = Profile::from_values(values).unwrap();

    for (azimuth, elevation, factor) in [
        (180.0, 35.0, 0.5),
        (187.5, 35.0, 0.75),
        (180.0, 40.0, 0.75),
        (200.0, 35.0, 1.0),
        (352.5, 5.0, 1.5),
        (0.0, -40.0, 2.0),
        (90.0, 90.0, 1.0),
    ] {
        let found = profile.factor(sun(azimuth, elevation));
        assert!((found - factor).abs() < 1e-6, "{azimuth} {elevation}: {found}");
    }
}

#[test]
fn values_that_are_no_profile_are_refused() {
    assert_eq!(Profile::from_values(vec![1.0; 24]), None);
    assert_eq!(Profile::from_values(vec![f32::NAN; NODES]), None);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 3, ..Default::default() })]

    #[test]
    fn what_is_learned_does_not_depend_on_the_size(kwp in 3.0..3_000.0_f64) {
        let usual = World::under(mixed);
        let scaled = World::of(kwp, 300, mixed, true);

        let (a, b) = (from(&usual, &taught(&usual)), from(&scaled, &taught(&scaled)));

        proptest::prop_assert!((a.gain / b.gain - 1.0).abs() < 0.01);
        proptest::prop_assert!((a.peak_w / b.peak_w * kwp / 100.0 - 1.0).abs() < 0.01);
        proptest::prop_assert!((a.scatter - b.scatter).abs() < 0.003);
    }
}
