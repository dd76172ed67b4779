use std::collections::BTreeMap;

use greengrid_app::actor::{Actor, Permission};
use greengrid_app::ingestion::broker::BrokerStanding;
use greengrid_app::ingestion::canary::ContractReport;
use greengrid_app::ingestion::connections::{Connection, Credential, KeptRemark, Link, Usage};
use greengrid_domain::fleet::{Brand, SiteCode};
use greengrid_domain::ingestion::{Cause, ConnectionId, CredentialId, Health};
use jiff::{SignedDuration, Timestamp};

use super::incidents::Incident;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;

/// Spenders named for a credential.
const SPENDERS: usize = 3;

/// What the page shows.
pub(super) struct Model {
    /// One for each cause, however many sites it strikes.
    pub(super) troubles: Vec<Trouble>,
    /// Those that last first, then the latest.
    pub(super) incidents: Vec<Incident>,
    /// Worst first.
    pub(super) rows: Vec<Row>,
    pub(super) budgets: Vec<Budget>,
    /// How the answers of vendors compare with what is known of them.
    pub(super) contracts: Vec<ContractReport>,
    /// How the broker does; none where there never was one.
    pub(super) broker: Option<BrokerStanding>,
    pub(super) clock: PageClock,
    /// Whether the reader may do something about it.
    pub(super) may_manage: bool,
    /// Whether the reader may see the pages of keys.
    pub(super) may_administer: bool,
}

/// A cause, and whom it strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Whose interface.
    pub(crate) brand: Brand,
    /// What is wrong.
    pub(crate) cause: Cause,
    /// Name of the credential, where the cause is its own.
    pub(crate) credential: Option<String>,
    /// Codes of the sites, in order.
    pub(crate) sites: Vec<SiteCode>,
    /// When readings last came from the first that failed.
    pub(crate) since: Option<Timestamp>,
    /// The vendor's own words.
    pub(crate) said: Option<String>,
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: ConnectionId,
    pub(super) site: SiteCode,
    pub(super) name: String,
    pub(super) brand: Brand,
    /// The credential and the vendor's number; none when the device sends.
    pub(super) by: Option<(String, String)>,
    pub(super) health: Health,
    /// Whether nothing has been tried yet.
    pub(super) untried: bool,
    pub(super) cause: Option<Cause>,
    pub(super) said: Option<String>,
    pub(super) last_success: Option<Timestamp>,
    pub(super) newest: Option<Timestamp>,
    pub(super) cadence: SignedDuration,
    pub(super) next_run: Timestamp,
    /// From where on something is still to be fetched.
    pub(super) gap_from: Option<Timestamp>,
    /// What is worth a word about it.
    pub(super) remarks: Vec<KeptRemark>,
}

/// What a credential has spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) id: CredentialId,
    pub(super) name: String,
    pub(super) brand: Brand,
    pub(super) spent: u64,
    pub(super) limit: Option<u32>,
    pub(super) per_minute: u32,
    pub(super) per_day: Option<u32>,
    pub(super) points: u64,
    /// When an owner has to approve again, once that is near.
    pub(super) ends: Option<Timestamp>,
    /// Who spent most: the site, or none for lists, and how many calls.
    pub(super) by: Vec<(Option<SiteCode>, u64)>,
}

pub(super) async fn read(state: &AppState, actor: &Actor) -> Result<Model, Fault> {
    let (connections, credentials, usage) = state.connections.list(actor).await?;
    let (open, ended) = state.connections.incidents(actor).await?;
    let incidents =
        open.iter().chain(&ended).map(|incident| Incident::of(incident, &credentials)).collect();
    let fleet = state.directory.snapshot();
    let clock = PageClock::of_fleet(&*state.clock, &fleet);
    let remarks = state.connections.remarks(actor).await?;
    let mut rows: Vec<Row> = connections
        .into_iter()
        .filter_map(|connection| {
            let site = fleet.site(connection.site)?;
            let name = site.details.name.as_str().to_owned();
            let of = |kept: &&KeptRemark| kept.connection == connection.id;
            let remarks = remarks.iter().filter(of).cloned().collect();
            let row = row(connection, site.code.clone(), name, &credentials, clock.now);
            Some(Row { remarks, ..row })
        })
        .collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(urgency(row.health)), row.name.clone()));
    let troubles = troubles(&rows);
    let budgets = credentials.iter().map(|known| budget(known, &usage, &rows, clock.now)).collect();
    let broker = state.broker.standing(actor).await?;
    let contracts = state.canary.reports(actor).await?;
    let may_manage = actor.may(Permission::ManageConnections);
    let may_administer = actor.may(Permission::Administer);
    Ok(Model {
        troubles,
        incidents,
        rows,
        budgets,
        contracts,
        broker,
        clock,
        may_manage,
        may_administer,
    })
}

