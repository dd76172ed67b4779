use greengrid_app::customer::{Bucket, BucketStart, History, HistoryQuery};
use greengrid_domain::customer::{HistorySpan, Period};
use greengrid_domain::time::SiteZone;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::SiteView;
use crate::components::charts::{self, Bar};
use crate::components::{format, icon};
use crate::customer::dto::{self, history_address};
use crate::query::Address;
use crate::urls;

/// A stretch of the site's history as chart, sentence, table and file.
pub(super) fn history(view: &SiteView<'_>) -> Markup {
    let history = &view.page.history;
    let zone = &view.site().details.zone;
    let bars: Vec<Bar> = (0..history.buckets.len()).map(|i| bar(history, i, zone)).collect();
    let sentence = sentence(view);
    html! {
        section #history .section aria-labelledby="h-history" {
            div .section__head {
                h2 #h-history { "History" }
                nav .seg aria-label="Time range" {
                    @for span in HistorySpan::iter() {
                        a href={ (history_address(&view.site().code, HistoryQuery { span, at: view.query.at })) "#history" }
                            aria-current=[(span == view.query.span).then_some("true")] { (span.name()) }
                    }
                }
            }
            (steps(view))
            p .section__note { (sentence) }
            @if let Some(note) = clock_change(history) { p .dim { (note) } }
            div #history-chart { (charts::bars(&bars, 190.0, &sentence)) }
            @if history.buckets.iter().any(|bucket| bucket.year_before.is_some()) {
                ul .key { li { svg width="18" height="10" aria-hidden="true" { line .c-before x1="0" x2="18" y1="5" y2="5" {} } "the same time last year" } }
            }
            details .chart-data data-preserve-attr="open" {
                summary { "Show as table" }
                (table(view))
            }
            p .ask { a .btn.btn--small href=(csv_address(view)) download { (icon("download")) " Save as CSV" } }
        }
    }
}

fn csv_address(view: &SiteView<'_>) -> String {
    let to = Address::new(urls::of_own_site(&view.site().code, "history.csv"));
    dto::write_history(view.query, to).finish()
}

/// To the stretch before, the one after, and any by a day in it.
fn steps(view: &SiteView<'_>) -> Markup {
    let (history, code) = (&view.page.history, &view.site().code);
    let first = history.first.unwrap_or(history.today);
    let to = |period: Period| {
        let at = (!period.holds(history.today)).then_some(period.from);
        format!("{}#history", history_address(code, HistoryQuery { span: period.span, at }))
    };
    let earlier = history.period.earlier().filter(|period| period.to >= first);
    let later = history.period.later().filter(|period| period.from <= history.today);
    html! {
        form #history-form .filters method="get" action={ (urls::own_site(code)) "#history" } aria-label="Choose a time" data-ignore-morph {
            @if let Some(period) = earlier { a .btn.btn--small href=(to(period)) rel="prev" { "Earlier" } }
            @if history.period.span != HistorySpan::Lifetime {
                label .sr for="f-at" { "A day in it" }
                input #f-at .input.filters__day type="date" name="at" value=(view.query.at.unwrap_or(history.today)) min=(first) max=(history.today);
                input type="hidden" name="span" value=(view.query.span);
                button .btn.btn--small type="submit" { "Show" }
            }
            @if let Some(period) = later { a .btn.btn--small href=(to(period)) rel="next" { "Later " (icon("right")) } }
            span .filters__count { (title(history)) }
        }
    }
}

fn title(history: &History) -> String {
    let Period { span, from, to } = history.period;
    match span {
        HistorySpan::Day => format!("{} {}", format::long_day(from), from.year()),
        HistorySpan::Week => {
            format!("{} to {}", format::day_and_month(from), format::short_day(to))
        }
        HistorySpan::Month => format::month_and_year(from),
        HistorySpan::Year => from.year().to_string(),
        HistorySpan::Lifetime => match history.first {
            Some(first) => format!("Since {}", format::short_day(first)),
            None => "From the beginning".to_owned(),
        },
    }
}

