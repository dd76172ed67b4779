use std::time::Duration;

use greengrid_domain::observability::signal::Signal;
use maud::{Markup, html};

use super::panels::{at, took};
use crate::components::format;
use crate::observability::watch::Entry;
use crate::urls;

/// Width of the diagram in its own units.
const WIDTH: f64 = 1000.0;

/// One request and what followed from it, as a timed diagram.
pub(in crate::observability) fn trace(id: &str, entries: &[Entry]) -> Markup {
    html! {
        div #trace {
            div .lede { div {
                p .lede__date { a href=(urls::SYSTEM) { "System" } " · request " code { (id) } }
                h1 { (answered(entries)) }
                @if entries.is_empty() {
                    p .lede__sub { "Signals are kept only while somebody looks at the system, and not for long." }
                } @else {
                    p .lede__sub {
                        "Measured in the spans of this very request; below the line what followed from it elsewhere."
                    }
                }
            } }
            @if !entries.is_empty() { (diagram(entries)) }
        }
    }
}

/// What the request came to, in a sentence.
pub(super) fn answered(entries: &[Entry]) -> Markup {
    html! {
        @match entries.iter().find(|entry| entry.signal == Signal::Request) {
            Some(request) => {
                strong { (request.get("http.method")) " " (request.get("http.route")) }
                " was answered " (request.get("http.status"))
                @if let Some(time) = request.took { " in " (took(time)) }
                "."
            },
            None if entries.is_empty() => "Nothing is kept of this request.",
            None => "This request is on its way.",
        }
    }
}

/// The signals of a request and what followed, in the order in which they
/// began.
pub(super) fn diagram(entries: &[Entry]) -> Markup {
    let begun = entries.iter().map(|entry| entry.at).min();
    let offset = |entry: &Entry| -> f64 {
        begun.map_or(0.0, |begun| entry.at.duration_since(begun).as_secs_f64().max(0.0))
    };
    let length = |entry: &Entry| entry.took.unwrap_or_default().as_secs_f64();
    let whole = entries.iter().map(|entry| offset(entry) + length(entry)).fold(0.001, f64::max);
    html! {
        div .scroll tabindex="0" role="region" aria-label="The way of the request, in order of time" {
            table .table.waterfall {
                thead { tr {
                    th scope="col" { "Stage" } th scope="col" { "What" }
                    th scope="col" .n { "Begins after" } th scope="col" .n { "Takes" }
                    th scope="col" { span .sr { "Drawn" } }
                } }
                tbody { @for entry in entries {
                    tr .waterfall__after[entry.trace.is_none()] title={ "at " (at(entry)) " UTC" } {
                        th scope="row" { (stage(entry)) }
                        td { (what(entry)) }
                        td .n { (took(Duration::try_from_secs_f64(offset(entry)).unwrap_or_default())) }
                        td .n { @match entry.took { Some(time) => (took(time)), None => "–" } }
                        td { (bar(offset(entry) / whole, length(entry) / whole)) }
                    }
                } }
            }
        }
    }
}

fn bar(from: f64, share: f64) -> Markup {
    let (x, width) = (from * WIDTH, (share * WIDTH).max(3.0));
    html! {
        svg .waterfall__bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect x=(format!("{:.1}", x.min(WIDTH - 3.0))) y="1" width=(format!("{width:.1}")) height="8" {}
        }
    }
}

/// Where on its way the request is.
fn stage(entry: &Entry) -> &'static str {
    match entry.signal {
        Signal::Request => "Transport",
        Signal::Database => "Statement",
        Signal::Notice => "Event",
        Signal::Stream => "Render, stream",
        Signal::Work => match entry.get("work") {
            "projection" => "Projection",
            "detection" => "Judgement",
            "append" => "Row",
            _ => "Work",
        },
        Signal::Step => match entry.get("name").split(':').next() {
            Some("policy") => "Policy",
            Some("domain") => "Domain",
            Some("row") => "Row",
            _ => "Step",
        },
    }
}

fn counted(entry: &Entry, field: &str, one: &str, many: &str) -> String {
    format::counted(entry.get(field).parse().unwrap_or_default(), one, many)
}

fn what(entry: &Entry) -> Markup {
    html! {
        @match entry.signal {
            Signal::Request => { (entry.get("http.method")) " " (entry.get("http.route")) },
            Signal::Database => span title=(entry.get("statement")) { (entry.get("name")) },
            Signal::Notice => { "told everybody: " (entry.get("topics").replace('\n', ", ")) },
            Signal::Stream => {
                (entry.get("view")) ", " (counted(entry, "recipients", "page", "pages"))
                ", " (counted(entry, "bytes", "byte", "bytes"))
            },
            Signal::Work => (entry.get("work")),
            Signal::Step => (entry.get("name")),
        }
    }
}
