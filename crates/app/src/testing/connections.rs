use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::fleet::{Brand, SiteCode, SiteId};
use greengrid_domain::ingestion::{ConnectionId, CredentialId, Grant, Ledger, Quota, Record};
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::error::StoreError;
use crate::identity::Changed;
use crate::ingestion::connections::{
    Added, Attempt, Connection, ConnectionStore, Credential, CredentialStore, Gateways, Link,
    NewConnection, NewCredential, NewLink, Reach, Removed, Usage, VendorIncident,
    VendorIncidentStore,
};
use crate::ingestion::vendors::{
    CallBudget, Calls, Credentials, OAuthTokens, SecretText, TokenVault, VendorError,
    VendorGateway, VendorReading,
};
use crate::ingestion::{ReadingRow, Source, Submission};
use greengrid_domain::ingestion::Progress;

/// Connections in memory.
#[derive(Debug, Default)]
pub struct FakeConnectionStore {
    kept: Mutex<Vec<(Connection, Option<[u8; 32]>)>>,
    incidents: Mutex<Vec<VendorIncident>>,
    suspects: Mutex<HashSet<SiteId>>,
}

impl FakeConnectionStore {
    /// Has a site seem to lose something.
    pub fn suspect(&self, site: SiteId) {
        self.suspects.lock().insert(site);
    }

    fn change(&self, id: ConnectionId, change: impl FnOnce(&mut Connection)) -> Changed {
        let mut kept = self.kept.lock();
        match kept.iter_mut().find(|(known, _)| known.id == id) {
            Some((known, _)) => {
                change(known);
                Changed::Done
            }
            None => Changed::Missing,
        }
    }
}

#[async_trait]
impl ConnectionStore for FakeConnectionStore {
    async fn all(&self) -> Result<Vec<Connection>, StoreError> {
        Ok(self.kept.lock().iter().map(|(known, _)| known.clone()).collect())
    }

    async fn troubled(&self) -> Result<Vec<Connection>, StoreError> {
        let troubled = |known: &Connection| known.record.cause.is_some() && !known.record.paused;
        Ok(self.all().await?.into_iter().filter(troubled).collect())
    }

    async fn find(&self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        Ok(self.all().await?.into_iter().find(|known| known.id == id))
    }

    async fn by_push_secret(&self, hash: &[u8; 32]) -> Result<Option<Connection>, StoreError> {
        let kept = self.kept.lock();
        let found = kept
            .iter()
            .find(|(known, secret)| secret.as_ref() == Some(hash) && !known.record.paused);
        Ok(found.map(|(known, _)| known.clone()))
    }

    async fn silent(&self, now: Timestamp, patience: u32) -> Result<Vec<Connection>, StoreError> {
        let patience = i32::try_from(patience).unwrap_or(i32::MAX);
        let silent = |known: &Connection| {
            let late = |at| now.duration_since(at) > known.cadence * patience;
            known.link == Link::Pushed
                && !known.record.paused
                && known.record.cause.is_none()
                && known.last_attempt.is_some_and(late)
        };
        Ok(self.all().await?.into_iter().filter(silent).collect())
    }

    async fn due(
        &self,
        now: Timestamp,
        but: &HashSet<CredentialId>,
    ) -> Result<Vec<Connection>, StoreError> {
        let due = |known: &Connection| match &known.link {
            Link::Polled { credential, .. } => {
                !but.contains(credential) && !known.record.paused && known.next_run <= now
            }
            Link::Pushed => false,
        };
        Ok(self.all().await?.into_iter().filter(due).collect())
    }

    async fn suspects(&self, of: &[SiteId]) -> Result<HashSet<SiteId>, StoreError> {
        let suspects = self.suspects.lock();
        Ok(of.iter().copied().filter(|site| suspects.contains(site)).collect())
    }

    async fn add(&self, _by: Initiator, new: NewConnection) -> Result<Added, StoreError> {
        let mut kept = self.kept.lock();
        let pushes = matches!(new.link, NewLink::Pushed { .. });
        let same = |known: &Connection| {
            (known.site, known.brand, known.link == Link::Pushed) == (new.site, new.brand, pushes)
        };
        if kept.iter().any(|(known, _)| same(known)) {
            return Ok(Added::Taken);
        }
        let (link, secret) = match new.link {
            NewLink::Polled { credential, external } => {
                (Link::Polled { credential, external }, None)
            }
            NewLink::Pushed { secret_hash } => (Link::Pushed, Some(secret_hash)),
        };
        let connection = Connection {
            id: new.id,
            site: new.site,
            brand: new.brand,
            link,
            cadence: new.cadence,
            record: Record::default(),
            said: None,
            last_attempt: None,
            next_run: new.first_run,
            progress: Progress::of_new(new.wanted_from, new.first_run),
        };
        kept.push((connection, secret));
        Ok(Added::Done)
    }

