use greengrid_domain::monitoring::expected::{IntervalSun, SiteModel};
use greengrid_domain::monitoring::orientation;
use greengrid_domain::monitoring::profile::learn;
use greengrid_domain::monitoring::rules::Point;
use greengrid_domain::monitoring::{AnomalyKind, Baseline, DayIndex, DaySummary};
use jiff::Timestamp;
use jiff::civil::Date;

use super::RegionSky;
use super::site::{SiteWatch, Stretch};

/// Days that are kept: four months, the longest slow loss that is looked for.
const KEPT: usize = 120;

/// When it is asked which way a site faces: after so many days while it is new,
/// and then on this day of each month, since the seasons tell more.
const TURNS_AT: [usize; 4] = [8, 14, 21, 45];
const TURNS_ON: i8 = 1;

impl SiteWatch {
    /// Sums up a local day that is over and lies within the window, and learns
    /// from it.
    pub(super) fn close(&mut self, day: Date, region: &RegionSky) {
        let zone = &self.site.details.zone;
        let (start, end) = (zone.start_of(day), zone.end_of(day));
        self.draw(region, end);
        let inside = |point: &Point| (start..end).contains(&point.interval.start());
        let points: Vec<Point> = self.points().iter().copied().filter(inside).collect();
        let summary = DaySummary::of(
            day,
            &self.model,
            self.site.details.reports_at_night,
            &points,
            |point| self.is_hidden(point.interval.start()),
        );
        self.put_day(summary);
        self.unsaved.insert(day);
        self.learn();
    }

    /// Whether something is known to be wrong at an instant that says nothing of
    /// what the site can do, or work was planned.
    pub(crate) fn is_hidden(&self, at: Timestamp) -> bool {
        self.planned.iter().any(|(from, to)| (*from..*to).contains(&at))
            || self.stretches.iter().any(|stretch| hides(stretch.kind) && stretch.covers(at))
    }

    /// Puts a summary in its place among the days.
    pub(crate) fn put_day(&mut self, summary: DaySummary) {
        match self.days.binary_search_by_key(&summary.day, |known| known.day) {
            Ok(at) => self.days[at] = summary,
            Err(at) => self.days.insert(at, summary),
        }
        if self.days.len() > KEPT {
            self.days.remove(0);
        }
    }

    /// Learns the baseline from the days, and compares them with it.
    pub(crate) fn learn(&mut self) {
        self.mark_days();
        self.turn();
        let place = self.model.place();
        let baseline = learn(self.model.baseline(), place, &self.model.gains(), &self.days);
        self.learned |= baseline != *self.model.baseline();
        self.adopt(baseline);
    }

    /// Marks the days on which something was wrong.
    fn mark_days(&mut self) {
        let zone = &self.site.details.zone;
        if let Some(first) = self.days.first() {
            let first = zone.start_of(first.day);
            self.stretches.retain(|stretch| stretch.until.is_none_or(|until| until >= first));
        }
        for day in &mut self.days {
            let (start, end) = (zone.start_of(day.day), zone.end_of(day.day));
            let during = |kinds: fn(AnomalyKind) -> bool| {
                self.stretches.iter().any(|s| kinds(s.kind) && s.overlaps(start, end))
            };
            day.spoiled = during(spoils);
            let planned = self.planned.iter().any(|(from, to)| *from < end && *to > start);
            day.lossy = planned || during(takes_a_share);
        }
    }

    /// Takes over a baseline as it was stored.
    pub(crate) fn restore(&mut self, baseline: Baseline) {
        self.model = SiteModel::new(&self.site.details, baseline.clone());
        self.model_anew();
        self.mark_days();
        self.adopt(baseline);
    }

    /// Computes the clear sky of the window anew.
    fn model_anew(&mut self) {
        let (from, end) = (self.from, self.end());
        for (slot, interval) in self.slots.iter_mut().zip(from.until(end)) {
            slot.clear = self.model.clear_sky(&IntervalSun::of(interval));
        }
    }

    /// Learns which way the site faces, where nobody wrote it down.
    fn turn(&mut self) {
        let on_record = &self.site.details.array;
        let known = on_record.tilt_deg.is_some() && on_record.azimuth_deg.is_some();
        let monthly = self.days.last().is_some_and(|day| day.day.day() == TURNS_ON);
        if known || !TURNS_AT.contains(&self.days.len()) && !monthly {
            return;
        }
        let place = self.model.place();
        let present = self.model.baseline().array(on_record);
        let Some(seems) = orientation::fit(place, &present, &self.days) else { return };
        let turned = seems.of(&present);
        for day in &mut self.days {
            orientation::remodel(day, place, &present, &turned);
        }
        let baseline = Baseline { orientation: Some(seems), ..self.model.baseline().clone() };
        self.model = SiteModel::new(&self.site.details, baseline);
        self.model_anew();
        self.unsaved.extend(self.days.iter().map(|day| day.day));
    }

    /// Takes over a baseline.
    pub(crate) fn adopt(&mut self, baseline: Baseline) {
        let place = self.model.place();
        self.indices = self.days.iter().filter_map(|day| day.index(place, &baseline)).collect();
        self.model.learn(baseline);
        self.all_stale();
        self.touched = true;
    }

    /// Production in per cent of expected for each of the last days up to
    /// yesterday, oldest first.
    pub(crate) fn daily_index(&self, days: i32) -> Vec<Option<i16>> {
        use jiff::ToSpan;
        (1..=days)
            .rev()
            .map(|back| {
                let day = self.today.saturating_sub(back.days());
                let index: Option<&DayIndex> = self.indices.iter().find(|index| index.day == day);
                index.filter(|index| !index.spoiled).map(|index| percent(index.whole.exp()))
            })
            .collect()
    }
}

impl Stretch {
    pub(super) fn covers(&self, at: Timestamp) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }

    fn overlaps(&self, start: Timestamp, end: Timestamp) -> bool {
        self.since < end && self.until.is_none_or(|until| until > start)
    }
}

/// Kinds whose quarter hours say nothing of what the site can do, while the
/// rest of the day does.
const fn hides(kind: AnomalyKind) -> bool {
    matches!(
        kind,
        AnomalyKind::Outage
            | AnomalyKind::StuckSensor
            | AnomalyKind::Curtailment
            | AnomalyKind::InverterFault
    )
}

/// Kinds that leave nothing of a day to compare.
const fn spoils(kind: AnomalyKind) -> bool {
    matches!(
        kind,
        AnomalyKind::ClockShift | AnomalyKind::Curtailment | AnomalyKind::ImplausibleProduction
    )
}

/// Kinds by which a site gives less than it can.
const fn takes_a_share(kind: AnomalyKind) -> bool {
    matches!(
        kind,
        AnomalyKind::StringLoss | AnomalyKind::Underperformance | AnomalyKind::SoilingDrift
    )
}

#[expect(clippy::cast_possible_truncation, reason = "clamped before the cast")]
fn percent(share: f64) -> i16 {
    (share * 100.0).round().clamp(0.0, 999.0) as i16
}
