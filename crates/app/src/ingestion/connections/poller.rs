use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use greengrid_domain::fleet::Site;
use greengrid_domain::ingestion::{
    Cause, CredentialId, Noted, Purpose, Reached, Record, Remark, Window, back_off,
};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use rand::TryRngCore as _;
use rand::rngs::OsRng;

use super::{Attempt, Connection, Connections, Link};
use crate::error::StoreError;
use crate::ingestion::Ingestion;
use crate::ingestion::vendors::{ExternalId, Fetched, VendorError, VendorGateway, is_awake};

/// At night a connection is asked so many times less often.
const NIGHT: i32 = 4;

/// From so many due connections of one credential on, a list that tells who has
/// sent anything saves calls.
const LISTED_FROM: usize = 3;

/// Calls to spare for one connection in one turn.
const SPARE: usize = 2;

/// Polls what is due. Credentials go side by side, so that a slow vendor delays
/// no other; the connections of one credential one after the other, for vendors
/// refuse calls that come at once.
#[derive(Clone, bon::Builder)]
pub struct Poller {
    pub(super) connections: Connections,
    ingestion: Ingestion,
    /// When silence was last listened for.
    #[builder(skip)]
    pub(super) listened_at: Arc<Mutex<Option<Timestamp>>>,
}

/// The connections of one credential in one turn.
struct Group<'a> {
    gateway: &'a dyn VendorGateway,
    /// When each site last sent something to its vendor, where it tells.
    reports: HashMap<ExternalId, Option<Timestamp>>,
}

impl Poller {
    /// Polls everything that is due, and gives how many connections that were.
    pub async fn poll_due(&self) -> Result<usize, StoreError> {
        self.hear_silence().await?;
        let due = self.connections.store.due(self.connections.clock.now()).await?;
        let count = due.len();
        let mut groups: HashMap<CredentialId, Vec<Connection>> = HashMap::new();
        for connection in due {
            if let Link::Polled { credential, .. } = connection.link {
                groups.entry(credential).or_default().push(connection);
            }
        }
        let mut turns: FuturesUnordered<_> =
            groups.into_iter().map(|(credential, due)| self.turn(credential, due)).collect();
        while let Some(turn) = turns.next().await {
            turn?;
        }
        Ok(count)
    }

