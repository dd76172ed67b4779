//! What changes slowly and costs calls: devices, sums, alarms. It is asked for
//! with calls to spare, after everybody has fresh readings.

use std::collections::HashMap;

use greengrid_domain::fleet::{DeviceKind, Site};
use greengrid_domain::ingestion::{
    Cause, ConnectionId, CredentialId, ListedInverter, Noted, Remark, replacements,
    should_be_updated,
};
use jiff::{SignedDuration, Timestamp};

use super::{Connection, HeardAlarms, Link, Looked, Metered, Poller, Survey};
use crate::error::StoreError;
use crate::ingestion::vendors::{
    ExternalId, VendorAlarm, VendorDevice, VendorError, VendorGateway, is_awake,
};

/// How often devices and sums are looked at.
const SURVEYED: SignedDuration = SignedDuration::from_hours(24);

/// How often the alarms of all sites are asked for, where one call tells them.
const FLEET_ALARMS: SignedDuration = SignedDuration::from_hours(1);

/// How often those of one site are, where each costs a call.
const SITE_ALARMS: SignedDuration = SignedDuration::from_hours(6);

/// Alarms of the last week are asked for.
const ALARMS_SINCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Connections looked at in one turn, and of a large fleet this share of those
/// that were due: each comes about within a day, and no turn takes long.
const AT_ONCE: usize = 2;
const SHARE: usize = 32;

/// No call is left to spare.
struct NoneToSpare;

/// What came of one question.
enum Told<T> {
    /// An answer.
    Yes(T),
    /// None: this key or plan does not open it, or it is gone.
    Kept,
    /// None at this time.
    NotNow,
}

impl Poller {
    /// Looks at what changes slowly.
    pub(super) async fn look_around(
        &self,
        gateway: &dyn VendorGateway,
        credential: CredentialId,
        polled: &[Connection],
        budget: &Metered,
    ) -> Result<(), StoreError> {
        let ids: Vec<ConnectionId> = polled.iter().map(|connection| connection.id).collect();
        let looked = self.connections.facts.looked(&ids).await?;
        let of = |connection: &Connection| looked.get(&connection.id).copied().unwrap_or_default();
        if self.alarms(gateway, credential, polled, budget, &of).await?.is_err() {
            return Ok(());
        }
        let now = self.connections.clock.now();
        let fleet = self.connections.directory.snapshot();
        let due = polled.iter().filter(|known| is_due(of(known).surveyed_at, SURVEYED, now));
        for connection in due.take(share(polled.len())) {
            let (Link::Polled { external, .. }, Some(site)) =
                (&connection.link, fleet.site(connection.site))
            else {
                continue;
            };
            budget.on_behalf_of(Some(connection.id));
            let surveyed = self.survey(gateway, connection, external, site, now).await?;
            let Ok(survey) = surveyed else { return Ok(()) };
            self.connections.facts.keep_survey(&survey).await?;
        }
        Ok(())
    }

    async fn survey(
        &self,
        gateway: &dyn VendorGateway,
        connection: &Connection,
        external: &ExternalId,
        site: &Site,
        now: Timestamp,
    ) -> Result<Result<Survey, NoneToSpare>, StoreError> {
        let mut kept_from_us = Vec::new();
        let mut remarks = Vec::new();
        let devices = match told(gateway.devices(external).await) {
            Err(none) => return Ok(Err(none)),
            Ok(Told::Yes(devices)) => {
                let before = self.connections.facts.devices(connection.id).await?;
                remarks.extend(of_devices(gateway, &before, &devices, now));
                Some(devices)
            }
            Ok(Told::Kept) => {
                kept_from_us.push("its devices");
                None
            }
            Ok(Told::NotNow) => None,
        };
        match told(gateway.totals(external, &site.details.zone, now).await) {
            Err(none) => return Ok(Err(none)),
            Ok(Told::Yes(totals)) if totals.disagree() => {
                remarks.push(Noted::of(Remark::TotalsDisagree));
            }
            Ok(Told::Kept) => kept_from_us.push("its sums"),
            Ok(Told::Yes(_) | Told::NotNow) => {}
        }
        if !kept_from_us.is_empty() {
            remarks.push(Noted::of(Remark::NotTold).about(kept_from_us.join(", ")));
        }
        let (connection, site) = (connection.id, site.id);
        Ok(Ok(Survey { connection, site, at: now, devices, remarks }))
    }

