use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::WebhookId;
use greengrid_domain::monitoring::LocalHours;
use greengrid_domain::monitoring::alert::{AlertFilter, AlertRule, Escalation};
use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::postgres::monitoring::anomalies::corrupt;

/// A row of `alert_rule`.
pub(super) struct RuleRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) kinds: Vec<String>,
    pub(super) severity: String,
    pub(super) region: Option<String>,
    pub(super) brand: Option<String>,
    pub(super) least_per_day: Decimal,
    pub(super) lasting_s: i32,
    pub(super) gather_s: i32,
    pub(super) quiet_from: Option<i16>,
    pub(super) quiet_to: Option<i16>,
    pub(super) recipients: Vec<String>,
    pub(super) webhooks: Vec<Uuid>,
    pub(super) escalate_after_s: Option<i32>,
    pub(super) escalate_to: Vec<String>,
    pub(super) tells_end: bool,
    pub(super) enabled: bool,
    pub(super) told_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<RuleRow> for AlertRule {
    type Error = sqlx::Error;

    fn try_from(row: RuleRow) -> Result<Self, sqlx::Error> {
        let people = |to: Vec<String>| -> Result<Vec<EmailAddress>, sqlx::Error> {
            to.iter().map(|address| address.parse().map_err(corrupt)).collect()
        };
        let hour = |hour: i16| i8::try_from(hour).map_err(corrupt);
        let quiet = match row.quiet_from.zip(row.quiet_to) {
            Some((from, to)) => Some(LocalHours::new(hour(from)?, hour(to)?).map_err(corrupt)?),
            None => None,
        };
        let escalation = match row.escalate_after_s {
            Some(after) => Some(Escalation {
                after: SignedDuration::from_secs(after.into()),
                to: people(row.escalate_to)?,
            }),
            None => None,
        };
        let kinds = row.kinds.iter().map(|kind| kind.parse().map_err(corrupt));
        Ok(Self {
            id: row.id.into(),
            name: row.name.parse().map_err(corrupt)?,
            filter: AlertFilter {
                kinds: kinds.collect::<Result<_, _>>()?,
                severity: row.severity.parse().map_err(corrupt)?,
                region: row.region.map(|it| it.parse().map_err(corrupt)).transpose()?,
                brand: row.brand.map(|it| it.parse().map_err(corrupt)).transpose()?,
                least_per_day: row.least_per_day.normalize(),
            },
            lasting: SignedDuration::from_secs(row.lasting_s.into()),
            gather: SignedDuration::from_secs(row.gather_s.into()),
            quiet,
            to: people(row.recipients)?,
            webhooks: row.webhooks.into_iter().map(WebhookId::from).collect(),
            escalation,
            tells_end: row.tells_end,
            enabled: row.enabled,
        })
    }
}

/// A rule as the audit trail keeps it. Addresses are counted and not named: the
/// trail is kept for ever.
pub(super) fn audited(rule: &AlertRule) -> Value {
    let filter = &rule.filter;
    json!({
        "name": rule.name.as_str(),
        "kinds": filter.kinds.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "severity": filter.severity.to_string(),
        "region": filter.region.as_ref().map(ToString::to_string),
        "brand": filter.brand.map(|brand| brand.to_string()),
        "least_per_day": filter.least_per_day.to_string(),
        "lasting_s": rule.lasting.as_secs(),
        "gather_s": rule.gather.as_secs(),
        "quiet": rule.quiet.map(|quiet| [quiet.from(), quiet.to()]),
        "recipients": rule.to.len(),
        "webhooks": rule.webhooks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "escalates_after_s": rule.escalation.as_ref().map(|it| it.after.as_secs()),
        "tells_end": rule.tells_end,
        "enabled": rule.enabled,
    })
}
