use std::collections::{HashMap, HashSet};

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::ingestion::{Cause, Noted, Purpose, Reached, Remark, Window};
use jiff::Timestamp;

use super::Poller;
use super::attempts::{attempt, kept};
use super::circuit::spreads;
use crate::error::StoreError;
use crate::ingestion::connections::{Connection, Link};
use crate::ingestion::vendors::{ExternalId, Fetched, VendorError, VendorGateway};

/// From so many due connections of one credential on, a list that tells who has
/// sent anything saves calls.
const LISTED_FROM: usize = 3;

/// Calls to spare for one connection in one turn.
const SPARE: usize = 2;

/// The interface that the connections of a turn share.
pub(super) struct Group<'a> {
    pub(super) gateway: &'a dyn VendorGateway,
    /// When each site last sent something to its vendor, where it tells.
    pub(super) reports: HashMap<ExternalId, Option<Timestamp>>,
    /// Sites that seem to lose something, while there are calls to spare.
    pub(super) suspects: HashSet<SiteId>,
}

impl<'a> Group<'a> {
    /// For so many due connections.
    pub(super) async fn of(
        gateway: &'a dyn VendorGateway,
        due: usize,
        suspects: HashSet<SiteId>,
    ) -> Result<Self, VendorError> {
        let mut reports = HashMap::new();
        if due >= LISTED_FROM && gateway.lists_reports() {
            match gateway.sites().await {
                Ok(sites) => {
                    reports = sites.into_iter().map(|site| (site.id, site.last_report)).collect();
                }
                Err(error) if error.cause.strikes_credential() => return Err(error),
                // Without the list each is asked by itself.
                Err(_) => {}
            }
        }
        Ok(Self { gateway, reports, suspects })
    }
}

/// A connection after its turn.
pub(super) struct Polled {
    pub(super) connection: Connection,
    /// Whether its vendor was asked; there may have been nothing to ask for.
    pub(super) asked: bool,
    /// What went wrong.
    pub(super) error: Option<VendorError>,
}

impl Poller {
    /// Fetches the fresh readings of a connection, and notes what came of it.
    pub(super) async fn poll(
        &self,
        group: &Group<'_>,
        connection: &Connection,
    ) -> Result<Polled, StoreError> {
        let now = self.connections.clock.now();
        let fleet = self.connections.directory.snapshot();
        let mut current = connection.clone();
        let (Link::Polled { external, .. }, Some(site)) =
            (&connection.link, fleet.site(connection.site))
        else {
            return Ok(Polled { connection: current, asked: false, error: None });
        };
        let known = current.progress.newest;
        let silent = group.reports.get(external).is_some_and(|report| *report <= known);
        let window = current.progress.fresh(now, group.gateway.longest_window());
        let window = window.filter(|_| !silent);
        let outcome = match window {
            Some(window) => {
                let purpose = Purpose::Fresh;
                self.fetch(group, &mut current, external, site, purpose, window, now).await?
            }
            None => Ok(()),
        };
        let suspect = group.suspects.contains(&site.id);
        let attempt = attempt(&current, site, outcome.as_ref().err(), suspect, now);
        self.connections.store.note(std::slice::from_ref(&attempt)).await?;
        current.record = attempt.record;
        current.next_run = attempt.next_run;
        current.said = attempt.said;
        Ok(Polled { connection: current, asked: window.is_some(), error: outcome.err() })
    }

    /// With calls to spare fetches what a connection missed. Progress is kept
    /// after each window, when its readings are durable. Gives whether there
    /// may be calls to spare for others.
    pub(super) async fn catch_up(
        &self,
        group: &Group<'_>,
        connection: &mut Connection,
    ) -> Result<bool, StoreError> {
        let fleet = self.connections.directory.snapshot();
        let (Link::Polled { external, .. }, Some(site)) =
            (connection.link.clone(), fleet.site(connection.site))
        else {
            return Ok(true);
        };
        let longest = group.gateway.longest_window();
        for _ in 0..SPARE {
            let now = self.connections.clock.now();
            let Some((purpose, window)) = connection.progress.spare(now, longest) else { break };
            let spare = self.fetch(group, connection, &external, site, purpose, window, now);
            let Err(error) = spare.await? else { continue };
            // There was no call to spare after all: nothing is wrong.
            if matches!(error.cause, Cause::RateLimited | Cause::QuotaSpent) {
                return Ok(false);
            }
            let attempt = attempt(connection, site, Some(&error), false, now);
            self.connections.store.note(&[attempt]).await?;
            return Ok(!spreads(&error));
        }
        Ok(true)
    }

    #[expect(clippy::too_many_arguments, reason = "all of one fetch, in one place")]
    async fn fetch(
        &self,
        group: &Group<'_>,
        connection: &mut Connection,
        external: &ExternalId,
        site: &Site,
        purpose: Purpose,
        window: Window,
        now: Timestamp,
    ) -> Result<Result<(), VendorError>, StoreError> {
        let fetched = group.gateway.readings(external, &site.details.zone, window, now).await;
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return Ok(Err(error)),
        };
        let Fetched { asked, readings, complete_to, mut remarks } = fetched;
        let newest = readings.iter().map(|reading| reading.start).max();
        let newest = newest.map(|start| start + group.gateway.interval());
        if !readings.is_empty() {
            let parcel = self.connections.gateways.pack(&site.code, &readings);
            let receipt = self.ingestion.submit(parcel).await?;
            remarks.extend(receipt.remarks());
            if purpose == Purpose::Reread && receipt.accepted > 0 {
                let day = site.details.zone.day(asked.from);
                let detail = format!("readings of {}", day.strftime("%-d %b"));
                remarks.push(Noted::of(Remark::LateData).about(detail));
            }
        }
        self.connections.remark(connection, &remarks).await?;
        let reached = Reached { asked, complete_to, newest };
        let before = connection.progress;
        connection.progress = before.fetched(purpose, reached, now);
        if purpose != Purpose::Fresh {
            self.connections.store.note(&[kept(connection, now)]).await?;
        }
        Ok(Ok(()))
    }
}
