use greengrid_app::ingestion::{QuarantineEntry, Source};
use greengrid_domain::time::SiteZone;
use maud::{Markup, html};

use crate::components::{PageClock, format, icon, layout};
use crate::ingestion::words;
use crate::urls;

/// Bytes of a payload that its page shows.
const SHOWN: usize = 64 << 10;
/// Characters of a payload that the list shows.
const PREVIEW: usize = 160;

/// A page of what waits.
pub(super) struct List<'a> {
    pub(super) entries: &'a [QuarantineEntry],
    /// How many wait in all.
    pub(super) open: i64,
    /// Whether these are the newest.
    pub(super) first: bool,
    /// Whether there are older ones.
    pub(super) more: bool,
    pub(super) clock: PageClock,
}

/// What waits, newest first.
pub(super) fn list(list: &List<'_>) -> Markup {
    layout::main(html! {
        div .lede {
            p .lede__date { "Quarantine" }
            div {
                h1 { (headline(list.open)) }
                p .lede__sub {
                    "What could not be taken is kept as it came. Once its cause is mended, "
                    "open an entry and replay it."
                }
            }
        }
        section .section aria-labelledby="h-wait" {
            div .section__head { h2 #h-wait { "Waiting" } span .dim { "newest first" } }
            @if list.entries.is_empty() {
                div .state { p { (if list.first { "Everything that came in was taken." } else { "There is nothing older." }) } }
            } @else {
                (table(list))
            }
            @if !list.first || list.more { (pager(list)) }
        }
    })
}

fn headline(open: i64) -> Markup {
    html! {
        @match open {
            0 => { strong { "Nothing waits in quarantine." } },
            1 => { strong { "One entry" } " waits in quarantine." },
            _ => { strong { (format::count(open)) " entries" } " wait in quarantine." },
        }
    }
}

fn table(list: &List<'_>) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="Quarantine, table" {
            table .table.table--rows {
                thead {
                    tr {
                        th scope="col" { "Received" }
                        th scope="col" { "From" }
                        th scope="col" { "Why" }
                        th scope="col" { "What came" }
                    }
                }
                tbody {
                    @for entry in list.entries {
                        tr {
                            th scope="row" {
                                a href=(urls::quarantined(entry.id)) {
                                    time datetime=(format::iso(entry.received_at)) {
                                        (format::moment(entry.received_at, list.clock.now, &list.clock.zone))
                                    }
                                }
                            }
                            td data-label="From" { (source(entry.source)) small { (part(entry)) } }
                            td { (words(entry.code)) small { (entry.message) } }
                            td { code { (preview(&entry.payload)) } }
                        }
                    }
                }
            }
        }
    }
}

fn pager(list: &List<'_>) -> Markup {
    let older = list.entries.last().filter(|_| list.more).map(|entry| entry.id);
    html! {
        nav .pager aria-label="Pages" {
            @if let Some(last) = older { a .btn href=(urls::quarantine_before(last)) rel="next" { "Older" } }
            @if !list.first { a .btn .btn--quiet href=(urls::QUARANTINE) { "Newest" } }
        }
    }
}

