use std::collections::BTreeMap;

use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Cause;
use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::{MeasuredFacts, Onboarding, OnboardingError};
use crate::actor::{Actor, Permission};

/// Months that are shown.
const MONTHS: i32 = 12;

/// What a month came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Sites that went live.
    pub lives: usize,
    /// The median of days from the begin of a case to its site being live.
    pub median_days: Option<f64>,
    /// First connection tests.
    pub firsts: usize,
    /// How many of them passed.
    pub passed: usize,
}

/// How well onboarding goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// The oldest first; the last is the present one.
    pub months: Vec<Month>,
    /// Median days over all months.
    pub median_days: Option<f64>,
    /// First tests over all months, and how many passed.
    pub firsts: (usize, usize),
    /// The same by brand: brand, first tests, how many passed.
    pub by_brand: Vec<(Brand, usize, usize)>,
    /// Failed tests by brand and cause, most frequent first.
    pub causes: Vec<(Brand, Cause, usize)>,
}

impl Onboarding {
    /// How well onboarding went in the last months.
    pub async fn measures(&self, actor: &Actor) -> Result<Measures, OnboardingError> {
        actor.require(Permission::ViewOnboarding)?;
        let zone = self.usual_zone();
        let today = zone.day(self.clock.now());
        let first = today.first_of_month().saturating_sub(Span::new().months(MONTHS - 1));
        let facts = self.store.measured(zone.start_of(first)).await?;
        Ok(measures(&facts, first, |at| zone.day(at).first_of_month()))
    }
}

fn measures(facts: &MeasuredFacts, first: Date, month_of: impl Fn(Timestamp) -> Date) -> Measures {
    let months = (0..MONTHS)
        .map(|n| first.saturating_add(Span::new().months(n)))
        .map(|month| {
            let days = facts.lives.iter().filter(|(_, _, live)| month_of(*live) == month);
            let days: Vec<f64> = days.map(|(_, from, to)| days_between(*from, *to)).collect();
            let tests = || facts.firsts.iter().filter(|(_, at, _)| month_of(*at) == month);
            Month {
                first: month,
                lives: days.len(),
                median_days: median(days),
                firsts: tests().count(),
                passed: tests().filter(|(_, _, passed)| *passed).count(),
            }
        })
        .collect();
    let mut by_brand: BTreeMap<Brand, (usize, usize)> = BTreeMap::new();
    for (brand, _, passed) in &facts.firsts {
        let counted = by_brand.entry(*brand).or_default();
        counted.0 += 1;
        counted.1 += usize::from(*passed);
    }
    let mut counted: BTreeMap<(Brand, &str), (Cause, usize)> = BTreeMap::new();
    for (brand, cause, _) in &facts.failures {
        counted.entry((*brand, (*cause).into())).or_insert((*cause, 0)).1 += 1;
    }
    let mut causes: Vec<(Brand, Cause, usize)> =
        counted.into_iter().map(|((brand, _), (cause, count))| (brand, cause, count)).collect();
    causes.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    Measures {
        months,
        median_days: median(facts.lives.iter().map(|(_, a, b)| days_between(*a, *b)).collect()),
        firsts: (facts.firsts.len(), facts.firsts.iter().filter(|(_, _, passed)| *passed).count()),
        by_brand: by_brand.into_iter().map(|(brand, (all, good))| (brand, all, good)).collect(),
        causes,
    }
}

fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 86_400.0
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => values.get(middle).copied(),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    #[test]
    fn months_are_counted_each_by_itself() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let live = |from, to| (Brand::Fronius, at(from), at(to));
        let facts = MeasuredFacts {
            lives: vec![
                live("2026-05-01T00:00:00Z", "2026-05-03T00:00:00Z"),
                live("2026-05-01T00:00:00Z", "2026-05-09T00:00:00Z"),
                live("2026-05-28T00:00:00Z", "2026-06-02T00:00:00Z"),
            ],
            firsts: vec![
                (Brand::Fronius, at("2026-05-02T00:00:00Z"), false),
                (Brand::Enphase, at("2026-05-02T00:00:00Z"), true),
            ],
            failures: vec![
                (Brand::Fronius, Cause::SiteUnknown, at("2026-05-02T00:00:00Z")),
                (Brand::Fronius, Cause::CredentialRejected, at("2026-05-02T00:00:00Z")),
                (Brand::Fronius, Cause::CredentialRejected, at("2026-05-03T00:00:00Z")),
            ],
        };
        let month_of = |at: Timestamp| at.to_zoned(TimeZone::UTC).date().first_of_month();

        let measured = measures(&facts, date(2025, 7, 1), month_of);

        let [.., may, june] = measured.months.as_slice() else { panic!() };
        assert_eq!((may.first, may.lives, may.median_days), (date(2026, 5, 1), 2, Some(5.0)));
        assert_eq!((may.firsts, may.passed), (2, 1));
        assert_eq!((june.lives, june.median_days, june.firsts), (1, Some(5.0), 0));
        assert_eq!(measured.causes[0], (Brand::Fronius, Cause::CredentialRejected, 2));
        assert_eq!(measured.by_brand, [(Brand::Fronius, 1, 0), (Brand::Enphase, 1, 1)]);
    }
}
