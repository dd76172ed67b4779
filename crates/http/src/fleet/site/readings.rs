use greengrid_app::monitoring::ReadingRecord;
use greengrid_domain::ingestion::{Quality, Reason};
use maud::{Markup, html};

use super::{SHOWN_READINGS, SiteView};
use crate::components::{format, icon, pill};
use crate::urls;

/// The readings of the last day shown, each with its quality and the reasons.
pub(super) fn readings(view: &SiteView<'_>) -> Markup {
    let readings = view.readings;
    let shown = i64::try_from(readings.len()).unwrap_or(i64::MAX);
    html! {
        section #s-r .section aria-labelledby="h-r" {
            div .section__head {
                h2 #h-r { "Readings of " (format::long_day(view.days.to)) }
                span .dim {
                    @if shown >= SHOWN_READINGS { "the newest " (SHOWN_READINGS) ", all of them in the file" }
                    @else { (format::counted(readings.len(), "reading", "readings")) ", suspect ones first, then the newest" }
                }
            }
            @if readings.is_empty() {
                p .dim { "No readings were measured on this day." }
            } @else {
                (suspect(readings))
                div .scroll.scroll--tall tabindex="0" role="region" aria-label="Readings, table" {
                    table .table {
                        thead { tr {
                            th scope="col" { "Measured" } th scope="col" { "Device" } th scope="col" .n { "Power" }
                            th scope="col" .n { "Energy" } th scope="col" .n { "Counter" } th scope="col" { "Code" }
                            th scope="col" { "Quality" }
                        } }
                        tbody {
                            @for reading in readings.iter().filter(|reading| reading.quality != Quality::Valid) { (row(view, reading)) }
                            @for reading in readings.iter().filter(|reading| reading.quality == Quality::Valid) { (row(view, reading)) }
                        }
                    }
                }
            }
        }
    }
}

fn suspect(readings: &[ReadingRecord]) -> Markup {
    let of = |quality| readings.iter().filter(|reading| reading.quality == quality).count();
    let (incomplete, inconsistent) = (of(Quality::Incomplete), of(Quality::Inconsistent));
    html! {
        @if incomplete + inconsistent > 0 {
            p .section__note {
                (incomplete) " incomplete, " (inconsistent) " inconsistent. Inconsistent ones are kept, and left out of every sum."
            }
        }
    }
}

fn row(view: &SiteView<'_>, reading: &ReadingRecord) -> Markup {
    let zone = &view.page.site.details.zone;
    let values = &reading.measurement;
    html! {
        tr {
            th scope="row" {
                time datetime=(format::iso(reading.measured_at)) { (format::time_with_seconds(reading.measured_at, zone)) }
                @if reading.revision > 0 { small { "correction " (reading.revision) } }
            }
            td { @match &reading.device { Some(device) => (device), None => span .dim { "whole site" } } }
            td .n { @match values.power { Some(power) => (format::power(power)), None => span .dim { "none" } } }
            td .n {
                @match values.energy {
                    Some(energy) => { (format::count(energy.wh())) span .u { "\u{a0}Wh" } },
                    None => span .dim { "none" },
                }
            }
            td .n {
                @match values.energy_total {
                    Some(total) => { (format::count(i64::try_from(total.wh() / 1000).unwrap_or(i64::MAX))) span .u { "\u{a0}kWh" } },
                    None => span .dim { "none" },
                }
            }
            td { @match &values.status_code { Some(code) => span .mono { (code) }, None => span .dim { "none" } } }
            td {
                (quality(reading.quality))
                @let reasons: Vec<&str> = reading.reasons.iter().map(Reason::words).collect();
                @if !reasons.is_empty() { small { (reasons.join("; ")) } }
            }
        }
    }
}

/// A quality as shape and word.
fn quality(quality: Quality) -> Markup {
    match quality {
        Quality::Valid => pill::pill("ok", "Valid", false),
        Quality::Incomplete => pill::pill("watch", "Incomplete", false),
        Quality::Inconsistent => pill::pill("plan", "Inconsistent", false),
    }
}

/// Readings of any range as a file.
pub(super) fn export(view: &SiteView<'_>) -> Markup {
    html! {
        section #s-x .section aria-labelledby="h-x" {
            div .section__head { h2 #h-x { "Readings as a file" } }
            form #export-form .filters method="get" action=(urls::readings_csv(&view.page.site.code)) data-ignore-morph {
                label for="x-from" { "From" }
                input #x-from .input.filters__day type="date" name="from" value=(view.days.from);
                label for="x-to" { "to" }
                input #x-to .input.filters__day type="date" name="to" value=(view.days.to);
                button .btn.btn--small type="submit" { (icon("download")) " CSV" }
            }
            p .section__note { "Every reading with its quality and reasons, up to a year at once. The file can be imported again." }
        }
    }
}
