use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::fleet::{Array, Brand, Location, SiteDetails};
use crate::monitoring::Baseline;
use crate::monitoring::expected::{IntervalSun, SiteModel, Sky};
use crate::time::Interval;
use crate::units::PeakPower;

/// A site of 100 kWp near Munich, watched from 10 June at midnight to 12 June.
struct World {
    site: SiteDetails,
    points: Vec<Point>,
    daily_index: Vec<Option<i16>>,
    last_reading: Option<Timestamp>,
    now: Timestamp,
}

fn at(local: &str) -> Timestamp {
    format!("2026-06-{local}+02:00").parse().unwrap()
}

/// A sky that changes as real ones do: clear first, then scattered clouds,
/// then thick ones.
fn weather(interval: Interval) -> f64 {
    let hour = interval.index().div_euclid(4);
    [1.0, 1.0, 0.97, 0.9, 0.55, 0.8, 0.35, 0.6][usize::try_from(hour % 8).unwrap()]
}

impl World {
    fn new(now: &str, sky: impl Fn(Interval) -> f64) -> Self {
        let site = SiteDetails::builder()
            .name("Alder Dairy Farm".parse().unwrap())
            .location(Location::new(48.1, 11.6).unwrap())
            .zone("Europe/Berlin".parse().unwrap())
            .array(Array {
                capacity: PeakPower::from_kwp(100.0).unwrap(),
                tilt_deg: Some(25.0),
                azimuth_deg: Some(180.0),
                ac_limit: None,
                export_limit: None,
            })
            .region("south".parse().unwrap())
            .brand(Brand::Fronius)
            .build();
        let baseline = Baseline { confidence: 1.0, ..Baseline::untrained(1.into()) };
        let model = SiteModel::new(&site, baseline);
        let now = at(now);
        let start = Interval::containing(at("10T00:00:00"));
        let mut last = sky(start);
        let points = start
            .until(start.offset(288))
            .map(|interval| {
                let clear = model.clear_sky(&IntervalSun::of(interval));
                let clearness = sky(interval);
                let told = Sky::Told { clearness, change: clearness - last };
                last = clearness;
                let expected = model.expected(interval, clear, told);
                let over = interval.end() <= now;
                let by_day = expected.wh > 0.0;
                // Every site has a little of its own: two per cent up and down.
                let own = 1.0
                    + 0.02 * (f64::from(i32::try_from(interval.index() % 7).unwrap()) - 3.0) / 3.0;
                Point {
                    interval,
                    expected,
                    told: true,
                    produced_wh: if over { (expected.wh * own).round() } else { 0.0 },
                    covered_s: if over && by_day { 900 } else { 0 },
                    left_out: 0,
                }
            })
            .collect();
        Self { site, points, daily_index: vec![Some(100); 30], last_reading: None, now }
    }

    fn clear(now: &str) -> Self {
        Self::new(now, |_| 1.0)
    }

    fn from(mut self, local: &str, change: impl Fn(&mut Point)) -> Self {
        let from = at(local);
        for point in self.points.iter_mut().filter(|point| point.interval.start() >= from) {
            if point.interval.end() <= self.now {
                change(point);
            }
        }
        self
    }

    fn judge(&self) -> (Status, Option<Finding>) {
        judge(&self.case())
    }

    fn case(&self) -> Case<'_> {
        Case {
            site: &self.site,
            now: self.now,
            points: &self.points,
            capacity_wh: 25_000.0,
            last_reading: self.last_reading,
            daily_index: &self.daily_index,
            before: None,
            inverters: None,
        }
    }

    fn check(&self, status: Status, kind: AnomalyKind) -> Finding {
        let (actual, finding) = self.judge();
        let finding = finding.unwrap_or_else(|| panic!("nothing found, {kind} expected"));
        assert_eq!((actual, finding.kind), (status, kind), "{finding:?}");
        finding
    }
}

fn near(actual: Timestamp, expected: Timestamp, minutes: i64) {
    let off = actual.duration_since(expected).abs();
    assert!(off <= SignedDuration::from_mins(minutes), "{actual} instead of {expected}");
}

#[test]
fn a_healthy_site_is_on_track_under_any_sky() {
    for now in ["12T06:00:00", "12T10:40:00", "12T13:07:00", "12T21:00:00", "12T23:59:00"] {
        assert_eq!(World::clear(now).judge(), (Status::OnTrack, None), "{now}");
        assert_eq!(World::new(now, weather).judge(), (Status::OnTrack, None), "{now}");
        assert_eq!(World::new(now, |_| 0.12).judge(), (Status::OnTrack, None), "{now}");
    }
}

