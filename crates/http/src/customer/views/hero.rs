use greengrid_app::customer::Sum;
use greengrid_domain::units::Energy;
use maud::{Markup, html};

use super::{SiteView, words};
use crate::components::charts::{self, Bar};
use crate::components::format;

/// How the site stands, and what it makes now.
pub(super) fn hero(view: &SiteView<'_>) -> Markup {
    let own = &view.page.site;
    let details = &view.site().details;
    html! {
        section .hero aria-labelledby="h-now" {
            div {
                p .hero__name { (details.name.as_str()) }
                h1 #h-now .hero__say { (words::sentence(own)) }
                p .hero__now[own.row.assessment.power_now.is_some()]
                    .hero__unknown[own.row.assessment.power_now.is_none()] {
                    @match own.row.assessment.power_now {
                        Some(power) => { span data-live { (format::power(power)) } span .hero__word { " now" } }
                        None => "power unknown",
                    }
                }
                p .hero__ok.(words::tint(own)) {
                    (words::state_pill(own))
                    span .dim { (words::heard(own)) }
                }
            }
            (at_a_glance(view))
        }
    }
}

/// What today is worth, beside the power.
fn at_a_glance(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let details = &view.site().details;
    let known = words::today_known(&page.site);
    let energy = page.site.row.assessment.energy_today;
    html! {
        dl .facts.hero__facts aria-label="Today at a glance" {
            div { dt { "System" } dd { (format::capacity_of(details)) } }
            @if known {
                div { dt { "Worth today so far" } dd data-live { "about " (format::money_exact(page.worth_today.worth.total())) } }
                div { dt { "CO₂ kept out of the air today" } dd data-live { (format::carbon(page.avoided[0])) } }
                @if let Some(capacity) = details.capacity() {
                    div { dt { "Made per kilowatt of panels today" } dd data-live { (format::specific_yield(energy, capacity)) } }
                }
            } @else {
                div { dt { "Worth today so far" } dd .dim { "unknown without readings" } }
            }
        }
    }
}

/// Energy of today, this week, this month and this year.
pub(super) fn sums(view: &SiteView<'_>) -> Markup {
    let (page, sums) = (view.page, &view.page.sums);
    let capacity = view.site().details.capacity();
    let today = page.history.today;
    let per_kwp = |energy: Energy| {
        capacity.map(|all| format::specific_yield(energy, all).to_string()).unwrap_or_default()
    };
    html! {
        dl .energy aria-label="Energy made" {
            div {
                dt { "Today" }
                @if words::today_known(&page.site) {
                    dd data-live { (format::energy(page.site.row.assessment.energy_today)) }
                    dd { (words::against_expected(&page.site)) }
                } @else {
                    dd .dim { "unknown" }
                    dd { "no readings today" }
                }
                dd { (charts::small_bars(&hours(view), "Energy by hour today")) }
            }
            (sum("This week", &sums.week, day_of_week(today), "Energy by day this week", &per_kwp(sums.week.made)))
            (sum(&today.strftime("%B").to_string(), &sums.month, usize::try_from(today.day() - 1).unwrap_or(0), "Energy by day this month", &per_kwp(sums.month.made)))
            (sum(&today.year().to_string(), &sums.year, usize::try_from(today.month() - 1).unwrap_or(0), "Energy by month this year", &per_kwp(sums.year.made)))
        }
    }
}

fn day_of_week(today: jiff::civil::Date) -> usize {
    usize::try_from(today.weekday().to_monday_zero_offset()).unwrap_or(0)
}

fn sum(name: &str, sum: &Sum, current: usize, label: &str, per_kwp: &str) -> Markup {
    // Before the first there was nothing to hear of.
    let begun = sum.parts.iter().position(Option::is_some).unwrap_or(current);
    let bars: Vec<Bar> = sum
        .parts
        .iter()
        .enumerate()
        .map(|(i, made)| Bar {
            name: String::new(),
            axis: None,
            made: *made,
            year_before: None,
            current: i == current,
            to_come: i >= current || i < begun,
        })
        .collect();
    html! {
        div {
            dt { (name) }
            dd data-live { (format::energy(sum.made)) }
            dd { (per_kwp) }
            dd { (charts::small_bars(&bars, label)) }
        }
    }
}

/// Today's curve by the hour; hours before the first and after the last with
/// any sun are left out.
fn hours(view: &SiteView<'_>) -> Vec<Bar> {
    let now = view.page.site.as_of;
    let points = &view.page.today.points;
    let sunny = |point: &greengrid_app::monitoring::SiteCurvePoint| point.high.watts() > 0;
    let first = points.iter().position(sunny).unwrap_or(0) / 4 * 4;
    let last = points.iter().rposition(sunny).map_or(points.len(), |last| last + 1);
    points
        .get(first..last)
        .unwrap_or_default()
        .chunks(4)
        .map(|hour| {
            let made = hour.iter().filter_map(|point| point.actual);
            let begins = hour.first().map_or(now, |point| point.interval.start());
            let ends = hour.last().map_or(now, |point| point.interval.end());
            Bar {
                name: format::time_of_day(begins, &view.site().details.zone),
                axis: None,
                made: hour
                    .iter()
                    .any(|point| point.actual.is_some())
                    .then(|| made.map(|power| Energy::of(power, 900)).sum()),
                year_before: None,
                current: begins <= now && now < ends,
                to_come: ends > now,
            }
        })
        .collect()
}
