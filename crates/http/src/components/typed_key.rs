//! A key of a vendor as people type it in, part by part.

use axum::response::Response;
use greengrid_app::ingestion::vendors::{GivenPart, SecretText};
use greengrid_domain::onboarding::{KeyPart, Problem};
use maud::{Markup, html};

use crate::auth::patched;
use crate::components::{format, icon};

/// What is wrong with some parts.
pub(crate) type KeyProblems = Vec<(KeyPart, String)>;

/// The problems in words.
pub(crate) fn told(problems: Vec<(KeyPart, Problem)>) -> KeyProblems {
    problems.into_iter().map(|(part, problem)| (part, problem.message)).collect()
}

/// Fields for the parts of a key. What was typed is never given back; the
/// fields are others, and empty, in each generation.
pub(crate) fn fields(wanted: &[KeyPart], problems: &KeyProblems, generation: i64) -> Markup {
    html! {
        @for part in wanted {
            @let problem = problems.iter().find(|(of, _)| of == part).map(|(_, words)| words.as_str());
            div id={ "fld-" (part) } .field data-state=[problem.map(|_| "error")] {
                label for={ "k-" (part) "-" (generation) } { (part.label()) }
                p id={ "hk-" (part) } .hint { (part.hint()) }
                div id={ "ctl-" (part) "-" (generation) } .control data-ignore-morph {
                    input id={ "k-" (part) "-" (generation) } .input .input--mono name=(part) type="text" autocomplete="off" spellcheck="false"
                        aria-describedby={ "hk-" (part) " mk-" (part) } aria-invalid=[problem.map(|_| "true")];
                }
                (message(*part, problem.map(Err)))
            }
        }
    }
}

/// What a part of a key came to: nothing yet, good, or what is wrong.
fn message(part: KeyPart, seen: Option<Result<(), &str>>) -> Markup {
    html! {
        div id={ "mk-" (part) } {
            @match seen {
                None => {},
                Some(Ok(())) => p .msg .msg--ok { (icon("ok")) span { "This has the shape of one." } },
                Some(Err(words)) => p .msg { (icon("act")) span { (format::sentence(words)) } },
            }
        }
    }
}

/// The parts of a key in a form.
pub(crate) fn parts_of(pairs: &[(String, String)]) -> Vec<GivenPart> {
    pairs
        .iter()
        .filter_map(|(name, text)| Some((name.parse().ok()?, SecretText::new(text))))
        .collect()
}

/// What each part of a key that holds something comes to.
pub(crate) fn checked(pairs: &[(String, String)]) -> Response {
    patched(html! {
        @for (part, text) in parts_of(pairs) {
            @let seen = (!text.expose().is_empty()).then(|| part.check(text.expose()).map_err(|problem| problem.message));
            (message(part, seen.as_ref().map(|seen| seen.as_ref().copied().map_err(String::as_str))))
        }
    })
}
