use greengrid_app::monitoring::{AnomalyRecord, OverviewRow};
use maud::{Markup, html};

use crate::components::{case, icon};
use crate::monitoring::rule;
use crate::urls;

/// The evidence of a row's anomaly, folded. Opened it asks for its chart, which
/// streams leave alone; without scripts a link leads to it.
pub(super) fn drawer(row: &OverviewRow, record: &AnomalyRecord) -> Markup {
    let code = &row.site.code;
    let ask = format!("el.open && @get('{}')", urls::evidence(code, record.id));
    html! {
        details .drawer id={ "drawer-" (row.site.id) } data-preserve-attr="open" data-on:toggle=(ask) {
            summary { "Evidence" span .sr { ", " (row.site.details.name.as_str()) } (icon("down")) }
            div .drawer__in {
                div id={ "box-" (record.id) } data-ignore-morph { (case::drawer_place(code, record.id)) }
                div {
                    p .drawer__rule { b { (record.kind.name()) ", " (record.confidence.words()) ". " } (rule(record.kind)) }
                    (case::numbers(record))
                    p { a href=(urls::anomaly(code, record.id)) { "Case with its history" } }
                }
            }
        }
    }
}
