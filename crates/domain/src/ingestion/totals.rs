use crate::units::Energy;

/// Sums of a site's production as its vendor tells them, beside the readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Since the site exists.
    pub lifetime: Option<Energy>,
    /// Since the year began.
    pub year: Option<Energy>,
    /// Since midnight at the site.
    pub today: Option<Energy>,
}

/// Vendors round their sums, and bring them up to date one after the other.
const ROUNDED_WH: i64 = 1_000;

impl Totals {
    /// Whether a part is greater than the whole. Nothing is counted by these
    /// sums, so nothing is wrong but the sums.
    #[must_use]
    pub fn disagree(&self) -> bool {
        let greater = |part: Option<Energy>, whole: Option<Energy>| {
            part.zip(whole).is_some_and(|(part, whole)| part.wh() > whole.wh() + ROUNDED_WH)
        };
        greater(self.year, self.lifetime)
            || greater(self.today, self.lifetime)
            || greater(self.today, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lifetime: Option<i64>, year: Option<i64>, today: Option<i64>, disagree: bool) {
        let energy = |kwh: Option<i64>| kwh.map(|kwh| Energy::from_wh(kwh * 1_000));
        let totals =
            Totals { lifetime: energy(lifetime), year: energy(year), today: energy(today) };
        assert_eq!(totals.disagree(), disagree, "{totals:?}");
    }

    #[test]
    fn a_part_is_no_greater_than_the_whole() {
        check(Some(50_000), Some(4_000), Some(20), false);
        check(Some(3_900), Some(4_000), Some(20), true);
        check(Some(0), None, Some(20), true);
        check(None, Some(10), Some(20), true);
        // A new site: all of it is today's, and one sum lags behind.
        check(Some(20), Some(20), Some(21), false);
        check(None, None, Some(20), false);
        check(None, None, None, false);
    }
}
