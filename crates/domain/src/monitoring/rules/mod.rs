//! What a site's last days mean.
//!
//! Every kind of anomaly has its rule in a file of its own, with its parameters
//! and their reasons. A rule looks at a [`Case`] and says what it found, as a
//! [`Draft`]; here they are asked in turn. What one rule explains, those after
//! it leave alone: [`Case::points`] that belong to a stretch of outage, stuck
//! value or wrong clock say nothing of strings or dust.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    AnomalyKind, Confidence, Detection, Evidence, Fact, Finding, NextStep, Rung, Status, Tracked,
};
use crate::units::{Energy, Money};

mod case;
mod clock_shift;
mod comm_gap;
mod counter_reset;
mod curtailment;
mod duplicates;
mod implausible_production;
mod inverter_fault;
mod night_production;
mod outage;
mod point;
mod soiling_drift;
mod step_loss;
mod string_loss;
mod stuck_sensor;
mod thresholds;
mod underperformance;
mod words;

pub use case::{Case, InvertersOff};
pub use point::{Point, Slot, Watts, find_own_clear_sky};
pub use thresholds::{Threshold, ThresholdError, ThresholdUnit, Thresholds};

/// A loss from which on somebody should act today, per day, in whole units of
/// the site's currency.
const ACT_FROM: i64 = 40;
/// A loss from which on a visit is worth planning.
const PLAN_FROM: i64 = 5;

/// What a rule found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    kind: AnomalyKind,
    since: Timestamp,
    until: Option<Timestamp>,
    lost_wh: f64,
    per_day_wh: f64,
    confidence: Confidence,
    cause: String,
    next_step: NextStep,
    facts: Vec<Fact>,
}

impl Draft {
    /// Later readings explain what was seen: it lasted no time at all.
    fn taken_back(known: &Tracked, why: &str) -> Self {
        let finding = &known.detection.finding;
        Self {
            kind: finding.kind,
            since: finding.since,
            until: Some(finding.since),
            lost_wh: 0.0,
            per_day_wh: 0.0,
            confidence: Confidence::VeryLikely,
            cause: why.to_owned(),
            next_step: NextStep::Wait,
            facts: Vec::new(),
        }
    }

    /// The same in the words of how it was last seen: what is over tells what
    /// it was, not that nothing is left of it.
    fn in_words_of(self, known: &Tracked) -> Self {
        let Detection { finding, confidence, evidence, .. } = &known.detection;
        Self {
            confidence: *confidence,
            cause: finding.cause.clone(),
            next_step: finding.next_step,
            facts: evidence.facts.clone(),
            ..self
        }
    }
}

/// What the rules found that look at days rather than at moments. It changes
/// little within an hour, so that it is asked for once in that time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steady {
    drafts: Vec<Draft>,
    /// Whether the site's clock is off, so that nothing else can be said.
    moved: bool,
}

/// Asks the rules that look at days.
#[must_use]
pub fn consider(case: &Case<'_>) -> Steady {
    if let Some(moved) = clock_shift::find(case) {
        let moved_now = moved.until.is_none();
        let mut steady = Steady { drafts: vec![moved], moved: moved_now };
        if !moved_now {
            steady.drafts.extend(of_days(case));
        }
        return steady;
    }
    Steady { drafts: of_days(case), moved: false }
}

fn of_days(case: &Case<'_>) -> Vec<Draft> {
    let mut found: Vec<Draft> = stuck_sensor::find(case).into_iter().collect();
    found.extend(outage::find(case, &found));
    let fast = found.len();
    found.extend(night_production::find(case, &found));
    found.extend(curtailment::find(case, &found));
    let slow = soiling_drift::find(case);
    let steps = step_loss::find(case, &found, slow.as_ref());
    found.extend(slow);
    found.extend(steps);
    found.split_off(fast)
}

/// Everything that is wrong at a site now or was in the last days, by the rules
/// of this folder. A pure function: the same case gives the same detections.
#[must_use]
pub fn detect(case: &Case<'_>, steady: &Steady) -> Vec<Detection> {
    let mut found: Vec<Draft> = Vec::new();
    found.extend(counter_reset::find(case));
    found.extend(duplicates::find(case));
    found.extend(comm_gap::find(case));
    if !steady.moved {
        found.extend(stuck_sensor::find(case));
        found.extend(outage::find(case, &found));
        found.extend(implausible_production::find(case));
    }
    found.extend(inverter_fault::find(case));
    found.extend(steady.drafts.iter().cloned());
    let mut detections: Vec<Detection> =
        found.into_iter().map(|draft| detection(case, draft)).collect();
    if steady.moved {
        // While the clock is off nobody can say that something else has ended.
        let unseen = |known: &&Tracked| {
            known.is_open() && !detections.iter().any(|seen| seen.finding.kind == known.kind())
        };
        let kept: Vec<Detection> =
            case.tracked.iter().filter(unseen).map(|known| known.detection.clone()).collect();
        detections.extend(kept);
    }
    detections
}

/// Whether an instant belongs to a stretch that one of these kinds explains.
fn explained(found: &[Draft], kinds: &[AnomalyKind], at: Timestamp) -> bool {
    found.iter().any(|draft| {
        kinds.contains(&draft.kind)
            && draft.since <= at
            && draft.until.is_none_or(|until| at < until)
    })
}

fn detection(case: &Case<'_>, draft: Draft) -> Detection {
    let lost_per_day = Energy::from_wh_rounded(draft.per_day_wh.max(0.0));
    let worth = case.site.price.worth(lost_per_day);
    let at = draft.since;
    let telling = case
        .past()
        .iter()
        .rev()
        .filter(|point| point.interval.start() >= at && point.model_wh > 0.1 * case.capacity_wh)
        .max_by_key(|point| point.neighbours);
    let without = if case.baseline.confidence > 0.0 { Rung::OwnHistory } else { Rung::ClearSky };
    Detection {
        finding: Finding {
            kind: draft.kind,
            since: draft.since,
            lost: Energy::from_wh_rounded(draft.lost_wh.max(0.0)),
            lost_per_day,
            money_per_day: Money { amount: worth.amount.round_dp(2), ..worth },
            cause: draft.cause,
            next_step: draft.next_step,
        },
        until: draft.until,
        confidence: draft.confidence,
        evidence: Evidence {
            rung: telling.map_or(without, |point| point.rung),
            neighbours: telling.map_or(0, |point| point.neighbours),
            facts: draft.facts,
        },
    }
}

/// How urgent a finding is, by what it is and what it costs.
#[must_use]
pub fn status_of(finding: &Finding) -> Status {
    urgency(finding.kind, finding.money_per_day.amount)
}

/// How urgent something of a kind is that loses so much money a day.
#[must_use]
pub fn urgency(kind: AnomalyKind, money: Decimal) -> Status {
    match kind {
        AnomalyKind::CommGap => Status::NoData,
        AnomalyKind::Outage => Status::ActToday,
        _ if money >= Decimal::from(ACT_FROM) => Status::ActToday,
        _ if money >= Decimal::from(PLAN_FROM) => Status::PlanVisit,
        _ => Status::Watch,
    }
}

#[cfg(test)]
mod tests;
