use greengrid_app::identity::TrailEntry;
use greengrid_domain::observability::{AuditEntry, AuditSubject, Initiator};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::frame::{Place, frame, lede};
use super::trail::Trail;
use crate::auth::Viewer;
use crate::components::select::{option, select};
use crate::components::{format, icon};
use crate::urls;

/// The whole page.
pub(super) fn page(viewer: &Viewer, trail: &Trail) -> Markup {
    let asked = &trail.asked;
    let lede = lede(
        "trail-lede",
        &html! { strong { "Who did what." } },
        &html! { "Every change of state is kept here. Nobody can edit or delete an entry, administrators included." },
    );
    let content = html! {
        section #trail .section aria-labelledby="h-trail" {
            div .section__head {
                h2 #h-trail { "Entries" }
                a .btn .btn--small href=(asked.address(urls::ADMIN_TRAIL_CSV, None)) download { (icon("download")) "Download as CSV" }
            }
            (filters(trail))
            @if !asked.ignored.is_empty() {
                p .section__note role="status" { @for message in &asked.ignored { (message) " " } }
            }
            @if trail.entries.is_empty() {
                div .state { h3 { "Nothing fits" } p { "Try other days or fewer letters." } a .btn href=(urls::ADMIN_TRAIL) { "Everything" } }
            } @else {
                ul .feed { @for entry in &trail.entries { (item(entry, trail)) } }
                (pager(trail))
            }
        }
    };
    frame(viewer, Place::Trail, None, &lede, &content)
}

fn filters(trail: &Trail) -> Markup {
    let (asked, query) = (&trail.asked, &trail.asked.query);
    html! {
        form .filters method="get" action=(urls::ADMIN_TRAIL) aria-label="Filter entries" {
            span .pair { label for="f-who" { "Who" } input #f-who .input name="who" type="search" placeholder="Name, address" value=[query.who.as_ref()] autocomplete="off"; }
            span .pair { label for="f-what" { "What" } input #f-what .input name="what" type="search" placeholder="change role, a name, a key" value=[query.what.as_ref()] autocomplete="off"; }
            (select("About", "subject", html! {
                (option("", "Anything", query.subject.is_none()))
                @for subject in AuditSubject::iter() { (option(subject.into(), &words(subject), query.subject == Some(subject))) }
            }))
            span .pair { label for="f-from" { "From" } input #f-from .input type="date" name="from" value=[asked.from]; }
            span .pair { label for="f-to" { "To" } input #f-to .input type="date" name="to" value=[asked.to]; }
            button .btn.btn--small type="submit" { "Filter" }
            @if !asked.address("", None).is_empty() { a .btn.btn--small.btn--quiet href=(urls::ADMIN_TRAIL) { "Clear" } }
        }
    }
}

fn words(subject: AuditSubject) -> String {
    let text: &str = subject.into();
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect::<String>().replace('_', " ")
}

fn item(trail_entry: &TrailEntry, trail: &Trail) -> Markup {
    let entry = &trail_entry.entry;
    let about = about(trail_entry);
    html! {
        li id={ "entry-" (trail_entry.number) } {
            time datetime=(format::iso(entry.at)) title=(format::iso(entry.at)) { (format::since(entry.at, trail.now, &trail.zone)) }
            (icon(picture(entry.subject)))
            span {
                b { (by(trail_entry)) } ": " (entry.action.replace('_', " "))
                @if let Some(about) = about { ", " (about) }
                @if let Some(change) = change(entry) { span .dim { " (" (change) ")" } }
                @else if entry.before.is_some() || entry.after.is_some() { (details(entry)) }
            }
        }
    }
}

/// What was before and after, folded away.
fn details(entry: &AuditEntry) -> Markup {
    html! {
        details .raw {
            summary { "Details" }
            pre {
                @if let Some(before) = &entry.before { "before " (before) "\n" }
                @if let Some(after) = &entry.after { "after  " (after) }
            }
        }
    }
}

fn by(entry: &TrailEntry) -> &str {
    match entry.entry.initiator {
        Initiator::User(_) => entry.by.as_deref().unwrap_or("Somebody"),
        Initiator::Token(_) => entry.by.as_deref().unwrap_or("A token"),
        Initiator::CommandLine => "Command line",
        Initiator::System => "GreenGrid",
    }
}

/// What an entry is about, in words, and with a page where it has one. A key
/// that is no word tells nobody anything.
fn about(entry: &TrailEntry) -> Option<Markup> {
    let id = entry.entry.subject_id.as_str();
    if let Some(name) = &entry.about {
        return Some(html! { (name) });
    }
    let key = uuid::Uuid::parse_str(id).ok();
    match (entry.entry.subject, key) {
        (AuditSubject::Case, Some(key)) => {
            Some(html! { a href=(urls::case(key)) { "see the case" } })
        }
        (AuditSubject::Session, _) | (_, Some(_)) => None,
        (_, None) => Some(html! { (id) }),
    }
}

fn pager(trail: &Trail) -> Markup {
    let oldest = trail.entries.last().map(|entry| entry.number);
    html! {
        @if trail.more || trail.asked.query.before.is_some() {
            nav .pager aria-label="Pages" {
                @if trail.more { a .btn.btn--small href=(trail.asked.address(urls::ADMIN_TRAIL, oldest)) rel="next" { "Older " (icon("right")) } }
                @if trail.asked.query.before.is_some() { a .btn.btn--small href=(trail.asked.address(urls::ADMIN_TRAIL, None)) { "The newest" } }
            }
        }
    }
}

const fn picture(subject: AuditSubject) -> &'static str {
    match subject {
        AuditSubject::User => "users",
        AuditSubject::Session => "lock",
        AuditSubject::Token => "key",
        AuditSubject::Site => "sites",
        AuditSubject::Region => "pin",
        AuditSubject::Import => "download",
        AuditSubject::Quarantine => "quality",
        AuditSubject::Projection => "refresh",
        AuditSubject::Connection => "cloud",
        AuditSubject::Anomaly | AuditSubject::Incident => "watch",
        AuditSubject::Maintenance => "wrench",
        AuditSubject::Post => "chat",
        AuditSubject::Letter => "mail",
        AuditSubject::Case => "onboarding",
        AuditSubject::AlertRule
        | AuditSubject::AlertSilence
        | AuditSubject::AlertInhibition
        | AuditSubject::Webhook => "act",
    }
}

/// What changed, where one field did: “ops to cs”.
fn change(entry: &AuditEntry) -> Option<String> {
    let field = |json: &Option<String>| {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(json.as_deref()?).ok()?;
        let (_, value) = object.iter().next().filter(|_| object.len() == 1)?;
        value.as_str().map(str::to_owned)
    };
    Some(format!("{} to {}", field(&entry.before)?, field(&entry.after)?))
}
