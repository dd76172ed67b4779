use greengrid_app::ingestion::{ImportJob, ImportReject, ImportState};
use greengrid_domain::time::SiteZone;
use maud::{Markup, html};

use crate::components::{format, icon, layout};
use crate::ingestion::words;
use crate::urls;

/// The form and the imports so far.
pub(super) fn overview(jobs: &[ImportJob], zone: &SiteZone, error: Option<&str>) -> Markup {
    layout::main(html! {
        div .lede {
            p .lede__date { "Import" }
            div {
                h1 { strong { "Bring in sites and readings from files." } }
                p .lede__sub {
                    "Whatever is taken stays, even if a file breaks off; rows that cannot be taken "
                    "are listed for you and kept in quarantine. The same file twice counts nothing twice."
                }
            }
        }
        div .stack {
            (form(error))
            section .section aria-labelledby="h-past" {
                div .section__head { h2 #h-past { "Past imports" } }
                @if jobs.is_empty() {
                    div .state { p { "No file has been imported yet." } }
                } @else {
                    (past(jobs, zone))
                }
            }
        }
    })
}

fn form(error: Option<&str>) -> Markup {
    html! {
        form .form method="post" action=(urls::IMPORT) enctype="multipart/form-data" {
            @if let Some(error) = error {
                div .errors role="alert" { h2 { (icon("act")) (error) } }
            }
            div .fields {
                div .field {
                    label for="import-sites" { "Sites" }
                    p .hint #import-sites-hint {
                        "CSV with " code { "site_id, timezone" } " and, where known, "
                        code { "lat, lon, capacity_kwp, name, tilt, azimuth, region, brand" }
                        "; known sites are updated."
                    }
                    input .input #import-sites type="file" name="sites" accept=".csv,.gz,text/csv"
                        aria-describedby="import-sites-hint";
                }
                div .field {
                    label for="import-readings" { "Readings" }
                    p .hint #import-readings-hint {
                        "CSV, plain or packed with gzip, with " code { "site_id, timestamp_utc, power_w, energy_wh" }
                        ". Several files may be chosen; 64 MiB in all."
                    }
                    input .input #import-readings type="file" name="readings" multiple
                        accept=".csv,.gz,text/csv" aria-describedby="import-readings-hint";
                }
            }
            div .formfoot { button .btn .btn--primary type="submit" { "Import" } }
        }
    }
}

fn past(jobs: &[ImportJob], zone: &SiteZone) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="Past imports, table" {
            table .table.table--rows {
                thead {
                    tr {
                        th scope="col" { "Files" }
                        th scope="col" { "Started" }
                        th scope="col" { "State" }
                        th .n scope="col" { "Sites" }
                        th .n scope="col" { "Readings taken" }
                        th .n scope="col" { "Not taken" }
                    }
                }
                tbody {
                    @for job in jobs {
                        tr {
                            th scope="row" { a href=(urls::import(job.id)) { (job.file_name) } }
                            td data-label="Started" { (started(job, zone)) }
                            td { (state(job.state)) }
                            td .n data-label="Sites" { (count(u64::from(job.progress.sites))) }
                            td .n data-label="Readings taken" { (count(taken(job))) }
                            td .n data-label="Not taken" { (count(job.progress.rejected)) }
                        }
                    }
                }
            }
        }
    }
}

