//! How days, months and quarter hours become the parts of a history.

use std::collections::HashMap;

use greengrid_domain::customer::{HistorySpan, Period};
use greengrid_domain::time::{Interval, SiteZone};
use greengrid_domain::units::Energy;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::contracts::{HistoryDay, HistoryMonth};
use super::models::{Bucket, BucketStart, Comparison, History, Sum, Sums};

/// What is known of a site, from which its history is put together.
pub(super) struct Known<'a> {
    pub(super) zone: &'a SiteZone,
    pub(super) now: Timestamp,
    pub(super) days: &'a [HistoryDay],
    pub(super) months: &'a [HistoryMonth],
    /// Quarter hours of a single day and of the same day a year before.
    pub(super) hours: &'a [(Interval, Energy)],
}

/// The stretches of days from which a period is told: its own, and those of
/// the year before.
pub(super) fn stretches(period: Period) -> Vec<(Date, Date)> {
    let mut stretches = vec![(period.from, period.to)];
    let before = |day: Date| {
        period.year_before(day).or_else(|| period.year_before(day.saturating_sub(1.day())))
    };
    if let (Some(from), Some(to)) = (before(period.from), before(period.to)) {
        stretches.push((from, to));
    }
    stretches
}

impl Known<'_> {
    /// What was made up to now in the week, month and year of today.
    pub(super) fn sums(&self) -> Sums {
        let today = self.zone.day(self.now);
        let days = |span: HistorySpan| {
            let period = Period::containing(span, today, today);
            let of = |day: Date| self.days.iter().find(|known| known.day == day);
            Sum::of(period.days().map(|day| of(day).map(|known| known.energy)))
        };
        let months = (1..=12).filter_map(|month| Date::new(today.year(), month, 1).ok());
        Sums {
            week: days(HistorySpan::Week),
            month: days(HistorySpan::Month),
            year: Sum::of(months.map(|first| self.month(first).map(|month| month.energy))),
        }
    }

    pub(super) fn history(&self, period: Period) -> History {
        let by_day: HashMap<Date, Energy> =
            self.days.iter().map(|day| (day.day, day.energy)).collect();
        let today = self.zone.day(self.now);
        let first = self.months.first().map(|month| month.span.0);
        let buckets = match period.span {
            HistorySpan::Day => self.hours(period),
            HistorySpan::Week | HistorySpan::Month => period
                .days()
                .map(|day| Bucket {
                    start: BucketStart::Day(day),
                    made: by_day.get(&day).copied(),
                    year_before: period.year_before(day).and_then(|d| by_day.get(&d)).copied(),
                    missing_days: 0,
                    open: day >= today,
                })
                .collect(),
            HistorySpan::Year => self.months(period, today, first),
            HistorySpan::Lifetime => self.years(period, today, first),
        };
        let made = match period.span {
            HistorySpan::Lifetime => self.months.iter().map(|month| month.energy).sum(),
            _ => period.days().filter_map(|day| by_day.get(&day)).copied().sum(),
        };
        let comparison = comparison(period, &by_day, today);
        History { period, buckets, made, comparison, first, today }
    }

    /// The hours of a day as its clocks count them: 23 or 25 when they change.
    fn hours(&self, period: Period) -> Vec<Bucket> {
        let made = by_hour(self.zone, period.from, self.hours);
        let before: HashMap<SignedDuration, Energy> = period
            .year_before(period.from)
            .map(|day| {
                let start = self.zone.start_of(day);
                let hours = by_hour(self.zone, day, self.hours);
                hours.into_iter().map(|(at, made)| (at.duration_since(start), made)).collect()
            })
            .unwrap_or_default();
        let start = self.zone.start_of(period.from);
        let end = self.zone.end_of(period.from);
        hours_between(start, end)
            .map(|at| Bucket {
                start: BucketStart::Hour(at),
                made: made.get(&at).copied(),
                year_before: before.get(&at.duration_since(start)).copied(),
                missing_days: 0,
                open: at + SignedDuration::from_hours(1) > self.now,
            })
            .collect()
    }

    fn month(&self, first: Date) -> Option<&HistoryMonth> {
        self.months
            .binary_search_by_key(&first, |month| month.first)
            .ok()
            .and_then(|at| self.months.get(at))
    }

    fn months(&self, period: Period, today: Date, begun: Option<Date>) -> Vec<Bucket> {
        (1..=12)
            .filter_map(|month| Date::new(period.from.year(), month, 1).ok())
            .map(|first| {
                let before = period.year_before(first).and_then(|first| self.month(first));
                let known = self.month(first);
                Bucket {
                    start: BucketStart::Month(first),
                    made: known.map(|month| month.energy),
                    year_before: before.map(|month| month.energy),
                    missing_days: missing(
                        (first, first.last_of_month()),
                        known.map_or(0, |month| month.days),
                        today,
                        begun,
                    ),
                    open: first.last_of_month() >= today,
                }
            })
            .collect()
    }

    fn years(&self, period: Period, today: Date, begun: Option<Date>) -> Vec<Bucket> {
        (period.from.year()..=period.to.year())
            .map(|year| {
                let months = || self.months.iter().filter(move |month| month.first.year() == year);
                let days = months().map(|month| month.days).sum();
                let first = Date::new(year, 1, 1).unwrap_or(period.from);
                Bucket {
                    start: BucketStart::Year(year),
                    made: (days > 0).then(|| months().map(|month| month.energy).sum()),
                    year_before: None,
                    missing_days: missing((first, first.last_of_year()), days, today, begun),
                    open: first.last_of_year() >= today,
                }
            })
            .collect()
    }
}

