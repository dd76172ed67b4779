use greengrid_app::monitoring::SitesQuery;
use greengrid_domain::monitoring::Finding;
use maud::{Markup, html};

use super::SiteView;
use crate::components::{format, pill};
use crate::fleet::dto::{site_address, sites_address};
use crate::urls;

/// The answer: what is wrong here, since when and what it costs.
pub(super) fn lede(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let region =
        SitesQuery { region: Some(page.site.details.region.clone()), ..SitesQuery::default() };
    html! {
        div #lede .lede {
            p .lede__date {
                a href=(urls::SITES) { "Sites" } " / "
                a href=(sites_address(&region)) { (page.region_name) } " / "
                (page.site.details.name.as_str())
            }
            div {
                h1 { strong { (page.site.details.name.as_str()) ":" } " " (answer(view)) }
                p .lede__sub { (standing(view)) }
                @if !view.ignored.is_empty() {
                    p .section__note role="status" { @for message in view.ignored { (message) " " } }
                }
            }
            @if view.may_take { div .lede__act { (take(view)) } }
        }
    }
}

fn answer(view: &SiteView<'_>) -> Markup {
    let finding = view.page.row.as_ref().and_then(|row| row.assessment.finding.as_ref());
    html! {
        @match (finding, &view.page.row) {
            (Some(finding), _) => {
                (finding.cause) " "
                "It costs " strong { span data-live { (format::money(finding.money_per_day)) } "\u{a0}a\u{a0}day." }
            },
            (None, Some(_)) => "inside its expected range.",
            (None, None) => "not judged yet.",
        }
    }
}

fn standing(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    html! {
        @match &page.row {
            Some(row) => {
                (pill::boxed_status(row.assessment.status)) " "
                @if let Some(finding) = &row.assessment.finding { (history(view, finding)) }
                @else if let Some(at) = row.assessment.last_reading_at {
                    "Last reading " (format::moment(at, page.as_of, &page.site.details.zone)) "."
                } @else { "No reading yet." }
                @if let Some((_, owner)) = &row.owner { " " (owner) " looks after it." }
            },
            None => "It is judged as soon as readings are here and its region has enough sites to compare.",
        }
    }
}

fn history(view: &SiteView<'_>, finding: &Finding) -> Markup {
    let zone = &view.page.site.details.zone;
    let worth = view.page.site.details.price.worth(finding.lost);
    html! {
        "Since " (format::since(finding.since, view.page.as_of, zone)) ". Lost so far "
        b { (format::energy(finding.lost).to_string()) } ", " b { (format::money(worth)) } ". "
        "Next: " (finding.next_step.words().to_lowercase()) "."
    }
}

/// Takes the site, or hands it back; comes back to this page.
fn take(view: &SiteView<'_>) -> Markup {
    let site = &view.page.site;
    let owned = view.page.row.as_ref().is_some_and(|row| row.owner.is_some());
    html! {
        form method="post" action=(urls::take(&site.code)) {
            input type="hidden" name="back" value=(site_address(&site.code, view.days, view.today()));
            input type="hidden" name="mine" value=(!owned);
            button .btn.btn--primary[!owned] type="submit" data-act {
                @if owned { "Hand back" } @else { "Take it" }
            }
        }
    }
}