    /// The alarms: of all sites by one call where there is one, or else of some
    /// whose turn it is.
    async fn alarms(
        &self,
        gateway: &dyn VendorGateway,
        credential: CredentialId,
        polled: &[Connection],
        budget: &Metered,
        looked: &(impl Fn(&Connection) -> Looked + Sync),
    ) -> Result<Result<(), NoneToSpare>, StoreError> {
        let now = self.connections.clock.now();
        let due = |every| polled.iter().filter(move |it| is_due(looked(it).alarms_at, every, now));
        // By night nothing is raised that could not wait.
        let fleet = self.connections.directory.snapshot();
        let is_day = |connection: &Connection| {
            fleet.site(connection.site).is_some_and(|site| is_awake(site.details.location, now))
        };
        if !due(FLEET_ALARMS).any(is_day) {
            return Ok(Ok(()));
        }
        budget.on_behalf_of(None);
        match told(gateway.fleet_alarms().await) {
            Err(none) => return Ok(Err(none)),
            Ok(Told::Yes(Some(all))) => {
                let heard = self.of_fleet(credential, all).await?;
                self.connections.facts.keep_alarms(now, &heard).await?;
                return Ok(Ok(()));
            }
            Ok(Told::Yes(None) | Told::Kept | Told::NotNow) => {}
        }
        let some: Vec<&Connection> =
            due(SITE_ALARMS).filter(|it| is_day(it)).take(share(polled.len())).collect();
        for connection in some {
            let Link::Polled { external, .. } = &connection.link else { continue };
            budget.on_behalf_of(Some(connection.id));
            let alarms = match told(gateway.alarms(external, now - ALARMS_SINCE).await) {
                Err(none) => return Ok(Err(none)),
                Ok(Told::Yes(alarms)) => alarms,
                // Asked again when it is due again.
                Ok(Told::Kept | Told::NotNow) => Vec::new(),
            };
            let (connection, site) = (connection.id, connection.site);
            let heard = HeardAlarms { connection, site, alarms, all_open: false };
            self.connections.facts.keep_alarms(now, &[heard]).await?;
        }
        Ok(Ok(()))
    }

    /// The open alarms of a fleet by connection; those without any too, for
    /// theirs are over.
    async fn of_fleet(
        &self,
        credential: CredentialId,
        all: Vec<(ExternalId, VendorAlarm)>,
    ) -> Result<Vec<HeardAlarms>, StoreError> {
        let mut by_site: HashMap<ExternalId, Vec<VendorAlarm>> = HashMap::new();
        for (external, alarm) in all {
            by_site.entry(external).or_default().push(alarm);
        }
        let connections = self.connections.store.all().await?;
        let heard = connections.into_iter().filter_map(|connection| match &connection.link {
            Link::Polled { credential: by, external } if *by == credential => Some(HeardAlarms {
                connection: connection.id,
                site: connection.site,
                alarms: by_site.remove(external).unwrap_or_default(),
                all_open: true,
            }),
            _ => None,
        });
        Ok(heard.collect())
    }
}

fn is_due(last: Option<Timestamp>, every: SignedDuration, now: Timestamp) -> bool {
    last.is_none_or(|at| now.duration_since(at) >= every)
}

fn share(due: usize) -> usize {
    due.div_ceil(SHARE).max(AT_ONCE)
}

/// What an answer comes to; nothing when no call was to spare.
fn told<T>(answer: Result<T, VendorError>) -> Result<Told<T>, NoneToSpare> {
    match answer {
        Ok(answer) => Ok(Told::Yes(answer)),
        Err(error) if matches!(error.cause, Cause::RateLimited | Cause::QuotaSpent) => {
            Err(NoneToSpare)
        }
        Err(error) if error.is_of_one_endpoint() => Ok(Told::Kept),
        Err(_) => Ok(Told::NotNow),
    }
}

/// What a list of devices tells that is worth a word.
pub(in crate::ingestion) fn of_devices(
    gateway: &dyn VendorGateway,
    before: &[VendorDevice],
    devices: &[VendorDevice],
    now: Timestamp,
) -> Vec<Noted> {
    let listed = |devices: &[VendorDevice]| -> Vec<ListedInverter> {
        let inverters = devices.iter().filter(|device| device.kind == DeviceKind::Inverter);
        let listed = inverters.map(|device| ListedInverter {
            serial: device.serial.clone(),
            active: device.active,
            since: device.since,
            until: device.until,
        });
        listed.collect()
    };
    let mut remarks = Vec::new();
    for replaced in replacements(&listed(before), &listed(devices), now) {
        let detail = format!("{} by {}", replaced.old, replaced.new);
        remarks.push(Noted::of(Remark::InverterReplaced).about(detail).happened(replaced.at));
    }
    let mut meters = devices.iter().filter(|it| it.kind == DeviceKind::Meter && it.active);
    if meters.clone().next().is_none() {
        remarks.push(Noted::of(Remark::NoConsumptionMeter));
    } else if meters.all(|meter| meter.silent) {
        remarks.push(Noted::of(Remark::MeterStopped));
    }
    let brand = gateway.brand();
    for device in devices.iter().filter(|device| device.active) {
        let Some(version) = &device.firmware else { continue };
        if should_be_updated(brand, version) {
            let detail = format!("{} has {version}", device.serial);
            remarks.push(Noted::of(Remark::UpdateFirmware).about(detail));
        }
    }
    remarks
}