/// How one import stands.
pub(super) fn job(job: &ImportJob, rejects: &[ImportReject], zone: &SiteZone) -> Markup {
    layout::main(html! {
        div .lede {
            p .lede__date { a href=(urls::IMPORT) { "Import" } " · started " (started(job, zone)) }
            div {
                h1 { (headline(job)) }
                p .lede__sub { (job.file_name) }
            }
        }
        @if job.state == ImportState::Running {
            progress .progress max="100" value=(done_percent(job)) aria-label="Read so far" {
                (done_percent(job)) " %"
            }
            // Without scripts there is no stream, so the page asks again.
            noscript { meta http-equiv="refresh" content="2"; }
        }
        div .stack {
            section .section aria-labelledby="h-sum" {
                div .section__head { h2 #h-sum { "What became of the rows" } (state(job.state)) }
                (figures(job))
            }
            @if job.progress.rejected > 0 { (not_taken(job, rejects)) }
        }
    })
}

fn headline(job: &ImportJob) -> Markup {
    let progress = &job.progress;
    html! {
        @match job.state {
            ImportState::Running => {
                strong { "The import is under way: " (done_percent(job)) "\u{a0}% read." }
            }
            ImportState::Failed => {
                strong { "The import ended early." } " " (job.error.as_deref().unwrap_or_default())
            }
            ImportState::Done => {
                strong { (counted(taken(job), "reading", "readings")) " taken" }
                @if progress.sites > 0 { ", " (counted(u64::from(progress.sites), "site", "sites")) " saved" }
                @if progress.rejected > 0 { ", " strong { (counted(progress.rejected, "row", "rows")) " not taken" } }
                "."
            }
        }
    }
}

fn figures(job: &ImportJob) -> Markup {
    let progress = &job.progress;
    let figures = [
        ("New readings", progress.accepted, "appended"),
        ("Duplicates", progress.duplicates, "known already, nothing changed"),
        ("Corrections", progress.corrections, "new values for known readings"),
        ("Not taken", progress.rejected, "each with its reason"),
        ("Sites", u64::from(progress.sites), "created or updated"),
    ];
    html! {
        dl .figures .figures--wide {
            @for (label, value, note) in figures {
                div .figure { dt { (label) } dd { (count(value)) span .note { (note) } } }
            }
        }
    }
}

fn not_taken(job: &ImportJob, rejects: &[ImportReject]) -> Markup {
    let more = job.progress.rejected > rejects.len() as u64;
    html! {
        section .section aria-labelledby="h-not" {
            div .section__head {
                h2 #h-not { "Rows not taken" }
                a .btn .btn--small href=(urls::import_report(job.id)) download {
                    (icon("download")) "All as CSV"
                }
            }
            @if more {
                p .section__note { "The first " (rejects.len()) " of " (count(job.progress.rejected)) "." }
            }
            div .scroll tabindex="0" role="region" aria-label="Rows not taken, table" {
                table .table.table--rows {
                    thead {
                        tr {
                            th scope="col" { "File" }
                            th .n scope="col" { "Row" }
                            th scope="col" { "Why" }
                            th scope="col" { "The row" }
                        }
                    }
                    tbody {
                        @for reject in rejects {
                            tr {
                                th scope="row" { (reject.file) }
                                td .n data-label="Row" { (reject.row) }
                                td { (words(reject.code)) small { (reject.message) } }
                                td { code { (short(&reject.line)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn state(state: ImportState) -> Markup {
    let (tone, shape, word) = match state {
        ImportState::Running => ("pill--busy", "busy", "Under way"),
        ImportState::Done => ("pill--ok", "ok", "Done"),
        ImportState::Failed => ("pill--act", "act", "Ended early"),
    };
    html! { span class={ "pill " (tone) } { (icon(shape)) span { (word) } } }
}

fn started(job: &ImportJob, zone: &SiteZone) -> Markup {
    html! {
        time datetime=(format::iso(job.started_at)) {
            (format::short_day(zone.day(job.started_at)).replace(' ', "\u{a0}")) ", "
            (format::time_of_day(job.started_at, zone))
        }
    }
}

const fn taken(job: &ImportJob) -> u64 {
    job.progress.accepted + job.progress.duplicates + job.progress.corrections
}

/// Whole per cent read; 100 only at the end.
fn done_percent(job: &ImportJob) -> u64 {
    let done = job.progress.bytes_done.min(job.bytes_total);
    (done * 100).checked_div(job.bytes_total).unwrap_or(0).min(99)
}

fn count(count: u64) -> String {
    format::count(i64::try_from(count).unwrap_or(i64::MAX))
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format::counted(usize::try_from(count).unwrap_or(usize::MAX), one, many)
}

fn short(line: &str) -> String {
    const LENGTH: usize = 120;
    let start: String = line.chars().take(LENGTH).collect();
    if start.len() < line.len() { format!("{start}…") } else { start }
}
