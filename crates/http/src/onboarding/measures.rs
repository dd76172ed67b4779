//! How well onboarding goes, month by month.

use axum::extract::State;
use std::collections::HashSet;

use greengrid_app::onboarding::{Measures, Month};
use maud::{Markup, html};

use crate::auth::Viewer;
use crate::components::figure::figure;
use crate::components::layout::{self, Nav};
use crate::components::{PageClock, format};
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// Share of first tests that should pass.
const GOAL: f64 = 0.95;

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    let measures = state.onboarding.measures(&viewer.actor).await?;
    let fleet = state.directory.snapshot();
    Ok(layout::page()
        .viewer(&viewer)
        .title("Onboarding measures")
        .nav(Nav::Onboarding)
        .clock(PageClock::of_fleet(&*state.clock, &fleet))
        .main(layout::main(main(&measures)))
        .render())
}

fn main(measures: &Measures) -> Markup {
    let (firsts, passed) = measures.firsts;
    let rate = share(passed, firsts);
    let causes = measures.causes.iter().map(|(_, cause, _)| cause).collect::<HashSet<_>>().len();
    html! {
        div .lede {
            p .lede__date { a href=(urls::ONBOARDING) { "Onboarding" } " / measures, last twelve months" }
            div {
                h1 {
                    @match rate {
                        Some(rate) => { strong { (format::percent(rate)) " of first connections work." } },
                        None => { strong { "No connection was tested yet." } },
                    }
                    @if let Some(days) = measures.median_days {
                        " Half of all sites are live within " strong { (days_words(days)) "." }
                    }
                }
                p .lede__sub { "A first connection is the first test of a case that ended. The goal is 95 %." }
            }
            dl .figures {
                (figure().label("Sites gone live").value(measures.months.iter().map(|month| month.lives).sum::<usize>()).live(false).render())
                (figure().label("First tests").value(firsts).note(html! { (passed) " passed" }).live(false).render())
                (figure().label("Failed tests").value(measures.causes.iter().map(|(.., count)| count).sum::<usize>())
                    .note(html! { (format::counted(causes, "cause", "causes")) }).live(false).render())
            }
        }
        div .cols .cols--half {
            (section("Days until live", "median of the sites that went live in the month",
                &bars(&measures.months, |month| month.median_days, days_words, "Median days until live by month"),
                &table(&["Month", "Sites live", "Median days"], &measures.months, |month| html! {
                    td .n { (month.lives) }
                    td .n { @match month.median_days { Some(days) => (format::number(days, 1)), None => span .dim { "none" } } }
                })))
            (section("First connections that work", "share of the month’s first tests",
                &bars(&measures.months, |month| share(month.passed, month.firsts), |rate| format::percent(rate).to_string(), "First tests that passed by month"),
                &table(&["Month", "First tests", "Passed"], &measures.months, |month| html! {
                    td .n { (month.firsts) }
                    td .n { @match share(month.passed, month.firsts) { Some(rate) => (format::percent(rate)), None => span .dim { "none" } } }
                })))
        }
        div .cols .cols--half {
            (by_cause(measures))
            (by_brand(measures))
        }
    }
}

fn section(title: &str, note: &str, chart: &Markup, table: &Markup) -> Markup {
    let id: String = title.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    html! {
        section .section aria-labelledby={ "h-" (id) } {
            div .section__head { h2 id={ "h-" (id) } { (title) } span .dim { (note) } }
            (chart)
            details .act { summary { "As a table" (crate::components::icon("down")) } div .scroll tabindex="0" role="region" aria-label={ (title) ", table" } { (table) } }
        }
    }
}

const HEIGHT: f64 = 140.0;
const BASE: f64 = 112.0;
const TOP: f64 = 22.0;

