//! Less than expected, unevenly: a shade, or a cause that is not known.

use super::step_loss::{Step, UNEVEN, lost_wh};
use super::words::percent;
use super::{AnomalyKind, Case, Confidence, Draft, NextStep, string_loss};

pub(super) fn draft(case: &Case<'_>, step: &Step) -> Draft {
    let (told, next_step) = match step.parts {
        (Some(morning), Some(afternoon)) if (morning - afternoon).abs() > UNEVEN => {
            let (when, missing) = if afternoon > morning {
                ("after noon", afternoon)
            } else {
                ("before noon", morning)
            };
            let told = format!(
                "{} is missing {when}, the rest of the day is normal. Perhaps new shade.",
                percent(missing)
            );
            (told, NextStep::AskForPhoto)
        }
        _ => {
            let told = format!(
                "{} less than expected, unevenly. The cause is not known.",
                percent(step.share)
            );
            (told, NextStep::CallCustomer)
        }
    };
    Draft {
        kind: AnomalyKind::Underperformance,
        since: step.since,
        until: step.until,
        lost_wh: lost_wh(case, step),
        per_day_wh: if step.until.is_some() { 0.0 } else { step.share * case.day_wh() },
        confidence: if step.sure > 7.0 { Confidence::Likely } else { Confidence::Possible },
        cause: told,
        next_step,
        facts: string_loss::facts(case, step),
    }
}
