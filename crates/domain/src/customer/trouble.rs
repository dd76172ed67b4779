//! What is said to the owner of a site when something is wrong with it: without
//! a word that needs a manual, and without blame.

use crate::monitoring::{AnomalyKind, NextStep};

/// What is wrong, in one sentence.
#[must_use]
pub const fn what_is_wrong(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::CommGap => {
            "We get no readings from your system. It may well be working: only its connection is \
             silent."
        }
        AnomalyKind::Outage => "Your system makes nothing, although there is light enough.",
        AnomalyKind::Underperformance => {
            "Your system makes less than it should under this sky. We do not know yet why."
        }
        AnomalyKind::StringLoss => "A part of your system is off. The rest works as it should.",
        AnomalyKind::SoilingDrift => {
            "Your system makes a little less from week to week, as it does when panels get dirty \
             or a tree grows."
        }
        AnomalyKind::Curtailment => {
            "Your system is held below what it could make, by a limit that is set somewhere."
        }
        AnomalyKind::StuckSensor => {
            "Your system sends the same number again and again, so we cannot tell what it makes."
        }
        AnomalyKind::NightProduction => {
            "Your system reports power at night. The reading is wrong, the system is most likely \
             fine."
        }
        AnomalyKind::ClockShift => {
            "The clock of your system is wrong, so its readings land at the wrong hour. What it \
             makes is not affected."
        }
        AnomalyKind::CounterReset => {
            "The counter of your system started again. What it makes is not affected; we are \
             setting the sums right."
        }
        AnomalyKind::Duplicates => {
            "Your system sends its readings more than once. What it makes is not affected."
        }
        AnomalyKind::ImplausibleProduction => {
            "Your system reports more than it can make, so we do not count those readings."
        }
        AnomalyKind::InverterFault => {
            "The inverter, the box that makes house current out of sunlight, reports a fault."
        }
    }
}

/// What is being done about it, in one sentence. Nobody has promised anything
/// yet while it is not `taken`.
#[must_use]
pub const fn doing(step: NextStep, taken: bool) -> &'static str {
    if !taken {
        return "Our operations team has seen it and decides what to do.";
    }
    match step {
        NextStep::SendTechnician => "A visit by a technician is being arranged.",
        NextStep::BookCleaning => "A cleaning is being arranged.",
        NextStep::FixRemotely => "It is being set right from here; nobody has to come.",
        NextStep::CallCustomer => "We will call you.",
        NextStep::AskForPhoto => "We will ask you for a photograph.",
        NextStep::CheckGateway => "The connection of your system is being looked at from here.",
        NextStep::CheckData => "The readings are being looked at; you need not do anything.",
        NextStep::Wait => "We are watching whether it goes away by itself.",
    }
}

/// What customer success says on the telephone, by kind.
#[must_use]
pub const fn script(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::CommGap => {
            "We have had no readings from your system for a while. That usually means that the \
             router was changed or switched off. Is the internet at home working? Please do not \
             restart the inverter: as far as we know it is producing."
        }
        AnomalyKind::Outage => {
            "Your system is off in daylight. Could you look whether the breaker beside the \
             inverter is up, and what its display says? If it is up, a technician comes; you \
             lose only what it would have made, nothing is dangerous."
        }
        AnomalyKind::Underperformance => {
            "Your system makes less than others near you right now. We are finding out why \
             before we send anybody. Has anything changed on or around the roof?"
        }
        AnomalyKind::StringLoss => {
            "One part of your system has stopped, and the rest is working. A technician has to \
             look at it. You need not switch anything off."
        }
        AnomalyKind::SoilingDrift => {
            "Your panels have been making a little less for weeks. Most often that is dust, and \
             rain or a cleaning mends it. Has a tree grown near the roof? A photograph helps us."
        }
        AnomalyKind::Curtailment => {
            "Your system is held at a limit. Did your grid operator or an installer set one? If \
             not, we change it from here and nobody has to come."
        }
        AnomalyKind::StuckSensor => {
            "The number your system sends does not change any more. It is probably working; its \
             measuring is not. We look at it from here first."
        }
        AnomalyKind::NightProduction => {
            "Your system reports power in the dark, which cannot be. It is a matter of its \
             readings. Your roof is fine."
        }
        AnomalyKind::ClockShift => {
            "The clock in your system is wrong, so the curve looks shifted. We set it right from \
             here. You lose nothing."
        }
        AnomalyKind::CounterReset => {
            "The counter in your system began again, as after an exchange. Was a device changed? \
             Your sums stay right on our side."
        }
        AnomalyKind::Duplicates => {
            "Your system sends its readings twice. We count them once. You need not do anything."
        }
        AnomalyKind::ImplausibleProduction => {
            "Your system reports more than its size allows. We leave those readings out until we \
             know why. Was it made larger?"
        }
        AnomalyKind::InverterFault => {
            "The inverter reports a fault. What does its display say? Please leave it on; we \
             decide with the code whether a technician has to come."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn no_owner_has_to_know_our_words() {
        let jargon =
            ["anomaly", "curtail", "baseline", "underperform", "soiling", "gateway", "kpi"];
        for kind in AnomalyKind::iter() {
            for said in [what_is_wrong(kind), script(kind)] {
                let said = said.to_lowercase();
                assert!(!jargon.iter().any(|word| said.contains(word)), "{kind}: {said}");
                assert!(said.ends_with('.') || said.ends_with('?'), "{kind}: {said}");
            }
        }
    }

    #[test]
    fn nothing_is_promised_before_somebody_has_it() {
        for step in NextStep::iter() {
            assert_eq!(doing(step, false), doing(NextStep::Wait, false));
            assert_ne!(doing(step, true), doing(step, false));
        }
    }
}