#[test]
fn silence_by_day_is_no_data_and_silence_at_night_is_normal() {
    let silent = |point: &mut Point| {
        point.covered_s = 0;
        point.produced_wh = 0.0;
    };

    let gap = World::clear("12T10:40:00").from("12T09:30:00", silent);

    let finding = gap.check(Status::NoData, AnomalyKind::CommGap);
    near(finding.since, at("12T09:30:00"), 5);
    assert!((5_000..70_000).contains(&finding.lost.wh()), "{finding:?}");
    assert!((400_000..700_000).contains(&finding.lost_per_day.wh()), "{finding:?}");
    let short = World::clear("12T10:40:00").from("12T10:10:00", silent);
    assert_eq!(short.judge().0, Status::OnTrack);
    assert_eq!(World::clear("12T05:20:00").judge().0, Status::OnTrack);
}

#[test]
fn a_site_that_never_reported_says_so() {
    let never = World::clear("12T10:40:00").from("10T00:00:00", |point| point.covered_s = 0);

    let finding = never.check(Status::NoData, AnomalyKind::CommGap);

    assert_eq!(finding.cause, "No readings have arrived yet.");
}

#[test]
fn a_site_that_is_off_is_found_within_the_hour() {
    let off =
        World::new("12T10:40:00", weather).from("12T09:30:00", |point| point.produced_wh = 0.0);

    let finding = off.check(Status::ActToday, AnomalyKind::Outage);

    near(finding.since, at("12T09:30:00"), 15);
    assert!(finding.lost.wh() > 10_000 && finding.money_per_day.amount > 50.into());
}

#[test]
fn an_outage_is_followed_back_through_the_night() {
    let off = World::clear("12T08:00:00").from("11T19:45:00", |point| point.produced_wh = 0.0);

    near(off.check(Status::ActToday, AnomalyKind::Outage).since, at("11T19:45:00"), 15);
}

#[test]
fn a_site_that_came_back_is_on_track() {
    let back = World::clear("12T15:00:00")
        .from("11T09:00:00", |point| point.produced_wh = 0.0)
        .from("12T09:00:00", |point| point.produced_wh = point.expected.wh);

    assert_eq!(back.judge().0, Status::OnTrack);
}

#[test]
fn snow_on_every_roof_of_a_region_is_weather() {
    assert_eq!(World::new("12T13:00:00", |_| 0.0).judge().0, Status::OnTrack);
}

#[test]
fn a_missing_share_is_a_partial_loss() {
    let quarter =
        World::clear("12T10:40:00").from("11T13:20:00", |point| point.produced_wh *= 0.75);

    let finding = quarter.check(Status::PlanVisit, AnomalyKind::StringLoss);

    near(finding.since, at("11T13:20:00"), 45);
    let day = quarter.points[96..192].iter().map(|point| point.expected.wh).sum::<f64>();
    let share = Energy::from_wh_rounded(day * 0.25);
    assert!((finding.lost_per_day.kwh() / share.kwh() - 1.0).abs() < 0.1, "{finding:?}");
    assert!(finding.cause.starts_with("25\u{a0}%") || finding.cause.starts_with("24\u{a0}%"));
}

#[test]
fn devices_name_the_inverter_that_is_off() {
    let world = World::clear("12T10:40:00").from("11T13:20:00", |point| point.produced_wh *= 0.75);
    let off = InvertersOff { which: Some(2), off: 1, of: 4 };

    let (_, finding) = judge(&Case { inverters: Some(off), ..world.case() });

    assert_eq!(finding.unwrap().cause, "Inverter 2 of 4 is off. The other three are normal.");
}

#[test]
fn a_limit_at_midday_is_curtailment() {
    let held = World::clear("12T15:00:00")
        .from("11T00:00:00", |point| point.produced_wh = point.produced_wh.min(13_000.0));

    let finding = held.check(Status::PlanVisit, AnomalyKind::Curtailment);

    assert_eq!(held.site.zone.day(finding.since).day(), 11);
    assert!(finding.cause.starts_with("Held at 52\u{a0}%"), "{}", finding.cause);
    assert!(finding.lost.wh() > 20_000, "{finding:?}");
}

#[test]
fn a_limit_of_yesterday_stands_until_today_shows_otherwise() {
    let cap = |point: &mut Point| point.produced_wh = point.produced_wh.min(13_000.0);
    let free = |point: &mut Point| point.produced_wh = point.expected.wh;

    let morning = World::clear("12T09:00:00").from("11T00:00:00", cap);
    let released = World::clear("12T15:00:00").from("11T00:00:00", cap).from("12T00:00:00", free);

    morning.check(Status::PlanVisit, AnomalyKind::Curtailment);
    assert_eq!(released.judge().0, Status::OnTrack);
}

#[test]
fn a_value_that_stands_still_is_a_stuck_sensor() {
    let stuck = World::clear("12T10:40:00").from("11T15:30:00", |point| {
        if point.covered_s > 0 {
            point.produced_wh = 12_345.0;
        }
    });

    let finding = stuck.check(Status::Watch, AnomalyKind::StuckSensor);

    near(finding.since, at("11T15:30:00"), 15);
    assert_eq!(finding.lost.wh(), 0);
}

