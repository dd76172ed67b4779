use greengrid_domain::monitoring::alert::{AlertEvent, AlertFact, AlertRule, AlertSilence};
use greengrid_domain::monitoring::{Phase, planned};
use jiff::{SignedDuration, Timestamp};

use crate::monitoring::AnomalyRecord;

/// What surrounds something that is due to be told.
pub struct Situation<'a> {
    /// When.
    pub now: Timestamp,
    /// By which rule.
    pub rule: &'a AlertRule,
    /// When the rule last sent a message.
    pub told_at: Option<Timestamp>,
    /// What of the anomaly.
    pub event: AlertEvent,
    /// The anomaly as it is.
    pub record: &'a AnomalyRecord,
    /// What a rule looks at in it.
    pub fact: &'a AlertFact,
    /// Silences that have not ended.
    pub silences: &'a [AlertSilence],
    /// Planned work at its site, which ends then.
    pub planned_until: Option<Timestamp>,
    /// Whether another anomaly keeps it quiet.
    pub inhibited: bool,
    /// Whether the rule told of the incident that it is part of.
    pub incident_told: bool,
}

/// What becomes of something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is told now.
    Tell,
    /// It is told later, if at all.
    Hold {
        /// When to look again.
        until: Timestamp,
        /// Why.
        why: &'static str,
    },
    /// It is not told.
    Drop {
        /// Why.
        why: &'static str,
    },
}

/// Why something is held that another anomaly keeps quiet.
pub const INHIBITED: &str = "inhibited";

/// When what became less than a rule asks, or is kept quiet, is looked at again.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// Decides whether something that is due is told now. In this order: what no
/// longer holds is dropped; what a wider cause explains is dropped; silences,
/// planned work and quiet hours hold it; and so does the last message of the
/// rule, so that what comes meanwhile is gathered into the next.
#[must_use]
pub fn decide(of: &Situation<'_>) -> Decision {
    let drop = |why| Decision::Drop { why };
    let hold = |until, why| Decision::Hold { until, why };
    if !of.rule.enabled {
        return drop("the rule was switched off");
    }
    let phase = of.record.life.phase(of.now);
    match of.event {
        AlertEvent::Raised | AlertEvent::Escalated => {
            if of.record.until.is_some() || !of.record.life.is_live() {
                return drop("it was over before");
            }
            if of.record.quiet.is_some() {
                return drop("it is a known pattern");
            }
            if phase != Phase::Open && phase != Phase::Snoozed {
                return drop("somebody has seen it");
            }
            if of.incident_told {
                return drop("it is part of an incident that was told");
            }
            if of.inhibited {
                let until = of.now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
                return hold(until, INHIBITED);
            }
            if !of.rule.filter.holds(of.fact) {
                // It may become so again.
                let until = of.now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
                return hold(until, "it is less than the rule asks");
            }
        }
        AlertEvent::Ended => {}
    }
    if let greengrid_domain::monitoring::Stage::Snoozed { until, .. } = of.record.life.stage
        && until > of.now
    {
        return hold(until, "somebody put it off");
    }
    if let Some(silence) = of.silences.iter().find(|silence| silence.holds(of.fact, of.now)) {
        return hold(silence.until, "silenced");
    }
    if let Some(until) = of.planned_until {
        return hold(until, "work is planned");
    }
    let quiet = of.rule.out_of_quiet(of.now, &of.fact.zone);
    if quiet > of.now {
        return hold(quiet, "quiet hours");
    }
    if let Some(next) = of.told_at.and_then(|told| told.checked_add(of.rule.gather).ok())
        && next > of.now
    {
        return hold(next, "gathered for the next message");
    }
    Decision::Tell
}

/// When planned work at a site ends, if some goes on.
#[must_use]
pub fn planned_until(
    windows: &[greengrid_domain::monitoring::MaintenanceWindow],
    site: &greengrid_domain::fleet::Site,
    now: Timestamp,
) -> Option<Timestamp> {
    planned(windows, site, now).map(greengrid_domain::monitoring::MaintenanceWindow::to)
}
