use greengrid_app::monitoring::AnomalyRecord;
use greengrid_domain::chat::Room;
use greengrid_domain::monitoring::{Dismissal, Phase, Stage};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::SiteView;
use crate::components::{icon, toned_icon};
use crate::monitoring::{Problem, ProblemAt};
use crate::urls;

/// How long something can be put off, in hours.
const SNOOZES: [(i32, &str); 5] = [
    (24, "one day"),
    (72, "three days"),
    (168, "a week"),
    (720, "a month"),
    (2_160, "three months"),
];

/// What can be done with an anomaly by whoever looks at it. Streams leave the
/// forms alone while its state stays, so that nothing typed is lost.
pub(super) fn actions(view: &SiteView<'_>, record: &AnomalyRecord) -> Markup {
    let cases = view.cases;
    let phase = record.life.phase(view.page.as_of);
    let owner = record.life.assigned.map_or(String::new(), |id| format!("-{id}"));
    html! {
        @if cases.may_handle || cases.may_note {
            div id={ "acts-" (record.id) "-" (phase) (owner) } .acts data-ignore-morph {
                @if cases.may_handle {
                    @if record.life.is_live() { (open_forms(view, record, phase)) }
                    @else { (closed_forms(view, record)) }
                }
                @if cases.may_note {
                    (note(view, record))
                    p { a href=(discuss(view, record)) { (icon("chat")) " Discuss with the team" } }
                }
            }
        }
    }
}

/// The room of the region, with a post begun that names the anomaly.
fn discuss(view: &SiteView<'_>, record: &AnomalyRecord) -> String {
    let site = &view.page.site;
    let room = Room::Region(site.details.region.clone());
    urls::room_saying(&room, &format!("#{} !{} ", site.code, record.id))
}

fn open_forms(view: &SiteView<'_>, record: &AnomalyRecord, phase: Phase) -> Markup {
    let code = &view.page.site.code;
    let to = |action| urls::act(code, record.id, action);
    html! {
        div .acts__row {
            @if !matches!(record.life.stage, Stage::Acknowledged { .. }) || phase == Phase::Snoozed {
                form method="post" action=(to("acknowledge")) {
                    button .btn type="submit" { (icon("eye")) @if phase == Phase::Snoozed { "Wake it" } @else { "Mark as seen" } }
                }
            }
            (assign(view, record))
            form .rowform method="post" action=(to("snooze")) {
                label .sr for="f-hours" { "Put off for" }
                select #f-hours .select name="hours" { @for (hours, words) in SNOOZES { option value=(hours) { (words) } } }
                button .btn type="submit" { (icon("clock")) "Snooze" }
            }
        }
        (texted(view, record, &Texted {
            at: ProblemAt::Resolve,
            action: "resolve",
            summary: "It is repaired",
            label: "What was done",
            hint: "Kept in the history. The readings of the next day of light prove it, or it opens again.",
            button: "Resolve",
        }))
        (dismiss(view, record))
    }
}

fn closed_forms(view: &SiteView<'_>, record: &AnomalyRecord) -> Markup {
    let withdrawn = matches!(record.life.stage, Stage::Withdrawn { .. });
    let recovered = record.life.phase(view.page.as_of) == Phase::Recovered;
    html! {
        @if !withdrawn {
            (texted(view, record, &Texted {
                at: ProblemAt::Reopen,
                action: "reopen",
                summary: "It is not over",
                label: "Why it is open again",
                hint: "Kept in the history.",
                button: "Reopen",
            }))
        }
        @if recovered { (dismiss(view, record)) }
    }
}

/// To whom it is given.
fn assign(view: &SiteView<'_>, record: &AnomalyRecord) -> Markup {
    let crew = &view.cases.all.crew;
    html! {
        form .rowform method="post" action=(urls::act(&view.page.site.code, record.id, "assign")) {
            label .sr for="f-to" { "Give it to" }
            select #f-to .select name="to" {
                @if record.life.assigned.is_some() { option value="" { "Nobody" } }
                @for (id, name) in crew {
                    option value=(id) selected[record.life.assigned == Some(*id)] { (name) }
                }
            }
            button .btn type="submit" { (icon("users")) "Assign" }
        }
    }
}

