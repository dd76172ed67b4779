use greengrid_app::ingestion::connections::KeptAlarm;
use maud::{Markup, html};

use super::SiteView;
use crate::components::{format, pill, remark};

/// What inverters and their vendor say by themselves. Nothing where they say
/// nothing.
pub(super) fn told(view: &SiteView<'_>) -> Markup {
    let (facts, page) = (view.facts, view.page);
    let zone = &page.site.details.zone;
    if facts.alarms.is_empty() && facts.remarks.is_empty() {
        return html! {};
    }
    html! {
        section #s-v .section aria-labelledby="h-v" {
            div .section__head {
                h2 #h-v { "Told by its vendor" }
                @let open = facts.alarms.iter().filter(|alarm| alarm.until.is_none()).count();
                @if open > 0 { span .dim { (format::counted(open, "open alarm", "open alarms")) } }
            }
            @if !facts.alarms.is_empty() {
                h3 { "The inverter’s own alarms" }
                @for alarm in &facts.alarms { (row(view, alarm)) }
            }
            @for kept in &facts.remarks { (remark::line(kept, page.as_of, zone)) }
        }
    }
}

fn row(view: &SiteView<'_>, alarm: &KeptAlarm) -> Markup {
    let zone = &view.page.site.details.zone;
    let moment = |at| format::moment(at, view.page.as_of, zone);
    html! {
        div .remark {
            @match alarm.until {
                None => (pill::pill("act", "Open", false)),
                Some(_) => (pill::pill("none", "Over", false)),
            }
            " " (format::sentence(&alarm.kind))
            small {
                @if let Some(device) = &alarm.device { (device) ", " }
                "since " (moment(alarm.since))
                @if let Some(until) = alarm.until.filter(|until| *until > alarm.since) {
                    ", over " (moment(until))
                }
            }
        }
    }
}

/// The newest open alarm, as evidence.
pub(super) fn newest_open(view: &SiteView<'_>) -> Option<String> {
    let open = view.facts.alarms.iter().find(|alarm| alarm.until.is_none())?;
    Some(format::sentence(&open.kind))
}
