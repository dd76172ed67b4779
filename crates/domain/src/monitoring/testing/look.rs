//! What the rules say of a world, and what comes of it.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::world::{DAY, World, at, unheard};
use crate::monitoring::expected::SiteModel;
use crate::monitoring::rules::{Case, Point, consider, detect};
use crate::monitoring::{AnomalyId, AnomalyKind, AnomalyNews, DaySummary, Detection, advance};

/// Which kinds were found.
pub(crate) fn kinds(found: &[Detection]) -> Vec<AnomalyKind> {
    found.iter().map(|detection| detection.finding.kind).collect()
}

impl World {
    /// An anomaly as it was seen at an instant goes on being tracked.
    pub(crate) fn knowing(mut self, seen: &str) -> Self {
        let found = self.look(seen);
        let mut next = 0_u128;
        advance(&mut self.tracked, found, at(seen), || {
            next += 1;
            AnomalyId::from(uuid::Uuid::from_u128(next))
        });
        self
    }

    /// Where in the points the days before one and the day itself lie.
    fn window(&self, now: Timestamp) -> Range<usize> {
        let today = self.site.zone.day(now);
        let midnight = self.place(self.site.zone.start_of(today));
        midnight.saturating_sub(2 * DAY)..midnight + DAY
    }

    /// What the rules say at an instant, of which nothing later is known.
    pub(crate) fn look(&self, now: &str) -> Vec<Detection> {
        self.look_at(at(now), |point| {
            unheard(point);
            point.expected.wh = point.model_wh * self.baseline.gain;
        })
    }

    /// The same with what comes after it changed.
    pub(crate) fn look_at(&self, now: Timestamp, future: impl Fn(&mut Point)) -> Vec<Detection> {
        let window = self.window(now);
        let mut points = self.points[window.clone()].to_vec();
        points.iter_mut().filter(|point| point.interval.end() > now).for_each(future);
        let days: Vec<DaySummary> = self.days(self.site.zone.start_of(self.site.zone.day(now)));
        let indices: Vec<_> =
            days.iter().filter_map(|day| day.index(self.site.location, &self.baseline)).collect();
        let ended = |kinds: &[AnomalyKind]| {
            let over = self.tracked.iter().filter(|known| kinds.contains(&known.kind()));
            over.filter_map(|known| known.detection.until).max()
        };
        let case = Case {
            site: &self.site,
            baseline: &self.baseline,
            now,
            points: &points,
            midnights: &[0, DAY, 2 * DAY, 3 * DAY],
            capacity_wh: SiteModel::new(&self.site, self.baseline.clone()).capacity_wh(),
            last_reading: self.points[..window.start].iter().rfind(|point| point.was_heard()).map(
                |point| {
                    let cadence_s = i64::from(self.site.cadence_s);
                    point.interval.end() - SignedDuration::from_secs(cadence_s)
                },
            ),
            days: &days,
            indices: &indices,
            washed: ended(&[AnomalyKind::SoilingDrift]),
            repaired: ended(&[AnomalyKind::StringLoss, AnomalyKind::Underperformance]),
            tracked: &self.tracked,
            inverters: self.inverters,
            thresholds: &self.thresholds,
        };
        detect(&case, &consider(&case))
    }

    /// What the days up to an instant taught. What is tracked hides its quarter
    /// hours, or marks its days.
    pub(crate) fn days(&self, end: Timestamp) -> Vec<DaySummary> {
        use AnomalyKind as Kind;
        let model = SiteModel::new(&self.site, self.baseline.clone());
        let zone = &self.site.zone;
        let during = |kinds: &[Kind], from: Timestamp, to: Timestamp| {
            self.tracked.iter().filter(|known| kinds.contains(&known.kind())).any(|known| {
                known.since() < to && known.detection.until.is_none_or(|until| until > from)
            })
        };
        let hiding = [Kind::Outage, Kind::StuckSensor, Kind::Curtailment, Kind::InverterFault];
        let spoiling = [Kind::ClockShift, Kind::Curtailment, Kind::ImplausibleProduction];
        let taking = [Kind::StringLoss, Kind::Underperformance, Kind::SoilingDrift];
        self.points[..self.place(end)]
            .chunks(DAY)
            .map(|points| {
                let day = zone.day(points[0].interval.start());
                let hidden =
                    |point: &Point| during(&hiding, point.interval.start(), point.interval.end());
                let summary =
                    DaySummary::of(day, &model, self.site.reports_at_night, points, hidden);
                let (from, to) = (zone.start_of(day), zone.end_of(day));
                DaySummary {
                    spoiled: during(&spoiling, from, to),
                    lossy: during(&taking, from, to),
                    ..summary
                }
            })
            .collect()
    }

    /// Looks every hour and follows what is found.
    pub(crate) fn follow(&mut self, from: &str, to: &str) -> Vec<(AnomalyKind, AnomalyNews)> {
        let mut all = Vec::new();
        let mut tracked = std::mem::take(&mut self.tracked);
        let mut now = at(from);
        let mut next = 0_u128;
        while now <= at(to) {
            self.tracked.clone_from(&tracked);
            let found = self.look_at(now, unheard);
            let news = advance(&mut tracked, found, now, || {
                next += 1;
                AnomalyId::from(uuid::Uuid::from_u128(next))
            });
            all.extend(news.into_iter().map(|(id, news)| {
                let known = tracked.iter().find(|known| known.id == id).unwrap();
                (known.kind(), news)
            }));
            now += SignedDuration::from_hours(1);
        }
        self.tracked = tracked;
        all
    }

    /// The one detection of a kind, with nothing beside it.
    pub(crate) fn finds(&self, now: &str, kind: AnomalyKind) -> Detection {
        let mut found = self.look(now);
        assert_eq!(kinds(&found), [kind], "{found:#?}");
        found.remove(0)
    }

    /// Nothing is found at any of these instants.
    pub(crate) fn stays_quiet(&self, nows: &[&str]) {
        for now in nows {
            let found = self.look(now);
            assert_eq!(kinds(&found), [], "{now}: {found:#?}");
        }
    }
}