/// A form with one text.
struct Texted {
    at: ProblemAt,
    action: &'static str,
    summary: &'static str,
    label: &'static str,
    hint: &'static str,
    button: &'static str,
}

fn texted(view: &SiteView<'_>, record: &AnomalyRecord, form: &Texted) -> Markup {
    let problem = view.cases.problem(form.at);
    html! {
        details .act open[problem.is_some()] {
            summary { (form.summary) (icon("down")) }
            form .form method="post" action=(urls::act(&view.page.site.code, record.id, form.action)) {
                (text_field(&format!("f-{}", form.action), form.label, form.hint, problem))
                p { button .btn.btn--primary type="submit" { (form.button) } }
            }
        }
    }
}

/// A text with its hint, and what was wrong with it.
pub(super) fn text_field(id: &str, label: &str, hint: &str, problem: Option<&Problem>) -> Markup {
    let typed = problem.map_or("", |problem| &problem.typed);
    html! {
        div .field data-state=[problem.map(|_| "error")] {
            label for=(id) { (label) }
            span .hint id={ (id) "-hint" } { (hint) }
            textarea .textarea id=(id) name="text" rows="2" maxlength="2000"
                aria-describedby={ (id) "-hint" @if problem.is_some() { " " (id) "-msg" } }
                aria-invalid=[problem.map(|_| "true")] { (typed) }
            @if let Some(problem) = problem {
                p .msg id={ (id) "-msg" } role="alert" { (toned_icon("act", None)) (sentence(&problem.message)) }
            }
        }
    }
}

/// Says why it is nothing to act on, and what that teaches.
fn dismiss(view: &SiteView<'_>, record: &AnomalyRecord) -> Markup {
    let problem = view.cases.problem(ProblemAt::Dismiss);
    html! {
        details .act open[problem.is_some()] {
            summary { "It is nothing to act on" (icon("down")) }
            form .form method="post" action=(urls::act(&view.page.site.code, record.id, "dismiss")) {
                div .field {
                    label for="f-why" { "Why" }
                    select #f-why .select name="why" {
                        @for why in Dismissal::iter() { option value=(why) { (capital(why.words())) } }
                    }
                }
                (text_field("f-dismiss", "Note", "Needed for another reason, otherwise as you like.", problem))
                label .check {
                    input type="checkbox" name="teaches" value="true" checked;
                    "Keep the same pattern quiet here from now on"
                }
                div .acts__row {
                    (small_number("f-from", "from_hour", "From hour", 0, 23))
                    (small_number("f-until", "to_hour", "To hour", 1, 24))
                    (small_number("f-days", "days", "For days", 1, 3650))
                }
                p .hint.dim {
                    "Hours are those of the site; without them it counts all day, and without days for good. "
                    "A loss of more than half as much again is told all the same."
                }
                p { button .btn type="submit" { "Dismiss" } }
            }
        }
    }
}

fn small_number(id: &str, name: &str, label: &str, least: i32, most: i32) -> Markup {
    html! {
        span .pair {
            label for=(id) { (label) }
            input .input.input--narrow id=(id) name=(name) type="number" min=(least) max=(most) inputmode="numeric";
        }
    }
}

fn note(view: &SiteView<'_>, record: &AnomalyRecord) -> Markup {
    texted(
        view,
        record,
        &Texted {
            at: ProblemAt::Note,
            action: "note",
            summary: "Write a note",
            label: "Note",
            hint: "Plain text, up to 2,000 characters. Everybody who sees the site sees it.",
            button: "Save note",
        },
    )
}

/// A message as a sentence of its own.
pub(super) fn sentence(message: &str) -> String {
    format!("{}.", capital(message))
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", chars.as_str())
}
