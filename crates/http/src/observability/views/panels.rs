use std::time::Duration;

use greengrid_domain::time::SiteZone;
use maud::{Markup, html};

use super::now::{Now, Panel};
use crate::components::figure::figure;
use crate::components::{format, icon};
use crate::observability::watch::Entry;
use crate::urls;

/// Signals that a panel shows.
const SHOWN: usize = 14;
/// What takes longer is pointed out.
const SLOW: Duration = Duration::from_millis(250);

/// The parts that a stream replaces.
pub(in crate::observability) fn panels(now: &Now<'_>) -> Markup {
    html! {
        (lede(now))
        (requests(&now.requests))
        (database(&now.database))
        (patches(&now.patches))
        (work(&now.work))
    }
}

pub(super) fn lede(now: &Now<'_>) -> Markup {
    let answers = now.requests.slow.map(took);
    html! {
        div #system-lede .lede {
            div {
                p .lede__date { "System · the last ten seconds of this instance" }
                h1 {
                    @if now.requests.failed > 0 {
                        strong { (format::counted(now.requests.failed, "request", "requests")) " failed." }
                    } @else { strong { "No request failed." } }
                    @if let Some(answers) = answers { " Pages answer in " (answers) "." }
                }
                p .lede__sub { "Signals are kept only while somebody looks here, and hold nothing secret or personal." }
            }
            dl .figures {
                (told("Requests", &rate(&now.requests), "a second"))
                (told("Database", &now.database.median.map_or("–".to_owned(), took), "median"))
                (told("Connections", &busy(now), "busy"))
                (told("Live pages", &now.streams.tabs.to_string(), &format!("{} views", now.streams.channels)))
            }
        }
    }
}

fn told(label: &str, value: &str, note: &str) -> Markup {
    figure().label(label).value(value).note(html! { (note) }).render()
}

fn busy(now: &Now<'_>) -> String {
    let busy: u32 = now.pools.iter().map(|pool| pool.open - pool.idle.min(pool.open)).sum();
    let most: u32 = now.pools.iter().map(|pool| pool.most).sum();
    format!("{busy} of {most}")
}

/// The four panels around what streams replace.
pub(super) fn logs(now: &Now<'_>) -> Markup {
    html! {
        div .logs {
            (panel("request", "Requests", &requests(&now.requests)))
            (panel("database", "Database", &database(&now.database)))
            (panel("stream", "Live patches", &patches(&now.patches)))
            (panel("work", "Background work", &work(&now.work)))
        }
    }
}

fn panel(name: &str, title: &str, content: &Markup) -> Markup {
    let heading = format!("h-{name}");
    html! {
        section .section aria-labelledby=(heading) {
            div .section__head {
                h2 id=(heading) { (title) }
                button .btn.btn--small type="button" aria-pressed="false" data-pause=(name) hidden {
                    (icon("pause")) " Pause" span .sr { " " (title) }
                }
            }
            div .logbox tabindex="0" role="region" aria-label={ (title) ", newest first" } { (content) }
        }
    }
}

fn requests(panel: &Panel) -> Markup {
    list("request", panel, |entry| {
        let status = entry.get("http.status");
        html! {
            span { (entry.get("http.method")) }
            span title=(entry.get("http.route")) { (entry.get("http.route")) }
            // Some letters of the hashed id: one session is told from another by it.
            span .t title="session" { (entry.get("session")) }
            span .n data-tone=[tone(status)] { (status) }
        }
    })
}

fn database(panel: &Panel) -> Markup {
    list("database", panel, |entry| {
        let rows = [entry.get("rows_returned"), entry.get("rows_affected")]
            .iter()
            .filter_map(|rows| rows.parse::<usize>().ok())
            .max()
            .unwrap_or_default();
        html! {
            span title=(entry.get("statement")) { (entry.get("name")) }
            span .n { (format::counted(rows, "row", "rows")) }
        }
    })
}

fn patches(panel: &Panel) -> Markup {
    list("stream", panel, |entry| {
        let pages = entry.get("recipients").parse().unwrap_or_default();
        let merged = entry.get("coalesced");
        html! {
            span { (entry.get("view")) }
            span .t title=(entry.get("topic")) { (entry.get("topic").trim_start_matches("changed ")) }
            span .n { (format::counted(pages, "page", "pages")) }
            span .n title=[(merged != "0").then(|| format!("{merged} more changes merged into it"))] {
                (bytes(entry.get("bytes")))
                @if merged != "0" { " +" (merged) }
            }
        }
    })
}

