use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::WebhookId;
use greengrid_domain::monitoring::alert::{
    AlertFilter, AlertRule, AlertRuleId, AlertSilence, AlertSilenceId, Escalation, Inhibition,
    InhibitionId, Label, Matcher, Severity,
};
use greengrid_domain::monitoring::{AnomalyKind, LocalHours};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What was typed into a form, field by field.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(Vec<(String, String)>);

/// What is wrong with which field.
pub(super) type Errors = BTreeMap<&'static str, String>;

impl Typed {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn get(&self, field: &str) -> &str {
        self.all(field).last().unwrap_or_default().trim()
    }

    pub(super) fn all<'a>(&'a self, field: &str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == field).map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.all(field).next().is_some()
    }

    /// What a fresh form holds.
    pub(super) fn fresh() -> Self {
        Self::of(&[("severity", "act_today"), ("least", "0"), ("lasting", "0"), ("gather", "5")])
            .with("enabled", "true")
    }

    /// What the form of a rule holds.
    pub(super) fn of_rule(rule: &AlertRule) -> Self {
        let filter = &rule.filter;
        let minutes = |wait: SignedDuration| wait.as_mins().to_string();
        let mut typed = Self::default()
            .with("name", rule.name.as_str())
            .with("severity", filter.severity.into())
            .with("least", &filter.least_per_day.to_string())
            .with("lasting", &minutes(rule.lasting))
            .with("gather", &minutes(rule.gather))
            .with("to", &lines(&rule.to));
        for webhook in &rule.webhooks {
            typed = typed.with("webhook", &webhook.to_string());
        }
        for kind in &filter.kinds {
            typed = typed.with("kind", (*kind).into());
        }
        if let Some(region) = &filter.region {
            typed = typed.with("region", region.as_str());
        }
        if let Some(brand) = filter.brand {
            typed = typed.with("brand", brand.into());
        }
        if let Some(quiet) = rule.quiet {
            typed = typed.with("quiet_from", &quiet.from().to_string());
            typed = typed.with("quiet_to", &quiet.to().to_string());
        }
        if let Some(escalation) = &rule.escalation {
            typed = typed.with("escalate_after", &minutes(escalation.after));
            typed = typed.with("escalate_to", &lines(&escalation.to));
        }
        for (field, on) in [("tells_end", rule.tells_end), ("enabled", rule.enabled)] {
            if on {
                typed = typed.with(field, "true");
            }
        }
        typed
    }

    /// What a fresh form of an inhibition holds.
    pub(super) fn fresh_inhibition() -> Self {
        Self::of(&[("equal", Label::Site.into())])
    }

    /// What the form of an inhibition holds.
    pub(super) fn of_inhibition(inhibition: &Inhibition) -> Self {
        let mut typed = Self::default().with("i_why", inhibition.why.as_str());
        for (side, matcher) in [("source", &inhibition.source), ("target", &inhibition.target)] {
            let chosen = [
                ("kind", matcher.kind.map(|kind| kind.to_string())),
                ("severity", matcher.severity.map(|severity| severity.to_string())),
                ("region", matcher.region.as_ref().map(ToString::to_string)),
                ("brand", matcher.brand.map(|brand| brand.to_string())),
            ];
            for (part, value) in chosen {
                typed = typed.with(&format!("{side}_{part}"), value.as_deref().unwrap_or_default());
            }
        }
        let labels = inhibition.equal.iter();
        labels.fold(typed, |typed, label| typed.with("equal", (*label).into()))
    }

    fn of(pairs: &[(&str, &str)]) -> Self {
        pairs.iter().fold(Self::default(), |typed, (field, value)| typed.with(field, value))
    }

    fn with(mut self, field: &str, value: &str) -> Self {
        self.0.push((field.to_owned(), value.to_owned()));
        self
    }

    /// The rule that was typed, or what is wrong with it.
    pub(super) fn rule(&self, id: AlertRuleId) -> Result<AlertRule, Errors> {
        let mut read = Reader { typed: self, errors: Errors::new() };
        let name = read.needed("name");
        let kinds: BTreeSet<AnomalyKind> =
            self.all("kind").filter_map(|kind| kind.parse().ok()).collect();
        let severity = read.optional("severity").unwrap_or(Severity::Any);
        let (region, brand) = (read.optional("region"), read.optional("brand"));
        let least = read.number::<Decimal>("least").unwrap_or_default();
        let (lasting, gather) = (read.minutes("lasting"), read.minutes("gather"));
        let quiet = read.quiet();
        let webhooks: BTreeSet<WebhookId> =
            self.all("webhook").filter_map(|id| id.parse::<Uuid>().ok()).map(Into::into).collect();
        let to = if webhooks.is_empty() || !self.get("to").is_empty() {
            read.people("to")
        } else {
            Vec::new()
        };
        let escalation = read.escalation();
        let rule = name.map(|name| AlertRule {
            id,
            name,
            filter: AlertFilter { kinds, severity, region, brand, least_per_day: least },
            lasting: lasting.unwrap_or_default(),
            gather: gather.unwrap_or_default(),
            quiet,
            to,
            webhooks,
            escalation,
            tells_end: self.has("tells_end"),
            enabled: self.has("enabled"),
        });
        match rule {
            Some(rule) if read.errors.is_empty() => Ok(rule),
            _ => Err(read.errors),
        }
    }

    /// The inhibition that was typed, or what is wrong with it.
    pub(super) fn inhibition(&self, id: InhibitionId) -> Result<Inhibition, Errors> {
        let mut read = Reader { typed: self, errors: Errors::new() };
        let source = Matcher {
            kind: read.optional("source_kind"),
            severity: read.optional("source_severity"),
            region: read.optional("source_region"),
            brand: read.optional("source_brand"),
        };
        let target = Matcher {
            kind: read.optional("target_kind"),
            severity: read.optional("target_severity"),
            region: read.optional("target_region"),
            brand: read.optional("target_brand"),
        };
        let equal = self.all("equal").filter_map(|label| label.parse().ok()).collect();
        match read.needed("i_why") {
            Some(why) if read.errors.is_empty() => {
                Ok(Inhibition { id, why, source, target, equal })
            }
            _ => Err(read.errors),
        }
    }

    /// The silence that was typed, or what is wrong with it.
    pub(super) fn silence(
        &self,
        id: AlertSilenceId,
        now: Timestamp,
    ) -> Result<AlertSilence, Errors> {
        let mut read = Reader { typed: self, errors: Errors::new() };
        let (kind, region, brand) =
            (read.optional("kind"), read.optional("region"), read.optional("brand"));
        let hours = read.number::<i64>("hours").filter(|hours| (1..=10_000).contains(hours));
        let why = read.needed("why");
        match (hours, why) {
            (Some(hours), Some(why)) if read.errors.is_empty() => Ok(AlertSilence {
                id,
                kind,
                region,
                brand,
                from: now,
                until: now + SignedDuration::from_hours(hours),
                why,
            }),
            (hours, _) => {
                if hours.is_none() {
                    let words = "write for how many hours, 1 to 336".to_owned();
                    read.errors.entry("hours").or_insert(words);
                }
                Err(read.errors)
            }
        }
    }
}

