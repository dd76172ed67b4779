use std::sync::Arc;

use greengrid_domain::fleet::{Array, Brand, DeviceId, Location, Site, SiteDetails, SiteId};
use greengrid_domain::ingestion::Measurement;
use greengrid_domain::monitoring::{AnomalyKind, IntervalActual};
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Energy, MeterRegister, PeakPower, Power};
use jiff::{SignedDuration, Timestamp};

use super::score::{Judged, KindScore, Label, score};
use super::{Arrival, Backtest, Found, Gatherer, Readings, guess};
use crate::fleet::assumed;
use crate::testing::seen;

fn at(text: &str) -> Timestamp {
    format!("2026-06-{text}:00Z").parse().unwrap()
}

fn site(cadence_s: i32) -> Arc<Site> {
    let details = SiteDetails::builder()
        .name("Roof".parse().unwrap())
        .location(Location::new(48.1, 11.6).unwrap())
        .zone("Europe/Berlin".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(10.0).unwrap(),
            tilt_deg: None,
            azimuth_deg: None,
            ac_limit: None,
            export_limit: None,
        })
        .region("south".parse().unwrap())
        .brand(Brand::Fronius)
        .cadence_s(cadence_s)
        .build();
    Arc::new(Site { id: 1.into(), code: "roof".parse().unwrap(), details })
}

fn of_power(watts: i64) -> Measurement {
    Measurement { power: Some(Power::from_watts(watts)), ..Measurement::default() }
}

fn with_counter(watts: i64, wh: u64) -> Measurement {
    Measurement { energy_total: Some(MeterRegister::from_wh(wh)), ..of_power(watts) }
}

fn gathered(cadence_s: i32, rows: &[(&str, i32, Measurement)]) -> Vec<IntervalActual> {
    let mut gatherer = Gatherer::new(site(cadence_s));
    for (time, device, measurement) in rows {
        let (measured_at, device) = (at(time), DeviceId::from(*device));
        gatherer.put(Arrival { measured_at, device, measurement: measurement.clone() });
    }
    gatherer.changed()
}

#[test]
fn devices_are_added_up_moment_by_moment() {
    let rows = [
        ("12T10:00", 1, with_counter(1_000, 500)),
        ("12T10:00", 2, with_counter(3_000, 700)),
        ("12T10:05", 1, with_counter(2_000, 600)),
        ("12T10:05", 2, with_counter(2_000, 800)),
    ];

    let quarter = &gathered(300, &rows)[0];

    let power = quarter.power.unwrap();
    assert_eq!(quarter.covered_s, 600);
    assert_eq!(quarter.energy, Energy::from_wh(667));
    assert_eq!((power.low.watts(), power.high.watts()), (4_000, 4_000));
    assert_eq!(quarter.register, Some(MeterRegister::from_wh(1_400)));
}

#[test]
fn a_device_without_a_value_leaves_its_share_of_the_time_open() {
    let rows = [("12T10:00", 1, of_power(1_000)), ("12T10:00", 2, Measurement::default())];

    let quarter = &gathered(900, &rows)[0];

    assert_eq!(quarter.covered_s, 450);
    assert_eq!(quarter.power, None);
}

#[test]
fn a_reading_of_an_hour_speaks_for_four_quarters() {
    let quarters = gathered(3600, &[("12T10:00", 0, of_power(4_000))]);

    assert_eq!(quarters.len(), 4);
    for quarter in &quarters {
        assert_eq!((quarter.energy, quarter.covered_s), (Energy::from_wh(1_000), 900));
    }
}

#[test]
fn repeats_are_counted_and_only_corrections_change_what_counts() {
    let rows = [
        ("12T10:00", 0, with_counter(1_000, 900)),
        ("12T10:15", 0, with_counter(1_000, 100)),
        ("12T10:30", 0, with_counter(1_000, 150)),
        ("12T10:30", 0, with_counter(1_000, 150)),
        ("12T10:00", 0, with_counter(2_000, 900)),
    ];

    let quarters = gathered(900, &rows);

    assert_eq!((quarters[0].energy, quarters[0].repeats), (Energy::from_wh(500), 1));
    assert_eq!((quarters[1].counter_resets, quarters[1].register), (0, None));
    assert_eq!((quarters[2].counter_resets, quarters[2].repeats), (1, 1));
}

