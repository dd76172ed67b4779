use proptest::prelude::*;

use super::*;
use crate::fleet::{Array, Assumed, Brand, Location};
use crate::ingestion::Quality;
use crate::units::{MeterRegister, PeakPower};

/// 10 kWp in Vienna with an 8 kW inverter, from 1 April 2026 on.
fn site() -> SiteDetails {
    SiteDetails::builder()
        .name("Test".parse().unwrap())
        .location(Location::new(48.21, 16.37).unwrap())
        .zone("Europe/Vienna".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(10.0).unwrap(),
            tilt_deg: None,
            azimuth_deg: None,
            ac_limit: Some(Power::from_watts(8_000)),
            export_limit: None,
        })
        .region("east".parse().unwrap())
        .brand(Brand::Fronius)
        .commissioned_on("2026-04-01".parse().unwrap())
        .build()
}

const NOON: &str = "2026-06-12T10:00:00Z";
const MIDNIGHT: &str = "2026-06-12T22:30:00Z";

fn measured(power_w: Option<i64>, energy_wh: Option<i64>) -> Measurement {
    Measurement {
        power: power_w.map(Power::from_watts),
        energy: energy_wh.map(Energy::from_wh),
        ..Measurement::default()
    }
}

fn check(at: &str, measured: &Measurement, expected: &[Reason]) {
    let reasons = classify(&site(), at.parse().unwrap(), measured, &DeviceHistory::default());
    assert_eq!(reasons.iter().collect::<Vec<_>>(), expected, "{at} {measured:?}");
}

#[test]
fn plausible_readings_have_no_reasons() {
    check(NOON, &measured(Some(5_000), Some(417)), &[]);
    check(NOON, &measured(Some(0), None), &[]);
    check(NOON, &measured(None, Some(417)), &[]);
    check(MIDNIGHT, &measured(Some(0), Some(0)), &[]);
    check(MIDNIGHT, &measured(Some(-12), None), &[]);
}

#[test]
fn where_nobody_told_the_capacity_no_value_is_too_large_for_it() {
    let unknown = SiteDetails {
        assumed: Assumed { capacity: true, ..Assumed::default() },
        array: Array { ac_limit: None, ..site().array },
        ..site()
    };
    let reasons = |site: &SiteDetails, at: &str, watts| {
        let history = DeviceHistory::default();
        let reasons = classify(site, at.parse().unwrap(), &measured(Some(watts), None), &history);
        reasons.iter().collect::<Vec<_>>()
    };

    assert_eq!(reasons(&site(), NOON, 250_000), [Reason::AboveLimit]);
    assert_eq!(reasons(&unknown, NOON, 250_000), []);
    assert_eq!(reasons(&unknown, NOON, -9_000), []);
    assert_eq!(reasons(&unknown, MIDNIGHT, 400), [Reason::NightProduction]);
}

#[test]
fn a_reading_without_power_and_energy_is_incomplete() {
    check(NOON, &measured(None, None), &[Reason::MissingValues]);
}

#[test]
fn values_no_device_can_show_are_out_of_range() {
    let plausible = measured(Some(5_000), None);
    check(NOON, &measured(Some(-501), None), &[Reason::OutOfRange]);
    check(NOON, &measured(Some(-1_000_000_000), None), &[Reason::OutOfRange]);
    for (irradiance_wm2, temperature_c, voltage_v) in [
        (None, Some(-61.0), None),
        (None, Some(151.0), None),
        (None, Some(f32::NAN), None),
        (Some(2_001.0), None, None),
        (Some(-31.0), None, None),
        (None, None, Some(-1.0)),
        (None, None, Some(1_501.0)),
    ] {
        let odd = Measurement { irradiance_wm2, temperature_c, voltage_v, ..plausible.clone() };
        check(NOON, &odd, &[Reason::OutOfRange]);
    }
}

#[test]
fn negative_energy_is_a_reason() {
    check(NOON, &measured(Some(100), Some(-1)), &[Reason::NegativeEnergy]);
}

#[test]
fn the_limit_is_that_of_the_inverter_and_else_the_capacity() {
    check(NOON, &measured(Some(10_400), None), &[]);
    check(NOON, &measured(Some(10_401), None), &[Reason::AboveLimit]);
    check(NOON, &measured(None, Some(2_601)), &[Reason::AboveLimit]);

    let mut unlimited = site();
    unlimited.array.ac_limit = None;
    let reasons = |power| {
        let measured = measured(Some(power), None);
        classify(&unlimited, NOON.parse().unwrap(), &measured, &DeviceHistory::default())
    };
    assert_eq!(reasons(13_000), Reasons::NONE);
    assert!(reasons(13_001).contains(Reason::AboveLimit));
}

