//! How far the readings of each site go, and where they go on.

use std::collections::HashMap;

use greengrid_app::error::StoreError;
use greengrid_app::fleet::SiteStore;
use greengrid_domain::fleet::{DeviceId, SiteId};
use jiff::{SignedDuration, Timestamp};

use super::model::World;
use super::steps::STEP_S;
use crate::postgres::demo::{Newest, PgDemoStore};

/// A site in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// Its key.
    pub(super) site: SiteId,
    /// The keys of its inverters, in their order.
    pub(super) devices: Vec<DeviceId>,
    /// From when on its readings are missing.
    pub(super) from: Timestamp,
    /// What its counters showed then, in watt-hours.
    pub(super) counters: Vec<u64>,
    /// Whether nothing of it is in the log.
    pub(super) is_new: bool,
}

/// Where every site of the fleet stands, in its order. Fails when a site of
/// the fleet is not kept.
pub(super) async fn standings(
    world: &World,
    sites: &dyn SiteStore,
    demo: &PgDemoStore,
) -> Result<Vec<Standing>, StoreError> {
    let (kept, devices) = tokio::try_join!(sites.sites(), sites.devices())?;
    let newest = demo.newest().await?;
    let site_of: HashMap<_, _> = kept.iter().map(|site| (&site.code, site.id)).collect();
    let device_of: HashMap<_, _> =
        devices.iter().map(|device| ((device.site, &device.serial), device.id)).collect();
    let newest: HashMap<_, _> = newest.iter().map(|newest| (newest.device, newest)).collect();
    world
        .fleet()
        .sites
        .iter()
        .enumerate()
        .map(|(position, planned)| {
            let site = *site_of.get(&planned.code)?;
            let devices = planned
                .inverters
                .iter()
                .map(|inverter| device_of.get(&(site, &inverter.serial)).copied())
                .collect::<Option<Vec<_>>>()?;
            let known = devices
                .iter()
                .map(|device| newest.get(device).copied())
                .collect::<Option<Vec<_>>>();
            Some(match known {
                Some(newest) => goes_on(site, devices, &newest),
                None => begins(world, position, site, devices),
            })
        })
        .collect::<Option<_>>()
        .ok_or_else(|| StoreError::new("a site of the demo fleet is missing"))
}

fn goes_on(site: SiteId, devices: Vec<DeviceId>, newest: &[&Newest]) -> Standing {
    let from = newest.iter().map(|newest| newest.measured_at).min().unwrap_or_default();
    Standing {
        site,
        devices,
        from: from + SignedDuration::from_secs(STEP_S),
        counters: newest.iter().map(|newest| newest.counter_wh).collect(),
        is_new: false,
    }
}

fn begins(world: &World, position: usize, site: SiteId, devices: Vec<DeviceId>) -> Standing {
    let from = world.begins();
    let counters = world.first_counters(position, from);
    Standing { site, devices, from, counters, is_new: true }
}
