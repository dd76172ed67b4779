use std::f64::consts::PI;
use std::sync::Arc;

use greengrid_app::monitoring::{
    DailyEnergy, FleetPoint, Overview, OverviewEvent, OverviewRow, RegionStanding, SiteCurve,
    SiteCurvePoint, SitesPage, StatusCounts, Summary,
};
use greengrid_domain::fleet::{Array, Brand, Location, Site, SiteDetails};
use greengrid_domain::monitoring::{AnomalyKind, Assessment, Finding, NextStep, Spark, Status};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Currency, Energy, Money, PeakPower, Power};
use jiff::{SignedDuration, Span, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{case, now, zone};

type Case = (
    &'static str,
    &'static str,
    f64,
    Status,
    Option<(AnomalyKind, &'static str, &'static str, i64, i64, NextStep)>,
);

/// Name, region, capacity, status, and what was found: kind, since, cause,
/// kWh a day, euros a day, next step.
const CASES: &[Case] = &[
    (
        "Harbour Cold Store",
        "central",
        412.0,
        Status::ActToday,
        Some((
            AnomalyKind::StringLoss,
            "2026-06-11T11:20:00Z",
            "Inverter 2 of 4 is off. The other three are normal.",
            520,
            109,
            NextStep::SendTechnician,
        )),
    ),
    (
        "Eastgate Retail Park",
        "north",
        260.0,
        Status::ActToday,
        Some((
            AnomalyKind::Underperformance,
            "2026-06-12T04:10:00Z",
            "Makes 72 % of what its neighbours make since this morning.",
            310,
            65,
            NextStep::SendTechnician,
        )),
    ),
    (
        "Alder Dairy Farm",
        "south",
        98.0,
        Status::ActToday,
        Some((
            AnomalyKind::Outage,
            "2026-06-11T17:45:00Z",
            "No power in daylight, but its meter answers.",
            240,
            50,
            NextStep::CallCustomer,
        )),
    ),
    (
        "Meadow View School",
        "south",
        84.0,
        Status::NoData,
        Some((
            AnomalyKind::CommGap,
            "2026-06-10T14:05:00Z",
            "No readings. The gateway has been offline, the site may be fine.",
            205,
            43,
            NextStep::CheckGateway,
        )),
    ),
    (
        "Quarry Lane Logistics",
        "north",
        388.0,
        Status::PlanVisit,
        Some((
            AnomalyKind::SoilingDrift,
            "2026-05-22T10:00:00Z",
            "Slow loss, 9 % in 21 days and no rain. The panels are dusty.",
            180,
            38,
            NextStep::BookCleaning,
        )),
    ),
    (
        "Larkfield Nursery",
        "south",
        44.0,
        Status::Watch,
        Some((
            AnomalyKind::Underperformance,
            "2026-06-11T09:00:00Z",
            "A little less than its neighbours, 94 % of expected.",
            19,
            4,
            NextStep::Wait,
        )),
    ),
    ("Brook Mill", "north", 210.0, Status::OnTrack, None),
    ("Castle <View> Flats & Sons", "central", 48.0, Status::OnTrack, None),
];

/// A site by its place among the cases.
pub(crate) fn site(i: usize) -> Arc<Site> {
    let (name, region, kwp, ..) = CASES[i];
    let details = SiteDetails::builder()
        .name(name.parse().unwrap())
        .customer("Ines Moreau".to_owned())
        .address("Quay Road 8".to_owned())
        .location(Location::new(52.5, 13.4).unwrap())
        .zone(zone())
        .array(Array {
            capacity: PeakPower::from_kwp(kwp).unwrap(),
            tilt_deg: Some(30.0),
            azimuth_deg: Some(180.0),
            ac_limit: Some(Power::from_watts_rounded(kwp * 850.0)),
            export_limit: None,
        })
        .region(region.parse().unwrap())
        .brand([Brand::SolarEdge, Brand::Fronius, Brand::Enphase][i % 3])
        .commissioned_on(jiff::civil::date(2021, 4, 14))
        .build();
    let id = i32::try_from(i).unwrap() + 1;
    Arc::new(Site { id: id.into(), code: format!("gg-{id:04}").parse().unwrap(), details })
}

/// What the sun allows, as a share of the capacity.
fn sun(at: Timestamp) -> f64 {
    let local = zone().local(at);
    let hour = f64::from(local.hour()) + f64::from(local.minute()) / 60.0;
    ((hour - 5.0) / 16.5 * PI).sin().max(0.0).powf(1.4) * 0.78
}

/// What a site makes of it.
fn made(i: usize, at: Timestamp) -> Option<f64> {
    let finding = CASES[i].4;
    let since = finding.map(|(_, since, ..)| since.parse::<Timestamp>().unwrap());
    let wobble = 1.0 + 0.03 * (f64::from(i32::try_from(at.as_second() / 900 % 97).unwrap())).sin();
    let share = match finding {
        Some((AnomalyKind::CommGap, ..)) if since.is_some_and(|since| at > since) => return None,
        Some((AnomalyKind::Outage, ..)) if since.is_some_and(|since| at > since) => 0.0,
        Some(_) if since.is_some_and(|since| at > since) => 0.74,
        _ => 1.0,
    };
    Some(sun(at) * share * wobble * CASES[i].2 * 1000.0)
}

fn spark(i: usize) -> Spark {
    let zone = zone();
    let from = zone.start_of(zone.day(now()).saturating_sub(Span::new().days(2)));
    let at = |slot: i64| from + SignedDuration::from_mins(slot * 30 + 15);
    let watts = |value: f64| i32::try_from(Power::from_watts_rounded(value).watts()).unwrap();
    Spark {
        from,
        actual: (0..144)
            .filter(|slot| at(*slot) <= now())
            .map(|slot| made(i, at(slot)).map(watts))
            .collect(),
        expected: (0..144).map(|slot| watts(sun(at(slot)) * CASES[i].2 * 1000.0)).collect(),
    }
}

/// What was found at a site.
pub(crate) fn finding(i: usize) -> Option<Finding> {
    let (kind, since, cause, kwh, euros, next_step) = CASES[i].4?;
    Some(Finding {
        kind,
        since: since.parse().unwrap(),
        lost: Energy::from_wh(kwh * 600),
        lost_per_day: Energy::from_wh(kwh * 1000),
        money_per_day: eur(euros),
        cause: cause.to_owned(),
        next_step,
    })
}

/// So many euros.
pub(crate) fn eur(amount: i64) -> Money {
    Money { amount: Decimal::from(amount), currency: Currency::Eur }
}

/// A site with where it stands.
pub(crate) fn row(i: usize) -> OverviewRow {
    let finding = finding(i);
    let kwp = CASES[i].2;
    let silent = CASES[i].3 == Status::NoData;
    let power = made(i, now()).map(Power::from_watts_rounded);
    OverviewRow {
        site: site(i),
        raised_at: finding.as_ref().map(|finding| finding.since),
        assessment: Assessment {
            site: site(i).id,
            status: CASES[i].3,
            power_now: power,
            expected_now: Some(Power::from_watts_rounded(sun(now()) * kwp * 1000.0)),
            energy_today: Energy::from_wh_rounded(if silent { 0.0 } else { kwp * 1380.0 }),
            expected_today: Energy::from_wh_rounded(kwp * 1400.0),
            last_reading_at: Some(if silent {
                "2026-06-10T14:05:00Z".parse().unwrap()
            } else {
                now() - SignedDuration::from_secs(78)
            }),
            spark: spark(i),
            daily_index: (0..30)
                .map(|day| match (&finding, day) {
                    (Some(_), 29) if silent => None,
                    (Some(finding), _) if finding.kind == AnomalyKind::SoilingDrift => {
                        Some(101 - day / 3)
                    }
                    (Some(_), 28..) => Some(75),
                    _ => Some(98 + day % 4),
                })
                .collect(),
            finding,
        },
        owner: (i == 1).then(|| (Uuid::from_u128(7).into(), "R. Silva".to_owned())),
        case: case(i),
        rank: Some(i + 1),
    }
}

fn counts() -> StatusCounts {
    StatusCounts { act_today: 3, plan_visit: 1, no_data: 1, watch: 1, on_track: 194 }
}

/// The morning overview with five sites that need action.
pub(crate) fn overview() -> Overview {
    let region = |code: &str, name: &str, counts: StatusCounts| RegionStanding {
        code: code.parse().unwrap(),
        name: name.to_owned(),
        counts,
        power_now: Power::from_watts(2_610_000),
        expected_now: Power::from_watts(2_665_000),
    };
    let standing = |act, plan, none, watch, ok| StatusCounts {
        act_today: act,
        plan_visit: plan,
        no_data: none,
        watch,
        on_track: ok,
    };
    let regions = vec![
        region("north", "North", standing(1, 1, 0, 0, 82)),
        region("central", "Central", standing(1, 0, 0, 0, 70)),
        region("south", "South", standing(1, 0, 1, 1, 42)),
    ];
    let marks = regions.iter().map(|region| marks(region.counts)).collect();
    Overview {
        as_of: now(),
        zone: zone(),
        summary: Summary {
            counts: counts(),
            incidents: 0,
            folded: 0,
            lost_per_day: vec![eur(305)],
            lost_energy_per_day: Energy::from_wh(1_455_000),
            watch_per_day: vec![eur(4)],
            new_since_yesterday: 2,
            power_now: Power::from_watts(5_790_000),
            expected_now: Power::from_watts(6_020_000),
            energy_today: Energy::from_wh(16_200_000),
            expected_today: Energy::from_wh(16_700_000),
            readings: 57_600,
            readings_valid: 56_790,
            last_reading_at: Some(now() - SignedDuration::from_secs(18)),
            capacity_wp: 9_400_000,
        },
        incidents: Vec::new(),
        causes: Vec::new(),
        rows: (0..5).map(row).collect(),
        matching: 5,
        moved: 1,
        watch: vec![row(5)],
        owners: vec![(Uuid::from_u128(7).into(), "R. Silva".to_owned())],
        regions,
        marks,
        fleet: fleet(),
        events: vec![
            event(0, "2026-06-12T08:41:00Z", "loss up to €109 a day, the sun is higher"),
            event(6, "2026-06-12T08:38:00Z", "gateway back, 14 readings filled in"),
            event(2, "2026-06-11T17:45:00Z", "stopped producing"),
        ],
    }
}

fn event(i: usize, at: &str, text: &str) -> OverviewEvent {
    let at = at.parse().unwrap();
    OverviewEvent { at, site: site(i), status: CASES[i].3, text: text.to_owned() }
}

fn marks(counts: StatusCounts) -> Vec<Status> {
    [
        (Status::ActToday, counts.act_today),
        (Status::PlanVisit, counts.plan_visit),
        (Status::NoData, counts.no_data),
        (Status::Watch, counts.watch),
        (Status::OnTrack, counts.on_track),
    ]
    .into_iter()
    .flat_map(|(status, sites)| std::iter::repeat_n(status, sites))
    .collect()
}

fn today(days: i32) -> impl Iterator<Item = Interval> {
    let zone = zone();
    let day = zone.day(now());
    let from = zone.start_of(day.saturating_sub(Span::new().days(days - 1)));
    let to = zone.start_of(day.tomorrow().unwrap());
    Interval::containing(from).until(Interval::containing(to))
}

fn fleet() -> Vec<FleetPoint> {
    today(1)
        .map(|interval| {
            let expected = sun(interval.middle()) * 9_400_000.0;
            FleetPoint {
                interval,
                actual: (interval.end() < now())
                    .then(|| Power::from_watts_rounded(expected * 0.955)),
                expected: Power::from_watts_rounded(expected),
            }
        })
        .collect()
}

/// A site's curve over days that end today.
pub(crate) fn curve(i: usize, days: i32) -> SiteCurve {
    let points: Vec<SiteCurvePoint> = today(days)
        .map(|interval| {
            let expected = sun(interval.middle()) * CASES[i].2 * 1000.0;
            let power = |share: f64| Power::from_watts_rounded(expected * share);
            SiteCurvePoint {
                interval,
                actual: (interval.end() < now())
                    .then(|| made(i, interval.middle()).map(Power::from_watts_rounded))
                    .flatten(),
                expected: power(1.0),
                low: power(0.9),
                high: power(1.1),
            }
        })
        .collect();
    let sum = |power: &dyn Fn(&SiteCurvePoint) -> Option<Power>| -> Energy {
        points.iter().filter_map(power).map(|power| Energy::of(power, 900)).sum()
    };
    let day = zone().day(now());
    SiteCurve {
        from: day.saturating_sub(Span::new().days(days - 1)),
        to: day,
        energy: sum(&|point| point.actual),
        expected: sum(&|point| (point.interval.end() < now()).then_some(point.expected)),
        points,
    }
}

/// The last 30 days, one of them without readings.
pub(crate) fn days(i: usize) -> Vec<DailyEnergy> {
    let today = zone().day(now());
    (0..30)
        .rev()
        .filter(|back| *back != 11)
        .map(|back: i32| DailyEnergy {
            day: today.saturating_sub(Span::new().days(back)),
            energy: Energy::from_wh_rounded(
                CASES[i].2
                    * (5_000.0 - f64::from(back * back % 7) * 500.0)
                    * if back == 0 { 0.3 } else { 1.0 },
            ),
            readings: [280, 6, 2],
            corrections: 0,
        })
        .collect()
}

/// A page of the list of sites.
pub(crate) fn sites_page() -> SitesPage {
    SitesPage {
        as_of: now(),
        counts: counts(),
        capacity_wp: 9_400_000,
        sites: (0..CASES.len()).map(row).collect(),
        matching: 200,
        page: 1,
        page_size: 50,
    }
}
