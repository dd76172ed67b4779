//! The page of one site for operations and customer success.

mod actions;
mod cases;
mod chart;
mod devices;
mod facts;
mod lede;
mod planned;
mod readings;
#[cfg(test)]
mod tests;
mod vendor;

use greengrid_app::ingestion::connections::SiteFacts;
use greengrid_app::monitoring::{ReadingRecord, SiteCurve, SitePage};
use jiff::civil::Date;
use maud::{Markup, html};

pub(super) use cases::Cases;

use super::dto::Days;
use crate::components::layout;

/// Readings that the page itself shows; all are in the file.
pub(super) const SHOWN_READINGS: i64 = 300;

/// What the page shows and how it was asked for.
pub(super) struct SiteView<'a> {
    pub(super) page: &'a SitePage,
    pub(super) curve: &'a SiteCurve,
    /// Of the last day, newest first.
    pub(super) readings: &'a [ReadingRecord],
    pub(super) cases: &'a Cases,
    /// What its vendor tells beside readings.
    pub(super) facts: &'a SiteFacts,
    pub(super) days: Days,
    /// Whether the reader may take sites.
    pub(super) may_take: bool,
    pub(super) ignored: &'a [String],
}

impl SiteView<'_> {
    /// The local day at the site.
    pub(super) fn today(&self) -> Date {
        self.page.site.details.zone.day(self.page.as_of)
    }
}

/// The region that streams replace.
pub(super) fn main(view: &SiteView<'_>) -> Markup {
    layout::main(html! {
        (lede::lede(view))
        div .cols {
            div .stack {
                (chart::chart(view))
                (cases::cases(view))
                (devices::devices(view))
                (readings::readings(view))
            }
            div .stack {
                (facts::evidence(view))
                (vendor::told(view))
                (facts::last_days(view))
                (planned::planned(view))
                (facts::site(view))
                (planned::missing(view))
                (readings::export(view))
            }
        }
    })
}
