use greengrid_app::fleet::FleetSnapshot;
use greengrid_domain::fleet::Brand;
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::monitoring::alert::{Inhibition, InhibitionId, Label, Matcher, Severity};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::dto::{Errors, Typed};
use super::form::message;
use crate::components::icon;
use crate::components::select::{option, select};
use crate::urls;

/// Says which form of the page was sent.
pub(super) const FORM: &str = "inhibition";

/// What keeps what quiet.
pub(super) fn list(inhibitions: &[Inhibition]) -> Markup {
    html! {
        section #alerts-inhibitions .section.section--apart aria-labelledby="h-inhibitions" {
            div .section__head { h2 #h-inhibitions { "Inhibitions" } span .dim { "what keeps what quiet while it lasts" } }
            p .measure.dim { "An incident keeps its own anomalies quiet anyway: they are one line of a message." }
            @if inhibitions.is_empty() {
                div .state { p { "Nothing else keeps anything quiet." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Inhibitions, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "While this lasts" } th scope="col" { "This is not told" }
                            th scope="col" { "If it has the same" } th scope="col" { "Why" }
                            th scope="col" { span .sr { "Actions" } }
                        } }
                        tbody { @for inhibition in inhibitions { (row(inhibition)) } }
                    }
                }
            }
        }
    }
}

fn row(inhibition: &Inhibition) -> Markup {
    let equal: Vec<&str> = inhibition.equal.iter().map(|label| label.name()).collect();
    html! {
        tr {
            th scope="row" { a href=(urls::inhibition(inhibition.id)) { (matcher(&inhibition.source)) } }
            td data-label="Not told:" { (matcher(&inhibition.target)) }
            td data-label="Same" { (equal.join(", ")) }
            td { (inhibition.why.as_str()) }
            td .n {
                form method="post" action=(urls::end_inhibition(inhibition.id)) {
                    button .btn.btn--small.btn--quiet type="submit" { (icon("x")) "Remove" span .sr { ": " (inhibition.why.as_str()) } }
                }
            }
        }
    }
}

/// What an anomaly has to be like, in words.
fn matcher(matcher: &Matcher) -> String {
    let words: Vec<String> = [
        matcher.kind.map(|kind| kind.name().to_owned()),
        matcher.severity.map(|severity| severity.name().to_lowercase()),
        matcher.region.as_ref().map(ToString::to_string),
        matcher.brand.map(|brand| brand.name().to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if words.is_empty() { "Anything".to_owned() } else { words.join(" · ") }
}

/// The form of a new inhibition, with what was typed and what is wrong with it.
pub(super) fn fresh(typed: &Typed, errors: &Errors, fleet: &FleetSnapshot) -> Markup {
    let sent = typed.get("form") == FORM;
    let (start, none) = (Typed::fresh_inhibition(), Errors::new());
    let (typed, errors) = if sent { (typed, errors) } else { (&start, &none) };
    html! {
        details open[sent] {
            summary .btn { (icon("lock")) "Let one keep others quiet" }
            (form(typed, errors, fleet, urls::INHIBITIONS, "Keep quiet"))
        }
    }
}

/// The page on which an inhibition is changed.
pub(super) fn page(
    id: InhibitionId,
    typed: &Typed,
    errors: &Errors,
    fleet: &FleetSnapshot,
) -> Markup {
    html! {
        div .lede {
            p .lede__date { a href=(urls::ALERTS) { "Alerts" } }
            div {
                h1 { strong { "Change an inhibition" } }
                p .lede__sub { "What it kept quiet is looked at anew." }
            }
        }
        (form(typed, errors, fleet, &urls::inhibition(id), "Save"))
    }
}

fn form(
    typed: &Typed,
    errors: &Errors,
    fleet: &FleetSnapshot,
    action: &str,
    submit: &str,
) -> Markup {
    let chosen = |label: Label| typed.all("equal").any(|it| it == <&str>::from(label));
    let wrong = |field: &str| errors.contains_key(field).then_some("error");
    html! {
        form .form method="post" action=(action) {
            input type="hidden" name="form" value=(FORM);
            (side("source", "While such an anomaly lasts", typed, errors, fleet))
            (side("target", "No rule tells of such", typed, errors, fleet))
            fieldset .field data-state=[wrong("equal")] {
                legend { "That have the same" }
                div .choice {
                    @for label in Label::iter() {
                        label {
                            input type="checkbox" name="equal" value=(label) checked[chosen(label)];
                            (label.name())
                        }
                    }
                }
                (message(errors, "equal"))
            }
            div .field data-state=[wrong("i_why")] {
                label for="i-why" { "Why" }
                input #i-why .input type="text" name="i_why" maxlength="200" required value=(typed.get("i_why"))
                    aria-invalid=[wrong("i_why").map(|_| "true")] aria-describedby=[wrong("i_why").map(|_| "m-i_why")];
                (message(errors, "i_why"))
            }
            div .formfoot {
                button .btn type="submit" { (submit) }
                a .btn.btn--quiet href=(urls::ALERTS) { "Cancel" }
            }
        }
    }
}

/// One side of an inhibition.
fn side(name: &str, legend: &str, typed: &Typed, errors: &Errors, fleet: &FleetSnapshot) -> Markup {
    let field = |part: &str| format!("{name}_{part}");
    let chosen = |part: &str, value: &str| typed.get(&field(part)) == value;
    let parts = ["kind", "severity", "region", "brand"].map(field);
    let wrong = parts.iter().any(|part| errors.contains_key(part.as_str()));
    html! {
        fieldset .field data-state=[wrong.then_some("error")] {
            legend { (legend) }
            div .filters {
                (select("Kind", &field("kind"), html! {
                    (option("", "Any", chosen("kind", "")))
                    @for kind in AnomalyKind::iter() { (option(kind.into(), kind.name(), chosen("kind", kind.into()))) }
                }))
                (select("Urgency", &field("severity"), html! {
                    (option("", "Any", chosen("severity", "")))
                    @for severity in Severity::iter().skip(1) { (option(severity.into(), severity.name(), chosen("severity", severity.into()))) }
                }))
                (select("Region", &field("region"), html! {
                    (option("", "All", chosen("region", "")))
                    @for region in fleet.regions() { (option(region.code.as_str(), &region.name, chosen("region", region.code.as_str()))) }
                }))
                (select("Brand", &field("brand"), html! {
                    (option("", "All", chosen("brand", "")))
                    @for brand in Brand::iter() { (option(brand.into(), brand.name(), chosen("brand", brand.into()))) }
                }))
            }
            @for part in &parts { (message(errors, part)) }
        }
    }
}
