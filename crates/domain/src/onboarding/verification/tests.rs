use super::*;
use crate::units::PeakPower;
use proptest::prelude::*;

fn face(kwp: f64, tilt: f64, azimuth: f64) -> Array {
    Array {
        capacity: PeakPower::from_kwp(kwp).unwrap(),
        tilt_deg: Some(tilt),
        azimuth_deg: Some(azimuth),
        ac_limit: None,
        export_limit: None,
    }
}

fn record(faces: Vec<Array>) -> OnRecord {
    let inverters = vec!["A1".to_owned(), "B2".to_owned()];
    OnRecord { location: Location::new(50.6, 9.6).unwrap(), faces, limit_w: None, inverters }
}

fn day() -> Vec<Interval> {
    let start: Timestamp = "2026-06-11T00:00:00Z".parse().unwrap();
    (0..96).map(|n| Interval::containing(start + SignedDuration::from_mins(15 * n))).collect()
}

/// A day of a roof as it really is, through a clock that is late.
fn measured(faces: &[Array], gain: f64, late_min: i64) -> Vec<Measured> {
    let blank: Vec<Measured> =
        day().into_iter().map(|interval| Measured { interval, watts: 0.0 }).collect();
    let sky = Sky::over(Location::new(50.6, 9.6).unwrap(), &blank);
    let power = sky.power(faces, None, 0.0, late_min);
    blank.into_iter().zip(power).map(|(it, watts)| Measured { watts: gain * watts, ..it }).collect()
}

fn verified(recorded: Vec<Array>, data: &[Measured]) -> Verification {
    verify(&record(recorded), None, data, Timestamp::UNIX_EPOCH)
}

#[test]
fn a_site_as_on_record_is_not_doubted() {
    for azimuth in [90.0, 150.0, 180.0, 270.0] {
        let roof = vec![face(9.9, 35.0, azimuth)];
        let seen = verified(roof.clone(), &measured(&roof, 0.87, 0));
        assert!(seen.conclusive && seen.findings.is_empty(), "{azimuth}: {:?}", seen.findings);
    }
}

#[test]
fn east_and_west_swapped_are_named() {
    let seen = verified(vec![face(9.9, 35.0, 90.0)], &measured(&[face(9.9, 35.0, 270.0)], 0.87, 0));

    let [Finding::Azimuth { recorded, likely }] = seen.findings[..] else {
        panic!("{:?}", seen.findings)
    };
    assert!((recorded - 90.0).abs() < 1e-9 && (likely - 270.0).abs() < 31.0, "{likely}");
    assert_eq!(seen.findings[0].claim(), "The roof seems to face west, not east.");
}

#[test]
fn a_shifted_clock_is_named_with_its_hours() {
    for hours in [-2, 2, 5] {
        let roof = vec![face(9.9, 35.0, 180.0)];
        let seen = verified(roof.clone(), &measured(&roof, 0.87, hours * 60));
        let minutes = hours * 60;
        assert_eq!(seen.findings, [Finding::TimeShift { minutes }], "{hours}");
    }
}

#[test]
fn a_wrong_capacity_is_named_with_the_likely_one() {
    let seen =
        verified(vec![face(9.9, 35.0, 180.0)], &measured(&[face(19.8, 35.0, 180.0)], 0.88, 0));
    let [Finding::Capacity { likely, .. }] = seen.findings[..] else {
        panic!("{:?}", seen.findings)
    };
    assert!((likely - 19.8).abs() < 0.3, "{likely}");

    let seen =
        verified(vec![face(9.9, 35.0, 180.0)], &measured(&[face(4.0, 35.0, 180.0)], 0.88, 0));
    let [Finding::Capacity { likely, .. }] = seen.findings[..] else {
        panic!("{:?}", seen.findings)
    };
    assert!((likely - 4.0).abs() < 0.3, "{likely}");
}

#[test]
fn a_meter_the_wrong_way_round_is_named() {
    let roof = vec![face(9.9, 35.0, 180.0)];
    let seen = verified(roof.clone(), &measured(&roof, -0.87, 0));

    assert_eq!(seen.findings, [Finding::MeterDirection]);
}

#[test]
fn half_of_two_inverters_is_missing_and_the_capacity_is_not_doubted() {
    let roof = vec![face(9.9, 35.0, 180.0)];
    let data = measured(&roof, 0.44, 0);
    let reporting = vec!["a1".to_owned()];

    let seen = verify(&record(roof), Some(&reporting), &data, Timestamp::UNIX_EPOCH);

    assert_eq!(seen.findings, [Finding::MissingInverter { serials: vec!["B2".to_owned()] }]);
}

#[test]
fn too_little_light_is_not_judged() {
    let roof = vec![face(9.9, 35.0, 180.0)];
    let night: Vec<Measured> = measured(&roof, 0.87, 0).into_iter().take(12).collect();

    let seen = verified(roof, &night);

    assert!(!seen.conclusive && seen.findings.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn clouds_alone_are_no_finding(
        seed in any::<u64>(), azimuth in 90.0..270.0_f64, tilt in 10.0..45.0_f64,
    ) {
        let roof = vec![face(9.9, tilt, azimuth)];
        let mut state = seed | 1;
        let data: Vec<Measured> = measured(&roof, 0.87, 0).into_iter().map(|it| {
            state ^= state << 13; state ^= state >> 7; state ^= state << 17;
            let share = 0.25 + 0.75 * f64::from(u8::try_from(state % 101).unwrap()) / 100.0;
            Measured { watts: it.watts * share, ..it }
        }).collect();

        let seen = verified(roof, &data);

        prop_assert!(seen.findings.is_empty(), "{:?}", seen.findings);
    }
}
