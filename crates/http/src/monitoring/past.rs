//! The overview as it stood at a past moment.

use greengrid_app::monitoring::PastError;
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

/// The field that asks for a moment.
pub(crate) fn look_back(clock: &PageClock, asked: Option<DateTime>) -> Markup {
    let value = asked.map_or_else(
        || typed(clock.now, &clock.zone),
        |asked| asked.strftime("%Y-%m-%dT%H:%M").to_string(),
    );
    html! {
        form .lookback method="get" action=(urls::OVERVIEW) {
            label for="f-at" { "The overview as it stood at" }
            input #f-at .input type="datetime-local" name="at" required value=(value)
                max=(typed(clock.now, &clock.zone));
            button .btn type="submit" { (icon("clock")) "Look back" }
        }
    }
}

/// The hour at which most look back: when the morning report is written.
const MORNING: (i8, i8) = (6, 30);

/// The field on the overview itself. It holds the moment shown, or the morning
/// before the present one, which does not change under the hands of whoever
/// types.
pub(super) fn chooser(as_of: Timestamp, zone: &SiteZone, asked: Option<DateTime>) -> Markup {
    let morning = || {
        let day = zone.day(as_of);
        day.yesterday().unwrap_or(day).at(MORNING.0, MORNING.1, 0, 0)
    };
    let value = asked.unwrap_or_else(morning).strftime("%Y-%m-%dT%H:%M").to_string();
    html! {
        form #lookback .lookback method="get" action=(urls::OVERVIEW) {
            label for="f-at" { "As it stood at" }
            input #f-at .input type="datetime-local" name="at" required value=(value);
            button .btn type="submit" { (icon("clock")) "Look back" }
            @if asked.is_none() { a .btn .btn--quiet href=(urls::HANDOVER) { (icon("swap")) "Shift handover" } }
        }
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
pub(super) fn unknown(error: &PastError, asked: DateTime, clock: &PageClock) -> Markup {
    html! {
        div .lede {
            p .lede__date { a href=(urls::OVERVIEW) { "Overview" } }
            div {
                h1 { strong { "The overview of that moment cannot be shown." } }
                p .lede__sub #at-error role="alert" { (why(error, clock)) }
            }
        }
        (look_back(clock, Some(asked)))
        @if let PastError::NotRecorded { since: Some(since) } = error {
            p { a href=(address(ceil(*since), &clock.zone)) { "The earliest that is known" } }
        }
    }
}

/// The next whole minute: the field knows no seconds.
fn ceil(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds + (60 - seconds.rem_euclid(60))).unwrap_or(at)
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
