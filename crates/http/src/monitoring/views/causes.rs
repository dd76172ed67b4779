use greengrid_app::monitoring::{CauseGroup, OverviewQuery, OverviewRow};
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::{OverviewPage, row};
use crate::components::{charts, format, icon, pill};

/// A long list by cause: what it costs in all, and the first few sites. Those
/// that are no longer in the list come last.
pub(super) fn causes(page: &OverviewPage<'_>, most: Decimal) -> Markup {
    let overview = page.overview;
    let of = |group: &CauseGroup| {
        let kind = group.kind;
        overview.rows.iter().filter(move |row| is_of(row, kind))
    };
    let known = |row: &&OverviewRow| overview.causes.iter().any(|group| is_of(row, group.kind));
    html! {
        @for group in &overview.causes {
            (head(page, group, most))
            @for shown in of(group) { (row::row().page(page).row(shown).most(most).render()) }
        }
        @for shown in overview.rows.iter().filter(|row| !known(row)) {
            (row::row().page(page).row(shown).most(most).render())
        }
    }
}

fn is_of(row: &OverviewRow, kind: greengrid_domain::monitoring::AnomalyKind) -> bool {
    row.assessment.finding.as_ref().is_some_and(|finding| finding.kind == kind)
}

fn head(page: &OverviewPage<'_>, group: &CauseGroup, most: Decimal) -> Markup {
    let name: &str = group.kind.into();
    let money = group.money_per_day.first().map_or(Decimal::ZERO, |money| money.amount);
    let all = page.address(&OverviewQuery { kind: Some(group.kind), ..page.query.clone() });
    html! {
        li .ledger__row.ledger__cause id={ "cause-" (name) } {
            div .lr__rank { b {} (pill::shape(group.worst)) span .sr { (group.worst.name()) } }
            div .lr__loss {
                span .lr__eur { span data-live data-figure { (format::amounts(&group.money_per_day)) } span .u { "\u{a0}a day" } }
                (charts::loss_bar(format::money_share(money, most), false))
                span .lr__kwh { (format::energy(group.lost_per_day).to_string()) }
            }
            div .lr__what.lr__what--wide {
                h3 .lr__name { (group.kind.name()) ": " (format::counted(group.sites, "site", "sites")) }
                p .lr__since {
                    span { (icon(row::step_icon(group.next_step))) " " (group.next_step.words()) }
                    a href=(all) { "All " (group.sites) span .sr { " with " (group.kind.name()) } }
                }
            }
        }
    }
}
