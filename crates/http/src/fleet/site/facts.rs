use greengrid_domain::fleet::SiteDetails;
use jiff::Span;
use maud::{Markup, Render, html};

use super::{SiteView, vendor};
use crate::components::{charts, format};

/// The numbers behind the judgement.
pub(super) fn evidence(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let baseline = &page.baseline;
    html! {
        section #s-w .section aria-labelledby="h-w" {
            div .section__head { h2 #h-w { "Why we think so" } }
            dl .facts {
                @if let Some(row) = &page.row {
                    @let assessment = &row.assessment;
                    @if let Some(finding) = &assessment.finding {
                        (fact("Kind", finding.kind.name()))
                        (fact("Loses", html! { (format::energy(finding.lost_per_day).to_string()) " a day" }))
                    }
                    @if let Some(alarm) = vendor::newest_open(view) {
                        (fact("The inverter says", alarm))
                    }
                    (fact("Power now", html! {
                        @match (assessment.power_now, assessment.expected_now) {
                            (Some(now), Some(expected)) => { (format::power(now).to_string()) " of " (format::power(expected).to_string()) },
                            (Some(now), None) => (format::power(now).to_string()),
                            (None, _) => "no fresh reading",
                        }
                    }))
                    (fact("Today", html! {
                        (format::energy(assessment.energy_today).to_string())
                        @if let Some(share) = format::share(assessment.energy_today.wh(), assessment.expected_today.wh()) {
                            " of " (format::energy(assessment.expected_today).to_string())
                            " (" (format::percent(share).to_string()) ")"
                        }
                    }))
                    (fact("30 days, 60 to 110\u{a0}%", charts::index_line(&assessment.daily_index)))
                }
                @if page.site.details.capacity().is_some() {
                    (fact("It has shown", html! { (format::percent(baseline.gain).to_string()) " of the clear-sky model" }))
                }
                (fact("How sure", html! {
                    @if baseline.version == 0 { "nothing learned yet" }
                    @else { (format::percent(baseline.confidence).to_string()) }
                }))
                @if let Some((from, to)) = baseline.trained {
                    (fact("Learned from", html! { (format::short_day(from)) " to " (format::short_day(to)) }))
                }
            }
            p .section__note {
                "Expected is what a clear sky gives at this place and orientation, scaled by what the site has shown, under the sky its region has."
            }
        }
    }
}

/// The last 30 days as bars.
pub(super) fn last_days(view: &SiteView<'_>) -> Markup {
    let today = view.today();
    html! {
        section #s-30 .section aria-labelledby="h-30" {
            div .section__head { h2 #h-30 { "Last 30 days" } }
            (charts::day_bars(&view.page.days, today.saturating_sub(Span::new().days(29)), today))
        }
    }
}

/// What is known of the site.
pub(super) fn site(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let details = &page.site.details;
    let unknown = || html! { span .dim { "not known" } };
    html! {
        section #s-f .section aria-labelledby="h-f" {
            div .section__head { h2 #h-f { "Site" } span .dim { (page.site.code) } }
            dl .facts {
                (fact("Customer", details.customer.as_ref().map_or_else(unknown, Render::render)))
                (fact("Address", details.address.as_ref().map_or_else(unknown, Render::render)))
                (fact("Panels", panels(details)))
                (fact("Inverters", details.array.ac_limit.map_or_else(unknown, |limit| html! { (format::power(limit).to_string()) " AC" })))
                @if let Some(limit) = details.array.export_limit {
                    (fact("Export limit", format::power(limit).to_string()))
                }
                (fact("Brand", details.brand.name()))
                (fact("Running since", details.commissioned_on.map_or_else(unknown, |day| html! { (format::short_day(day)) })))
                (fact("Readings", span(view)))
                (fact("Time zone", details.zone.name()))
                (fact("Price of energy", format::price(details.price)))
            }
        }
    }
}

fn fact(term: &str, value: impl Render) -> Markup {
    html! { div { dt { (term) } dd { (value) } } }
}

fn span(view: &SiteView<'_>) -> Markup {
    html! {
        @match view.page.span {
            Some((first, last)) => { (format::short_day(first)) " to " (format::short_day(last)) },
            None => span .dim { "none yet" },
        }
    }
}

/// Capacity and orientation: `412 kWp, 30° south`.
fn panels(details: &SiteDetails) -> Markup {
    let array = details.array;
    html! {
        (format::capacity_of(details))
        @if let Some(tilt) = array.tilt_deg { ", " (format::number(tilt, 0)) "°" }
        @if let Some(azimuth) = array.azimuth_deg { " " (direction(azimuth)) }
    }
}

/// The nearest of eight directions.
fn direction(azimuth_deg: f64) -> &'static str {
    const NAMES: [&str; 8] =
        ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
    let turned = (azimuth_deg + 22.5).rem_euclid(360.0);
    NAMES
        .iter()
        .enumerate()
        .rev()
        .find(|(i, _)| turned >= bound(*i))
        .map_or("north", |(_, name)| name)
}

fn bound(direction: usize) -> f64 {
    f64::from(u32::try_from(direction).unwrap_or(0)) * 45.0
}

#[cfg(test)]
mod tests {
    use super::direction;

    #[test]
    fn directions_are_named_by_the_nearest_of_eight() {
        assert_eq!(direction(0.0), "north");
        assert_eq!(direction(359.0), "north");
        assert_eq!(direction(22.6), "north-east");
        assert_eq!(direction(180.0), "south");
        assert_eq!(direction(292.4), "west");
    }
}
