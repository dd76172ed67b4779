use greengrid_domain::monitoring::{
    LocalHours, MaintenanceScope, MaintenanceWindow, QuietPattern, missing as lacking,
};
use maud::{Markup, html};

use super::{SiteView, actions};
use crate::components::{format, icon};
use crate::monitoring::ProblemAt;
use crate::urls;

/// Planned work at the site, and what stays quiet there.
pub(super) fn planned(view: &SiteView<'_>) -> Markup {
    let (windows, patterns) = (&view.cases.all.windows, &view.cases.all.patterns);
    html! {
        section #s-planned .section aria-labelledby="h-planned" {
            div .section__head { h2 #h-planned { "Planned work" } }
            @if windows.is_empty() { p .dim { "Nothing is planned." } }
            @else {
                ul .notes { @for window in windows { (planned_work(view, window)) } }
            }
            @if view.cases.may_plan { (plan(view)) }
            @if !patterns.is_empty() {
                h3 .notes__head { "Kept quiet here" }
                ul .notes { @for pattern in patterns { (known(view, pattern)) } }
            }
        }
    }
}

fn planned_work(view: &SiteView<'_>, window: &MaintenanceWindow) -> Markup {
    let (page, zone) = (view.page, &view.page.site.details.zone);
    let now = window.covers(page.as_of);
    html! {
        li {
            span {
                b { (window.why().as_str()) }
                small {
                    @if now { "now, up to " } @else { (format::long_moment(window.from(), zone)) " to " }
                    (format::long_moment(window.to(), zone))
                    @if matches!(window.scope(), MaintenanceScope::Region(_)) { ", all of " (page.region_name) }
                }
            }
            @if view.cases.may_plan {
                form method="post" action=(urls::cancel(&page.site.code, window.id)) {
                    button .btn.btn--small.btn--quiet type="submit" { "Cancel" span .sr { " " (window.why().as_str()) } }
                }
            }
        }
    }
}

fn known(view: &SiteView<'_>, pattern: &QuietPattern) -> Markup {
    let (page, zone) = (view.page, &view.page.site.details.zone);
    html! {
        li {
            span {
                b { (pattern.kind.name()) }
                small {
                    (pattern.why.words())
                    @if let Some(hours) = pattern.hours { ", " (hours_of(hours)) }
                    ", up to " (format::energy(pattern.most_per_day).to_string()) " a day"
                    @if let Some(until) = pattern.until { ", until " (format::short_day(zone.day(until))) }
                }
            }
            @if view.cases.may_handle {
                form method="post" action=(urls::forget(&page.site.code, pattern.id)) {
                    button .btn.btn--small.btn--quiet type="submit" { "Tell again" span .sr { ", " (pattern.kind.name()) } }
                }
            }
        }
    }
}

fn hours_of(hours: LocalHours) -> String {
    format!("{:02}:00 to {:02}:00", hours.from(), hours.to())
}

/// Streams leave the form alone, so that nothing typed is lost.
fn plan(view: &SiteView<'_>) -> Markup {
    let problem = view.cases.problem(ProblemAt::Plan);
    let page = view.page;
    let day = view.today();
    html! {
        div #plan data-ignore-morph {
            details .act open[problem.is_some()] {
                summary { "Plan work" (icon("down")) }
                form .form method="post" action=(urls::maintenance(&page.site.code)) {
                    div .field {
                        label for="f-plan-from" { "From" }
                        input #f-plan-from .input type="datetime-local" name="from" value={ (day) "T08:00" } required;
                    }
                    div .field {
                        label for="f-plan-to" { "To" }
                        span .hint #f-plan-to-hint { "Times are those of the site, " (page.site.details.zone.name()) "." }
                        input #f-plan-to .input type="datetime-local" name="to" value={ (day) "T16:00" } required aria-describedby="f-plan-to-hint";
                    }
                    (actions::text_field("f-plan-why", "What is done", "Nobody is told of what happens meanwhile, and the time counts neither for the baseline nor for availability.", problem))
                    label .check {
                        input type="checkbox" name="whole_region" value="true";
                        "At all sites of " (page.region_name)
                    }
                    p { button .btn.btn--primary type="submit" { "Plan it" } }
                }
            }
        }
    }
}

/// What is not known of the site, and what cannot be found well for it.
pub(super) fn missing(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let missing = lacking(&page.site, page.neighbours, &page.baseline);
    html! {
        @if !missing.is_empty() {
            section #s-missing .section aria-labelledby="h-missing" {
                div .section__head { h2 #h-missing { "Not known, and what it limits" } }
                ul .notes {
                    @for what in missing { li { span { b { (what.name()) } small { (what.limits()) } } } }
                }
            }
        }
    }
}
