//! The evidence of an anomaly: its chart, its numbers and its rule.

use greengrid_app::monitoring::{AnomalyRecord, SiteCurve};
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::monitoring::{AnomalyId, AnomalyKind, Phase, Rung};
use greengrid_domain::time::SiteZone;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, Render, html};

use super::charts::{self, Curve, CurvePoint};
use super::{format, pill};
use crate::urls;

/// Days that show a fault: the day before, the day itself and the one after.
const TRIP: i32 = 3;
/// Days that show how dust gathers.
const DUST: i32 = 30;

/// What is needed to draw an anomaly.
pub(crate) struct EvidenceChart<'a> {
    pub(crate) record: &'a AnomalyRecord,
    /// Over the days of [`window`].
    pub(crate) curve: &'a SiteCurve,
    pub(crate) zone: &'a SiteZone,
    pub(crate) now: Timestamp,
}

/// The local days that show an anomaly: three around its beginning, where the
/// change is, but for what gathers like dust the last thirty of it.
pub(crate) fn window(record: &AnomalyRecord, zone: &SiteZone, now: Timestamp) -> (Date, Date) {
    let days = if record.kind == AnomalyKind::SoilingDrift { DUST } else { TRIP };
    let (began, today) = (zone.day(record.since), zone.day(now));
    let last = if days == DUST {
        zone.day(record.until.unwrap_or(now))
    } else {
        began.saturating_add((TRIP - 2).days())
    };
    let last = last.min(today);
    (last.saturating_sub((days - 1).days()), last)
}

/// Actual against the expected range, with the stretch marked.
pub(crate) fn chart(of: &EvidenceChart<'_>) -> Markup {
    let points: Vec<CurvePoint> = of.curve.points.iter().map(CurvePoint::from).collect();
    let sentence = sentence(of);
    html! {
        (charts::curve(&Curve::builder()
            .points(&points)
            .now(of.now)
            .zone(of.zone)
            .label(sentence.as_str())
            .span((of.record.since, of.record.until))
            .build()))
        p .section__note { (sentence) }
    }
}

fn sentence(of: &EvidenceChart<'_>) -> String {
    let record = of.record;
    let since = format::since(record.since, of.now, of.zone);
    let marked = match record.until {
        Some(until) => format!("from {since} to {}", format::since(until, of.now, of.zone)),
        None => format!("since {since}"),
    };
    format!("Actual power and the expected range; the stretch {marked} is marked.")
}

/// The element that the chart of a drawer fills.
pub(crate) fn drawer_id(anomaly: AnomalyId) -> String {
    format!("evidence-{anomaly}")
}

/// A drawer's place for the chart before it is opened: without scripts it
/// leads to the page of the site.
pub(crate) fn drawer_place(code: &SiteCode, anomaly: AnomalyId) -> Markup {
    html! {
        div id=(drawer_id(anomaly)) {
            a href=(urls::anomaly(code, anomaly)) { "Chart and history on the page of the site" }
        }
    }
}

/// The same once it is filled.
pub(crate) fn drawer_chart(of: &EvidenceChart<'_>) -> Markup {
    html! { div id=(drawer_id(of.record.id)) { (chart(of)) } }
}

/// The numbers that decided, what the site was compared with, and what it
/// costs.
pub(crate) fn numbers(record: &AnomalyRecord) -> Markup {
    html! {
        dl .facts {
            @for known in &record.facts { (fact(&known.label, &known.value)) }
            (fact("Compared with", compared(record)))
            (fact("Lost so far", format::energy(record.lost).to_string()))
            (fact("Loses", html! {
                (format::energy(record.lost_per_day).to_string()) ", " (format::money(record.money_per_day)) " a day"
            }))
        }
    }
}

/// A number with its name.
pub(crate) fn fact(term: &str, value: impl Render) -> Markup {
    html! { div { dt { (term) } dd { (value) } } }
}

fn compared(record: &AnomalyRecord) -> String {
    match record.rung {
        Rung::Neighbours | Rung::FewNeighbours if record.neighbours > 0 => {
            let many = format::counted(usize::from(record.neighbours), "neighbour", "neighbours");
            format!("{many} at the same moment")
        }
        rung => rung.words().to_owned(),
    }
}

/// Where an anomaly stands among people, with who has it.
pub(crate) fn phase_pill(record: &AnomalyRecord, now: Timestamp) -> Markup {
    let phase = record.life.phase(now);
    let word = match (&record.assigned_name, phase) {
        (Some(name), Phase::Assigned) => name.as_str(),
        _ if record.quiet.is_some() && record.life.is_live() => "Known, kept quiet",
        _ => phase.name(),
    };
    pill::pill(phase_tone(phase), word, false)
}

/// The tone of a phase.
pub(crate) const fn phase_tone(phase: Phase) -> &'static str {
    match phase {
        Phase::Open => "act",
        Phase::Acknowledged => "watch",
        Phase::Assigned => "busy",
        Phase::Snoozed | Phase::Dismissed | Phase::Withdrawn => "none",
        Phase::Recovered | Phase::Fixed => "ok",
    }
}