#[test]
fn a_status_of_fault_is_counted() {
    let status_code = Some("Error".to_owned());
    let rows = [("12T10:00", 0, Measurement { status_code, ..of_power(0) })];

    assert_eq!(gathered(900, &rows)[0].faults, 1);
}

#[test]
fn files_are_merged_in_the_order_of_arrival() {
    let mut readings = Readings::default();
    let mut add = |file, site: i32, time| {
        readings.add(file, site.into(), None, at(time), &of_power(1));
    };
    add(0, 1, "12T10:00");
    add(0, 1, "12T11:00");
    add(0, 1, "12T10:15");
    add(1, 2, "12T10:30");

    let arrived: Vec<(Timestamp, SiteId, Timestamp)> = readings
        .arrivals(|_| SignedDuration::from_mins(15))
        .map(|(arrived, site, arrival)| (arrived, site, arrival.measured_at))
        .collect();

    let expected = [
        ("12T10:15", 1, "12T10:00"),
        ("12T10:45", 2, "12T10:30"),
        ("12T11:15", 1, "12T11:00"),
        // What comes late comes after what was measured later.
        ("12T11:15", 1, "12T10:15"),
    ];
    assert_eq!(arrived, expected.map(|(told, site, time)| (at(told), site.into(), at(time))));
}

#[test]
fn cadence_and_nights_are_taken_from_the_readings() {
    let (mut day, mut always) = (Readings::default(), Readings::default());
    for quarter in 0..10 * 96_i64 {
        let time = at("01T00:00") + SignedDuration::from_mins(15 * quarter);
        let hour = quarter / 4 % 24;
        always.add(0, 1.into(), None, time, &of_power(0));
        if (4..20).contains(&hour) {
            day.add(0, 1.into(), None, time, &of_power(0));
        }
    }
    let site = site(300);

    assert_eq!(guess::cadence_s(&day, 1.into()), Some(900));
    assert_eq!(guess::cadence_s(&day, 2.into()), None);
    assert!(!guess::reports_at_night(&day, &site));
    assert!(guess::reports_at_night(&always, &site));
}

#[test]
fn a_place_is_taken_from_the_neighbours_or_the_time_zone() {
    let of_zone = |name: &str| {
        let place = assumed::place(&name.parse::<SiteZone>().unwrap(), &[]).unwrap();
        (place.latitude(), place.longitude())
    };
    let others = [(32.0, -117.0), (34.0, -119.0)].map(|(a, b)| Location::new(a, b).unwrap());

    let amid = assumed::place(&SiteZone::utc(), &others);

    assert_eq!(amid, Some(Location::new(33.0, -118.0).unwrap()));
    assert_eq!(of_zone("America/Los_Angeles"), (35.0, -120.0));
    assert_eq!(of_zone("Australia/Sydney"), (-35.0, 150.0));
    assert_eq!(of_zone("Africa/Johannesburg"), (-35.0, 30.0));
}

#[test]
fn a_site_is_not_silent_before_its_first_reading_nor_after_its_last() {
    let early = site(900);
    let late = Arc::new(Site { id: 2.into(), code: "late".parse().unwrap(), ..(*early).clone() });
    let mut readings = Readings::default();
    for quarter in 0..8 * 96_i64 {
        let time = at("01T00:00") + SignedDuration::from_mins(15 * quarter);
        if quarter < 6 * 96 {
            readings.add(0, 1.into(), None, time, &of_power(0));
        }
        if quarter >= 3 * 96 + 40 {
            readings.add(1, 2.into(), None, time, &of_power(0));
        }
    }

    let found = Backtest::replay(&[early, late], &readings, |_| {});

    let kinds: Vec<AnomalyKind> = found.iter().map(|one| one.detection.finding.kind).collect();
    assert!(kinds.contains(&AnomalyKind::Outage), "{kinds:?}");
    assert!(!kinds.contains(&AnomalyKind::CommGap), "{kinds:?}");
}

fn found(kind: AnomalyKind, detected: &str, since: &str, until: Option<&str>) -> Found {
    let mut detection = seen(kind, 0);
    (detection.finding.since, detection.until) = (at(since), until.map(at));
    Found { site: 1.into(), detected_at: at(detected), detection, withdrawn: false }
}

fn label(kind: Option<AnomalyKind>, start: &str, end: &str) -> Label {
    Label { site: 1.into(), kind, start: at(start), end: at(end), scored: true }
}

