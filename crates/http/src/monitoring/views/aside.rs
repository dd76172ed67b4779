use greengrid_app::monitoring::{Overview, OverviewQuery, RegionStanding};
use greengrid_domain::monitoring::Status;
use greengrid_domain::units::Power;
use maud::{Markup, html};

use crate::components::charts::{self, Curve, CurvePoint, marks_stand_for_ten};
use crate::components::{format, pill};
use crate::monitoring::dto;
use crate::urls;

/// The fleet's power, the regions, and what just happened.
pub(super) fn aside(overview: &Overview) -> Markup {
    html! {
        section #s-fleet .section aria-labelledby="h-fleet" {
            div .section__head { h2 #h-fleet { "Fleet power today" } span .dim { "hatched: short of expected" } }
            div #fleet-curve { (fleet(overview)) }
        }
        section #s-reg .section aria-labelledby="h-reg" {
            div .section__head { h2 #h-reg { "Regions" } span .dim { (legend(overview)) } }
            ul #regions {
                @for (region, marks) in overview.regions.iter().zip(&overview.marks) { (one_region(region, marks)) }
            }
        }
        section #s-ev .section aria-labelledby="h-ev" {
            div .section__head { h2 #h-ev { "Just happened" } }
            (events(overview))
        }
    }
}

/// The band is drawn 5 % to either side: the error of a day's forecast for a
/// whole fleet, in which single sites even out.
fn fleet(overview: &Overview) -> Markup {
    let points: Vec<CurvePoint> = overview
        .fleet
        .iter()
        .map(|point| {
            let watts = point.expected.watts();
            CurvePoint {
                at: point.interval.middle(),
                actual: point.actual,
                expected: point.expected,
                low: Power::from_watts(watts - watts / 20),
                high: Power::from_watts(watts + watts / 20),
            }
        })
        .collect();
    let summary = &overview.summary;
    let missing = summary.expected_now - summary.power_now;
    let short = missing.watts() * 50 > summary.expected_now.watts();
    charts::curve(
        &Curve::builder()
            .points(&points)
            .now(overview.as_of)
            .zone(&overview.zone)
            .label(sentence(overview))
            .said(summary.power_now)
            .maybe_short_of(short.then_some(missing))
            .build(),
    )
}

fn sentence(overview: &Overview) -> String {
    let summary = &overview.summary;
    let time = format::time_of_day(overview.as_of, &overview.zone);
    match format::share(summary.power_now.watts(), summary.expected_now.watts()) {
        Some(share) => format!(
            "Fleet power today. At {time} the fleet makes {}, {} of what the sky allows.",
            format::power(summary.power_now),
            format::percent(share)
        ),
        None => format!("Fleet power today. At {time} no sun is expected."),
    }
}

fn legend(overview: &Overview) -> &'static str {
    if overview.marks.iter().any(|marks| marks_stand_for_ten(marks.len())) {
        "one mark per 10 sites in large regions"
    } else {
        "one mark per site"
    }
}

fn one_region(region: &RegionStanding, marks: &[Status]) -> Markup {
    let query = OverviewQuery { region: Some(region.code.clone()), ..OverviewQuery::default() };
    let share = format::share(region.power_now.watts(), region.expected_now.watts());
    let power = format::power(region.power_now);
    html! {
        li .region id={ "region-" (region.code) } {
            h3 { a href=(dto::address(&query)) { (region.name) } }
            p {
                b data-live { (region.counts.on_track) } " of " (region.counts.total()) " on track · "
                b data-live { (power.value) } "\u{a0}" (power.unit)
                @if let Some(share) = share { " · " b data-live { (format::percent(share).value) } "\u{a0}%" }
            }
            (charts::region_strip(&region.name, marks))
        }
    }
}

fn events(overview: &Overview) -> Markup {
    html! {
        @if overview.events.is_empty() {
            p .dim { "Nothing has changed lately." }
        } @else {
            ul #events .feed {
                @for event in &overview.events {
                    li {
                        time datetime=(format::iso(event.at)) {
                            (format::moment(event.at, overview.as_of, &overview.zone))
                        }
                        (pill::shape(event.status))
                        span { a href=(urls::site(&event.site.code)) { (event.site.details.name.as_str()) } " " (event.text) }
                    }
                }
            }
        }
    }
}
