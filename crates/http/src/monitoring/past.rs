//! The overview as it stood at a past moment.

use greengrid_app::monitoring::PastError;
use greengrid_app::monitoring::reports::LookBack;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use jiff::civil::DateTime;
use maud::{Markup, html};

use crate::components::{PageClock, format, icon};
use crate::query::Address;
use crate::urls;

/// Where the overview of a moment is.
pub(crate) fn address(at: Timestamp, zone: &SiteZone) -> String {
    Address::new(urls::OVERVIEW).with("at", Some(typed(at, zone))).finish()
}

/// A moment as the field for it holds it.
fn typed(at: Timestamp, zone: &SiteZone) -> String {
    zone.local(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The field that asks for a moment: it holds the one asked for, or that of the
/// newest report, and offers what is known.
pub(crate) fn look_back(of: &LookBack, zone: &SiteZone, asked: Option<DateTime>) -> Markup {
    html! {
        form .lookback method="get" action=(urls::OVERVIEW) {
            label for="f-at" { "The overview as it stood at" }
            (field(of, zone, asked))
        }
    }
}

/// The same on the overview itself.
pub(super) fn chooser(of: &LookBack, zone: &SiteZone, asked: Option<DateTime>) -> Markup {
    html! {
        form #lookback .lookback method="get" action=(urls::OVERVIEW) {
            label for="f-at" { "As it stood at" }
            (field(of, zone, asked))
            @if asked.is_none() { a .btn .btn--quiet href=(urls::HANDOVER) { (icon("swap")) "Shift handover" } }
        }
    }
}

fn field(of: &LookBack, zone: &SiteZone, asked: Option<DateTime>) -> Markup {
    let first = of.since.map(ceil);
    let known = of.report.map_or(first, |report| Some(first.map_or(report, |at| at.max(report))));
    let value = asked.map_or_else(
        || typed(known.unwrap_or(of.now), zone),
        |asked| asked.strftime("%Y-%m-%dT%H:%M").to_string(),
    );
    html! {
        input #f-at .input type="datetime-local" name="at" required value=(value)
            min=[first.map(|first| typed(first, zone))] max=(typed(of.now, zone));
        button .btn type="submit" { (icon("clock")) "Look back" }
    }
}

/// Says above an overview that it is not the present one.
pub(super) fn banner(at: Timestamp, zone: &SiteZone) -> Markup {
    html! {
        div #past .past role="note" {
            (icon("clock"))
            p {
                b { "This is the past: " } "the fleet as it stood on " (format::long_moment(at, zone)) " ("
                (zone.name()) "). Nothing on this page changes or can be changed. "
                a href=(urls::OVERVIEW) { "Back to now" }
            }
        }
    }
}

/// What is shown where nothing is known of a moment.
pub(super) fn unknown(
    error: &PastError,
    of: &LookBack,
    asked: DateTime,
    clock: &PageClock,
) -> Markup {
    html! {
        div .lede {
            p .lede__date { a href=(urls::OVERVIEW) { "Overview" } }
            div {
                h1 { strong { "The overview of that moment cannot be shown." } }
                p .lede__sub #at-error role="alert" { (why(error, clock)) }
            }
        }
        (look_back(of, &clock.zone, Some(asked)))
        @if let PastError::NotRecorded { since: Some(since) } = error {
            p { a href=(address(ceil(*since), &clock.zone)) { "The earliest that is known" } }
        }
    }
}

/// The first whole minute from an instant on: the field knows no seconds.
fn ceil(at: Timestamp) -> Timestamp {
    let over = at.as_second().rem_euclid(60);
    let whole = over == 0 && at.subsec_nanosecond() == 0;
    let minute = at.as_second() - over + if whole { 0 } else { 60 };
    Timestamp::from_second(minute).unwrap_or(at)
}

fn why(error: &PastError, clock: &PageClock) -> String {
    match error {
        PastError::NotRecorded { since: Some(since) } => format!(
            "How the fleet stood has been kept since {}, and not before.",
            format::long_moment(*since, &clock.zone)
        ),
        PastError::NotYet => format!(
            "That moment has not come yet: it is {}.",
            format::long_moment(clock.now, &clock.zone)
        ),
        _ => "Nothing has been kept yet of how the fleet stood.".to_owned(),
    }
}
