use greengrid_app::monitoring::OverviewRow;
use greengrid_app::monitoring::handover::{Handover, PlannedWork, PutOff};
use maud::{Markup, html};

use crate::components::{format, pill};
use crate::urls;

/// Lines of each list; the overview has the rest.
const SHOWN: usize = 40;

/// What waits for the next shift.
pub(super) fn waits(handover: &Handover) -> Markup {
    let waits = &handover.waits;
    html! {
        section .section.section--apart aria-labelledby="h-waits" {
            div .section__head { h2 #h-waits { "What waits" } span .dim { "largest loss first" } }
            @if waits.unseen.is_empty() && waits.in_hand.is_empty() {
                div .state { p { "No site needs action." } }
            }
            @if !waits.unseen.is_empty() {
                h3 { "Nobody has it in hand" }
                (sites(handover, &waits.unseen, "Nobody has it in hand", false))
            }
            @if !waits.in_hand.is_empty() {
                h3 { "In hand" }
                (sites(handover, &waits.in_hand, "In hand", true))
            }
            @if !waits.put_off.is_empty() {
                h3 { "Put off, and back within a day" }
                ul { @for put_off in &waits.put_off { (returning(handover, put_off)) } }
            }
            @if !waits.work.is_empty() {
                h3 { "Planned work within a day" }
                ul { @for work in &waits.work { (planned(handover, work)) } }
            }
        }
    }
}

/// Sites that wait; with who has them, where somebody does.
fn sites(handover: &Handover, rows: &[OverviewRow], label: &str, held: bool) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label={ (label) ", table" } {
            table .table.table--rows {
                thead { tr {
                    th scope="col" { "Site" } th scope="col" { "What" } th scope="col" { "Next" }
                    @if held { th scope="col" { "Who" } } th scope="col" .n { "Loss a day" }
                } }
                tbody { @for row in rows.iter().take(SHOWN) { (site(handover, row, held)) } }
            }
        }
        @if rows.len() > SHOWN { p .dim { "And " (rows.len() - SHOWN) " more on the " a href=(urls::OVERVIEW) { "overview" } "." } }
    }
}

fn site(handover: &Handover, row: &OverviewRow, held: bool) -> Markup {
    let assigned = row.case.as_ref().and_then(|case| case.assigned_name.as_deref());
    let who = row.owner.as_ref().map(|(_, name)| name.as_str()).or(assigned);
    html! {
        @if let Some(finding) = &row.assessment.finding {
            tr {
                th scope="row" {
                    a href=(urls::site(&row.site.code)) { (row.site.details.name.as_str()) }
                    small { (pill::status_pill(row.assessment.status)) }
                }
                td { (finding.cause) small { "Since " (format::since(finding.since, handover.now, &handover.zone)) } }
                td data-label="Next" { (finding.next_step.words()) }
                @if held { td data-label="Who" { (who.unwrap_or("–")) } }
                td .n { (format::money(finding.money_per_day)) }
            }
        }
    }
}

fn returning(handover: &Handover, put_off: &PutOff) -> Markup {
    html! {
        li {
            (format::moment(put_off.until, handover.now, &handover.zone)) ": "
            a href=(urls::anomaly(&put_off.site.0, put_off.anomaly)) { (put_off.site.1) } ". " (put_off.cause)
        }
    }
}

fn planned(handover: &Handover, work: &PlannedWork) -> Markup {
    let moment = |at| format::moment(at, handover.now, &handover.zone);
    html! {
        li {
            (moment(work.from)) " to " (moment(work.to)) ": "
            @match &work.site {
                Some((code, name)) => { a href=(urls::site(code)) { (name) } },
                None => { "all of " (work.region) },
            }
            ". " (work.why)
            @if let Some(by) = &work.by { span .dim { " (" (by) ")" } }
        }
    }
}
