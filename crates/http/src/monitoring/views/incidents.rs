use greengrid_app::monitoring::{IncidentLine, OverviewRow};
use greengrid_domain::chat::Room;
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::OverviewPage;
use crate::components::{charts, format, icon, pill};
use crate::urls;

/// Incidents before the sites: what many have in common, in one line each.
pub(super) fn incidents(page: &OverviewPage<'_>, most: Decimal) -> Markup {
    let lines = &page.overview.incidents;
    html! {
        @if !lines.is_empty() {
            ol #incidents .ledger.ledger--incidents aria-label="Incidents" {
                @for line in lines { (row(page, line, most)) }
            }
        }
    }
}

fn row(page: &OverviewPage<'_>, line: &IncidentLine, most: Decimal) -> Markup {
    let (incident, overview) = (&line.record.incident, page.overview);
    let worst = line.rows.iter().map(|row| row.assessment.status).min();
    let money = line.money_per_day.first().map_or(Decimal::ZERO, |money| money.amount);
    let id = line.record.id;
    html! {
        li .ledger__row id={ "inc-" (id) } {
            div .lr__rank { b {} @if let Some(status) = worst { (pill::shape(status)) span .sr { (status.name()) } } }
            div .lr__loss {
                span .lr__eur { span data-live data-figure { (format::amounts(&line.money_per_day)) } span .u { "\u{a0}a day" } }
                (charts::loss_bar(format::money_share(money, most), false))
                span .lr__kwh { (format::energy(line.lost_per_day).to_string()) }
            }
            div .lr__what.lr__what--wide {
                h3 .lr__name { (incident.headline(&line.place)) }
                p .lr__since {
                    span { "Since " (format::since(incident.began, overview.as_of, &overview.zone)) }
                    span { (incident.cause.kind().name()) }
                    span { a href=(urls::room(&Room::Incident(id))) {
                        "Discuss" span .sr { ": " (incident.headline(&line.place)) }
                    } }
                }
                details .drawer id={ "inc-drawer-" (id) } data-preserve-attr="open" {
                    summary { (format::counted(line.rows.len(), "site", "sites")) " and what to say" (icon("down")) }
                    div .drawer__in {
                        (said("Why these are one", &incident.evidence(&line.place)))
                        (said("To say on the telephone", &incident.script(&line.place)))
                        (said("To the customer", &incident.for_customer(&line.place)))
                        ul .drawer__sites { @for row in &line.rows { (site(row)) } }
                    }
                }
            }
        }
    }
}

fn said(title: &str, text: &str) -> Markup {
    html! { div .drawer__said { h4 { (title) } p { (text) } } }
}

fn site(row: &OverviewRow) -> Markup {
    html! {
        li {
            a href=(urls::site(&row.site.code)) data-row { (row.site.details.name.as_str()) }
            @if let Some(finding) = &row.assessment.finding {
                span .dim { " " (format::money(finding.money_per_day)) " a day" }
            }
        }
    }
}