#[test]
fn the_first_day_begins_at_midnight_of_the_site() {
    check("2026-03-31T22:00:00Z", &measured(Some(0), None), &[]);
    check("2026-03-31T21:59:59Z", &measured(Some(0), None), &[Reason::BeforeCommissioning]);
}

#[test]
fn production_at_night_is_a_reason_and_twilight_is_not() {
    check(MIDNIGHT, &measured(Some(51), None), &[Reason::NightProduction]);
    check(MIDNIGHT, &measured(None, Some(30)), &[Reason::NightProduction]);
    check(MIDNIGHT, &measured(Some(50), None), &[]);
    check("2026-06-12T19:10:00Z", &measured(Some(60), None), &[]);
}

#[test]
fn units_a_thousandfold_apart_are_suspected() {
    check(NOON, &measured(Some(5), Some(417)), &[Reason::WrongUnitSuspected]);
    check(NOON, &measured(Some(5_000), Some(2)), &[]);
    check(NOON, &measured(Some(8_000), Some(1)), &[Reason::WrongUnitSuspected]);
    // A quarter hour's energy where five minutes are on record.
    check(NOON, &measured(Some(5_000), Some(1_250)), &[]);
}

#[test]
fn a_fault_is_told_by_the_words_of_the_brand_and_the_reading_counts() {
    let with_status = |status: &str| Measurement {
        status_code: Some(status.to_owned()),
        ..measured(Some(5_000), None)
    };

    check(NOON, &with_status("10"), &[Reason::InverterFault]);
    check(NOON, &with_status("7"), &[]);
    let mut sunspec = site();
    sunspec.brand = Brand::Other;
    let at = NOON.parse().unwrap();
    let reasons = classify(&sunspec, at, &with_status("7"), &DeviceHistory::default());
    assert_eq!(reasons, Reasons::from_iter([Reason::InverterFault]));
    assert_eq!(reasons.quality(), Quality::Valid);
}