    async fn remove(&self, _by: Initiator, id: ConnectionId) -> Result<Changed, StoreError> {
        let mut kept = self.kept.lock();
        let before = kept.len();
        kept.retain(|(known, _)| known.id != id);
        Ok(if kept.len() < before { Changed::Done } else { Changed::Missing })
    }

    async fn note(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        for attempt in attempts {
            self.change(attempt.id, |known| {
                let paused = known.record.paused;
                known.record = Record { paused, ..attempt.record };
                known.said.clone_from(&attempt.said);
                known.last_attempt = Some(attempt.at);
                known.next_run = attempt.next_run;
                known.progress = attempt.progress.unwrap_or(known.progress);
            });
        }
        Ok(())
    }

    async fn pause(
        &self,
        _by: Initiator,
        id: ConnectionId,
        paused: bool,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        Ok(self.change(id, |known| {
            known.record.paused = paused;
            known.next_run = known.next_run.min(at);
        }))
    }

    async fn hurry(
        &self,
        _by: Initiator,
        id: ConnectionId,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        Ok(self.change(id, |known| known.next_run = known.next_run.min(at)))
    }

    async fn back_fill(
        &self,
        _by: Initiator,
        id: ConnectionId,
        from: Timestamp,
    ) -> Result<Changed, StoreError> {
        Ok(self.change(id, |known| known.progress = known.progress.back_filled_from(from)))
    }
}

#[async_trait]
impl VendorIncidentStore for FakeConnectionStore {
    async fn open(&self) -> Result<Vec<VendorIncident>, StoreError> {
        let all = self.incidents.lock().clone();
        Ok(all.into_iter().filter(|known| known.ended.is_none()).collect())
    }

    async fn ended_since(&self, since: Timestamp) -> Result<Vec<VendorIncident>, StoreError> {
        let all = self.incidents.lock().clone();
        Ok(all.into_iter().filter(|known| known.ended.is_some_and(|at| at >= since)).collect())
    }

    async fn keep(&self, incident: &VendorIncident) -> Result<(), StoreError> {
        let mut all = self.incidents.lock();
        all.retain(|known| known.reach != incident.reach || known.ended.is_some());
        all.push(incident.clone());
        Ok(())
    }

    async fn end(&self, reach: Reach, at: Timestamp) -> Result<(), StoreError> {
        let mut struck = 0;
        for (known, _) in self.kept.lock().iter_mut() {
            let Link::Polled { credential, .. } = known.link else { continue };
            if reach.covers(known.brand, credential) && known.record.failures > 0 {
                known.next_run = known.next_run.min(at);
                struck += 1;
            }
        }
        let mut all = self.incidents.lock();
        let open = |known: &&mut VendorIncident| known.reach == reach && known.ended.is_none();
        if let Some(known) = all.iter_mut().find(open) {
            known.ended = Some(at);
            known.struck = struck;
        }
        Ok(())
    }

    async fn admit(&self, _connection: ConnectionId, at: Timestamp) -> Result<(), StoreError> {
        for known in self.incidents.lock().iter_mut() {
            known.breaker.probe_at = known.breaker.probe_at.min(at);
        }
        Ok(())
    }
}

/// Credentials in memory, open as they are.
#[derive(Debug, Default)]
pub struct FakeCredentialStore {
    kept: Mutex<Vec<(Credential, Credentials)>>,
}

#[async_trait]
impl CredentialStore for FakeCredentialStore {
    async fn all(&self) -> Result<Vec<Credential>, StoreError> {
        Ok(self.kept.lock().iter().map(|(known, _)| known.clone()).collect())
    }