fn check(labels: &[Label], found: &[Found], expected: &[(AnomalyKind, usize, usize, usize)]) {
    let judged = Judged { site: site(900), from: at("01T00:00"), to: at("30T23:45") };
    let score = score(labels, found, &[judged]);
    let got: Vec<_> = score
        .kinds
        .iter()
        .map(|KindScore { kind, labels, hits, false_alarms, .. }| {
            (*kind, *labels, *hits, *false_alarms)
        })
        .collect();
    assert_eq!(got, expected);
}

#[test]
fn a_label_is_found_from_shortly_before_it_until_a_day_and_a_half_after() {
    let labels = [label(Some(AnomalyKind::Outage), "10T10:00", "10T12:00")];
    let outage = |detected, since| found(AnomalyKind::Outage, detected, since, None);

    for (detected, since, hits) in [
        ("10T09:45", "10T09:45", 1),
        ("10T09:44", "10T09:44", 0),
        ("12T00:00", "10T10:00", 1),
        ("10T11:00", "09T10:00", 1),
        ("10T11:00", "09T09:59", 0),
    ] {
        // What says that it began before is a false alarm; what was raised too
        // early and meets no label, too.
        let false_alarms = 1 - hits;
        check(&labels, &[outage(detected, since)], &[(AnomalyKind::Outage, 1, hits, false_alarms)]);
    }
}

#[test]
fn slow_losses_may_be_dated_two_weeks_back() {
    let kind = AnomalyKind::SoilingDrift;
    let labels = [label(Some(kind), "20T10:00", "21T12:00")];

    check(&labels, &[found(kind, "21T10:00", "06T10:00", None)], &[(kind, 1, 1, 0)]);
    check(&labels, &[found(kind, "21T10:00", "06T09:59", None)], &[(kind, 1, 0, 1)]);
}

#[test]
fn what_is_not_scored_is_passed_over_and_side_effects_are_no_mistake() {
    let mut unknown = label(None, "10T10:00", "10T12:00");
    unknown.scored = false;
    let outage = label(Some(AnomalyKind::Outage), "20T10:00", "20T12:00");
    let labels = [unknown, outage];
    let seen = [
        found(AnomalyKind::CommGap, "10T11:00", "10T10:30", None),
        found(AnomalyKind::StringLoss, "20T11:00", "20T10:30", None),
        found(AnomalyKind::NightProduction, "20T11:30", "20T10:30", None),
        found(AnomalyKind::CommGap, "25T11:00", "25T10:30", Some("25T11:30")),
    ];
    let mut withdrawn = found(AnomalyKind::Outage, "28T10:00", "28T09:00", None);
    withdrawn.withdrawn = true;

    check(
        &labels,
        &[seen.as_slice(), &[withdrawn]].concat(),
        &[
            (AnomalyKind::CommGap, 0, 0, 1),
            (AnomalyKind::Outage, 1, 0, 0),
            (AnomalyKind::StringLoss, 0, 0, 0),
            (AnomalyKind::NightProduction, 0, 0, 0),
        ],
    );
}

#[test]
fn rates_are_per_label_per_alarm_and_per_month() {
    let kind = AnomalyKind::Outage;
    let labels = [
        label(Some(kind), "10T10:00", "10T12:00"),
        label(Some(kind), "15T02:00", "15T12:00"),
        label(Some(kind), "20T10:00", "20T12:00"),
    ];
    let seen = [
        found(kind, "10T11:00", "10T10:00", None),
        // An hour and a half before the sun stands at 5 degrees.
        found(kind, "15T11:00", "15T02:00", None),
        found(kind, "15T11:30", "15T11:15", None),
        found(kind, "25T11:00", "25T10:00", None),
    ];
    let judged = Judged { site: site(900), from: at("01T00:00"), to: at("30T23:45") };

    let score = score(&labels, &seen, &[judged]);

    let outage = &score.kinds[0];
    assert_eq!((outage.hits, outage.false_alarms), (2, 1));
    assert!((outage.recall.unwrap() - 2.0 / 3.0).abs() < 1e-9);
    assert!((outage.precision.unwrap() - 2.0 / 3.0).abs() < 1e-9);
    let delay = outage.delay_min.unwrap();
    assert!((60 + 8 * 60 - 60..=60 + 8 * 60).contains(&(2 * delay)), "{delay}");
    // Each label takes its day and the one after.
    assert!((score.faultless_months - 24.0 / 30.44).abs() < 1e-9, "{score:?}");
    assert_eq!(score.false_alarms_per_month, outage.false_alarms_per_month);
}