/// One entry with all that is known of it.
pub(super) fn entry(entry: &QuarantineEntry, zone: &SiteZone, refused: Option<&str>) -> Markup {
    layout::main(html! {
        div .lede {
            p .lede__date { a href=(urls::QUARANTINE) { "Quarantine" } }
            div {
                @if let Some((_, result)) = &entry.replayed {
                    h1 { strong { "Replayed." } " " (sentence(result)) }
                    p .lede__sub { "At first not taken: " (entry.message) }
                } @else {
                    h1 { strong { "Not taken: " (words(entry.code)) "." } }
                    p .lede__sub { (sentence(&entry.message)) }
                }
            }
            @if entry.replayed.is_none() {
                form .lede__act method="post" action=(urls::replay(entry.id)) {
                    button .btn .btn--primary type="submit" { (icon("refresh")) "Replay" }
                }
            }
        }
        div .stack {
            @if let Some(refused) = refused {
                div .errors role="alert" {
                    h2 { (icon("act")) "Still not taken" }
                    p { (sentence(refused)) " It stays in quarantine." }
                }
            }
            div .cols {
                section .section aria-labelledby="h-payload" {
                    div .section__head {
                        h2 #h-payload { "What came" }
                        a .btn .btn--small href=(urls::quarantined_payload(entry.id)) download {
                            (icon("download")) "As a file"
                        }
                    }
                    @if entry.payload.len() > SHOWN {
                        p .section__note { "The first 64 kB; the file has all of it." }
                    }
                    div .raw {
                        pre tabindex="0" role="region" aria-label="What came" {
                            (readable(&entry.payload[..entry.payload.len().min(SHOWN)]))
                        }
                    }
                }
                section .section aria-labelledby="h-facts" {
                    div .section__head { h2 #h-facts { "What is known" } }
                    (facts(entry, zone))
                }
            }
        }
    })
}

fn facts(entry: &QuarantineEntry, zone: &SiteZone) -> Markup {
    let moment = |at| {
        html! { time datetime=(format::iso(at)) { (format::long_moment(at, zone)) } }
    };
    html! {
        dl .facts {
            div { dt { "Received" } dd { (moment(entry.received_at)) } }
            div { dt { "From" } dd { (source(entry.source)) } }
            div { dt { "What" } dd { (part(entry)) } }
            div { dt { "Kind" } dd { code { (entry.content_type) } } }
            @if let Some(field) = &entry.field { div { dt { "Field" } dd { code { (field) } } } }
            div { dt { "Reason" } dd { code { (entry.code) } } }
            @if let Some((at, _)) = &entry.replayed {
                div { dt { "Replayed" } dd { (moment(*at)) } }
            }
        }
    }
}

const fn source(source: Source) -> &'static str {
    match source {
        Source::Api => "Readings interface",
        Source::Import => "Import of files",
        Source::Demo => "Demo feed",
        Source::Replay => "Replay",
        Source::Vendor => "Vendor",
        Source::Mqtt => "MQTT",
    }
}

fn part(entry: &QuarantineEntry) -> String {
    match entry.row {
        Some(row) => format!("row {row}"),
        None => format!("whole payload, {}", format::counted(entry.payload.len(), "byte", "bytes")),
    }
}

/// The last line of what came: before it a CSV row has only its header.
fn preview(payload: &[u8]) -> String {
    let start = &payload[..payload.len().min(4 * PREVIEW)];
    let text = readable(start);
    let line = text.lines().nth(1).or_else(|| text.lines().next()).unwrap_or_default();
    let short: String = line.chars().take(PREVIEW).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}

/// Bytes as text: what is no character, or could act on the page's own text, is
/// shown as a replacement mark.
fn readable(bytes: &[u8]) -> String {
    let keep = |c: char| matches!(c, '\n' | '\t') || !c.is_control();
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    text.chars().map(|c| if keep(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// A message as a sentence of its own.
fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_app::ingestion::RejectCode;
    use jiff::Timestamp;
    use uuid::Uuid;

    fn quarantined(payload: &[u8]) -> QuarantineEntry {
        QuarantineEntry {
            id: Uuid::nil(),
            received_at: Timestamp::UNIX_EPOCH,
            source: Source::Api,
            content_type: "text/csv".to_owned(),
            row: Some(2),
            payload: payload.to_vec(),
            field: None,
            code: RejectCode::UnknownSite,
            message: "there is no site “<b>x</b>”".to_owned(),
            token: None,
            replayed: None,
        }
    }

    #[test]
    fn nothing_that_came_in_becomes_markup() {
        let entry = quarantined(b"<script>alert(1)</script>\rdata: x\0\xff");

        let page = super::entry(&entry, &SiteZone::utc(), Some("<i>")).into_string();

        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("<i>"));
        assert!(!page.contains(['\r', '\0']));
        assert!(page.contains("&lt;script&gt;alert(1)"));
    }

    #[test]
    fn the_list_previews_the_row_and_not_its_header() {
        assert_eq!(preview(b"site_id,power_w\nroof,1\n"), "roof,1");
        assert_eq!(preview(b"{\"site_id\":1}"), "{\"site_id\":1}");
        assert_eq!(preview(&[b'x'; 1000]).chars().count(), PREVIEW + 1);
    }
}