/// One bar for each month; a month of which nothing is known has none.
fn bars(
    months: &[Month],
    value: impl Fn(&Month) -> Option<f64>,
    words: impl Fn(f64) -> String,
    label: &str,
) -> Markup {
    let values: Vec<Option<f64>> = months.iter().map(value).collect();
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    let width = 100.0 / f64::from(u32::try_from(months.len().max(1)).unwrap_or(1));
    let x = |i: usize| width * f64::from(u32::try_from(i).unwrap_or(0));
    let known: Vec<String> = months
        .iter()
        .zip(&values)
        .filter_map(|(month, value)| Some(format!("{} {}", name(month), words((*value)?))))
        .collect();
    let sentence = format!(
        "{label}: {}.",
        if known.is_empty() { "nothing yet".to_owned() } else { known.join(", ") }
    );
    html! {
        svg .chart width="100%" height=(HEIGHT) role="img" aria-label=(sentence) {
            line .c-base x1="0" x2="100%" y1=(BASE + 0.5) y2=(BASE + 0.5) {}
            @for (i, (month, value)) in months.iter().zip(&values).enumerate() {
                @let middle = format!("{:.2}%", x(i) + width / 2.0);
                @if let Some(value) = value {
                    @let height = if most > 0.0 { (BASE - TOP) * value / most } else { 0.0 };
                    rect class=(if i + 1 == months.len() { "c-fill2" } else { "c-fill" })
                        x=(format!("{:.2}%", x(i) + width * 0.15)) width=(format!("{:.2}%", width * 0.7))
                        y=(format!("{:.1}", BASE - height)) height=(format!("{height:.1}")) {
                        title { (name(month)) ": " (words(*value)) }
                    }
                    text .ax x=(middle) text-anchor="middle" y=(format!("{:.1}", BASE - height - 5.0)) { (short(*value, most)) }
                }
                text .ax .ax--minor[i % 2 == 1] x=(middle) text-anchor="middle" y="130" { (month.first.strftime("%b").to_string()) }
            }
        }
    }
}

/// A number that fits over a bar.
fn short(value: f64, most: f64) -> String {
    if most <= 1.0 {
        format!("{:.0}%", value * 100.0)
    } else {
        format::number(value, usize::from(value < 10.0))
    }
}

fn name(month: &Month) -> String {
    month.first.strftime("%B %Y").to_string()
}

fn table(heads: &[&str], months: &[Month], cells: impl Fn(&Month) -> Markup) -> Markup {
    html! {
        table .table {
            thead { tr { @for (i, head) in heads.iter().enumerate() { th scope="col" .n[i > 0] { (head) } } } }
            tbody { @for month in months.iter().rev() { tr { th scope="row" { (name(month)) } (cells(month)) } } }
        }
    }
}

fn by_cause(measures: &Measures) -> Markup {
    let most = measures.causes.first().map_or(1, |(.., count)| *count);
    html! {
        section .section aria-labelledby="h-causes" {
            div .section__head { h2 #h-causes { "Why tests fail" } span .dim { "by brand and cause" } }
            @if measures.causes.is_empty() { p .dim { "No test has failed." } }
            @else {
                div .scroll tabindex="0" role="region" aria-label="Causes, table" {
                    table .table {
                        thead { tr { th scope="col" { "Cause" } th scope="col" { "Brand" } th scope="col" .n { "Tests" } th scope="col" { span .sr { "Compared" } } } }
                        tbody {
                            @for (brand, cause, count) in &measures.causes {
                                tr {
                                    th scope="row" { (format::sentence(cause.words())) }
                                    td { (brand.name()) }
                                    td .n { (count) }
                                    td { (crate::components::charts::loss_bar(share(*count, most).unwrap_or(0.0), false)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn by_brand(measures: &Measures) -> Markup {
    html! {
        section .section aria-labelledby="h-brands" {
            div .section__head { h2 #h-brands { "First connections by brand" } span .dim { "mark: all pass" } }
            @if measures.by_brand.is_empty() { p .dim { "No connection was tested yet." } }
            @else {
                div .scroll tabindex="0" role="region" aria-label="First connections by brand, table" {
                    table .table {
                        thead { tr { th scope="col" { "Brand" } th scope="col" .n { "First tests" } th scope="col" .n { "Passed" } th scope="col" { "Share" } } }
                        tbody {
                            @for (brand, firsts, passed) in &measures.by_brand {
                                tr {
                                    th scope="row" { (brand.name()) }
                                    td .n { (firsts) }
                                    td .n { (passed) }
                                    td { (crate::components::charts::against_expected(share(*passed, *firsts).unwrap_or(0.0))) }
                                }
                            }
                        }
                    }
                }
            }
            @if let Some(rate) = share(measures.firsts.1, measures.firsts.0) {
                p .section__note {
                    @if rate >= GOAL { "The goal of 95 % is reached." }
                    @else { "To reach the goal, " (format::percent(GOAL - rate)) " of the first tests have to pass that do not yet." }
                }
            }
        }
    }
}

fn share(part: usize, of: usize) -> Option<f64> {
    format::share(i64::try_from(part).ok()?, i64::try_from(of).ok()?)
}

fn days_words(days: f64) -> String {
    if days < 1.0 {
        format!("{} hours", format::number(days * 24.0, 0))
    } else {
        format!("{} days", format::number(days, 1))
    }
}
