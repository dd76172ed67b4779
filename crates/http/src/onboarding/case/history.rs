//! Notes and the history of every change.

use greengrid_domain::onboarding::{Happened, Happening, HistoryLine, Stage};
use maud::{Markup, html};

use super::{Page, told};
use crate::components::{format, icon, toned_icon};
use crate::onboarding::answer::At;

/// Lines that are in sight before the rest is folded.
const OPEN: usize = 12;

/// The section: a place for a note, and what happened.
pub(super) fn section(page: &Page<'_>) -> Markup {
    let view = page.view;
    let (first, rest) = view.history.split_at(view.history.len().min(OPEN));
    html! {
        section #case-history .section aria-labelledby="h-history" {
            div .section__head { h2 #h-history { "History" } }
            @if page.may_manage {
                form #note-form .form method="post" action=(page.to("notes")) data-on:submit__prevent=(page.post("notes")) {
                    div .field {
                        label for="note" { "Note" }
                        textarea #note .textarea name="text" rows="2" maxlength="4000" {
                            (page.told_at(At::Note).map_or("", |told| told.typed.as_str()))
                        }
                        (told(page, At::Note))
                    }
                    div { button .btn .btn--small type="submit" { "Add note" } }
                }
            }
            ol .feed.feed--case { @for line in first { (entry(page, line)) } }
            @if !rest.is_empty() {
                details .act #history-rest data-preserve-attr="open" {
                    summary { (format::counted(rest.len(), "earlier change", "earlier changes")) (icon("down")) }
                    ol .feed.feed--case { @for line in rest { (entry(page, line)) } }
                }
            }
        }
    }
}

fn entry(page: &Page<'_>, line: &HistoryLine) -> Markup {
    let view = page.view;
    html! {
        li {
            time datetime=(format::iso(line.at)) { (format::since(line.at, view.now, &view.zone)) }
            (shape(&line.happening))
            span { (words(&line.happening)) " " span .dim { (view.name_of(line.by)) } }
        }
    }
}

fn shape(happening: &Happening) -> Markup {
    let failed = happening.after.as_deref().is_some_and(|after| after.starts_with("failed"));
    if happening.what == Happened::Stuck || happening.what == Happened::Tested && failed {
        return toned_icon("act", Some("s-act"));
    }
    match happening.what {
        Happened::Stuck
        | Happened::Tested
        | Happened::WentLive
        | Happened::Accepted
        | Happened::Verified => toned_icon("ok", Some("s-ok")),
        Happened::Moved => icon("arrow"),
        Happened::AccessGiven => icon("key"),
        Happened::LinkMade | Happened::MessageSent => icon("mail"),
        Happened::Noted => icon("chat"),
        Happened::Attached | Happened::Detached => icon("doc"),
        Happened::Opened | Happened::RoomMade => icon("plus"),
        Happened::RoomTaken => icon("x"),
        Happened::Changed => icon("check"),
        Happened::Assigned | Happened::Waits | Happened::Freed => icon("users"),
    }
}

/// What happened, in a sentence.
fn words(happening: &Happening) -> Markup {
    let after = happening.after.as_deref().unwrap_or_default();
    let before = happening.before.as_deref().unwrap_or_default();
    html! {
        @match happening.what {
            Happened::Opened => { "Case begun." },
            Happened::Changed => {
                (happening.key.map(greengrid_domain::onboarding::FieldKey::label).unwrap_or_default()) ": "
                @if before.is_empty() { "“" (after) "”." }
                @else if after.is_empty() { "emptied, was “" (before) "”." }
                @else { "“" (before) "” became “" (after) "”." }
            },
            Happened::RoomMade => { "Room for " (after) "." },
            Happened::RoomTaken => { "Took away " (after) "." },
            Happened::Moved => { "From " (stage(before)) " to " b { (stage(after)) } "." },
            Happened::AccessGiven => { "Access given: " (after) "." },
            Happened::LinkMade => { "Link for the customer, " (after) "." },
            Happened::MessageSent => { "Message " (after) "." },
            Happened::Tested => { "Connection test " (after) "." },
            Happened::Verified => { "First data: " (after) },
            Happened::Accepted => { "Findings accepted: " (after) "." },
            Happened::Noted => span .feed__words { (after) },
            Happened::Attached => { "Attached " (after) "." },
            Happened::Detached => { "Removed " (after) "." },
            Happened::Assigned => { "Given to " (after) "." },
            Happened::Waits => { "Waits for " (after) "." },
            Happened::Stuck => { "Stuck: " (after) "." },
            Happened::Freed => { "Goes on." },
            Happened::WentLive => { b { "The site is live." } },
        }
    }
}

fn stage(text: &str) -> String {
    text.parse::<Stage>().map_or_else(|_| text.to_owned(), |stage| stage.name().to_lowercase())
}
