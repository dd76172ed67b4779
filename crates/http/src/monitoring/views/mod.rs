//! The morning overview.

mod aside;
mod causes;
mod drawer;
mod filters;
mod incidents;
mod lede;
mod ledger;
mod row;
#[cfg(test)]
mod tests;
mod vendors;
mod watch;

use greengrid_app::monitoring::reports::LookBack;
use greengrid_app::monitoring::{Overview, OverviewQuery};
use jiff::civil::DateTime;
use maud::{Markup, html};

use super::{dto, past};
use crate::components::{format, layout};
use crate::ingestion::connections::Trouble;

/// What the overview shows and how it was asked for.
pub(crate) struct OverviewPage<'a> {
    /// What there is.
    pub(crate) overview: &'a Overview,
    /// What was asked for.
    pub(crate) query: &'a OverviewQuery,
    /// What of the address made no sense.
    pub(crate) ignored: &'a [String],
    /// Vendors whose readings do not come as they should.
    pub(crate) vendors: &'a [Trouble],
    /// Which moments of the past there are.
    pub(crate) look_back: &'a LookBack,
    /// The past moment that it shows, as asked for; the present unless given.
    pub(crate) past: Option<DateTime>,
}

impl OverviewPage<'_> {
    /// The address of an overview of the same moment.
    fn address(&self, query: &OverviewQuery) -> String {
        dto::address_at(query, self.past)
    }
}

/// The region that streams replace. It shows the same to everybody who may
/// see it: who reads it, it does not know.
pub(crate) fn main(page: &OverviewPage<'_>) -> Markup {
    let overview = page.overview;
    layout::main(html! {
        @if page.past.is_some() { (past::banner(overview.as_of, &overview.zone)) }
        (lede::lede(page))
        (vendors::vendors(page))
        (past::chooser(page.look_back, &overview.zone, page.past))
        div .cols {
            section #s-att .section aria-labelledby="h-att" { (ledger::ledger(page)) }
            div .stack { (aside::aside(overview)) }
        }
        p #printed .printline {
            "Printed from the overview of " (format::long_moment(overview.as_of, &overview.zone)) " ("
            (overview.zone.name()) "). Losses are at each site's own price of energy."
        }
    })
}
