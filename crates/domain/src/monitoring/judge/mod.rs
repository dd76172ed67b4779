//! What a site's last days mean.
//!
//! Every kind of finding has its rule in a file of its own, with its
//! thresholds and their reasons. A rule looks at a [`Case`] and says what it
//! found, as a [`Draft`]; here the drafts are ranked and become a
//! [`Finding`].

use super::{AnomalyKind, Finding, NextStep, Status};
use crate::units::{Energy, Money};
use rust_decimal::Decimal;

mod case;
mod comm_gap;
mod curtailment;
mod night_production;
mod outage;
mod partial_loss;
mod shade;
mod slow_loss;
mod stuck_sensor;
#[cfg(test)]
mod tests;
mod words;

pub use case::{Case, InvertersOff, Point};

/// A loss from which on somebody should act today, per day, in whole units of
/// the site's currency.
const ACT_FROM: i64 = 40;
/// A loss from which on a visit is worth planning.
const PLAN_FROM: i64 = 5;

/// What a rule found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    kind: AnomalyKind,
    since: jiff::Timestamp,
    lost_wh: f64,
    per_day_wh: f64,
    cause: String,
    next_step: NextStep,
}

/// Where a site stands, and why.
#[must_use]
pub fn judge(case: &Case<'_>) -> (Status, Option<Finding>) {
    let Some(draft) = find(case) else { return (Status::OnTrack, None) };
    let finding = Finding {
        kind: draft.kind,
        since: draft.since,
        lost: Energy::from_wh_rounded(draft.lost_wh.max(0.0)),
        lost_per_day: Energy::from_wh_rounded(draft.per_day_wh.max(0.0)),
        money_per_day: Money { amount: Decimal::ZERO, ..case.site.price.of_one_kwh() },
        cause: draft.cause,
        next_step: draft.next_step,
    };
    let worth = case.site.price.worth(finding.lost_per_day);
    let money_per_day = Money { amount: worth.amount.round_dp(2), ..worth };
    let status = match draft.kind {
        AnomalyKind::CommGap => Status::NoData,
        AnomalyKind::Outage => Status::ActToday,
        _ if money_per_day.amount >= Decimal::from(ACT_FROM) => Status::ActToday,
        _ if money_per_day.amount >= Decimal::from(PLAN_FROM) => Status::PlanVisit,
        _ => Status::Watch,
    };
    (status, Some(Finding { money_per_day, ..finding }))
}

/// What explains everything comes first: without readings, or with readings
/// that cannot be, no comparison means anything. Of the losses the largest
/// counts.
fn find(case: &Case<'_>) -> Option<Draft> {
    let whole = [comm_gap::find, outage::find, stuck_sensor::find];
    if let Some(draft) = whole.iter().find_map(|rule| rule(case)) {
        return Some(draft);
    }
    let held = curtailment::find(case);
    let shaded = shade::find(case);
    let slowly = slow_loss::find(case);
    // A limit, a shade and dust also take a share of the day: the plainer name
    // is used only where those do not explain the loss.
    let explained = [&held, &shaded, &slowly]
        .into_iter()
        .flatten()
        .map(|draft| draft.per_day_wh)
        .fold(0.0, f64::max);
    let partly = match (&held, &shaded) {
        (None, None) => partial_loss::find(case),
        _ => None,
    };
    let partly = partly.filter(|draft| draft.per_day_wh > EXPLAINED * explained);
    [held, shaded, slowly, partly]
        .into_iter()
        .flatten()
        .max_by(|a, b| a.per_day_wh.total_cmp(&b.per_day_wh))
        .or_else(|| night_production::find(case))
}

/// A partial loss has to exceed a better explained one by this factor.
const EXPLAINED: f64 = 1.6;
