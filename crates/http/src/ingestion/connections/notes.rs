use greengrid_domain::ingestion::Cause;
use jiff::Timestamp;
use maud::{Markup, html};

use super::model::{Model, Row};
use crate::components::{format, pill};

/// What is wrong, with what the row itself knows of it.
pub(super) fn why(row: &Row, cause: Cause, model: &Model) -> Markup {
    let moment = |at| format::moment(at, model.clock.now, &model.clock.zone);
    html! {
        @match (cause, row.newest) {
            (Cause::NoFreshData, Some(at)) => {
                "Connected, no data since " (moment(at)) ": check the internet at the site."
            },
            _ => (format::sentence(cause.words())),
        }
        @if matches!(cause, Cause::QuotaSpent | Cause::RateLimited) && row.by.is_some() {
            " Retry at " (moment(row.next_run)) "."
        }
    }
}

/// That an approval ends, or has ended.
pub(super) fn approve_again(ends: Timestamp, model: &Model) -> Markup {
    let day = format::short_day(model.clock.zone.day(ends));
    html! {
        div .remark {
            @if ends <= model.clock.now { (pill::pill("act", "Ended", false)) }
            @else { (pill::pill("watch", "Ends", false)) }
            " Owner must re-approve by " (day) ": send the link."
        }
    }
}