    /// Polls the due connections of a credential. Once a failure is that of the
    /// credential or of the vendor, the others are spared the same.
    async fn turn(&self, credential: CredentialId, due: Vec<Connection>) -> Result<(), StoreError> {
        let opened = self.connections.gateway(credential, false).await;
        let (gateway, budget) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.note_all(&due, &error).await,
        };
        let reports = match self.reports(gateway.as_ref(), due.len()).await {
            Ok(reports) => reports,
            Err(error) if spreads(&error) => return self.note_all(&due, &error).await,
            // Without the list each is asked by itself.
            Err(_) => HashMap::new(),
        };
        let group = Group { gateway: gateway.as_ref(), reports };
        let mut polled = Vec::with_capacity(due.len());
        for (position, connection) in due.iter().enumerate() {
            budget.on_behalf_of(Some(connection.id));
            match self.poll(&group, connection).await? {
                Ok(current) => polled.push(current),
                Err(error) if spreads(&error) => {
                    return self.note_all(&due[position + 1..], &error).await;
                }
                Err(_) => {}
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

    async fn reports(
        &self,
        gateway: &dyn VendorGateway,
        due: usize,
    ) -> Result<HashMap<ExternalId, Option<Timestamp>>, VendorError> {
        if due < LISTED_FROM || !gateway.lists_reports() {
            return Ok(HashMap::new());
        }
        let sites = gateway.sites().await?;
        Ok(sites.into_iter().map(|site| (site.id, site.last_report)).collect())
    }

    /// Fetches the fresh readings of a connection, and notes what came of it.
    /// Gives the connection as it is afterwards.
    async fn poll(
        &self,
        group: &Group<'_>,
        connection: &Connection,
    ) -> Result<Result<Connection, VendorError>, StoreError> {
        let now = self.connections.clock.now();
        let fleet = self.connections.directory.snapshot();
        let mut current = connection.clone();
        let (Link::Polled { external, .. }, Some(site)) =
            (&connection.link, fleet.site(connection.site))
        else {
            return Ok(Ok(current));
        };
        let known = current.progress.newest;
        let silent = group.reports.get(external).is_some_and(|report| *report <= known);
        let window = current.progress.fresh(now, group.gateway.longest_window());
        let outcome = match window.filter(|_| !silent) {
            Some(window) => {
                let purpose = Purpose::Fresh;
                self.fetch(group, &mut current, external, site, purpose, window, now).await?
            }
            None => Ok(()),
        };
        let attempt = attempt(&current, site, outcome.as_ref().err(), now);
        self.connections.store.note(std::slice::from_ref(&attempt)).await?;
        current.record = attempt.record;
        current.next_run = attempt.next_run;
        current.said = attempt.said;
        Ok(outcome.map(|()| current))
    }

    /// With calls to spare fetches what a connection missed. Progress is kept
    /// after each window, when its readings are durable. Gives whether there
    /// may be calls to spare for others.
    async fn catch_up(
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
            let attempt = attempt(connection, site, Some(&error), now);
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

    /// Notes a failure that is not of one connection alone.
    async fn note_all(&self, due: &[Connection], error: &VendorError) -> Result<(), StoreError> {
        let now = self.connections.clock.now();
        let attempts: Vec<Attempt> = due
            .iter()
            .map(|connection| {
                let record = connection.record.failed(now, error.cause);
                Attempt {
                    id: connection.id,
                    at: now,
                    record,
                    said: error.said.clone(),
                    progress: None,
                    next_run: now + wait(&record, Some(error), connection.cadence),
                }
            })
            .collect();
        self.connections.store.note(&attempts).await
    }
}

/// The progress so far, with nothing else changed.
fn kept(connection: &Connection, now: Timestamp) -> Attempt {
    Attempt {
        id: connection.id,
        at: now,
        record: connection.record,
        said: connection.said.clone(),
        progress: Some(connection.progress),
        next_run: connection.next_run,
    }
}

/// What an attempt came to, and when to try next.
fn attempt(
    connection: &Connection,
    site: &Site,
    error: Option<&VendorError>,
    now: Timestamp,
) -> Attempt {
    let place = site.details.location;
    // Where nothing ever came, from when on it is waited for.
    let newest = connection.progress.newest.unwrap_or(connection.progress.checkpoint);
    let late = is_awake(place, now)
        && now.duration_since(newest) > LATE + connection.cadence * 2
        && is_awake(place, now - LATE);
    let record = match error {
        Some(error) => connection.record.failed(now, error.cause),
        None if late => connection.record.found_nothing_new(now),
        None => connection.record.succeeded(now),
    };
    let usual = if is_awake(place, now) || is_awake(place, now + connection.cadence) {
        connection.cadence
    } else {
        connection.cadence * NIGHT
    };
    Attempt {
        id: connection.id,
        at: now,
        record,
        said: error.and_then(|error| error.said.clone()),
        progress: Some(connection.progress),
        next_run: now + wait(&record, error, usual),
    }
}

/// How much later than usual readings may be before it is worth a word.
const LATE: SignedDuration = SignedDuration::from_hours(2);

/// Whether a failure would meet the next connection of the credential too.
const fn spreads(error: &VendorError) -> bool {
    error.cause.strikes_credential() || error.cause.strikes_vendor()
}

/// The time until the next attempt, spread so that those made together do not
/// stay together.
fn wait(record: &Record, error: Option<&VendorError>, usual: SignedDuration) -> SignedDuration {
    let jitter = f64::from(OsRng.try_next_u32().unwrap_or(0)) / f64::from(u32::MAX);
    let Some(error) = error else {
        let spread = usual.as_secs_f64() * (jitter - 0.5) / 10.0;
        return usual + SignedDuration::try_from_secs_f64(spread).unwrap_or_default();
    };
    let asked = error.retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
    let wait = back_off(record.failures, asked, jitter);
    // Nobody mends a key within seconds.
    if error.cause.passes() { wait } else { wait.max(usual) }
}