/// How many of what: fields of work are counts, named in the plural.
fn counted(name: &str, value: &str) -> String {
    let one = match name {
        "batches" => "batch",
        name => name.strip_suffix('s').unwrap_or(name),
    };
    format!("{value} {}", if value == "1" { one } else { name })
}

fn work(panel: &Panel) -> Markup {
    list("work", panel, |entry| {
        let told: Vec<String> = entry
            .fields
            .iter()
            .filter(|(name, _)| *name != "work")
            .map(|(name, value)| counted(name, value))
            .collect();
        html! { span { (entry.get("work")) } span .n { (told.join(", ")) } }
    })
}

fn list(name: &str, panel: &Panel, cells: impl Fn(&Entry) -> Markup) -> Markup {
    html! {
        ol id={ "log-" (name) } class={ "log log--" (name) } {
            @if panel.entries.is_empty() { li .log__none { "Nothing yet." } }
            @for entry in panel.entries.iter().take(SHOWN) {
                li {
                    span .t { (at(entry)) }
                    (cells(entry))
                    span .n data-tone=[entry.took.filter(|took| *took > SLOW).map(|_| "plan")] {
                        @match &entry.trace {
                            Some(trace) => a href=(urls::trace(trace)) {
                                (entry.took.map_or("–".to_owned(), took))
                                span .sr { ", its way" }
                            },
                            None => (entry.took.map_or("–".to_owned(), took)),
                        }
                    }
                }
            }
        }
    }
}

/// The wall clock, with which logs agree.
pub(super) fn at(entry: &Entry) -> String {
    SiteZone::utc().local(entry.at).strftime("%H:%M:%S%.3f").to_string()
}

fn tone(status: &str) -> Option<&'static str> {
    match status.as_bytes().first() {
        Some(b'5') => Some("act"),
        Some(b'4') => Some("plan"),
        _ => None,
    }
}

fn rate(panel: &Panel) -> String {
    let recent = u32::try_from(panel.recent).unwrap_or(u32::MAX);
    format::number(f64::from(recent) / 10.0, 1)
}

/// A duration to three digits.
pub(super) fn took(took: Duration) -> String {
    let millis = took.as_secs_f64() * 1000.0;
    let decimals = if millis < 10.0 { 2 } else { usize::from(millis < 100.0) };
    format!("{}\u{a0}ms", format::number(millis, decimals))
}

fn bytes(text: &str) -> String {
    match text.parse::<u32>() {
        Ok(bytes @ ..=999) => format!("{bytes}\u{a0}B"),
        Ok(bytes) => format!("{}\u{a0}kB", format::number(f64::from(bytes) / 1000.0, 1)),
        Err(_) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use greengrid_domain::observability::signal::Signal;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn what_was_worked_on_is_counted_in_words() {
        assert_eq!(counted("batches", "1"), "1 batch");
        assert_eq!(counted("intervals", "1"), "1 interval");
        assert_eq!(counted("sites", "21"), "21 sites");
    }

    #[test]
    fn markup_in_a_signal_is_text() {
        let entry = Entry {
            number: 1,
            at: Timestamp::UNIX_EPOCH,
            took: Some(Duration::from_millis(300)),
            signal: Signal::Request,
            trace: Some("\"><script>alert(1)</script>".into()),
            fields: [
                ("http.method", "<b>".to_owned()),
                ("http.route", "/<img src=x onerror=alert(1)>".to_owned()),
                ("http.status", "500".to_owned()),
                ("session", "0a1b2c3d".to_owned()),
            ]
            .into(),
        };
        let panel = Panel { entries: vec![entry], recent: 1, median: None, slow: None, failed: 1 };

        let html = requests(&panel).into_string();

        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>"));
        assert!(html.contains("&lt;b&gt;") && html.contains("0a1b2c3d"), "{html}");
        assert!(html.contains("data-tone=\"act\"") && html.contains("data-tone=\"plan\""));
    }
}
