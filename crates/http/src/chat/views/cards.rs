use greengrid_app::chat::Person;
use greengrid_app::monitoring::{AnomalyRecord, OverviewRow};
use greengrid_domain::fleet::Site;
use maud::{Markup, html};

use crate::components::{PageClock, format, pill};

/// One of the team.
pub(in crate::chat) fn person_card(person: &Person) -> Markup {
    html! { p { b { (person.name) } } p { (person.role.name()) } }
}

/// The same as a page.
pub(in crate::chat) fn person_page(person: &Person) -> Markup {
    html! {
        div .lede { div {
            p .lede__date { "Team" }
            h1 { (person.name) }
            p .lede__sub { (person.role.name()) }
        } }
    }
}

/// A site, with where it stands.
pub(in crate::chat) fn site_card(
    site: &Site,
    row: Option<&OverviewRow>,
    clock: &PageClock,
) -> Markup {
    let assessment = row.map(|row| &row.assessment);
    html! {
        p {
            b { (site.details.name.as_str()) }
            @if let Some(assessment) = assessment { " " (pill::status_pill(assessment.status)) }
        }
        @if let Some(finding) = assessment.and_then(|assessment| assessment.finding.as_ref()) {
            p { (finding.cause) }
            p .dim {
                "Since " (format::since(finding.since, clock.now, &clock.zone)) ", "
                (format::money(finding.money_per_day)) " a day"
            }
        } @else if let Some(power) = assessment.and_then(|assessment| assessment.power_now) {
            p .dim { (format::power(power).to_string()) " now" }
        }
    }
}

/// An anomaly, with its site.
pub(in crate::chat) fn anomaly_card(
    record: &AnomalyRecord,
    site: &Site,
    clock: &PageClock,
) -> Markup {
    html! {
        p { b { (record.kind.name()) } " at " (site.details.name.as_str()) }
        p { (record.cause) }
        p .dim {
            "Since " (format::since(record.since, clock.now, &clock.zone)) ", "
            (format::money(record.money_per_day)) " a day"
            @if record.until.is_some() { ", over" }
        }
    }
}
