use std::sync::Arc;

use greengrid_domain::monitoring::alert::{
    AlertRule, AlertRuleError, AlertRuleId, AlertSilence, AlertSilenceId, Inhibition,
    InhibitionError, InhibitionId, Preview, SilenceError, preview,
};
use jiff::SignedDuration;

use super::contracts::{AlertPress, AlertStore, Noticed, StoredRule};
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;

/// What a preview looks back at.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Lines of the log.
const LOGGED: i64 = 50;

/// Rules and silences that people keep, and what is told by them.
#[derive(Clone, bon::Builder)]
pub struct Alerts {
    store: Arc<dyn AlertStore>,
    press: Arc<dyn AlertPress>,
    clock: Arc<dyn Clock>,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum AlertsError {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such rule.
    #[error("there is no such rule")]
    NoSuchRule,
    /// There is no such silence, or it has ended.
    #[error("this silence has ended already")]
    NoSuchSilence,
    /// The rule makes no sense.
    #[error(transparent)]
    Rule(#[from] AlertRuleError),
    /// The silence makes no sense.
    #[error(transparent)]
    Silence(#[from] SilenceError),
    /// The inhibition makes no sense.
    #[error(transparent)]
    Inhibition(#[from] InhibitionError),
    /// There is no such inhibition.
    #[error("there is no such inhibition")]
    NoSuchInhibition,
    /// The rule would flood its readers, and nobody said that this is meant.
    #[error("this rule would have sent up to {} messages in an hour", .0.busiest_hour)]
    Floods(Preview),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Alerts {
    /// All rules, the silences that hold or will, and what was noticed last.
    pub async fn list(
        &self,
        actor: &Actor,
    ) -> Result<(Vec<StoredRule>, Vec<AlertSilence>, Vec<Noticed>), AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        let (rules, silences, noticed) = tokio::try_join!(
            self.store.rules(),
            self.store.silences(self.clock.now()),
            self.store.noticed(LOGGED)
        )?;
        Ok((rules, silences, noticed))
    }

    /// One rule.
    pub async fn rule(&self, actor: &Actor, id: AlertRuleId) -> Result<AlertRule, AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        let rules = self.store.rules().await?;
        let found = rules.into_iter().find(|stored| stored.rule.id == id);
        Ok(found.ok_or(AlertsError::NoSuchRule)?.rule)
    }

    /// What a rule would have sent in the last 30 days.
    pub async fn preview(&self, actor: &Actor, rule: AlertRule) -> Result<Preview, AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        let rule = rule.check()?;
        let since = self.clock.now() - LOOK_BACK;
        let heard: Vec<_> = self
            .store
            .heard(since)
            .await?
            .into_iter()
            .map(|heard| (heard.fact, heard.at, heard.over))
            .collect();
        Ok(preview(&rule, &heard, &self.store.inhibitions().await?))
    }

    /// Keeps a rule. One that would have flooded its readers is kept only when
    /// that is meant.
    pub async fn save(
        &self,
        actor: &Actor,
        rule: AlertRule,
        meant: bool,
    ) -> Result<(), AlertsError> {
        let would = self.preview(actor, rule.clone()).await?;
        if would.floods() && rule.enabled && !meant {
            return Err(AlertsError::Floods(would));
        }
        Ok(self.store.save(actor.initiator(), &rule, self.clock.now()).await?)
    }

    /// Takes a rule away.
    pub async fn remove(&self, actor: &Actor, id: AlertRuleId) -> Result<(), AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        let removed = self.store.remove(actor.initiator(), id, self.clock.now()).await?;
        if removed { Ok(()) } else { Err(AlertsError::NoSuchRule) }
    }

    /// Keeps a silence.
    pub async fn silence(&self, actor: &Actor, silence: AlertSilence) -> Result<(), AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        Ok(self.store.silence(actor.initiator(), &silence.check()?).await?)
    }

    /// Ends a silence.
    pub async fn unsilence(&self, actor: &Actor, id: AlertSilenceId) -> Result<(), AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        let ended = self.store.unsilence(actor.initiator(), id, self.clock.now()).await?;
        if ended { Ok(()) } else { Err(AlertsError::NoSuchSilence) }
    }

    /// All inhibitions.
    pub async fn inhibitions(&self, actor: &Actor) -> Result<Vec<Inhibition>, AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        Ok(self.store.inhibitions().await?)
    }

    /// One inhibition.
    pub async fn inhibition(
        &self,
        actor: &Actor,
        id: InhibitionId,
    ) -> Result<Inhibition, AlertsError> {
        let found = self.inhibitions(actor).await?.into_iter().find(|it| it.id == id);
        found.ok_or(AlertsError::NoSuchInhibition)
    }

    /// Keeps an inhibition, in the place of what it was.
    pub async fn inhibit(&self, actor: &Actor, inhibition: Inhibition) -> Result<(), AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        let (by, inhibition) = (actor.initiator(), inhibition.check()?);
        Ok(self.store.inhibit(by, &inhibition, self.clock.now()).await?)
    }

    /// Takes an inhibition away.
    pub async fn uninhibit(&self, actor: &Actor, id: InhibitionId) -> Result<(), AlertsError> {
        actor.require(Permission::ManageAlerts)?;
        let removed = self.store.uninhibit(actor.initiator(), id, self.clock.now()).await?;
        if removed { Ok(()) } else { Err(AlertsError::NoSuchInhibition) }
    }

    /// Tells what is due. Returns how many messages that made.
    pub async fn tell_due(&self) -> Result<usize, StoreError> {
        self.store.tell_due(self.clock.now(), &*self.press).await
    }
}
