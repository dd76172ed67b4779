use std::collections::{BTreeSet, HashMap};

use greengrid_domain::time::{Interval, SiteZone};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::PgConnection;

/// What of a site decides how its readings add up.
#[derive(Debug, Clone)]
pub(super) struct Counting {
    pub(super) zone: SiteZone,
    pub(super) cadence_s: i32,
    pub(super) region: String,
}

impl Counting {
    /// Quarter hours that a reading speaks for: more than one when they are
    /// further apart.
    fn quarters(&self) -> i64 {
        (i64::from(self.cadence_s) / Interval::SECONDS).max(1)
    }
}

/// How these sites count; those that do not exist are missing.
pub(super) async fn counting(
    connection: &mut PgConnection,
    sites: &[i32],
) -> Result<HashMap<i32, Counting>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, time_zone, cadence_s, region from site where id = any($1::int[])",
        sites,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let zone =
                row.time_zone.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok((row.id, Counting { zone, cadence_s: row.cadence_s.max(1), region: row.region }))
        })
        .collect()
}

/// Neighbouring quarter hours of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) site: i32,
    pub(super) from: Interval,
    /// The first one no longer in it.
    pub(super) to: Interval,
    pub(super) cadence_s: i32,
}

/// A local day of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) site: i32,
    pub(super) date: Date,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// What has to be recomputed.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) runs: Vec<Run>,
    pub(super) days: Vec<Day>,
    /// Regions and days of UTC to be judged anew.
    pub(super) due: BTreeSet<(String, Date)>,
}

impl Scope {
    /// The scope of touched quarter hours, which come as (site, number since
    /// 1970) in order and each once.
    pub(super) fn of(touched: &[(i32, i32)], sites: &HashMap<i32, Counting>) -> Self {
        let mut scope = Self::default();
        for of_site in touched.chunk_by(|a, b| a.0 == b.0) {
            let Some(counting) = sites.get(&of_site[0].0) else { continue };
            let quarters = of_site.iter().map(|(_, quarter)| i64::from(*quarter));
            scope.add(of_site[0].0, counting, quarters.map(|q| (q, q + counting.quarters())));
        }
        scope
    }

    /// The scope of everything a site measured between two instants.
    pub(super) fn span(site: i32, counting: &Counting, first: Timestamp, last: Timestamp) -> Self {
        let mut scope = Self::default();
        let to = Interval::containing(last).index() + counting.quarters();
        scope.add(site, counting, std::iter::once((Interval::containing(first).index(), to)));
        scope
    }

    fn add(&mut self, site: i32, counting: &Counting, spans: impl Iterator<Item = (i64, i64)>) {
        let first = self.runs.len();
        for (from, to) in spans {
            match self.runs[first..].last_mut() {
                Some(run) if from <= run.to.index() => {
                    run.to = run.to.max(Interval::from_index(to));
                }
                _ => self.runs.push(Run {
                    site,
                    from: Interval::from_index(from),
                    to: Interval::from_index(to),
                    cadence_s: counting.cadence_s,
                }),
            }
        }
        let mut reached = Timestamp::MIN;
        for run in &self.runs[first..] {
            let mut at = run.from.start();
            while at < run.to.start() {
                if at >= reached {
                    let day = counting.zone.day(at);
                    let (from, to) = (counting.zone.start_of(day), counting.zone.end_of(day));
                    self.days.push(Day { site, date: day, from, to });
                    reached = to;
                }
                at = reached.max(run.from.start());
            }
            let utc = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
            let last = utc(run.to.start() - jiff::SignedDuration::from_secs(1));
            let days = utc(run.from.start()).series(jiff::Span::new().days(1));
            let days = days.take_while(|day| *day <= last);
            self.due.extend(days.map(|day| (counting.region.clone(), day)));
        }
    }

    /// All quarter hours in it.
    pub(super) fn intervals(&self) -> impl Iterator<Item = (i32, Interval)> {
        self.runs.iter().flat_map(|run| run.from.until(run.to).map(|interval| (run.site, interval)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(zone: &str, cadence_s: i32) -> Counting {
        Counting { zone: zone.parse().unwrap(), cadence_s, region: "north".to_owned() }
    }

    fn quarter(at: &str) -> i32 {
        i32::try_from(Interval::containing(at.parse().unwrap()).index()).unwrap()
    }

    fn check(zone: &str, cadence_s: i32, touched: &[&str], runs: &[(&str, &str)], days: &[&str]) {
        let touched: Vec<(i32, i32)> = touched.iter().map(|at| (7, quarter(at))).collect();
        let sites = HashMap::from([(7, counting(zone, cadence_s))]);

        let scope = Scope::of(&touched, &sites);

        let found: Vec<(String, String)> = scope
            .runs
            .iter()
            .map(|run| (run.from.start().to_string(), run.to.start().to_string()))
            .collect();
        let expected: Vec<(String, String)> =
            runs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        assert_eq!(found, expected);
        assert_eq!(scope.days.iter().map(|day| day.date.to_string()).collect::<Vec<_>>(), days);
    }

    #[test]
    fn neighbours_are_one_run_and_days_are_the_sites_own() {
        check(
            "Europe/Berlin",
            300,
            &["2026-06-12T21:30:00Z", "2026-06-12T21:45:00Z", "2026-06-12T22:00:00Z"],
            &[("2026-06-12T21:30:00Z", "2026-06-12T22:15:00Z")],
            &["2026-06-12", "2026-06-13"],
        );
        check(
            "America/Los_Angeles",
            300,
            &["2026-06-12T05:00:00Z", "2026-06-12T08:00:00Z"],
            &[
                ("2026-06-12T05:00:00Z", "2026-06-12T05:15:00Z"),
                ("2026-06-12T08:00:00Z", "2026-06-12T08:15:00Z"),
            ],
            &["2026-06-11", "2026-06-12"],
        );
    }

    #[test]
    fn an_hourly_reading_touches_four_quarter_hours() {
        check(
            "UTC",
            3600,
            &["2026-06-12T10:00:00Z", "2026-06-12T11:00:00Z"],
            &[("2026-06-12T10:00:00Z", "2026-06-12T12:00:00Z")],
            &["2026-06-12"],
        );
    }

    #[test]
    fn a_span_over_the_clock_change_has_every_day_once() {
        let counting = counting("Europe/Berlin", 300);
        let (first, last) =
            ("2026-03-28T12:00:00Z".parse().unwrap(), "2026-03-30T12:00:00Z".parse().unwrap());

        let scope = Scope::span(7, &counting, first, last);

        let hours: Vec<i64> =
            scope.days.iter().map(|day| day.to.duration_since(day.from).as_hours()).collect();
        assert_eq!(hours, [24, 23, 24]);
        assert_eq!(scope.due.len(), 3);
        assert_eq!(scope.intervals().count(), 48 * 4 + 1);
    }
}
