use greengrid_app::monitoring::handover::Turns;
use greengrid_app::monitoring::reports::{LookBack, MorningReport, ReportLine, ReportSummary};
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::letter::{headline, late, sentence, settled};
use crate::components::{PageClock, charts, format, icon, pill};
use crate::monitoring::handover::turns;
use crate::monitoring::past;
use crate::urls;

/// Reports, newest first.
pub(super) struct List<'a> {
    pub(super) reports: &'a [ReportSummary],
    /// Whether these are the newest.
    pub(super) first: bool,
    /// Whether there are older ones.
    pub(super) more: bool,
    /// Which moments of the past there are.
    pub(super) look_back: &'a LookBack,
    pub(super) clock: PageClock,
}

pub(super) fn list(list: &List<'_>) -> Markup {
    html! {
        div #reports {
            div .lede {
                p .lede__date { "Morning reports" }
                div {
                    h1 { @match list.reports.first() {
                        Some(newest) => { strong { "The newest is of " (format::long_day(newest.day)) "." } },
                        None => { strong { "No report was written yet." } },
                    } }
                    p .lede__sub { "At 06:30 by the clocks of each region the day’s plan is mailed to operations, and kept here as it was." }
                }
                p .lede__act { a .btn .btn--primary href=(urls::HANDOVER) { (icon("swap")) "Shift handover" } }
            }
            (past::look_back(list.look_back, &list.clock.zone, None))
            section .section aria-labelledby="h-reports" {
                div .section__head { h2 #h-reports { "Kept reports" } span .dim { "newest first" } }
                @if list.reports.is_empty() {
                    div .state { p { (if list.first { "The next is written at 06:30." } else { "There is nothing older." }) } }
                } @else {
                    (table(list.reports))
                }
                @if !list.first || list.more { (pager(list)) }
            }
        }
    }
}

fn table(reports: &[ReportSummary]) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="Morning reports, table" {
            table .table.table--rows {
                thead { tr {
                    th scope="col" { "Morning" } th scope="col" { "Region" }
                    th scope="col" .n { "Need action" } th scope="col" .n { "Loss a day" }
                    th scope="col" .n { "On watch" } th scope="col" .n { "On track" }
                } }
                tbody {
                    @for report in reports {
                        tr {
                            th scope="row" {
                                a href=(urls::report(&report.region, report.day)) { (format::short_day(report.day)) }
                            }
                            td { (report.region_name) }
                            td .n data-label="Need action" { (report.counts.need_action()) }
                            td .n { (format::amounts(&report.money_per_day)) }
                            td .n data-label="On watch" { (report.counts.watch) }
                            td .n data-label="On track" { (report.counts.on_track) }
                        }
                    }
                }
            }
        }
    }
}

fn pager(list: &List<'_>) -> Markup {
    let older = list.reports.last().filter(|_| list.more).map(|report| report.day);
    html! {
        nav .pager aria-label="Pages" {
            @if let Some(last) = older { a .btn href=(urls::reports_before(last)) rel="next" { "Older" } }
            @if !list.first { a .btn .btn--quiet href=(urls::REPORTS) { "Newest" } }
        }
    }
}