/// What is wrong at the moment, one for each cause; nothing for whom that is not
/// to be seen.
pub(crate) async fn troubles_now(state: &AppState, actor: &Actor) -> Result<Vec<Trouble>, Fault> {
    if !actor.may(Permission::ViewConnections) {
        return Ok(Vec::new());
    }
    let (connections, credentials) = state.connections.troubled(actor).await?;
    let (fleet, now) = (state.directory.snapshot(), state.clock.now());
    let rows: Vec<Row> = connections
        .into_iter()
        .filter_map(|connection| {
            let site = fleet.site(connection.site)?;
            let name = site.details.name.as_str().to_owned();
            Some(row(connection, site.code.clone(), name, &credentials, now))
        })
        .collect();
    Ok(troubles(&rows))
}

fn row(
    connection: Connection,
    site: SiteCode,
    name: String,
    credentials: &[Credential],
    now: Timestamp,
) -> Row {
    let by = match &connection.link {
        Link::Pushed => None,
        Link::Polled { credential, external } => {
            let known = credentials.iter().find(|known| known.id == *credential);
            Some((known.map_or_else(String::new, |it| it.name.clone()), external.to_string()))
        }
    };
    Row {
        id: connection.id,
        site,
        name,
        brand: connection.brand,
        by,
        health: connection.record.health(now),
        untried: connection.record.is_untried(),
        cause: connection.record.cause,
        said: connection.said,
        last_success: connection.record.last_success,
        newest: connection.progress.newest,
        cadence: connection.cadence,
        next_run: connection.next_run,
        gap_from: connection.progress.ahead.map(|_| connection.progress.checkpoint),
        remarks: Vec::new(),
    }
}

/// How soon somebody should look: what is down goes first, what somebody has
/// paused last.
const fn urgency(health: Health) -> u8 {
    match health {
        Health::Down => 4,
        Health::Failing => 3,
        Health::Degraded => 2,
        Health::Healthy => 1,
        Health::Paused => 0,
    }
}

/// One trouble for each cause: of a vendor, of a credential, or of sites one by
/// one.
pub(super) fn troubles(rows: &[Row]) -> Vec<Trouble> {
    let mut troubles: BTreeMap<(Brand, &str, String), Trouble> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.health != Health::Paused) {
        let Some(cause) = row.cause else { continue };
        let credential = row.by.as_ref().map(|(name, _)| name.clone());
        let credential = credential.filter(|_| cause.strikes_credential());
        let key = (row.brand, cause.into(), credential.clone().unwrap_or_default());
        let trouble = troubles.entry(key).or_insert_with(|| Trouble {
            brand: row.brand,
            cause,
            credential,
            sites: Vec::new(),
            since: None,
            said: row.said.clone(),
        });
        trouble.sites.push(row.site.clone());
        trouble.since = [trouble.since, row.last_success].into_iter().flatten().min();
    }
    let mut troubles: Vec<Trouble> = troubles.into_values().collect();
    troubles.sort_by_key(|trouble| std::cmp::Reverse(trouble.sites.len()));
    troubles
}

/// Owners are asked to approve again this long before it ends: from the
/// twentieth of thirty days on.
const ASKED_BEFORE: SignedDuration = SignedDuration::from_hours(10 * 24);

fn budget(credential: &Credential, usage: &[Usage], rows: &[Row], now: Timestamp) -> Budget {
    let near = |until: &Timestamp| until.duration_since(now) <= ASKED_BEFORE;
    let own = || usage.iter().filter(|usage| usage.credential == credential.id);
    let mut by: Vec<(Option<SiteCode>, u64)> = own()
        .map(|usage| {
            let row = rows.iter().find(|row| Some(row.id) == usage.connection);
            (row.map(|row| row.site.clone()), usage.requests)
        })
        .collect();
    by.sort_by_key(|(_, requests)| std::cmp::Reverse(*requests));
    by.truncate(SPENDERS);
    Budget {
        id: credential.id,
        name: credential.name.clone(),
        brand: credential.brand,
        spent: own().map(|usage| usage.requests).sum(),
        limit: credential.quota.per_month,
        per_minute: credential.quota.per_minute,
        per_day: credential.quota.per_day,
        points: own().map(|usage| usage.points).sum(),
        ends: credential.approved_until.filter(near),
        by,
    }
}
