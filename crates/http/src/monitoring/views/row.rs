use greengrid_app::monitoring::OverviewRow;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::{AnomalyKind, Finding, NextStep, Phase, Status};
use jiff::{SignedDuration, ToSpan};
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::{OverviewPage, drawer};
use crate::components::{charts, format, icon, pill, post};
use crate::monitoring::dto;
use crate::urls;

/// The element of a site on the overview.
pub(crate) fn dom_id(site: SiteId) -> String {
    format!("att-{site}")
}

/// A site that needs action: what it loses, why, since when, and what to do.
/// `most` is the largest loss on the page.
#[bon::builder(finish_fn = render)]
pub(super) fn row(page: &OverviewPage<'_>, row: &OverviewRow, most: Decimal) -> Markup {
    let site = &row.site;
    let status = row.assessment.status;
    let finding = row.assessment.finding.as_ref();
    let solved = row.rank.is_none();
    html! {
        li .ledger__row id=(dom_id(site.id)) data-solved[solved] data-preserve-attr="data-changed" {
            div .lr__rank {
                b { @if let Some(rank) = row.rank { (rank) } }
                (pill::shape(status)) span .sr { (status.name()) }
            }
            div .lr__loss {
                @if let Some(finding) = finding { (loss(finding, status, most)) }
                @else { span .lr__kwh { "nothing" } }
            }
            div .lr__what {
                h3 .lr__name {
                    a href=(urls::site(&site.code)) data-row { (site.details.name.as_str()) }
                    span { (region_name(page, row)) " · " (format::capacity_of(&site.details)) }
                }
                p .lr__why {
                    @if let Some(finding) = finding { (finding.cause) } @else { "Back on track." }
                }
                p .lr__since {
                    @if let Some(finding) = finding {
                        span { "Since " (format::since(finding.since, page.overview.as_of, &site.details.zone)) }
                        span { (finding.kind.name()) }
                    }
                    @if let Some(phase) = handled(page, row) { span .lr__phase { (phase.name()) } }
                    @if solved { span { "No longer in this list" } }
                    @else if is_new(page, row) { span .newtag { "New" } }
                }
            }
            div .lr__spark { (evidence(row)) }
            div .lr__do {
                @if let Some(finding) = finding { (step(finding)) }
                @if page.past.is_none() { (take(page, row)) }
                @else if let Some((_, owner)) = &row.owner { span .lr__owner { (icon("busy")) " " (owner) } }
            }
            // The evidence that could be fetched is that of now.
            @if let Some(record) = row.case.as_ref().filter(|_| page.past.is_none()) { (drawer::drawer(row, record)) }
        }
    }
}

/// What somebody has said to the anomaly; nothing for one that is just open.
fn handled(page: &OverviewPage<'_>, row: &OverviewRow) -> Option<Phase> {
    let phase = row.case.as_ref()?.life.phase(page.overview.as_of);
    (phase != Phase::Open).then_some(phase)
}

fn loss(finding: &Finding, status: Status, most: Decimal) -> Markup {
    let unseen = status == Status::NoData || finding.kind == AnomalyKind::CommGap;
    let share = format::money_share(finding.money_per_day.amount, most);
    html! {
        span .lr__eur { span data-live data-figure { (format::money(finding.money_per_day)) } span .u { "\u{a0}a day" } }
        (charts::loss_bar(share, unseen))
        span .lr__kwh data-preserve-attr="data-was" { (format::energy(finding.lost_per_day).to_string()) @if unseen { " unseen" } }
    }
}

fn region_name<'a>(page: &'a OverviewPage<'_>, row: &'a OverviewRow) -> &'a str {
    let code = &row.site.details.region;
    let regions = &page.overview.regions;
    regions.iter().find(|region| region.code == *code).map_or(code.as_str(), |region| &region.name)
}

/// Whether the finding appeared since yesterday 18:00, or while the page was
/// being read.
fn is_new(page: &OverviewPage<'_>, row: &OverviewRow) -> bool {
    let order = &page.query.order;
    let appended = !order.is_empty() && !order.contains(&row.site.id);
    let overview = page.overview;
    let yesterday = overview.zone.day(overview.as_of).saturating_sub(1.days());
    let evening = overview.zone.start_of(yesterday) + SignedDuration::from_hours(18);
    appended || row.raised_at.is_some_and(|raised| raised >= evening)
}

/// A window that fits the cause: three days for a trip, thirty for dust.
fn evidence(row: &OverviewRow) -> Markup {
    let assessment = &row.assessment;
    match &assessment.finding {
        Some(finding) if finding.kind == AnomalyKind::SoilingDrift => {
            let sentence = format!("Last 30 days, in per cent of expected. {}", finding.cause);
            charts::index_spark(&assessment.daily_index, &sentence)
        }
        _ => charts::spark(&assessment.spark, &sentence(row)),
    }
}

/// The small chart for those who cannot see it.
fn sentence(row: &OverviewRow) -> String {
    let today = format::share(row.assessment.energy_today.wh(), row.assessment.expected_today.wh())
        .map_or(String::new(), |share| format!(" Today {} of expected.", format::percent(share)));
    match &row.assessment.finding {
        Some(finding) => format!("Last three days. {}{today}", finding.cause),
        None => format!("Last three days, as expected.{today}"),
    }
}

fn step(finding: &Finding) -> Markup {
    html! {
        p .lr__step { (icon(step_icon(finding.next_step))) " " (finding.next_step.words()) }
    }
}

pub(super) const fn step_icon(step: NextStep) -> &'static str {
    match step {
        NextStep::SendTechnician => "wrench",
        NextStep::CallCustomer => "phone",
        NextStep::CheckGateway => "gateway",
        NextStep::BookCleaning => "drop",
        NextStep::FixRemotely => "swap",
        NextStep::AskForPhoto => "eye",
        NextStep::CheckData => "doc",
        NextStep::Wait => "clock",
    }
}

/// Who looks after the site; a button to take it, or to hand it back.
fn take(page: &OverviewPage<'_>, row: &OverviewRow) -> Markup {
    let site = &row.site;
    let action = urls::take(&site.code);
    let back = dto::address(page.query);
    let back = back.split_once('?').map_or("", |(_, query)| query);
    html! {
        form method="post" action=(action) data-on:submit=(post(&action)) {
            input type="hidden" name="back" value=(back);
            @match &row.owner {
                Some((_, owner)) => {
                    input type="hidden" name="mine" value="false";
                    span .lr__owner { (icon("busy")) " " (owner) }
                    button .btn.btn--small.btn--quiet data-act type="submit" {
                        "Hand back" span .sr { ", " (site.details.name.as_str()) }
                    }
                },
                None => {
                    input type="hidden" name="mine" value="true";
                    button .btn.btn--small data-act type="submit" {
                        "Take it" span .sr { ", " (site.details.name.as_str()) }
                    }
                },
            }
        }
    }
}
