use greengrid_app::monitoring::{
    AnomalyRecord, HistoryEntry, IncidentRecord, SiteCases, SiteCurve,
};
use greengrid_domain::customer;
use greengrid_domain::monitoring::{AnomalyEvent, Phase, Stage};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::{SiteView, actions};
use crate::components::case::{self, EvidenceChart};
use crate::components::{charts, format, icon, toned_icon};
use crate::monitoring::{Problem, ProblemAt, rule};
use crate::urls;

/// The days that the timeline shows at least.
const SHOWN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The anomalies of the site as its page shows them.
pub(in crate::fleet) struct Cases {
    pub(in crate::fleet) all: SiteCases,
    /// Which of them is open, with the curve of its days.
    pub(in crate::fleet) shown: Option<(usize, SiteCurve)>,
    pub(in crate::fleet) may_handle: bool,
    pub(in crate::fleet) may_note: bool,
    pub(in crate::fleet) may_plan: bool,
    /// What was wrong with something sent.
    pub(in crate::fleet) problem: Option<Problem>,
}

impl Cases {
    /// What was wrong with one of the forms.
    pub(super) fn problem(&self, at: ProblemAt) -> Option<&Problem> {
        self.problem.as_ref().filter(|problem| problem.at == at)
    }
}

/// The anomalies on a timeline, and the one that is open.
pub(super) fn cases(view: &SiteView<'_>) -> Markup {
    let cases = view.cases;
    let live = cases.all.cases.iter().filter(|(record, _)| record.life.is_live()).count();
    html! {
        section #s-cases .section aria-labelledby="h-cases" {
            div .section__head {
                h2 #h-cases { "Anomalies" }
                span .dim { @if live > 0 { (live) " open, " } (cases.all.cases.len()) " shown" }
            }
            @if cases.all.cases.is_empty() {
                p .dim { "None was ever seen here." }
            } @else {
                (timeline(view))
            }
            @if let Some((at, curve)) = &cases.shown {
                @if let Some((record, history)) = cases.all.cases.get(*at) {
                    (open_case(view, record, history, curve))
                }
            }
        }
    }
}

fn timeline(view: &SiteView<'_>) -> Markup {
    let (cases, now) = (&view.cases.all.cases, view.page.as_of);
    let first = cases.iter().map(|(record, _)| record.since).min().unwrap_or(now);
    let from = first.min(now - SHOWN);
    let zone = &view.page.site.details.zone;
    let shown = view.cases.shown.as_ref().map(|(at, _)| *at);
    html! {
        ol .lanes aria-label={ "Anomalies since " (format::since(from, now, zone)) } {
            @for (at, (record, _)) in cases.iter().enumerate() {
                @let phase = record.life.phase(now);
                li aria-current=[(shown == Some(at)).then_some("true")] {
                    a .lanes__what href=(urls::anomaly(&view.page.site.code, record.id)) { (record.kind.name()) }
                    span .lanes__when { (when(record, now, view)) }
                    (charts::lane().from(from).to(now).since(record.since)
                        .until(record.until.unwrap_or(now)).tone(case::phase_tone(phase)).render())
                    span .lanes__state { (case::phase_pill(record, now)) }
                }
            }
        }
    }
}

fn when(record: &AnomalyRecord, now: Timestamp, view: &SiteView<'_>) -> String {
    let zone = &view.page.site.details.zone;
    let since = format::since(record.since, now, zone);
    match record.until {
        Some(until) => format!("{since} to {}", format::since(until, now, zone)),
        None => format!("since {since}"),
    }
}

/// A case: the claim, why it is made, what can be done, what was done.
fn open_case(
    view: &SiteView<'_>,
    record: &AnomalyRecord,
    history: &[HistoryEntry],
    curve: &SiteCurve,
) -> Markup {
    let (zone, now) = (&view.page.site.details.zone, view.page.as_of);
    let chart = EvidenceChart { record, curve, zone, now };
    html! {
        article #case .case aria-labelledby="h-case" {
            header .case__head {
                h3 #h-case { (record.cause) }
                p {
                    (case::phase_pill(record, now))
                    span .dim { (record.kind.name()) ", " (record.confidence.words()) ", " (when(record, now, view)) }
                }
            }
            @if let Some(problem) = view.cases.problem(ProblemAt::Anomaly) {
                div .errors role="alert" {
                    h3 { (toned_icon("act", None)) "That did not work" }
                    p { (actions::sentence(&problem.message)) " This is how it stands now." }
                }
            }
            (standing(view, record))
            (shared(view, record))
            div #case-chart { (case::chart(&chart)) }
            div .case__cols {
                div {
                    h4 { "The numbers" }
                    (case::numbers(record))
                }
                div {
                    h4 { "The rule" }
                    p .case__rule { (rule(record.kind)) }
                    h4 { "What happened" }
                    (story(view, history))
                }
            }
            (actions::actions(view, record))
        }
    }
}

