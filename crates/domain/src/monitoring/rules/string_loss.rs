//! A constant share is missing all day long: a string, a phase, an inverter.

use super::step_loss::{Step, age, lost_wh};
use super::words::{inverters_off, percent};
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep};

pub(super) fn draft(case: &Case<'_>, step: &Step) -> Draft {
    let told = case.inverters.map_or_else(
        || {
            format!(
                "{} is missing all the time. Strings without current, a phase or a fuse.",
                percent(step.share)
            )
        },
        inverters_off,
    );
    Draft {
        kind: AnomalyKind::StringLoss,
        since: step.since,
        until: step.until,
        lost_wh: lost_wh(case, step),
        per_day_wh: if step.until.is_some() { 0.0 } else { step.share * case.day_wh() },
        confidence: if step.sure > 7.0 { Confidence::VeryLikely } else { Confidence::Likely },
        cause: told,
        next_step: NextStep::SendTechnician,
        facts: facts(case, step),
    }
}

/// The numbers behind a missing share.
pub(super) fn facts(case: &Case<'_>, step: &Step) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Missing", percent(step.share)),
        Fact::new("Usual days differ by", percent(case.baseline.scatter)),
    ];
    if let (Some(morning), Some(afternoon)) = step.parts {
        facts.push(Fact::new("Missing before 11:00 sun time", percent(morning.max(0.0))));
        facts.push(Fact::new("Missing after 13:00 sun time", percent(afternoon.max(0.0))));
    }
    let days = usize::try_from(age(case, step).as_hours() / 24 + 1).unwrap_or(1);
    facts.push(Fact::new("Lasts", super::words::days(days)));
    facts
}
