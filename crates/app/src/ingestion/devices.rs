use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use greengrid_domain::fleet::{DeviceId, DeviceSerial, SiteId};
use parking_lot::Mutex;

use super::ReadingRow;
use crate::error::StoreError;
use crate::fleet::{FleetSnapshot, SiteStore};

/// Most devices of one site. The largest sites have an inverter for each of
/// some hundred modules; a site with more devices than this has a sender that
/// makes serial numbers up.
pub(super) const DEVICES_PER_SITE: usize = 2_000;

/// Most devices remembered besides those of the directory.
const MOST: usize = 50_000;

type Serials = HashMap<DeviceSerial, DeviceId>;

/// Keys of devices. Those the directory does not know yet are created, and
/// remembered until the directory has caught up.
#[derive(Default)]
pub(super) struct Devices(Mutex<HashMap<SiteId, Serials>>);

/// The devices that the rows of one payload name. A device that is missing is
/// one too many for its site.
#[derive(Default)]
pub(super) struct Resolved(HashMap<SiteId, Serials>);

impl Resolved {
    pub(super) fn get(&self, site: SiteId, serial: &DeviceSerial) -> Option<DeviceId> {
        self.0.get(&site)?.get(serial).copied()
    }
}

impl Devices {
    pub(super) async fn resolve(
        &self,
        fleet: &FleetSnapshot,
        store: &Arc<dyn SiteStore>,
        rows: &[ReadingRow],
    ) -> Result<Resolved, StoreError> {
        let mut resolved = Resolved::default();
        let new = self.look_up(fleet, rows, &mut resolved);
        if !new.is_empty() {
            let ids = store.ensure_devices(&new).await?;
            self.remember(&new, &ids);
            for ((site, serial), id) in new.into_iter().zip(ids) {
                resolved.0.entry(site).or_default().insert(serial, id);
            }
        }
        Ok(resolved)
    }

    /// Fills in the devices that are known and gives those to be created.
    fn look_up(
        &self,
        fleet: &FleetSnapshot,
        rows: &[ReadingRow],
        resolved: &mut Resolved,
    ) -> Vec<(SiteId, DeviceSerial)> {
        let mut new = Vec::new();
        let mut seen: HashSet<(SiteId, &DeviceSerial)> = HashSet::new();
        let mut room: HashMap<SiteId, usize> = HashMap::new();
        let remembered = self.0.lock();
        for row in rows {
            let Some(serial) = &row.device else { continue };
            let Some(site) = fleet.site_by_code(&row.site) else { continue };
            if !seen.insert((site.id, serial)) {
                continue;
            }
            let of_site = remembered.get(&site.id);
            let known = fleet
                .device(site.id, serial)
                .or_else(|| of_site.and_then(|serials| serials.get(serial).copied()));
            if let Some(id) = known {
                resolved.0.entry(site.id).or_default().insert(serial.clone(), id);
                continue;
            }
            let room = room.entry(site.id).or_insert_with(|| {
                let beside = of_site.into_iter().flat_map(HashMap::keys);
                let beside = beside.filter(|s| fleet.device(site.id, s).is_none()).count();
                let has = fleet.devices(site.id).len() + beside;
                DEVICES_PER_SITE.saturating_sub(has)
            });
            if *room > 0 {
                *room -= 1;
                new.push((site.id, serial.clone()));
            }
        }
        new
    }

    fn remember(&self, devices: &[(SiteId, DeviceSerial)], ids: &[DeviceId]) {
        let mut remembered = self.0.lock();
        if remembered.values().map(HashMap::len).sum::<usize>() + ids.len() > MOST {
            remembered.clear();
        }
        for ((site, serial), id) in devices.iter().zip(ids) {
            remembered.entry(*site).or_default().insert(serial.clone(), *id);
        }
    }
}