/// One report as it was.
pub(super) fn report(report: &MorningReport, turns: &Turns) -> Markup {
    let counts = report.counts;
    html! {
        div .lede {
            p .lede__date {
                a href=(urls::REPORTS) { "Morning reports" } " · " (report.region_name) ", "
                time datetime=(report.day) { (format::long_day(report.day)) }
            }
            div {
                h1 { strong { (sentence(&headline(report))) "." } }
                p .lede__sub {
                    "Written " (format::long_moment(report.made_at, &report.zone)) " and kept as it was. "
                    @if let Some(late) = late(report) { (late) " " }
                    (counts.watch) " being watched, " (counts.on_track) " on track."
                }
            }
            p .lede__act {
                a .btn href=(past::address(report.made_at, &report.zone)) { (icon("clock")) "The overview then" }
                " "
                button .btn.btn--noprint.btn--only-wide type="button" data-print { (icon("print")) "Print" }
            }
        }
        @if !report.incidents.is_empty() { (incidents(report)) }
        section .section aria-labelledby="h-lines" {
            div .section__head { h2 #h-lines { "Needs action" } span .dim { "largest loss first" } }
            @if report.lines.is_empty() {
                div .state { p { "No site needed action by itself." } }
            } @else {
                (lines(report))
            }
        }
        @if let Some(settled) = settled(report) {
            section .section aria-labelledby="h-settled" {
                div .section__head { h2 #h-settled { "Since the report before" } }
                p { (settled) }
            }
        }
        @if !report.stuck.is_empty() { (stuck(report)) }
        (turns::changed(turns, report.made_at, &report.zone))
        (turns::done(turns, report.made_at, &report.zone))
    }
}

fn incidents(report: &MorningReport) -> Markup {
    html! {
        section .section aria-labelledby="h-incidents" {
            div .section__head { h2 #h-incidents { "Incidents" } }
            div .scroll tabindex="0" role="region" aria-label="Incidents, table" {
                table .table.table--rows {
                    thead { tr {
                        th scope="col" { "What" } th scope="col" { "Since" }
                        th scope="col" .n { "Sites" } th scope="col" .n { "Loss a day" }
                    } }
                    tbody {
                        @for incident in &report.incidents {
                            tr {
                                th scope="row" { (incident.headline) }
                                td data-label="Since" { (format::since(incident.since, report.made_at, &report.zone)) }
                                td .n data-label="Sites" { (incident.sites) }
                                td .n { (format::amounts(&incident.money_per_day)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Customers who wait to come online and do not get on.
fn stuck(report: &MorningReport) -> Markup {
    html! {
        section .section aria-labelledby="h-stuck" {
            div .section__head { h2 #h-stuck { "Onboarding that is stuck" } span .dim { "the longest first" } }
            div .scroll tabindex="0" role="region" aria-label="Onboarding that is stuck, table" {
                table .table.table--rows {
                    thead { tr { th scope="col" { "Case" } th scope="col" { "Why" } th scope="col" { "Since" } } }
                    tbody {
                        @for case in &report.stuck {
                            tr {
                                th scope="row" {
                                    a href=(urls::case(case.case.into())) { (case.name) } " " span .dim { (case.number) }
                                }
                                td data-label="Why" { (case.reason) }
                                td data-label="Since" { (format::since(case.since, report.made_at, &report.zone)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn lines(report: &MorningReport) -> Markup {
    let losses = report.lines.iter().map(|line| line.money_per_day.amount);
    let most = losses.max().unwrap_or(Decimal::ZERO);
    html! {
        ol .ledger {
            @for (place, line) in report.lines.iter().enumerate() { (row(report, place + 1, line, most)) }
        }
    }
}

fn row(report: &MorningReport, rank: usize, line: &ReportLine, most: Decimal) -> Markup {
    let share = format::money_share(line.money_per_day.amount, most);
    html! {
        li .ledger__row {
            div .lr__rank { b { (rank) } (pill::shape(line.status)) span .sr { (line.status.name()) } }
            div .lr__loss {
                span .lr__eur { (format::money(line.money_per_day)) span .u { "\u{a0}a day" } }
                (charts::loss_bar(share, false))
                span .lr__kwh { (format::energy(line.lost_per_day).to_string()) }
            }
            div .lr__what {
                h3 .lr__name { a href=(urls::site(&line.site)) { (line.name) } }
                p .lr__why { (line.cause) }
                p .lr__since {
                    span { "Since " (format::since(line.since, report.made_at, &report.zone)) }
                    span { (line.kind.name()) }
                    @if line.is_new { span .newtag { "New" } }
                }
            }
            div .lr__spark { (charts::spark(&line.spark, &format!("Last three days. {}", line.cause))) }
            div .lr__do {
                p .lr__step { (line.next_step.words()) }
                @if let Some(owner) = &line.owner { span .lr__owner { (icon("busy")) " " (owner) } }
            }
        }
    }
}
