use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// How much of its history a page shows at once.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum HistorySpan {
    /// A local day by its hours.
    Day,
    /// Monday to Sunday by days.
    Week,
    /// A calendar month by days.
    #[default]
    Month,
    /// A calendar year by months.
    Year,
    /// Everything there is, by years.
    Lifetime,
}

impl HistorySpan {
    /// The span in a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "Day",
            Self::Week => "Week",
            Self::Month => "Month",
            Self::Year => "Year",
            Self::Lifetime => "Lifetime",
        }
    }
}

/// A stretch of whole local days of a site, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// What kind of stretch.
    pub span: HistorySpan,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
}

impl Period {
    /// The stretch that holds a day. A lifetime runs from `first`, the first
    /// day with readings, to that day, in whole years.
    #[must_use]
    pub fn containing(span: HistorySpan, day: Date, first: Date) -> Self {
        let (from, to) = match span {
            HistorySpan::Day => (day, day),
            HistorySpan::Week => {
                let back = day.weekday().since(Weekday::Monday);
                let monday = day.saturating_sub(Span::new().days(back));
                (monday, monday.saturating_add(6.days()))
            }
            HistorySpan::Month => (day.first_of_month(), day.last_of_month()),
            HistorySpan::Year => (day.first_of_year(), day.last_of_year()),
            HistorySpan::Lifetime => (first.min(day).first_of_year(), day.last_of_year()),
        };
        Self { span, from, to }
    }

    /// The stretch before it; none before a lifetime.
    #[must_use]
    pub fn earlier(self) -> Option<Self> {
        (self.span != HistorySpan::Lifetime)
            .then(|| Self::containing(self.span, self.from.saturating_sub(1.day()), self.from))
    }

    /// The stretch after it; none after a lifetime.
    #[must_use]
    pub fn later(self) -> Option<Self> {
        (self.span != HistorySpan::Lifetime)
            .then(|| Self::containing(self.span, self.to.saturating_add(1.day()), self.to))
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn holds(self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// Its days.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.from.series(1.day()).take_while(move |day| *day <= self.to)
    }

    /// How many days it has.
    #[must_use]
    pub fn length(self) -> i32 {
        self.to.since(self.from).map_or(1, |span| span.get_days() + 1)
    }

    /// The day a year earlier with which a day is compared: a week's with the
    /// same weekday 52 weeks before, every other with the same date. The 29th
    /// of February has none.
    #[must_use]
    pub fn year_before(self, day: Date) -> Option<Date> {
        match self.span {
            HistorySpan::Week => day.checked_sub(52.weeks()).ok(),
            HistorySpan::Lifetime => None,
            _ => Date::new(day.year().checked_sub(1)?, day.month(), day.day()).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use strum::IntoEnumIterator;

    fn check(span: HistorySpan, day: Date, from: Date, to: Date) {
        let period = Period::containing(span, day, date(2024, 5, 7));
        assert_eq!((period.from, period.to), (from, to), "{span} of {day}");
    }

    #[test]
    fn stretches_are_those_of_the_calendar() {
        let day = date(2026, 6, 12);
        check(HistorySpan::Day, day, day, day);
        check(HistorySpan::Week, day, date(2026, 6, 8), date(2026, 6, 14));
        check(HistorySpan::Week, date(2026, 6, 8), date(2026, 6, 8), date(2026, 6, 14));
        check(HistorySpan::Month, date(2024, 2, 3), date(2024, 2, 1), date(2024, 2, 29));
        check(HistorySpan::Year, day, date(2026, 1, 1), date(2026, 12, 31));
        check(HistorySpan::Lifetime, day, date(2024, 1, 1), date(2026, 12, 31));
    }

    #[test]
    fn a_week_is_compared_by_weekday_and_a_leap_day_with_nothing() {
        let week = Period::containing(HistorySpan::Week, date(2026, 6, 12), Date::MIN);
        let month = Period::containing(HistorySpan::Month, date(2024, 2, 29), Date::MIN);

        assert_eq!(week.year_before(date(2026, 6, 8)), Some(date(2025, 6, 9)));
        assert_eq!(month.year_before(date(2024, 2, 28)), Some(date(2023, 2, 28)));
        assert_eq!(month.year_before(date(2024, 2, 29)), None);
    }

    proptest! {
        #[test]
        fn neighbours_touch_and_lead_back(days in 0i32..40_000) {
            let day = date(1990, 1, 1).saturating_add(days.days());
            for span in HistorySpan::iter().filter(|span| *span != HistorySpan::Lifetime) {
                let period = Period::containing(span, day, day);
                let later = period.later().unwrap();
                prop_assert!(period.holds(day));
                prop_assert_eq!(later.from, period.to.saturating_add(1.day()));
                prop_assert_eq!(later.earlier(), Some(period));
                prop_assert_eq!(period.days().count(), usize::try_from(period.length()).unwrap());
            }
        }
    }
}
