use greengrid_app::monitoring::anomalies::{Fired, Parameter, WhatIfOutcome};
use maud::{Markup, html};

use super::views::ScorecardView;
use crate::components::{format, toned_icon};
use crate::urls;

/// What came of trying another value.
#[derive(Debug)]
pub(super) enum Tried {
    /// What would have fired.
    Outcome(Box<WhatIfOutcome>),
    /// It cannot be tried.
    Refused {
        /// With which parameter.
        parameter: String,
        /// Why, in a sentence without its full stop.
        message: String,
    },
}

/// The question what would have fired, and its answer. Missing where nothing
/// can run the rules over history.
pub(super) fn section(view: &ScorecardView<'_>) -> Markup {
    let Some(parameters) = &view.card.parameters else { return html! {} };
    html! {
        section #s-what-if .section.what-if aria-labelledby="h-what-if" {
            div .section__head { h2 #h-what-if { "What would have fired" } }
            p .section__note {
                "Runs the rules over the stored readings of the last " (view.days)
                " days with one number changed. Nothing is raised or kept, and the rules stay as they are."
            }
            (form(view, parameters))
            @match view.tried {
                Some(Tried::Outcome(outcome)) => (answer(outcome)),
                Some(Tried::Refused { message, .. }) => {
                    p #what-if-msg .msg role="alert" { (toned_icon("act", None)) (capital(message)) "." }
                },
                None => {},
            }
        }
    }
}

fn form(view: &ScorecardView<'_>, parameters: &[Parameter]) -> Markup {
    let (chosen, value) = match view.tried {
        Some(Tried::Outcome(outcome)) => (Some(outcome.parameter.name), Some(outcome.tried)),
        Some(Tried::Refused { parameter, .. }) => (Some(parameter.as_str()), None),
        None => (None, None),
    };
    let refused = matches!(view.tried, Some(Tried::Refused { .. }));
    html! {
        form #what-if-form .filters method="get" action=(urls::SCORECARD) data-ignore-morph {
            input type="hidden" name="days" value=(view.days);
            span .pair {
                label for="f-parameter" { "If" }
                select #f-parameter .select name="parameter" {
                    @for parameter in parameters {
                        option value=(parameter.name) selected[chosen == Some(parameter.name)] { (described(parameter)) }
                    }
                }
            }
            span .pair {
                label for="f-value" { "were" }
                input #f-value .input.input--narrow name="value" type="number" step="any" required value=[value]
                    aria-invalid=[refused.then_some("true")] aria-describedby=[refused.then_some("what-if-msg")];
            }
            button .btn type="submit" { "Try" }
        }
    }
}

fn described(parameter: &Parameter) -> String {
    let present = with_unit(parameter.present, parameter.unit);
    format!("{}: {} (now {present})", parameter.kind.name(), parameter.label)
}

fn with_unit(value: f64, unit: &str) -> String {
    if unit.is_empty() { value.to_string() } else { format!("{value}\u{a0}{unit}") }
}

fn answer(outcome: &WhatIfOutcome) -> Markup {
    let parameter = &outcome.parameter;
    let (more, fewer) = (outcome.added.len(), outcome.gone.len());
    html! {
        div #what-if-answer {
            p .lede__sub {
                "With " b { (with_unit(outcome.tried, parameter.unit)) } " instead of "
                (with_unit(parameter.present, parameter.unit)) ", over "
                (format::counted(outcome.sites, "site", "sites")) ": "
                @if more + fewer == 0 { "the same would have fired." }
                @else { b { (more) " more" } " and " b { (fewer) " fewer" } "." }
            }
            @if !outcome.counts.is_empty() { (counts(outcome)) }
            div .case__cols {
                (list("Only with the value tried", &outcome.added))
                (list("No longer with it", &outcome.gone))
            }
        }
    }
}

fn counts(outcome: &WhatIfOutcome) -> Markup {
    html! {
        table .table {
            thead { tr { th scope="col" { "Kind" } th scope="col" .n { "Now" } th scope="col" .n { "With the value tried" } } }
            tbody {
                @for (kind, present, tried) in &outcome.counts {
                    tr { th scope="row" { (kind.name()) } td .n { (format::count((*present).into())) } td .n { (format::count((*tried).into())) } }
                }
            }
        }
    }
}

fn list(title: &str, fired: &[Fired]) -> Markup {
    html! {
        div {
            h3 { (title) }
            @if fired.is_empty() { p .dim { "None." } }
            @else {
                ul .notes {
                    @for one in fired {
                        li {
                            span {
                                a href={ (urls::site(&one.site.code)) "?day=" (one.day) "&days=3" } { (one.site.details.name.as_str()) }
                                small { (one.kind.name()) ", " (format::short_day(one.day)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", chars.as_str())
}