#[test]
fn a_shade_in_the_afternoon_is_named_after_its_hour() {
    let shaded = World::clear("12T10:40:00").from("10T00:00:00", |point| {
        let second = point.interval.start().as_second() + 7200;
        if second.rem_euclid(86_400) >= 15 * 3600 {
            point.produced_wh *= 0.45;
        }
    });

    let finding = shaded.check(Status::PlanVisit, AnomalyKind::Underperformance);

    assert!(finding.cause.contains("after 15:00"), "{}", finding.cause);
    assert!((80_000..170_000).contains(&finding.lost_per_day.wh()), "{finding:?}");
}

#[test]
fn a_loss_that_grows_is_slow() {
    let mut dusty =
        World::clear("12T10:40:00").from("10T00:00:00", |point| point.produced_wh *= 0.88);
    dusty.daily_index = (0..30_i16)
        .map(|day| {
            Some(
                100 - ((day - 9).max(0) * 6) / 10
                    + [0, 1, -1, 1, 0][usize::from(day.unsigned_abs()) % 5],
            )
        })
        .collect();

    let finding = dusty.check(Status::PlanVisit, AnomalyKind::SoilingDrift);

    near(finding.since, at("10T00:00:00") - SignedDuration::from_hours(24 * 19), 24 * 60 * 4);
    assert!(finding.cause.contains("Slow loss, 1"), "{}", finding.cause);
}

#[test]
fn a_small_step_needs_two_days() {
    let mut small =
        World::clear("12T10:40:00").from("10T00:00:00", |point| point.produced_wh *= 0.92);
    for (day, index) in small.daily_index.iter_mut().enumerate() {
        let noise = [0, 2, -2, 1, -1][day % 5];
        *index = Some(if day >= 28 { 92 } else { 100 } + noise);
    }
    let kind = small.check(Status::PlanVisit, AnomalyKind::StringLoss);
    assert_eq!(small.site.zone.day(kind.since).day(), 10);

    small.daily_index[28] = Some(100);
    assert_eq!(small.judge().0, Status::OnTrack);
}

#[test]
fn production_at_night_is_seen_although_its_readings_do_not_count() {
    let odd = World::clear("12T10:40:00").from("11T23:00:00", |point| {
        if point.expected.wh <= 0.0 {
            point.left_out = 3;
        }
    });

    let finding = odd.check(Status::Watch, AnomalyKind::NightProduction);

    near(finding.since, at("11T23:00:00"), 60);
}

#[test]
fn more_loss_never_ranks_lower() {
    let mut last = Status::OnTrack;
    for left in [0.85, 0.7, 0.5, 0.2, 0.0] {
        let world =
            World::clear("12T13:00:00").from("11T06:00:00", |point| point.produced_wh *= left);
        let status = world.judge().0;
        assert!(status <= last, "{left}: {status} after {last}");
        last = status;
    }
    assert_eq!(last, Status::ActToday);
}

proptest::proptest! {
    #[test]
    fn whatever_comes_in_the_judgement_is_sane(
        values in proptest::collection::vec(
            (-1.0e9..1.0e9_f64, -10_i16..2_000, -3_i16..9), 288),
        index in proptest::collection::vec(proptest::option::of(proptest::num::i16::ANY), 0..40),
        minute in 0_i64..4320, clearness in 0.0..1.3_f64, told: bool, cut in 0_usize..288,
    ) {
        let mut world = World::new("12T12:00:00", |_| clearness);
        world.now = at("10T00:00:00") + SignedDuration::from_mins(minute);
        world.daily_index = index;
        for (point, (produced, covered, left_out)) in world.points.iter_mut().zip(values) {
            *point = Point { produced_wh: produced, covered_s: covered, left_out, told, ..*point };
        }
        world.points.truncate(cut);

        let (status, finding) = world.judge();

        proptest::prop_assert_eq!(finding.is_none(), status == Status::OnTrack);
        if let Some(finding) = finding {
            proptest::prop_assert!(finding.lost.wh() >= 0, "{:?}", finding);
            proptest::prop_assert!(finding.lost_per_day.wh() >= 0, "{:?}", finding);
            proptest::prop_assert!(finding.since <= world.now, "{:?}", finding);
        }
    }

    #[test]
    fn a_healthy_site_of_any_size_raises_nothing(scale in 0.05..50.0_f64, minute in 2880_i64..4320) {
        let mut world = World::new("12T23:59:00", weather);
        world.now = at("10T00:00:00") + SignedDuration::from_mins(minute);
        for point in &mut world.points {
            point.produced_wh *= scale;
            point.expected.wh *= scale;
            point.expected.low *= scale;
            point.expected.high *= scale;
            if point.interval.end() > world.now {
                point.covered_s = 0;
            }
        }
        let case = Case { capacity_wh: 25_000.0 * scale, ..world.case() };

        proptest::prop_assert_eq!(judge(&case).0, Status::OnTrack);
    }
}
