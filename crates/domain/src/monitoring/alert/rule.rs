use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::fleet::{Brand, RegionCode, SiteId};
use crate::identity::EmailAddress;
use crate::ids::uuid_id;
use crate::messages::WebhookId;
use crate::monitoring::rules::urgency;
use crate::monitoring::{AnomalyKind, LocalHours, Status};
use crate::text::single_line;
use crate::time::SiteZone;

uuid_id! {
    /// Which alert rule.
    AlertRuleId
}

/// How urgent an anomaly has to be, each with those above it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// Everything that was raised.
    Any,
    /// What needs action at all.
    NeedsAction,
    /// What needs action today.
    ActToday,
}

impl Severity {
    /// How urgent an anomaly of this kind is that loses so much money a day.
    #[must_use]
    pub fn of(kind: AnomalyKind, money_per_day: Decimal) -> Self {
        match urgency(kind, money_per_day) {
            Status::ActToday => Self::ActToday,
            Status::PlanVisit | Status::NoData => Self::NeedsAction,
            Status::Watch | Status::OnTrack => Self::Any,
        }
    }

    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "Anything",
            Self::NeedsAction => "Needs action",
            Self::ActToday => "Act today",
        }
    }
}

/// What of an anomaly is told.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum AlertEvent {
    /// It began, or began again.
    Raised,
    /// Nobody has said anything to it for too long.
    Escalated,
    /// It is over.
    Ended,
}

/// What an anomaly has to be like for a rule to tell of it. What is not given
/// does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFilter {
    /// One of these kinds; any while there are none.
    pub kinds: BTreeSet<AnomalyKind>,
    /// How urgent.
    pub severity: Severity,
    /// In this region.
    pub region: Option<RegionCode>,
    /// Of this brand.
    pub brand: Option<Brand>,
    /// Losing at least so much money a day, in the site's currency.
    pub least_per_day: Decimal,
}

/// What a rule looks at in an anomaly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFact {
    /// At which site.
    pub site: SiteId,
    /// In what way the site differs.
    pub kind: AnomalyKind,
    /// How urgent it is.
    pub severity: Severity,
    /// The region of its site.
    pub region: RegionCode,
    /// The brand of its site.
    pub brand: Brand,
    /// Money lost per day, in the site's currency.
    pub money_per_day: Decimal,
    /// When it began.
    pub since: Timestamp,
    /// The zone of its site.
    pub zone: SiteZone,
}

impl AlertFilter {
    /// Whether an anomaly is like this.
    #[must_use]
    pub fn holds(&self, fact: &AlertFact) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&fact.kind))
            && fact.severity >= self.severity
            && self.region.as_ref().is_none_or(|region| *region == fact.region)
            && self.brand.is_none_or(|brand| brand == fact.brand)
            && fact.money_per_day >= self.least_per_day
    }
}

/// Who hears of an anomaly that nobody has said anything to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// How long after it was told.
    pub after: SignedDuration,
    /// To whom.
    pub to: Vec<EmailAddress>,
}

/// The name of a rule: one line of up to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName(String);

/// Why a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rule has a name of 1 to 80 characters")]
pub struct RuleNameError;

impl FromStr for RuleName {
    type Err = RuleNameError;
    fn from_str(raw: &str) -> Result<Self, RuleNameError> {
        let name = single_line(raw);
        if (1..=80).contains(&name.chars().count()) { Ok(Self(name)) } else { Err(RuleNameError) }
    }
}

impl RuleName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which anomalies are told to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRule {
    /// Which.
    pub id: AlertRuleId,
    /// What it is called.
    pub name: RuleName,
    /// What it tells of.
    pub filter: AlertFilter,
    /// For how long an anomaly has to last before it is told.
    pub lasting: SignedDuration,
    /// For how long what comes is gathered into one message, which is also the
    /// shortest time between two. Zero sends each by itself.
    pub gather: SignedDuration,
    /// Hours of the local day of a site in which nothing is told of it; it is
    /// told when they end.
    pub quiet: Option<LocalHours>,
    /// Who is told; nobody where a program is.
    pub to: Vec<EmailAddress>,
    /// Programs that are told, of everything the rule tells.
    pub webhooks: BTreeSet<WebhookId>,
    /// Who is told when nobody says anything to it.
    pub escalation: Option<Escalation>,
    /// Whether its end is told too.
    pub tells_end: bool,
    /// Whether it tells anything at the moment.
    pub enabled: bool,
}

/// Why a rule was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AlertRuleError {
    /// Nobody to tell, or a crowd.
    #[error("write 1 to 20 addresses, or choose a webhook")]
    Recipients,
    /// Money below nothing.
    #[error("the loss a day is 0 or more")]
    Least,
    /// A wait out of bounds.
    #[error("an anomaly can be waited for up to 7 days")]
    Lasting,
    /// A wait out of bounds.
    #[error("messages are gathered for up to 24 hours")]
    Gather,
    /// An escalation out of bounds.
    #[error("it escalates after 5 minutes to 7 days")]
    Escalation,
}

impl AlertRule {
    /// Most who are told.
    const CROWD: usize = 20;

    /// Refuses what makes no sense.
    pub fn check(self) -> Result<Self, AlertRuleError> {
        let minutes = SignedDuration::from_mins;
        let people = |to: &[EmailAddress]| (1..=Self::CROWD).contains(&to.len());
        let between = |wait: SignedDuration, least, most| wait >= least && wait <= most;
        let week = minutes(7 * 24 * 60);
        let only_programs = self.to.is_empty() && !self.webhooks.is_empty();
        if !people(&self.to) && !only_programs {
            return Err(AlertRuleError::Recipients);
        }
        if self.filter.least_per_day < Decimal::ZERO {
            return Err(AlertRuleError::Least);
        }
        if !between(self.lasting, SignedDuration::ZERO, week) {
            return Err(AlertRuleError::Lasting);
        }
        if !between(self.gather, SignedDuration::ZERO, minutes(24 * 60)) {
            return Err(AlertRuleError::Gather);
        }
        if let Some(escalation) = &self.escalation {
            if !between(escalation.after, minutes(5), week) {
                return Err(AlertRuleError::Escalation);
            }
            if !people(&escalation.to) {
                return Err(AlertRuleError::Recipients);
            }
        }
        Ok(self)
    }

    /// Who is told of this.
    #[must_use]
    pub fn recipients(&self, event: AlertEvent) -> &[EmailAddress] {
        match (event, &self.escalation) {
            (AlertEvent::Escalated, Some(escalation)) => &escalation.to,
            (AlertEvent::Escalated, None) => &[],
            (AlertEvent::Raised | AlertEvent::Ended, _) => &self.to,
        }
    }

    /// When an anomaly that the rule heard of at an instant is told, unless
    /// something else happens to it before.
    #[must_use]
    pub fn due(&self, fact: &AlertFact, heard: Timestamp) -> Timestamp {
        let lasted = fact.since.checked_add(self.lasting).unwrap_or(Timestamp::MAX);
        let gathered = heard.checked_add(self.gather).unwrap_or(Timestamp::MAX);
        self.out_of_quiet(lasted.max(gathered), &fact.zone)
    }

    /// The instant itself, or the end of the quiet hours in which it lies.
    #[must_use]
    pub fn out_of_quiet(&self, at: Timestamp, zone: &SiteZone) -> Timestamp {
        self.quiet.map_or(at, |quiet| quiet.end(at, zone).unwrap_or(at))
    }
}
