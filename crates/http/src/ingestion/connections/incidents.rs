use greengrid_app::ingestion::connections::{Credential, VendorIncident};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Cause;
use jiff::Timestamp;
use maud::{Markup, html};

use super::model::Model;
use crate::components::{format, pill};

/// A failure of a vendor or of a key, told as one however many sites it strikes.
pub(super) struct Incident {
    brand: Brand,
    /// Name of the key; none where the vendor itself is struck.
    key: Option<String>,
    cause: Cause,
    since: Timestamp,
    next_probe: Timestamp,
    ended: Option<Timestamp>,
    struck: u32,
}

impl Incident {
    pub(super) fn of(incident: &VendorIncident, credentials: &[Credential]) -> Self {
        let key = incident.reach.credential.map(|id| {
            let known = credentials.iter().find(|known| known.id == id);
            known.map_or_else(String::new, |known| known.name.clone())
        });
        Self {
            brand: incident.reach.brand,
            key,
            cause: incident.breaker.cause,
            since: incident.breaker.since,
            next_probe: incident.breaker.probe_at,
            ended: incident.ended,
            struck: incident.struck,
        }
    }
}

/// The incidents that last, and those of the last days.
pub(super) fn incidents(model: &Model) -> Markup {
    html! {
        section #connections-incidents .section .section--apart aria-labelledby="h-incidents" {
            div .section__head {
                h2 #h-incidents { "Disruptions" }
                span .dim { "of a vendor or a key, the last seven days" }
            }
            @if model.incidents.is_empty() {
                div .state { p { "None." } }
            } @else {
                dl .facts { @for incident in &model.incidents { (one(incident, model)) } }
            }
        }
    }
}

fn one(incident: &Incident, model: &Model) -> Markup {
    let moment = |at| {
        html! {
            time datetime=(format::iso(at)) { (format::moment(at, model.clock.now, &model.clock.zone)) }
        }
    };
    html! {
        div {
            dt {
                (incident.brand.name())
                @if let Some(key) = &incident.key { small { "key “" (key) "”" } }
            }
            dd {
                @match incident.ended {
                    None => { (pill::pill("act", "Lasts", false)) },
                    Some(_) => { (pill::pill("ok", "Over", false)) },
                }
                " " (format::sentence(incident.cause.words())) " "
                small {
                    @match incident.ended {
                        None => {
                            "Since " (moment(incident.since)) ". Meanwhile one site alone is asked "
                            @if incident.next_probe <= model.clock.now { "now, " }
                            @else { "at " (moment(incident.next_probe)) ", " }
                            "then all."
                        },
                        Some(ended) => {
                            (moment(incident.since)) " to " (moment(ended)) ", "
                            (format::counted(incident.struck as usize, "site", "sites"))
                            ". What was missed is fetched afterwards."
                        },
                    }
                }
            }
        }
    }
}