/// What was made, for each kilowatt, and beside last year.
fn sentence(view: &SiteView<'_>) -> String {
    let history = &view.page.history;
    if history.buckets.iter().all(|bucket| bucket.made.is_none()) {
        return format!("{}: no readings.", title(history));
    }
    let each = view.site().details.capacity().map_or_else(String::new, |capacity| {
        format!(", {}", format::specific_yield(history.made, capacity))
    });
    let made = format!("{}: {} made{each}.", title(history), format::energy(history.made));
    let Some(compared) = history.comparison else { return made };
    let (now, then) = (compared.made.wh(), compared.year_before.wh());
    let Some(share) = format::share(now, then) else { return made };
    let days = format::counted(usize::try_from(compared.days).unwrap_or(0), "day", "days");
    let against = match share {
        share if (0.995..1.005).contains(&share) => "as much as".to_owned(),
        share if share > 1.0 => format!("{} more than", format::percent(share - 1.0)),
        share => format!("{} less than", format::percent(1.0 - share)),
    };
    format!(
        "{made} On the {days} that can be compared it made {against} a year before ({} and {}).",
        format::energy(compared.made),
        format::energy(compared.year_before)
    )
}

/// A day of the clock change says why it has another number of hours.
fn clock_change(history: &History) -> Option<&'static str> {
    match (history.period.span, history.buckets.len()) {
        (HistorySpan::Day, ..=23) => {
            Some("The clocks went forward on this day, so it has an hour less.")
        }
        (HistorySpan::Day, 25..) => {
            Some("The clocks went back on this day, so one hour comes twice.")
        }
        _ => None,
    }
}

fn bar(history: &History, i: usize, zone: &SiteZone) -> Bar {
    let bucket = &history.buckets[i];
    Bar {
        name: name(history, bucket, zone),
        axis: axis(history, i, zone),
        made: bucket.made,
        year_before: bucket.year_before,
        current: bucket.open && bucket.made.is_some(),
        to_come: bucket.open || before_first(history, bucket),
    }
}

/// What a site did before it was there is not missing.
fn before_first(history: &History, bucket: &Bucket) -> bool {
    let Some(first) = history.first else { return true };
    match bucket.start {
        BucketStart::Hour(_) => false,
        BucketStart::Day(day) => day < first,
        BucketStart::Month(month) => month.last_of_month() < first,
        BucketStart::Year(year) => year < first.year(),
    }
}

/// A part in words. The hour that comes twice in autumn has its zone with it.
fn name(history: &History, bucket: &Bucket, zone: &SiteZone) -> String {
    match bucket.start {
        BucketStart::Hour(at) if history.buckets.len() == 24 => format::time_of_day(at, zone),
        BucketStart::Hour(at) => zone.local(at).strftime("%H:%M %Z").to_string(),
        BucketStart::Day(day) => day.strftime("%a %-d %b %Y").to_string(),
        BucketStart::Month(first) => format::month_and_year(first),
        BucketStart::Year(year) => year.to_string(),
    }
}

/// What stands below a bar: few enough to be read on a telephone.
fn axis(history: &History, i: usize, zone: &SiteZone) -> Option<String> {
    match history.buckets[i].start {
        BucketStart::Hour(at) => {
            let local = zone.local(at);
            (local.hour() % 6 == 0).then(|| local.strftime("%H:%M").to_string())
        }
        BucketStart::Day(day) if history.period.span == HistorySpan::Week => {
            Some(day.strftime("%a %-d").to_string())
        }
        BucketStart::Day(day) => {
            (day.day() == 1 || day.day() % 5 == 0).then(|| day.day().to_string())
        }
        BucketStart::Month(first) => {
            Some(first.strftime("%b").to_string().chars().take(1).collect())
        }
        BucketStart::Year(year) => Some(year.to_string()),
    }
}

fn table(view: &SiteView<'_>) -> Markup {
    let history = &view.page.history;
    let zone = &view.site().details.zone;
    let capacity = view.site().details.capacity();
    let past = history.buckets.iter().filter(|b| b.made.is_some() || !b.open);
    let past = past.filter(|bucket| !before_first(history, bucket));
    html! {
        div .scroll tabindex="0" role="region" aria-label="History, table" {
            table .table {
                caption { (title(history)) }
                thead { tr {
                    th scope="col" { "Time" } th scope="col" .n { "Made" } th scope="col" .n { "A year before" } th scope="col" .n { "For each kWp" }
                } }
                tbody {
                    @for bucket in past {
                        tr {
                            th scope="row" {
                                (name(history, bucket, zone))
                                @if bucket.missing_days > 0 {
                                    small { (format::counted(usize::try_from(bucket.missing_days).unwrap_or(0), "day", "days")) " without readings" }
                                }
                            }
                            td .n { @match bucket.made { Some(made) => (format::energy(made)), None => span .dim { "no readings" } } }
                            td .n { @match bucket.year_before { Some(made) => (format::energy(made)), None => span .dim { "unknown" } } }
                            td .n { @if let Some((made, capacity)) = bucket.made.zip(capacity) { (format::specific_yield(made, capacity)) } }
                        }
                    }
                }
            }
        }
    }
}
