use greengrid_domain::customer::{
    Assumptions, Carbon, GridFactor, HistorySpan, Period, Promise, SiteRole, Worth,
};
use greengrid_domain::units::Energy;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::monitoring::{OverviewRow, SiteCurve};

/// Which part of a site's history is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct HistoryQuery {
    /// How much at once.
    pub span: HistorySpan,
    /// A day in it; today unless given.
    pub at: Option<Date>,
}

/// What is wrong with a site, as its owner is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What, in a sentence.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// What is being done, in a sentence.
    pub doing: String,
    /// The first name of whoever has it; `None` while nobody has.
    pub who: Option<String>,
    /// By when.
    pub promise: Promise,
    /// What is lost on a day like the last one; `None` when it is unknown or
    /// nothing.
    pub lost_per_day: Option<Energy>,
    /// Whether the site may well be working, and only cannot be seen.
    pub only_unseen: bool,
}

/// One of a person's sites.
#[derive(Debug, Clone)]
pub struct OwnSite {
    /// The moment it shows.
    pub as_of: Timestamp,
    /// The site with where it stands.
    pub row: OverviewRow,
    /// What the person is to it.
    pub role: SiteRole,
    /// What is wrong with it.
    pub trouble: Option<Trouble>,
}

/// What a site made since some day, and its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// All of it.
    pub made: Energy,
    /// Its days or months, those to come included; `None` without readings.
    pub parts: Vec<Option<Energy>>,
}

/// What a site made up to now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// The week from Monday, by days.
    pub week: Sum,
    /// The calendar month, by days.
    pub month: Sum,
    /// The calendar year, by months.
    pub year: Sum,
}

/// Where a part of a history begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketStart {
    /// An hour, by its first instant.
    Hour(Timestamp),
    /// A local day.
    Day(Date),
    /// A calendar month, by its first day.
    Month(Date),
    /// A calendar year.
    Year(i16),
}

/// A part of a history: an hour, a day, a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Where it begins.
    pub start: BucketStart,
    /// What was made; `None` without readings.
    pub made: Option<Energy>,
    /// What was made a year before; `None` without readings.
    pub year_before: Option<Energy>,
    /// How many of its past days have no readings, where that leaves it
    /// incomplete.
    pub missing_days: i32,
    /// Whether it is still to come or goes on.
    pub open: bool,
}

/// A stretch of history beside the same stretch a year before: only days that
/// are over and have readings in both count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// How many days they are.
    pub days: i32,
    /// What was made on them.
    pub made: Energy,
    /// What was made on the same days a year before.
    pub year_before: Energy,
}

/// A stretch of a site's history.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Which stretch.
    pub period: Period,
    /// Its parts, in order.
    pub buckets: Vec<Bucket>,
    /// What was made in it.
    pub made: Energy,
    /// Beside last year; `None` when no day can be compared.
    pub comparison: Option<Comparison>,
    /// First day with readings.
    pub first: Option<Date>,
    /// The present local day.
    pub today: Date,
}

/// What a site's energy was worth over a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorthOverTime {
    /// What was made.
    pub made: Energy,
    /// What that was worth.
    pub worth: Worth,
}

/// Everything on the page of one's own site.
#[derive(Debug, Clone)]
pub struct OwnSitePage {
    /// The site with where it stands.
    pub site: OwnSite,
    /// Today's curve.
    pub today: SiteCurve,
    /// What it made up to now.
    pub sums: Sums,
    /// The stretch of history asked for.
    pub history: History,
    /// The prices, and the share of own use where no meter counts it.
    pub assumptions: Assumptions,
    /// Worth since midnight.
    pub worth_today: WorthOverTime,
    /// Worth since the first of January.
    pub this_year: WorthOverTime,
    /// Worth since the first reading.
    pub lifetime: WorthOverTime,
    /// What a kilowatt-hour of the grid around it emits.
    pub grid: GridFactor,
    /// What it has kept out of the air today, this year, and since the first
    /// reading.
    pub avoided: [Carbon; 3],
}
