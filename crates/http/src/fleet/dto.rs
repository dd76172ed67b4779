use greengrid_app::monitoring::{SiteSort, SitesQuery};
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::monitoring::AnomalyId;
use jiff::Span;
use jiff::civil::Date;
use uuid::Uuid;

use crate::query::{Address, Asked};
use crate::urls;

/// Days that a curve may span at most.
pub(crate) const MOST_DAYS: i32 = 31;
/// Days that an export may span at most.
const MOST_EXPORTED: i32 = 366;

/// Reads what the list of sites is asked for, and what of it made no sense.
pub(crate) fn read_sites(query: &str) -> (SitesQuery, Vec<String>) {
    let mut asked = Asked::read(query);
    let query = SitesQuery {
        status: asked.parse("status"),
        region: asked.parse("region"),
        brand: asked.parse("brand"),
        text: asked.text("q"),
        sort: asked.parse("sort").unwrap_or_default(),
        descending: asked.parse("descending").unwrap_or_default(),
        page: asked.parse("page").unwrap_or_default(),
    };
    (query, asked.ignored)
}

/// The address of a list of sites.
pub(super) fn sites_address(query: &SitesQuery) -> String {
    write_sites(query, Address::new(urls::SITES)).finish()
}

/// Adds what a list of sites is asked for to an address.
pub(crate) fn write_sites(query: &SitesQuery, to: Address) -> Address {
    to.with("status", query.status)
        .with("region", query.region.as_ref())
        .with("brand", query.brand)
        .with("q", query.text.as_ref())
        .with("sort", (query.sort != SiteSort::default()).then_some(query.sort))
        .with("descending", query.descending.then_some(true))
        .with("page", (query.page > 1).then_some(query.page))
}

/// Local days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    /// The first.
    pub(super) from: Date,
    /// The last.
    pub(super) to: Date,
}

impl Days {
    /// So many days that end with one.
    pub(super) fn ending(to: Date, days: i32) -> Self {
        Self { from: to.saturating_sub(Span::new().days(days - 1)), to }
    }

    /// How many they are.
    pub(super) fn count(self) -> i32 {
        self.to.since(self.from).map_or(1, |span| span.get_days()) + 1
    }

    /// As many days, later by their own number (earlier when negative).
    pub(super) fn moved(self, by: i32) -> Self {
        let step = Span::new().days(self.count() * by);
        Self { from: self.from.saturating_add(step), to: self.to.saturating_add(step) }
    }
}

/// Which days of a site are asked for: today's unless others are given.
pub(super) fn read_days(query: &str, today: Date) -> (Days, Vec<String>) {
    days_up_to(query, today, MOST_DAYS)
}

/// The anomaly whose case is asked for; what is no key counts as not given.
pub(super) fn read_anomaly(query: &str) -> Option<AnomalyId> {
    Asked::read(query).parse::<Uuid>("anomaly").map(Into::into)
}

/// Which days of readings are exported: today's unless others are given.
pub(super) fn read_export(query: &str, today: Date) -> (Days, Vec<String>) {
    days_up_to(query, today, MOST_EXPORTED)
}

/// The last day is `day` or `to`; the first is `from`, or `days` before it.
/// What lies beyond the bounds is cut off, and told.
fn days_up_to(query: &str, today: Date, most: i32) -> (Days, Vec<String>) {
    let mut asked = Asked::read(query);
    let to = asked.parse("to").or_else(|| asked.parse("day")).unwrap_or(today);
    let length = asked.parse::<i32>("days").unwrap_or(1).clamp(1, most);
    let from = asked.parse("from").unwrap_or_else(|| Days::ending(to, length).from);
    let days = if from > to { Days { from: to, to: from } } else { Days { from, to } };
    if days.count() > most {
        asked.ignored.push(format!("At most {most} days fit, so the first ones were left out."));
        return (Days::ending(days.to, most), asked.ignored);
    }
    (days, asked.ignored)
}

/// The address of a site's page that shows these days.
pub(super) fn site_address(code: &SiteCode, days: Days, today: Date) -> String {
    let count = days.count();
    Address::new(urls::site(code))
        .with("day", (days.to != today).then_some(days.to))
        .with("days", (count != 1).then_some(count))
        .finish()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 6, 12);

    fn check(query: &str, from: Date, to: Date, ignored: usize) {
        let (days, told) = read_days(query, TODAY);
        assert_eq!((days, told.len()), (Days { from, to }, ignored), "{query}");
    }

    #[test]
    fn days_are_read_with_good_will() {
        check("", TODAY, TODAY, 0);
        check("day=2026-06-10", date(2026, 6, 10), date(2026, 6, 10), 0);
        check("days=3", date(2026, 6, 10), TODAY, 0);
        check("day=2026-06-10&days=14", date(2026, 5, 28), date(2026, 6, 10), 0);
        check("from=2026-06-01&to=2026-06-03", date(2026, 6, 1), date(2026, 6, 3), 0);
        check("from=2026-06-03&to=2026-06-01", date(2026, 6, 1), date(2026, 6, 3), 0);
        check("from=2020-01-01", date(2026, 5, 13), TODAY, 1);
        check("day=yesterday", TODAY, TODAY, 1);
        check("days=-4", TODAY, TODAY, 0);
    }

    #[test]
    fn the_days_before_are_as_many() {
        let days = Days::ending(TODAY, 3);

        assert_eq!(days.moved(-1), Days { from: date(2026, 6, 7), to: date(2026, 6, 9) });
        assert_eq!(days.moved(-1).moved(1), days);
    }

    #[test]
    fn a_list_survives_its_address() {
        let (query, ignored) = read_sites("status=no_data&q=mill&sort=name&descending=true&page=3");

        assert_eq!(ignored, Vec::<String>::new());
        assert_eq!(
            sites_address(&query),
            "/sites?status=no_data&q=mill&sort=name&descending=true&page=3"
        );
    }

    #[test]
    fn a_page_that_is_no_number_is_the_first() {
        let (query, ignored) = read_sites("page=-1&status=fine");

        assert_eq!(query, SitesQuery::default());
        assert_eq!(ignored.len(), 2);
    }
}
