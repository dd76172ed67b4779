use greengrid_app::ingestion::connections::KeptRemark;
use greengrid_domain::ingestion::Remark;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{format, pill};

/// A remark about a connection as a sentence, with the day where it matters.
pub(crate) fn sentence(kept: &KeptRemark, zone: &SiteZone) -> String {
    if kept.remark == Remark::InverterReplaced {
        let day = format::short_day(zone.day(kept.happened_at));
        return format!("Inverter replaced on {day}; history joined.");
    }
    format::sentence(kept.remark.words())
}

/// The same beside its shape, with what it is about and since when.
pub(crate) fn line(kept: &KeptRemark, now: Timestamp, zone: &SiteZone) -> Markup {
    let (tone, word) =
        if kept.remark.is_worth_a_look() { ("watch", "Look") } else { ("none", "Known") };
    html! {
        div .remark {
            (pill::pill(tone, word, false)) " " (sentence(kept, zone))
            small {
                @if !kept.detail.is_empty() { (kept.detail) ", " }
                @if kept.remark == Remark::InverterReplaced { "told by its vendor" }
                @else { "noticed " (format::moment(kept.happened_at, now, zone)) }
            }
        }
    }
}