fn after(minutes: i64) -> Timestamp {
    NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// Reasons of the last of these readings, sent in this order.
fn last_of(site: &SiteDetails, readings: &[(i64, Measurement)]) -> Reasons {
    let mut history = DeviceHistory::default();
    let mut last = Reasons::NONE;
    for (minutes, measured) in readings {
        last = classify(site, after(*minutes), measured, &history);
        history.observe(after(*minutes), measured);
    }
    last
}

fn counter(wh: u64) -> Measurement {
    Measurement { energy_total: Some(MeterRegister::from_wh(wh)), ..measured(Some(100), None) }
}

#[test]
fn a_counter_that_falls_and_goes_on_from_there_was_reset() {
    let check = |readings: &[(i64, Measurement)], expected: bool| {
        let reasons = last_of(&site(), readings);
        assert_eq!(reasons.contains(Reason::CounterReset), expected, "{readings:?}");
    };
    check(&[(0, counter(900)), (5, counter(950))], false);
    check(&[(0, counter(900)), (5, counter(900))], false);
    check(&[(0, counter(900)), (5, counter(10))], false);
    check(&[(0, counter(900)), (5, counter(10)), (10, counter(20))], true);
    check(&[(0, counter(900)), (5, counter(10)), (10, counter(20)), (15, counter(30))], false);
    check(&[(0, counter(900)), (5, counter(0)), (10, counter(0))], false);
    check(&[(0, counter(900)), (5, counter(0)), (10, counter(20))], true);
    check(&[(0, counter(900)), (5, counter(0)), (10, counter(0)), (15, counter(30))], true);
    // Late readings and repeats are older than what is known.
    check(&[(5, counter(950)), (0, counter(900))], false);
    check(&[(5, counter(950)), (5, counter(900))], false);
    // Readings without a counter lie between.
    let between = [(0, counter(900)), (5, measured(Some(1), None)), (10, counter(10))];
    check(&[&between[..], &[(15, counter(11))]].concat(), true);
}

#[test]
fn a_counter_that_falls_and_comes_back_never_fell() {
    let check = |readings: &[(i64, Measurement)], expected: &[Reason]| {
        let reasons = last_of(&site(), readings);
        assert_eq!(reasons.iter().collect::<Vec<_>>(), expected, "{readings:?}");
        assert_eq!(reasons.quality(), Quality::Valid);
    };
    let impossible = [Reason::ImpossibleCounter];
    check(&[(0, counter(5_000)), (5, counter(0))], &impossible);
    check(&[(0, counter(5_000)), (5, counter(0)), (10, counter(0))], &impossible);
    check(&[(0, counter(5_000)), (5, counter(0)), (10, counter(5_010))], &[]);
    check(&[(0, counter(5_000)), (5, counter(0)), (10, counter(4_200))], &impossible);
    check(&[(0, counter(5_000)), (5, counter(4_200))], &impossible);
    check(&[(0, counter(5_000)), (5, counter(4_200)), (10, counter(5_010))], &[]);
    check(&[(0, counter(5_000)), (5, counter(4_200)), (10, counter(4_100))], &impossible);
}

#[test]
fn a_counter_of_watt_seconds_that_runs_over_was_not_reset() {
    let check = |before: u64, after: u64, expected: &[Reason]| {
        let reasons = last_of(&site(), &[(0, counter(before)), (5, counter(after))]);
        assert_eq!(reasons.iter().collect::<Vec<_>>(), expected, "{before} {after}");
    };
    check(1_300_000, 106_954, &[Reason::CounterWrap]);
    check(1_300_000, 107_300, &[Reason::CounterWrap]);
    check(9_000_000, 7_807_000, &[Reason::CounterWrap]);
    check(1_300_000, 106_000, &[Reason::ImpossibleCounter]);
    check(1_300_000, 400_000, &[Reason::ImpossibleCounter]);
}

#[test]
fn the_same_daylight_value_for_two_hours_is_stuck() {
    let run = |power: i64, step: i64, count: i64| {
        (0..count).map(|i| (i * step, measured(Some(power), None))).collect::<Vec<_>>()
    };
    let stuck =
        |readings: &[(i64, Measurement)]| last_of(&site(), readings).contains(Reason::StuckValue);

    assert!(stuck(&run(4_321, 5, 25)));
    assert!(!stuck(&run(4_321, 5, 24)), "two hours are not yet over");
    assert!(!stuck(&run(4_321, 15, 11)), "too few readings");
    assert!(stuck(&run(4_321, 15, 12)));
    assert!(!stuck(&run(100, 5, 40)), "next to nothing");
    assert!(!stuck(&run(7_900, 5, 40)), "held at the inverter's limit");
    assert!(!stuck(&run(4_321, 150, 12)), "silence between the readings");
}

#[test]
fn a_run_ends_with_another_value() {
    let mut readings: Vec<(i64, Measurement)> =
        (0..24).map(|i| (i * 5, measured(Some(4_321), None))).collect();
    readings[12].1 = measured(Some(4_322), None);

    let reasons = last_of(&site(), &readings);

    assert_eq!(reasons, Reasons::NONE);
}

#[test]
fn a_stuck_value_still_counts_and_an_impossible_one_does_not() {
    assert_eq!(Reasons::from_iter([Reason::StuckValue]).quality(), Quality::Valid);
    assert_eq!(Reasons::from_iter([Reason::NightProduction]).quality(), Quality::Inconsistent);
}

#[test]
fn instants_that_cannot_be_measured_are_refused() {
    let now: Timestamp = NOON.parse().unwrap();
    let check = |at: &str, expected| assert_eq!(check_time(at.parse().unwrap(), now), expected);

    check("2026-06-12T10:15:00Z", Ok(()));
    check("2026-06-12T10:15:00.001Z", Err(TimeError::InFuture));
    check("1990-01-01T00:00:00Z", Ok(()));
    check("1989-12-31T23:59:59Z", Err(TimeError::TooOld));
}

proptest! {
    #[test]
    fn any_values_at_any_time_are_classified_alike_each_time(
        power in proptest::option::of(any::<i64>()),
        energy in proptest::option::of(any::<i64>()),
        total in proptest::option::of(any::<u64>()),
        temperature_c in proptest::option::of(any::<f32>()),
        second in -62_000_000_000_i64..250_000_000_000,
    ) {
        let at = Timestamp::from_second(second).unwrap();
        let measured = Measurement {
            energy_total: total.map(MeterRegister::from_wh),
            temperature_c,
            ..measured(power, energy)
        };
        let history = DeviceHistory::default();

        let reasons = classify(&site(), at, &measured, &history);

        prop_assert_eq!(reasons, classify(&site(), at, &measured, &history));
        prop_assert_eq!(Reasons::from_bits(reasons.bits()), reasons);
        prop_assert!(!reasons.contains(Reason::StuckValue));
        prop_assert!(!reasons.contains(Reason::CounterReset));
    }

    #[test]
    fn the_order_of_late_readings_does_not_change_a_history(
        mut minutes in proptest::collection::vec(0_i64..600, 1..40),
    ) {
        let mut history = DeviceHistory::default();
        for minute in &minutes {
            history.observe(after(*minute), &counter(u64::try_from(*minute).unwrap()));
        }
        let newest = *minutes.iter().max().unwrap();

        let zero = MeterRegister::from_wh(0);
        prop_assert!(
            history.counted(after(newest + 1), zero) == Counted::Impossible || newest == 0
        );
        minutes.sort_unstable();
        prop_assert_eq!(history.counted(after(newest), zero), Counted::Forward);
    }
}
