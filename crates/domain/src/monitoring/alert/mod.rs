//! Alerts: which anomalies are told to whom, and when.

mod change;
mod inhibition;
mod preview;
mod rule;
mod silence;
#[cfg(test)]
mod tests;

pub use change::AlertChange;
pub use inhibition::{Inhibition, InhibitionError, InhibitionId, Inhibitors, Label, Matcher};
pub use preview::{FLOOD, Preview, preview};
pub use rule::{
    AlertEvent, AlertFact, AlertFilter, AlertRule, AlertRuleError, AlertRuleId, Escalation,
    RuleName, RuleNameError, Severity,
};
pub use silence::{AlertSilence, AlertSilenceId, SilenceError};
