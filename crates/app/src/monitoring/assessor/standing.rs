//! Where a site stands, in the numbers that the overview shows.

use greengrid_domain::monitoring::rules::{Point, status_of};
use greengrid_domain::monitoring::{AnomalyKind, Assessment, Detection, Finding, Spark, Status};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, Power};
use jiff::{SignedDuration, Timestamp};

use crate::monitoring::engine::SiteWatch;

/// A reading older than this, and the site's cadence, is not "now".
const FRESH: SignedDuration = SignedDuration::from_mins(20);

/// Days of the index that are shown.
const INDEX_DAYS: i32 = 30;

/// The assessment of a site, from what was found there.
pub(super) fn assess(watch: &SiteWatch, detections: &[Detection], now: Timestamp) -> Assessment {
    let points = watch.points();
    let current = Interval::containing(now);
    let newest = watch
        .at(current)
        .map(|at| at.min(points.len().saturating_sub(1)))
        .and_then(|at| points[..=at].iter().rposition(|point| point.covered_s > 0))
        .filter(|at| is_fresh(watch, &points[*at], now));
    let shown = newest.or_else(|| watch.at(current)).and_then(|at| points.get(at));
    let (energy_today, expected_today) = today_so_far(watch, newest.map(|at| &points[at]), now);
    let finding = foremost(detections);
    let comparable = watch.model.knows_its_size();
    Assessment {
        site: watch.site.id,
        status: finding.as_ref().map_or(Status::OnTrack, status_of),
        finding,
        power_now: newest.map(|at| {
            let seconds = f64::from(points[at].covered_s.max(1));
            Power::from_watts_rounded(points[at].produced_wh * 3600.0 / seconds)
        }),
        expected_now: shown
            .filter(|_| comparable)
            .map(|point| Power::from_watts_rounded(point.expected.wh * 4.0)),
        energy_today,
        expected_today: if comparable { expected_today } else { Energy::ZERO },
        last_reading_at: watch.last_reading(),
        spark: Spark::of(points, now),
        daily_index: watch.daily_index(INDEX_DAYS),
    }
}

/// What matters most of what lasts: first what leaves nothing to compare, then
/// what costs most.
fn foremost(detections: &[Detection]) -> Option<Finding> {
    let hides = |finding: &Finding| {
        matches!(
            finding.kind,
            AnomalyKind::CommGap | AnomalyKind::Outage | AnomalyKind::StuckSensor
        )
    };
    let lasting = detections.iter().filter(|found| found.until.is_none());
    lasting
        .map(|found| &found.finding)
        .max_by(|a, b| {
            let key = |finding: &Finding| (hides(finding), finding.money_per_day.amount);
            key(a).cmp(&key(b)).then(status_of(b).cmp(&status_of(a)))
        })
        .cloned()
}

fn is_fresh(watch: &SiteWatch, point: &Point, now: Timestamp) -> bool {
    let age = now.duration_since(heard_until(point));
    age <= FRESH + SignedDuration::from_secs(i64::from(watch.site.details.cadence_s))
}

/// The end of what readings cover.
fn heard_until(point: &Point) -> Timestamp {
    point.interval.start() + SignedDuration::from_secs(i64::from(point.covered_s))
}

/// Energy since local midnight, and what was expected over the time that
/// readings can have come for: up to the newest one while they flow.
fn today_so_far(watch: &SiteWatch, newest: Option<&Point>, now: Timestamp) -> (Energy, Energy) {
    let midnight = Interval::containing(watch.site.details.zone.start_of(watch.today));
    let horizon = newest.map_or(now, heard_until).as_second();
    let today = watch.points().iter().filter(|point| point.interval >= midnight);
    let (produced, expected) = today.fold((0.0, 0.0), |sum, point| {
        let passed = (horizon - point.interval.start().as_second()).clamp(0, 900);
        let share = f64::from(i32::try_from(passed).unwrap_or(0)) / 900.0;
        (sum.0 + point.produced_wh, sum.1 + share * point.expected.wh)
    });
    (Energy::from_wh_rounded(produced), Energy::from_wh_rounded(expected))
}

/// Whether an assessment is worth writing: for a site that sent something,
/// whatever differs; for the others only what a reader would notice, or every
/// row would be written each minute for the clouds alone.
pub(super) fn is_news(written: Option<&Assessment>, fresh: &Assessment, touched: bool) -> bool {
    let Some(written) = written else { return true };
    if touched {
        return written != fresh;
    }
    let finding = |assessment: &Assessment| {
        assessment.finding.as_ref().map(|finding| {
            let euros = finding.money_per_day.amount.round();
            (finding.kind, finding.since, finding.cause.clone(), euros)
        })
    };
    written.status != fresh.status
        || finding(written) != finding(fresh)
        || written.power_now != fresh.power_now
        || written.spark.from != fresh.spark.from
        || written.spark.actual.len() != fresh.spark.actual.len()
        || written.daily_index != fresh.daily_index
}