    async fn add(&self, _by: Initiator, new: NewCredential) -> Result<Added, StoreError> {
        let NewCredential { id, brand, name, credentials, quota, at } = new;
        let ledger = Ledger::new(at);
        let approved_until = credentials.tokens().map(|tokens| tokens.refresh_until);
        let credential =
            Credential { id, brand, name, quota, ledger, approved_until, given_at: Some(at) };
        self.kept.lock().push((credential, credentials));
        Ok(Added::Done)
    }

    async fn replace(
        &self,
        _by: Initiator,
        id: CredentialId,
        credentials: Credentials,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        Ok(self.change(id, |(known, opens)| {
            known.given_at = Some(at);
            *opens = credentials;
        }))
    }

    async fn change_quota(
        &self,
        _by: Initiator,
        id: CredentialId,
        quota: Quota,
    ) -> Result<Changed, StoreError> {
        Ok(self.change(id, |(known, _)| known.quota = quota))
    }

    async fn in_cases(&self) -> Result<HashSet<CredentialId>, StoreError> {
        Ok(HashSet::new())
    }

    async fn remove(&self, _by: Initiator, id: CredentialId) -> Result<Removed, StoreError> {
        let mut kept = self.kept.lock();
        let before = kept.len();
        kept.retain(|(known, _)| known.id != id);
        Ok(if kept.len() < before { Removed::Done } else { Removed::Missing })
    }

    async fn open(&self, id: CredentialId) -> Result<Option<Credentials>, StoreError> {
        let kept = self.kept.lock();
        Ok(kept.iter().find(|(known, _)| known.id == id).map(|(_, opens)| opens.clone()))
    }

    async fn rotate(
        &self,
        _id: CredentialId,
        _spent: &OAuthTokens,
        fresh: OAuthTokens,
    ) -> Result<OAuthTokens, StoreError> {
        Ok(fresh)
    }

    async fn spend(
        &self,
        id: CredentialId,
        _by: Option<ConnectionId>,
        _calls: Calls,
        now: Timestamp,
        urgent: bool,
    ) -> Result<Grant, StoreError> {
        let mut kept = self.kept.lock();
        let known = kept.iter_mut().find(|(known, _)| known.id == id);
        let (known, _) = known.ok_or_else(|| StoreError::new("no such credential"))?;
        let grant = known.ledger.take(known.quota, now, urgent);
        if let Grant::Granted(ledger) = grant {
            known.ledger = ledger;
        }
        Ok(grant)
    }

    async fn usage(&self, _month_of: Timestamp) -> Result<Vec<Usage>, StoreError> {
        Ok(Vec::new())
    }
}

impl FakeCredentialStore {
    fn change(
        &self,
        id: CredentialId,
        change: impl FnOnce(&mut (Credential, Credentials)),
    ) -> Changed {
        match self.kept.lock().iter_mut().find(|(known, _)| known.id == id) {
            Some(kept) => {
                change(kept);
                Changed::Done
            }
            None => Changed::Missing,
        }
    }

    /// A SolarEdge key of this name with a wide quota.
    pub fn with_key(&self, name: &str, id: CredentialId, at: Timestamp) {
        let quota = Quota { per_minute: 600, per_day: None, per_month: None };
        let credential = Credential {
            id,
            brand: Brand::SolarEdge,
            name: name.to_owned(),
            quota,
            ledger: Ledger::new(at),
            approved_until: None,
            given_at: Some(at),
        };
        let key = Credentials::SolarEdgeKey(SecretText::new("key"));
        self.kept.lock().push((credential, key));
    }
}

/// Gives the same vendor for all credentials.
pub struct FakeGateways(pub Arc<dyn VendorGateway>);

impl Gateways for FakeGateways {
    fn open(
        &self,
        _credentials: Credentials,
        _vault: Arc<dyn TokenVault>,
        _budget: Arc<dyn CallBudget>,
    ) -> Result<Arc<dyn VendorGateway>, VendorError> {
        Ok(Arc::clone(&self.0))
    }

    fn pack(&self, site: &SiteCode, readings: &[VendorReading]) -> Submission {
        let rows = readings.iter().zip(1..).map(|(reading, row)| ReadingRow {
            row,
            span: 0..0,
            site: site.clone(),
            device: reading.device.clone(),
            measured_at: reading.start,
            measurement: reading.measurement.clone(),
        });
        Submission {
            source: Source::Vendor,
            token: None,
            content_type: "application/x-ndjson",
            header: None,
            payload: Arc::from([]),
            rows: rows.collect(),
            rejected: Vec::new(),
        }
    }
}