impl Sum {
    fn of(parts: impl Iterator<Item = Option<Energy>>) -> Self {
        let parts: Vec<Option<Energy>> = parts.collect();
        Self { made: parts.iter().flatten().copied().sum(), parts }
    }
}

/// How many days that are over and not before the first have no readings.
fn missing(of: (Date, Date), known: i32, today: Date, begun: Option<Date>) -> i32 {
    let Some(begun) = begun else { return 0 };
    let (from, to) = (of.0.max(begun), of.1.min(today));
    let days = to.since(from).map_or(0, |span| span.get_days() + 1);
    (days - known).max(0)
}

fn comparison(period: Period, by_day: &HashMap<Date, Energy>, today: Date) -> Option<Comparison> {
    let mut sum = Comparison { days: 0, made: Energy::ZERO, year_before: Energy::ZERO };
    for day in period.days().take_while(|day| *day < today) {
        let before = period.year_before(day).and_then(|day| by_day.get(&day));
        if let (Some(made), Some(before)) = (by_day.get(&day), before) {
            sum.days += 1;
            sum.made += *made;
            sum.year_before += *before;
        }
    }
    (sum.days > 0).then_some(sum)
}

fn hours_between(start: Timestamp, end: Timestamp) -> impl Iterator<Item = Timestamp> {
    let hour = SignedDuration::from_hours(1);
    std::iter::successors(Some(start), move |at| Some(*at + hour)).take_while(move |at| *at < end)
}

/// Energy by the first instant of each hour of a local day, counted from its
/// midnight.
fn by_hour(
    zone: &SiteZone,
    day: Date,
    quarters: &[(Interval, Energy)],
) -> HashMap<Timestamp, Energy> {
    let (start, end) = (zone.start_of(day), zone.end_of(day));
    let mut hours: HashMap<Timestamp, Energy> = HashMap::new();
    for (interval, energy) in quarters {
        let at = interval.start();
        if (start..end).contains(&at) {
            let hour = at.duration_since(start).as_hours();
            *hours.entry(start + SignedDuration::from_hours(hour)).or_default() += *energy;
        }
    }
    hours
}