fn lines(to: &[EmailAddress]) -> String {
    to.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join("\n")
}

/// Reads fields, and notes what is wrong with which.
struct Reader<'a> {
    typed: &'a Typed,
    errors: Errors,
}

impl Reader<'_> {
    fn needed<T>(&mut self, field: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        match self.typed.get(field).parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors.insert(field, error.to_string());
                None
            }
        }
    }

    /// A choice among what was offered; nothing chosen is fine.
    fn optional<T: FromStr>(&mut self, field: &'static str) -> Option<T> {
        let text = self.typed.get(field);
        if text.is_empty() {
            return None;
        }
        let value = text.parse().ok();
        if value.is_none() {
            self.errors.insert(field, "choose one of those offered".to_owned());
        }
        value
    }

    fn number<T: FromStr>(&mut self, field: &'static str) -> Option<T> {
        let text = self.typed.get(field).replace(',', ".");
        if text.is_empty() {
            return None;
        }
        let value = text.parse().ok();
        if value.is_none() {
            self.errors.insert(field, format!("“{text}” is no number"));
        }
        value
    }

    fn minutes(&mut self, field: &'static str) -> Option<SignedDuration> {
        let minutes = self.number::<i32>(field)?;
        Some(SignedDuration::from_mins(minutes.into()))
    }

    fn quiet(&mut self) -> Option<LocalHours> {
        let (from, to) = (self.number::<i8>("quiet_from"), self.number::<i8>("quiet_to"));
        let hours = match (from, to) {
            (None, None) => return None,
            (Some(from), Some(to)) => LocalHours::new(from, to).map_err(|error| error.to_string()),
            _ => Err("write both hours or none".to_owned()),
        };
        hours.map_err(|words| self.errors.entry("quiet_from").or_insert(words)).ok()
    }

    fn people(&mut self, field: &'static str) -> Vec<EmailAddress> {
        let typed = self.typed.get(field);
        let each = typed.split([',', ';', '\n', '\r']).map(str::trim).filter(|it| !it.is_empty());
        let mut people = Vec::new();
        for address in each {
            match address.parse::<EmailAddress>() {
                Ok(address) if people.contains(&address) => {}
                Ok(address) => people.push(address),
                Err(error) => {
                    self.errors.insert(field, format!("“{address}”: {error}"));
                }
            }
        }
        if people.is_empty() {
            let words = match field {
                "to" => "write at least one address, or choose a webhook",
                _ => "write at least one address",
            };
            self.errors.entry(field).or_insert(words.to_owned());
        }
        people
    }

    fn escalation(&mut self) -> Option<Escalation> {
        if self.typed.get("escalate_after").is_empty() && self.typed.get("escalate_to").is_empty() {
            return None;
        }
        let after = self.minutes("escalate_after");
        if after.is_none() {
            let words = "write after how many minutes".to_owned();
            self.errors.entry("escalate_after").or_insert(words);
        }
        Some(Escalation { after: after?, to: self.people("escalate_to") })
    }
}
