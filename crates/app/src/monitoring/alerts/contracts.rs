use async_trait::async_trait;
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::Letter;
use greengrid_domain::monitoring::Spark;
use greengrid_domain::monitoring::alert::{
    AlertEvent, AlertFact, AlertRule, AlertRuleId, AlertSilence, AlertSilenceId, Inhibition,
    InhibitionId,
};
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::messages::webhooks::Post;
use crate::monitoring::AnomalyRecord;

/// A rule with what it did.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRule {
    /// The rule.
    pub rule: AlertRule,
    /// When it last sent a message.
    pub told_at: Option<Timestamp>,
    /// Anomalies that it waits to tell of.
    pub held: i64,
}

/// An anomaly of the past, for a preview.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// What a rule looks at.
    pub fact: AlertFact,
    /// When it was first seen.
    pub at: Timestamp,
    /// When it was over, or people were done with it.
    pub over: Option<Timestamp>,
}

/// How far something that a rule noticed is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum NoticeState {
    /// It will be told, unless something happens before.
    Held,
    /// It was told.
    Told,
    /// It was not worth telling any more.
    Dropped,
}

/// Something that a rule noticed, for the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Noticed {
    /// The name of the rule.
    pub rule: String,
    /// At which site: code and name.
    pub site: (SiteCode, String),
    /// What of the anomaly.
    pub event: AlertEvent,
    /// The cause in one sentence.
    pub cause: String,
    /// How far it is.
    pub state: NoticeState,
    /// When it was told or dropped, or is due.
    pub at: Timestamp,
    /// Why it is held or was dropped.
    pub why: Option<String>,
}

/// A line of a message: an anomaly, or an incident with several.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertLine {
    /// What happened.
    pub event: AlertEvent,
    /// The anomaly that loses most of those in the line.
    pub record: AnomalyRecord,
    /// Its site: code and name.
    pub site: (SiteCode, String),
    /// What a rule looks at in it.
    pub fact: AlertFact,
    /// How many others have the same cause.
    pub others: usize,
    /// The last three days of its site, of the first lines.
    pub spark: Option<Spark>,
}

/// What one rule tells at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertMessage {
    /// The rule.
    pub rule: AlertRule,
    /// What of the anomalies.
    pub event: AlertEvent,
    /// The lines, largest loss first.
    pub lines: Vec<AlertLine>,
    /// The first notice in it, which no other message has.
    pub first: i64,
    /// When it was put together.
    pub at: Timestamp,
}

/// Puts a message into the form in which people and programs get it.
pub trait AlertPress: Send + Sync {
    /// The letter to one reader. Its key names the message and the reader.
    fn letter(&self, message: &AlertMessage, to: &EmailAddress) -> Letter;
    /// What webhooks are told. Its key names the message.
    fn post(&self, message: &AlertMessage) -> Post;
}

/// Keeps rules, silences and what was noticed by them. What a rule notices is
/// written by whoever changes an anomaly, in the transaction that does so.
#[async_trait]
pub trait AlertStore: Send + Sync {
    /// All rules, by name.
    async fn rules(&self) -> Result<Vec<StoredRule>, StoreError>;
    /// Keeps a rule in the place of what it was, with its audit entry. That
    /// somebody changed it at an instant is kept for the handover, as with
    /// silences and inhibitions.
    async fn save(&self, by: Initiator, rule: &AlertRule, at: Timestamp) -> Result<(), StoreError>;
    /// Takes a rule away. Returns whether there was one.
    async fn remove(
        &self,
        by: Initiator,
        id: AlertRuleId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Silences that have not ended at an instant.
    async fn silences(&self, now: Timestamp) -> Result<Vec<AlertSilence>, StoreError>;
    /// Keeps a silence, with its audit entry.
    async fn silence(&self, by: Initiator, silence: &AlertSilence) -> Result<(), StoreError>;
    /// Ends a silence. Returns whether it lasted.
    async fn unsilence(
        &self,
        by: Initiator,
        id: AlertSilenceId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// All inhibitions, by why.
    async fn inhibitions(&self) -> Result<Vec<Inhibition>, StoreError>;
    /// Keeps an inhibition in the place of what it was, with its audit entry.
    /// What it kept quiet is looked at anew.
    async fn inhibit(
        &self,
        by: Initiator,
        inhibition: &Inhibition,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Takes an inhibition away. Returns whether there was one.
    async fn uninhibit(
        &self,
        by: Initiator,
        id: InhibitionId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Anomalies that were first seen since an instant and were not known
    /// patterns, by when they were seen.
    async fn heard(&self, since: Timestamp) -> Result<Vec<Heard>, StoreError>;
    /// What was noticed last, newest first.
    async fn noticed(&self, limit: i64) -> Result<Vec<Noticed>, StoreError>;
    /// Tells what is due at an instant, as [`super::decide`] says: in one
    /// transaction, letters are written and what they tell of is marked told.
    /// Returns how many messages that made.
    async fn tell_due(&self, now: Timestamp, press: &dyn AlertPress) -> Result<usize, StoreError>;
}
