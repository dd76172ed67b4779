use greengrid_app::ingestion::broker::BrokerStanding;
use greengrid_app::ingestion::canary::ContractReport;
use maud::{Markup, html};

use super::model::Model;
use crate::components::{format, pill};

/// What vendors answer otherwise than they are known to, before it breaks
/// something.
pub(super) fn contracts(model: &Model) -> Markup {
    let changed: Vec<&ContractReport> =
        model.contracts.iter().filter(|report| !report.differences.is_empty()).collect();
    let checked = model.contracts.iter().map(|report| report.checked_at).max();
    let moment = |at| format::moment(at, model.clock.now, &model.clock.zone);
    html! {
        section #connections-contracts .section .section--apart aria-labelledby="h-contracts" {
            div .section__head {
                h2 #h-contracts { "What vendors answer" }
                span .dim { "compared once a day with what we know" }
            }
            @if changed.is_empty() {
                div .state { p {
                    @match checked {
                        Some(at) => {
                            "As we know it: " (format::counted(
                                model.contracts.len(), "kind of answer", "kinds of answers"))
                            ", last compared " (moment(at)) "."
                        },
                        None => "Nothing was compared yet.",
                    }
                } }
            } @else {
                p { "Engineering looks at it; readings go on unless it says otherwise above." }
                dl .facts {
                    @for report in changed {
                        div {
                            dt { (report.brand.name()) " · " small { (report.call) } }
                            dd {
                                @for difference in &report.differences {
                                    div { (format::sentence(difference)) }
                                }
                                @if let Some(since) = report.since {
                                    small { "Since " (moment(since)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How the broker does whose messages are readings. Where there is none, its
/// place is kept for the stream.
pub(super) fn broker(model: &Model) -> Markup {
    let Some(broker) = &model.broker else {
        return html! { section #connections-broker hidden {} };
    };
    let moment = |at| format::moment(at, model.clock.now, &model.clock.zone);
    html! {
        section #connections-broker .section .section--apart aria-labelledby="h-broker" {
            div .section__head { h2 #h-broker { "The broker of MQTT" } }
            dl .facts {
                div {
                    dt { (if broker.connected { "Connected" } else { "Not connected" }) }
                    dd {
                        @if broker.connected { (pill::pill("ok", "Healthy", false)) }
                        @else { (pill::pill("act", "Down", false)) }
                        " since " (moment(broker.since))
                        (said(broker))
                    }
                }
                div {
                    dt { "Last message" }
                    dd { @match broker.heard_at { Some(at) => (moment(at)), None => "none yet" } }
                }
            }
        }
    }
}

fn said(broker: &BrokerStanding) -> Markup {
    html! {
        @if let Some(said) = &broker.said {
            " " small { (format::sentence(said)) " It is tried again by itself; an admin looks after it." }
        }
    }
}
