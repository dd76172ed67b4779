use greengrid_app::monitoring::what_if::{Answer, Fired, Outcome, Question};
use greengrid_domain::monitoring::rules::Threshold;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::dto::LONGEST_REPLAY;
use super::views::ScorecardView;
use crate::components::{format, toned_icon};
use crate::urls;

/// What came of trying another value.
#[derive(Debug)]
pub(super) enum Tried {
    /// The question was taken, and its answer is so far.
    Asked(Question, Answer),
    /// It cannot be tried: why, in a sentence without its full stop.
    Refused(String),
}

/// The question what would have fired, and its answer.
pub(super) fn section(view: &ScorecardView<'_>) -> Markup {
    let days = view.query.days.min(LONGEST_REPLAY);
    html! {
        section #s-what-if .section .what-if aria-labelledby="h-what-if" {
            div .section__head { h2 #h-what-if { "What would have fired" } }
            p .section__note {
                "Runs the rules over the stored readings of the last " (days)
                " days with one threshold changed, and once more with the usual ones. "
                "Nothing is raised or kept, and the rules stay as they are."
            }
            (form(view))
            div #what-if-answer aria-live="polite" {
                @match view.tried {
                    Some(Tried::Asked(question, answer)) => (so_far(*question, answer)),
                    Some(Tried::Refused(message)) => {
                        p #what-if-msg .msg role="alert" { (toned_icon("act", None)) (capital(message)) "." }
                    },
                    None => {},
                }
            }
        }
    }
}

fn form(view: &ScorecardView<'_>) -> Markup {
    let (chosen, value) = view.query.tried.as_ref().map(|(t, v)| (*t, v)).unzip();
    let refused = matches!(view.tried, Some(Tried::Refused(_)));
    html! {
        form #what-if-form .filters method="get" action={ (urls::SCORECARD) "#s-what-if" } data-ignore-morph {
            input type="hidden" name="days" value=(view.query.days);
            span .pair {
                label for="f-threshold" { "If" }
                select #f-threshold .select name="threshold" {
                    @for threshold in Threshold::iter() {
                        option value=(threshold) selected[chosen == Some(threshold)] { (described(threshold)) }
                    }
                }
            }
            span .pair {
                label for="f-value" { "were" }
                input #f-value .input .input--narrow name="value" inputmode="decimal" autocomplete="off" required value=[value]
                    aria-invalid=[refused.then_some("true")] aria-describedby=[refused.then_some("what-if-msg")];
            }
            button .btn type="submit" { "Try" }
        }
    }
}

fn described(threshold: Threshold) -> String {
    let usual = with_unit(threshold, threshold.usual());
    format!("{}: {} (now {usual})", threshold.kind().name(), threshold.label())
}

fn with_unit(threshold: Threshold, value: f64) -> String {
    format!("{value}\u{a0}{}", threshold.unit().symbol())
}

fn so_far(question: Question, answer: &Answer) -> Markup {
    html! {
        @match answer {
            Answer::Running { done, of } => {
                p .lede__sub { "Working it out: day " (done) " of " (of) "." }
                progress .progress max=(of) value=(done) aria-label="Days done" { (done) " of " (of) }
                // Without scripts there is no stream, so the page asks again.
                noscript { meta http-equiv="refresh" content="3"; }
            },
            Answer::Known(outcome) => (known(question, outcome)),
            Answer::Failed => {
                p .msg role="alert" { (toned_icon("act", None)) "It could not be worked out. Try again." }
            },
        }
    }
}

fn known(question: Question, outcome: &Outcome) -> Markup {
    let (more, fewer) = (outcome.added.len(), outcome.gone.len());
    let threshold = question.threshold;
    html! {
        p .lede__sub {
            "With " b { (with_unit(threshold, question.value)) } " instead of "
            (with_unit(threshold, threshold.usual())) ", over "
            @if outcome.sites < outcome.of { (outcome.sites) " of " }
            (format::counted(outcome.of, "site", "sites")) ": "
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

fn counts(outcome: &Outcome) -> Markup {
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
