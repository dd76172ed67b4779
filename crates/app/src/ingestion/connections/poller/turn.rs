use std::collections::HashSet;

use greengrid_domain::fleet::SiteId;
use greengrid_domain::ingestion::CredentialId;

use super::attempts::{failed_with_others, held, next_probe};
use super::circuit::{After, Circuit, spreads};
use super::fetch::{Group, Polled};
use super::{Poller, Turn};
use crate::error::StoreError;
use crate::ingestion::connections::{Attempt, Connection, Connections, VendorIncident};
use crate::ingestion::vendors::VendorError;

impl Poller {
    /// Polls the connections whose turn it is. Once a failure is that of the
    /// credential or of the vendor, the others are spared the same; while it
    /// lasts, one alone is asked, as a probe.
    pub async fn take(&self, turn: Turn) -> Result<(), StoreError> {
        let Turn { credential, due, incident } = turn;
        if let Some(incident) = &incident
            && !incident.breaker.admits_probe(self.connections.clock.now())
        {
            return self.hold(&due, incident).await;
        }
        // A probe asks for one site and no more.
        let listed = if incident.is_none() { due.len() } else { 1 };
        let mut circuit = Circuit::new(incident);
        let (gateway, budget) = match self.connections.gateway(credential, false).await {
            Ok(opened) => opened,
            Err(error) => return self.fail_all(&mut circuit, &due, &error).await,
        };
        let suspects = self.suspects(credential, &due).await?;
        let group = match Group::of(gateway.as_ref(), listed, suspects).await {
            Ok(group) => group,
            Err(error) => return self.fail_all(&mut circuit, &due, &error).await,
        };
        let mut polled = Vec::with_capacity(due.len());
        for (position, connection) in due.iter().enumerate() {
            budget.on_behalf_of(Some(connection.id));
            let Polled { connection: current, asked, error } =
                self.poll(&group, connection).await?;
            let Some(error) = error.as_ref().filter(|error| spreads(error)) else {
                if asked && let Some(ended) = circuit.answered() {
                    let now = self.connections.clock.now();
                    self.connections.incidents.end(ended.reach, now).await?;
                }
                if error.is_none() {
                    polled.push(current);
                }
                continue;
            };
            let waiting = &due[position + 1..];
            match self.after(&mut circuit, connection, &current, error).await? {
                After::GoOn => {}
                After::Spare => return self.spare(waiting, error).await,
                After::Hold(incident) => return self.hold(waiting, &incident).await,
            }
        }
        // Only now that everybody has fresh readings.
        for connection in &mut polled {
            budget.on_behalf_of(Some(connection.id));
            if !self.catch_up(&group, connection).await? {
                return Ok(());
            }
        }
        self.look_around(group.gateway, credential, &polled, &budget).await
    }

    /// The sites of these that seem to lose something, if the credential has calls
    /// to spare for them.
    async fn suspects(
        &self,
        credential: CredentialId,
        due: &[Connection],
    ) -> Result<HashSet<SiteId>, StoreError> {
        let Connections { store, credentials, clock, .. } = &self.connections;
        let sites: Vec<SiteId> = due.iter().map(|connection| connection.site).collect();
        let suspects = store.suspects(&sites).await?;
        if suspects.is_empty() {
            return Ok(suspects);
        }
        let known = credentials.all().await?;
        let known = known.iter().find(|known| known.id == credential);
        let spare = known.is_some_and(|known| known.ledger.has_spare(known.quota, clock.now()));
        Ok(if spare { suspects } else { HashSet::new() })
    }

    /// What a failure means for the others. One that begins an incident, or lets
    /// it last, is kept, and whom it met is the next probe.
    async fn after(
        &self,
        circuit: &mut Circuit,
        before: &Connection,
        failed: &Connection,
        error: &VendorError,
    ) -> Result<After, StoreError> {
        let now = self.connections.clock.now();
        let after = circuit.failed(before, error, now);
        if let After::Hold(incident) = &after {
            self.connections.store.note(&[next_probe(failed, incident, now)]).await?;
            self.connections.incidents.keep(incident).await?;
        }
        Ok(after)
    }

    /// Notes a failure that met all before any could be asked.
    async fn fail_all(
        &self,
        circuit: &mut Circuit,
        due: &[Connection],
        error: &VendorError,
    ) -> Result<(), StoreError> {
        let Some((first, others)) = due.split_first() else { return Ok(()) };
        self.spare(std::slice::from_ref(first), error).await?;
        let now = self.connections.clock.now();
        let record = first.record.failed(now, error.cause);
        let failed = Connection { record, said: error.said.clone(), ..first.clone() };
        match self.after(circuit, first, &failed, error).await? {
            After::Hold(incident) => self.hold(others, &incident).await,
            After::GoOn | After::Spare => self.spare(others, error).await,
        }
    }

    /// Has connections fail with what met one before them.
    async fn spare(&self, due: &[Connection], error: &VendorError) -> Result<(), StoreError> {
        let now = self.connections.clock.now();
        let failed = due.iter().map(|connection| failed_with_others(connection, error, now));
        self.connections.store.note(&failed.collect::<Vec<Attempt>>()).await
    }

    /// Keeps connections from being asked while an incident lasts.
    async fn hold(&self, due: &[Connection], incident: &VendorIncident) -> Result<(), StoreError> {
        let now = self.connections.clock.now();
        let held = due.iter().map(|connection| held(connection, incident, now));
        self.connections.store.note(&held.collect::<Vec<Attempt>>()).await
    }
}
