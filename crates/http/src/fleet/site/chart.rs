use greengrid_app::monitoring::SiteCurvePoint;
use greengrid_domain::units::{Energy, Power};
use maud::{Markup, html};

use super::SiteView;
use crate::components::charts::{self, Curve, CurvePoint};
use crate::components::{format, icon};
use crate::fleet::dto::{Days, site_address};
use crate::query::Address;
use crate::urls;

/// Ranges to choose from.
const RANGES: [(i32, &str); 3] = [(1, "1 day"), (3, "3 days"), (14, "14 days")];

/// Power against expected over the days asked for.
pub(super) fn chart(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let points: Vec<CurvePoint> = view.curve.points.iter().map(CurvePoint::from).collect();
    let today = view.days.to == view.today();
    let power = page.row.as_ref().and_then(|row| row.assessment.power_now).filter(|_| today);
    let sentence = sentence(view);
    html! {
        section #s-c .section aria-labelledby="h-c" {
            div .section__head {
                h2 #h-c { "Actual and expected power" }
                ul .key { (key()) }
                (ranges(view))
            }
            (picker(view))
            p .section__note { (sentence) }
            div #site-curve data-at=(page.as_of.as_second()) data-preserve-attr="class" {
                (charts::curve(&Curve::builder()
                    .points(&points)
                    .now(page.as_of)
                    .zone(&page.site.details.zone)
                    .height(250.0)
                    .label(sentence.as_str())
                    .maybe_said(power)
                    .build()))
            }
            div #zoom .zoom data-curve=(data_address(view)) data-label=(sentence) data-ignore-morph hidden {}
            (table(view))
        }
    }
}

fn key() -> Markup {
    html! {
        li { svg width="18" height="10" aria-hidden="true" { path .c-act d="M0 5H18" {} } "actual" }
        li { svg width="18" height="10" aria-hidden="true" { rect .c-band width="18" height="10" {} path .c-exp d="M0 5H18" {} } "expected range" }
        li { svg width="18" height="10" aria-hidden="true" { rect fill="url(#p-loss)" width="18" height="10" {} } "lost" }
        li { svg width="18" height="10" aria-hidden="true" { rect fill="url(#p-none)" width="18" height="10" {} } "no readings" }
    }
}

fn ranges(view: &SiteView<'_>) -> Markup {
    let code = &view.page.site.code;
    html! {
        nav .seg aria-label="Time range" {
            @for (days, name) in RANGES {
                a href=(site_address(code, Days::ending(view.days.to, days), view.today()))
                    aria-current=[(view.days.count() == days).then_some("true")] { (name) }
            }
        }
    }
}

/// Any day by its date, the days before and the days after.
fn picker(view: &SiteView<'_>) -> Markup {
    let code = &view.page.site.code;
    let (first, last) = view
        .page
        .span
        .map_or((None, view.today()), |(first, last)| (Some(first), last.max(view.today())));
    let earlier = view.days.moved(-1);
    let later = view.days.moved(1);
    html! {
        form #day-form .filters method="get" action=(urls::site(code)) aria-label="Choose a day" data-ignore-morph {
            a .btn.btn--small href=(site_address(code, earlier, view.today())) rel="prev" { "Earlier" }
            label .sr for="f-day" { "Day" }
            input #f-day .input.filters__day type="date" name="day" value=(view.days.to) min=[first] max=(last);
            @if view.days.count() != 1 { input type="hidden" name="days" value=(view.days.count()); }
            button .btn.btn--small type="submit" { "Show" }
            @if view.days.to < view.today() {
                a .btn.btn--small href=(site_address(code, later, view.today())) rel="next" { "Later " (icon("right")) }
            }
            span .filters__count { (title(view.days)) }
        }
    }
}

fn title(days: Days) -> String {
    if days.from == days.to {
        format::long_day(days.to)
    } else {
        format!("{} to {}", format::short_day(days.from), format::short_day(days.to))
    }
}

fn data_address(view: &SiteView<'_>) -> String {
    Address::new(urls::curve(&view.page.site.code))
        .with("from", Some(view.days.from))
        .with("to", Some(view.days.to))
        .finish()
}

fn sentence(view: &SiteView<'_>) -> String {
    let curve = view.curve;
    if curve.points.iter().all(|point| point.actual.is_none()) {
        return "No readings in this time.".to_owned();
    }
    let made = format::energy(curve.energy);
    match format::share(curve.energy.wh(), curve.expected.wh()) {
        Some(share) => format!(
            "Made {made}, expected {}: {}.",
            format::energy(curve.expected),
            format::percent(share)
        ),
        None => format!("Made {made}."),
    }
}

/// The last day by the hour, for those who would rather read it.
fn table(view: &SiteView<'_>) -> Markup {
    let zone = &view.page.site.details.zone;
    let points: Vec<&SiteCurvePoint> = view
        .curve
        .points
        .iter()
        .filter(|point| zone.day(point.interval.start()) == view.days.to)
        .collect();
    html! {
        details .chart-data data-preserve-attr="open" {
            summary { "Show as table" }
            table .table {
                caption { (format::long_day(view.days.to)) " by hour" }
                thead { tr {
                    th scope="col" { "Hour" } th scope="col" .n { "Expected" } th scope="col" .n { "Actual" } th scope="col" .n { "Short" }
                } }
                tbody {
                    @for hour in points.chunks(4).filter(|hour| hour.iter().any(|point| point.expected > Power::ZERO)) {
                        (hour_row(view, hour))
                    }
                }
            }
        }
    }
}

fn hour_row(view: &SiteView<'_>, hour: &[&SiteCurvePoint]) -> Markup {
    let zone = &view.page.site.details.zone;
    let known = hour.iter().any(|point| point.actual.is_some());
    let energy = |power: fn(&SiteCurvePoint) -> Power| -> Energy {
        hour.iter().map(|point| Energy::of(power(point), 900)).sum()
    };
    let expected = energy(|point| point.expected);
    let actual = energy(|point| point.actual.unwrap_or_default());
    html! {
        tr {
            th scope="row" { (hour.first().map_or(String::new(), |point| format::time_of_day(point.interval.start(), zone))) }
            td .n { (format::energy(expected)) }
            @if known {
                td .n { (format::energy(actual)) }
                td .n { @if actual < expected { (format::energy(expected - actual)) } @else { span .dim { "nothing" } } }
            } @else {
                td .n { span .dim { "no readings" } }
                td .n { span .dim { "unknown" } }
            }
        }
    }
}
