use super::*;
use crate::fleet::{Array, Brand};
use crate::units::{PeakPower, Power};
use jiff::Timestamp;

fn site(azimuth_deg: f64, ac_limit_w: Option<i64>) -> SiteModel {
    let details = SiteDetails::builder()
        .name("Mill".parse().unwrap())
        .location(Location::new(48.1, 11.6).unwrap())
        .zone("Europe/Berlin".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(10.0).unwrap(),
            tilt_deg: Some(30.0),
            azimuth_deg: Some(azimuth_deg),
            ac_limit: ac_limit_w.map(Power::from_watts),
            export_limit: None,
        })
        .region("south".parse().unwrap())
        .brand(Brand::Fronius)
        .build();
    SiteModel::new(&details, Baseline::untrained(1.into()))
}

fn told(clearness: f64, change: f64) -> Sky {
    Sky::Told { clearness, change, spread: 0.05, sites: 7 }
}

fn at(text: &str) -> Interval {
    Interval::containing(text.parse::<Timestamp>().unwrap())
}

#[test]
fn a_site_of_unknown_capacity_tells_the_sky_once_it_has_shown_what_it_can() {
    let mut unknown = SiteModel { is_measured: false, ..site(180.0, None) };
    let clear = unknown.clear_sky(&IntervalSun::of(at("2026-06-12T11:00:00Z")));
    let produced = 20.0 * f64::from(clear.wh);

    let before = unknown.told_clearness(clear, produced);
    assert!(!unknown.knows_its_size());
    unknown.learn(Baseline { gain: 20.0, version: 1, ..Baseline::untrained(1.into()) });

    assert_eq!(before, None);
    assert!(unknown.knows_its_size());
    let told = unknown.told_clearness(clear, produced).unwrap();
    assert!((told - 1.0).abs() < 0.1, "{told}");
}

#[test]
fn what_clouds_let_through_tells_the_clouds() {
    let south = site(180.0, None);
    let noon = at("2026-06-12T11:00:00Z");
    let clear = south.clear_sky(&IntervalSun::of(noon));
    for clearness in [0.05, 0.2, 0.3, 0.6, 0.95, 1.1] {
        let sky = told(clearness, 0.0);
        let expected = south.expected(clear, sky);

        let told = south.told_clearness(clear, expected.wh).unwrap();

        assert!((told - clearness).abs() < 1e-6, "{clearness}: {told}");
        assert!(expected.low < expected.wh && expected.wh < expected.high);
    }
}

#[test]
fn a_roof_that_faces_away_keeps_more_under_clouds() {
    let morning = at("2026-06-12T05:30:00Z");
    let sun = IntervalSun::of(morning);

    assert!(site(270.0, None).clear_sky(&sun).overcast > 0.5);
    assert!(site(90.0, None).clear_sky(&sun).overcast < 0.4);
}

#[test]
fn at_its_limit_a_site_tells_nothing() {
    let held = site(180.0, Some(5_000));
    let noon = at("2026-06-12T11:00:00Z");
    let clear = held.clear_sky(&IntervalSun::of(noon));

    let expected = held.expected(clear, Sky::Clear);

    assert!((expected.wh - 1_250.0).abs() < 1e-9);
    assert_eq!(held.told_clearness(clear, expected.wh), None);
}

#[test]
fn nothing_is_expected_at_night() {
    let south = site(180.0, None);
    let night = at("2026-06-12T23:00:00Z");
    let clear = south.clear_sky(&IntervalSun::of(night));

    assert_eq!((clear.wh, clear.overcast), (0.0, 0.0));
    assert!(clear.elevation_deg < -10.0);
    assert_eq!(south.expected(clear, Sky::Clear), Expected::default());
    assert_eq!(south.told_clearness(clear, 10.0), None);
}

#[test]
fn solar_noon_is_near_twelve() {
    let place = Location::new(48.1, 11.6).unwrap();
    assert_eq!(solar_hour(place, at("2026-06-12T11:20:00Z")), 12);
    let san_diego = Location::new(32.9, -117.2).unwrap();
    assert_eq!(solar_hour(san_diego, at("2026-06-12T19:55:00Z")), 12);
}

#[test]
fn the_more_neighbours_disagree_the_wider_is_the_range() {
    let south = site(180.0, None);
    let clear = south.clear_sky(&IntervalSun::of(at("2026-06-12T11:00:00Z")));
    let width = |spread| {
        let sky = Sky::Told { clearness: 0.8, change: 0.0, spread, sites: 7 };
        let expected = south.expected(clear, sky);
        expected.high - expected.low
    };

    assert!(width(0.0) < width(0.1) && width(0.1) < width(0.3));
}

proptest::proptest! {
    #[test]
    fn expectations_are_ordered_numbers(
        second in 0_i64..2_000_000_000, clearness in proptest::num::f64::ANY,
        change in -2.0..2.0_f64, azimuth in 0.0..360.0_f64,
    ) {
        let model = site(azimuth, Some(8_000));
        let interval = Interval::containing(Timestamp::from_second(second).unwrap());
        let clear = model.clear_sky(&IntervalSun::of(interval));
        let clearness = if clearness.is_nan() { 0.5 } else { clearness };
        for sky in [told(clearness, change), Sky::Usual(clearness), Sky::Clear] {
            let expected = model.expected(clear, sky);
            proptest::prop_assert!(0.0 <= expected.low && expected.low <= expected.wh + 1e-9);
            proptest::prop_assert!(expected.wh <= expected.high + 1e-9);
            proptest::prop_assert!(expected.high <= 2_000.0 + 1e-9);
        }
    }
}
