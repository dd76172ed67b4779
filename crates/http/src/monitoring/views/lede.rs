use greengrid_app::monitoring::{Overview, Summary};
use greengrid_domain::units::Energy;
use maud::{Markup, html};

use super::OverviewPage;
use crate::components::figure::figure;
use crate::components::format;

/// The answer: how many sites need action and what they lose, with the fleet
/// in three figures beside it.
pub(super) fn lede(page: &OverviewPage<'_>) -> Markup {
    let overview = page.overview;
    let summary = &overview.summary;
    let regions = format::counted(overview.regions.len(), "region", "regions");
    html! {
        div #lede .lede.lede--cols {
            p .lede__date {
                "Morning report, " time datetime=(overview.zone.day(overview.as_of)) {
                    (format::long_day(overview.zone.day(overview.as_of)))
                }
                " · " (format::counted(summary.counts.total(), "site", "sites")) " in " (regions)
                " · " (format::watts_peak(summary.capacity_wp).to_string())
            }
            div {
                h1 { (headline(summary)) }
                p .lede__sub { (subline(page)) }
            }
            dl .figures aria-label=(if page.past.is_some() { "Fleet then" } else { "Fleet now" }) {
                (figure().label("Power now").value(format::power(summary.power_now)).maybe_note(power_note(summary)).render())
                (figure().label("Energy today").value(format::energy(summary.energy_today)).note(energy_note(summary)).render())
                (readings(overview))
            }
        }
    }
}

fn headline(summary: &Summary) -> Markup {
    let counts = summary.counts;
    let lost = format::amounts(&summary.lost_per_day);
    html! {
        @match (counts.total(), counts.need_action()) {
            (_, 1..) if summary.incidents > 0 => {
                strong { span data-live { (acting(summary)) } " need action." }
                " Together they lose " strong { span data-live { (lost) } " a day." }
            },
            (0, _) => { strong { "No sites yet." } " Import the first to see how they stand." },
            (all, 0) if counts.on_track == all => {
                strong { "All " (format::counted(all, "site is", "sites are")) " on track." } " Nothing needs you right now."
            },
            (_, 0) => {
                strong { "No site needs action." } " " (counts.watch) " being watched, " (counts.on_track) " on track."
            },
            (_, 1) => {
                strong { "1\u{a0}site needs action." } " It loses " strong { span data-live { (lost) } " a day." }
            },
            (_, need) => {
                strong { span data-live { (format::counted(need, "site", "sites")) } " need action." }
                " Together they lose " strong { span data-live { (lost) } " a day." }
            },
        }
    }
}

/// Incidents and the sites beside them; those within are counted with theirs.
fn acting(summary: &Summary) -> String {
    let incidents = format::counted(summary.incidents, "incident", "incidents");
    match summary.single_sites() {
        0 => format!("{incidents} at {}", format::counted(summary.folded, "site", "sites")),
        single => format!("{incidents} and {}", format::counted(single, "site", "sites")),
    }
}

fn subline(page: &OverviewPage<'_>) -> Markup {
    let summary = &page.overview.summary;
    let counts = summary.counts;
    html! {
        @if counts.total() > 0 && counts.need_action() == 0 {
            @if page.past.is_none() { "This page will change by itself if something happens." }
        } @else if counts.need_action() > 0 {
            @match summary.new_since_yesterday {
                0 => "None is new since yesterday evening.",
                1 => "1 is new since yesterday evening.",
                n => { (n) " are new since yesterday evening." },
            }
            " That is " (format::energy(summary.lost_energy_per_day).to_string()) " a day. "
            @let fine = counts.on_track + counts.watch;
            @if fine > 0 {
                (format::counted(fine, "site is", "sites are")) " fine or only being watched."
            }
        }
    }
}

fn power_note(summary: &Summary) -> Option<Markup> {
    let share = format::share(summary.power_now.watts(), summary.expected_now.watts());
    share.map(|share| html! { (format::percent(share).to_string()) " of expected" })
}

/// How far today is from expected; a per cent of it counts as none.
fn energy_note(summary: &Summary) -> Markup {
    let missing = summary.expected_today - summary.energy_today;
    let expected = summary.expected_today.wh();
    html! {
        @if missing.wh().abs() * 100 <= expected { "as expected" }
        @else if missing > Energy::ZERO { (format::energy(missing).to_string()) " short" }
        @else { (format::energy(Energy::ZERO - missing).to_string()) " above" }
    }
}

/// How many readings came in, how many of them can be trusted, and when the
/// newest was measured.
fn readings(overview: &Overview) -> Markup {
    let summary = &overview.summary;
    let valid = format::share(summary.readings_valid, summary.readings);
    let newest =
        summary.last_reading_at.map(|at| format::moment(at, overview.as_of, &overview.zone));
    let note = html! {
        "of " (format::count(summary.readings)) " in 24\u{a0}h"
        @if let Some(newest) = newest { ", newest\u{a0}" (newest) }
    };
    match valid {
        Some(valid) => {
            figure().label("Readings valid").value(format::percent_fine(valid)).note(note).render()
        }
        None => figure().label("Readings").value("none").note(note).render(),
    }
}