/// What became of it: the proof of a repair, or why it was withdrawn.
fn standing(view: &SiteView<'_>, record: &AnomalyRecord) -> Markup {
    let (zone, now) = (&view.page.site.details.zone, view.page.as_of);
    html! {
        @if let Stage::Withdrawn { at, reason } = &record.life.stage {
            p .case__proof {
                (toned_icon("x", None))
                "Taken back " (format::since(*at, now, zone)) ". " (reason)
            }
        } @else if let Some(recovery) = record.life.recovery {
            p .case__proof {
                (toned_icon("ok", Some("s-ok")))
                "Measured to be over since " (format::since(recovery.at, now, zone)) ". It makes "
                b { (format::energy(recovery.per_day).to_string()) " a day" } " more than while it lasted. "
                @match recovery.came_back {
                    Some(at) => { strong { "The same fault was seen again " (format::since(at, now, zone)) "." } },
                    None => "The same fault has not come back.",
                }
            }
        } @else if record.life.phase(now) == Phase::Fixed {
            p .case__proof {
                (toned_icon("clock", None))
                "Called repaired, not yet proved: it is opened again unless a day of light shows the recovery."
            }
        }
    }
}

/// The incident that it is part of, with what to say about it.
fn shared(view: &SiteView<'_>, record: &AnomalyRecord) -> Markup {
    let mut incidents = view.cases.all.incidents.iter();
    let of = incidents.find(|(incident, _)| record.incident == Some(incident.id));
    html! {
        @if of.is_none() && record.until.is_none() { (to_say(record)) }
        @if let Some((IncidentRecord { incident, .. }, place)) = of {
            details #case-incident .act data-preserve-attr="open" {
                summary { "Part of an incident: " (incident.headline(place)) (icon("down")) }
                div .case__cols {
                    div { h4 { "Why these are one" } p { (incident.evidence(place)) } }
                    div {
                        h4 { "To say on the telephone" } p { (incident.script(place)) }
                        h4 { "What the customer reads" } p { (incident.for_customer(place)) }
                    }
                }
            }
        }
    }
}

/// What its owner is told, and what to say when they call.
fn to_say(record: &AnomalyRecord) -> Markup {
    html! {
        details #case-script .act data-preserve-attr="open" {
            summary { "What to tell the customer" (icon("down")) }
            div .case__cols {
                div { h4 { "To say on the telephone" } p { (customer::script(record.kind)) } }
                div { h4 { "What the customer reads" } p { (customer::what_is_wrong(record.kind)) } }
            }
        }
    }
}

fn story(view: &SiteView<'_>, history: &[HistoryEntry]) -> Markup {
    let (zone, now) = (&view.page.site.details.zone, view.page.as_of);
    html! {
        ol .feed.feed--case {
            @for entry in history {
                li {
                    time datetime=(format::iso(entry.at)) { (format::moment(entry.at, now, zone)) }
                    (toned_icon(picture(entry.event), None))
                    span {
                        b { (entry.event.words()) }
                        @if let Some(name) = &entry.by_name { " by " (name) }
                        @if let Some(words) = words(entry, view) { span .feed__words { (words) } }
                    }
                }
            }
        }
    }
}

/// What was said with it; a moment in the words of the site's clock.
fn words(entry: &HistoryEntry, view: &SiteView<'_>) -> Option<String> {
    let words = entry.words.clone()?;
    match entry.event {
        AnomalyEvent::Snoozed => {
            let until: Timestamp = words.parse().ok()?;
            Some(format!("until {}", format::long_moment(until, &view.page.site.details.zone)))
        }
        AnomalyEvent::Assigned => Some(format!("to {words}")),
        _ => Some(words),
    }
}

const fn picture(event: AnomalyEvent) -> &'static str {
    match event {
        AnomalyEvent::Raised | AnomalyEvent::BecameLoud => "act",
        AnomalyEvent::RaisedQuietly => "none",
        AnomalyEvent::Ended | AnomalyEvent::Fixed => "check",
        AnomalyEvent::Reopened | AnomalyEvent::CameBack => "refresh",
        AnomalyEvent::Withdrawn | AnomalyEvent::Dismissed => "x",
        AnomalyEvent::Acknowledged => "eye",
        AnomalyEvent::Assigned | AnomalyEvent::HandedBack => "busy",
        AnomalyEvent::Snoozed => "clock",
        AnomalyEvent::Noted => "doc",
    }
}
