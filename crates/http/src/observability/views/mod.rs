mod burst;
mod follow;
mod now;
mod panels;
mod trace;

use greengrid_app::fleet::FleetSnapshot;
use maud::{Markup, html};

pub(super) use follow::{followed, reading_form, verdict};
pub(super) use now::Now;
pub(super) use panels::panels;
pub(super) use trace::trace;

use super::follow::Way;
use super::handlers::Problem;
use crate::components::icon;
use crate::urls;

/// What the page shows.
pub(super) struct SystemPage<'a> {
    pub(super) now: &'a Now<'a>,
    /// The reading that is followed.
    pub(super) way: Option<&'a Way>,
    pub(super) problem: &'a Problem,
    /// The sites of which the reader may send a reading.
    pub(super) fleet: Option<&'a FleetSnapshot>,
}

/// The page: how the program does, its signals, something to follow, a burst.
pub(super) fn system(page: &SystemPage<'_>) -> Markup {
    let now = page.now;
    html! {
        (panels::lede(now))
        form .filters.system__filter action=(urls::SYSTEM) role="search" aria-label="Signals" {
            label .sr for="signals" { "Only signals that tell" }
            input #signals .input type="search" name="q" value=[now.filter] placeholder="Only what tells, such as /chat or insert";
            button .btn type="submit" { (icon("filter")) " Filter" }
            @if now.filter.is_some() { a href=(urls::SYSTEM) { "Show all" } }
        }
        (panels::logs(now))
        (follow::section(page))
        (burst::burst())
    }
}
