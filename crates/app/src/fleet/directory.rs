use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::{
    Device, DeviceId, DeviceSerial, Region, RegionCode, Site, SiteCode, SiteId,
};
use greengrid_domain::monitoring::incident::Cause;
use greengrid_domain::time::SiteZone;
use parking_lot::RwLock;

use super::SiteStore;
use crate::error::StoreError;

/// All sites, regions and devices at one moment, for look-ups that happen for
/// every reading. 10,000 sites take some ten megabytes.
#[derive(Debug, Default)]
pub struct FleetSnapshot {
    sites: HashMap<SiteId, Arc<Site>>,
    by_code: HashMap<SiteCode, SiteId>,
    regions: Vec<Region>,
    devices: HashMap<SiteId, Vec<Device>>,
}

impl FleetSnapshot {
    /// Indexes sites, regions and devices.
    #[must_use]
    pub fn new(sites: Vec<Site>, regions: Vec<Region>, devices: Vec<Device>) -> Self {
        let by_code = sites.iter().map(|site| (site.code.clone(), site.id)).collect();
        let sites = sites.into_iter().map(|site| (site.id, Arc::new(site))).collect();
        let mut of_site: HashMap<SiteId, Vec<Device>> = HashMap::new();
        for device in devices {
            of_site.entry(device.site).or_default().push(device);
        }
        Self { sites, by_code, regions, devices: of_site }
    }

    /// The site with this key.
    #[must_use]
    pub fn site(&self, id: SiteId) -> Option<&Arc<Site>> {
        self.sites.get(&id)
    }

    /// The site with this public name.
    #[must_use]
    pub fn site_by_code(&self, code: &SiteCode) -> Option<&Arc<Site>> {
        self.site(*self.by_code.get(code)?)
    }

    /// All sites, in no order.
    #[must_use]
    pub fn sites(&self) -> impl ExactSizeIterator<Item = &Arc<Site>> {
        self.sites.values()
    }

    /// All regions, by name.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The zone of most sites; UTC for an empty fleet.
    #[must_use]
    pub fn usual_zone(&self) -> SiteZone {
        let mut zones: Vec<(&SiteZone, usize)> = Vec::new();
        for site in self.sites() {
            let zone = &site.details.zone;
            match zones.iter_mut().find(|(known, _)| known.name() == zone.name()) {
                Some((_, sites)) => *sites += 1,
                None => zones.push((zone, 1)),
            }
        }
        let most = zones.into_iter().max_by_key(|(zone, sites)| (*sites, zone.name()));
        most.map_or_else(SiteZone::utc, |(zone, _)| zone.clone())
    }

    /// The name of a region, or its code when it is not known.
    #[must_use]
    pub fn region_name<'a>(&'a self, code: &'a RegionCode) -> &'a str {
        self.regions.iter().find(|region| region.code == *code).map_or(code.as_str(), |r| &r.name)
    }

    /// The name of the brand or the region that an incident is about.
    #[must_use]
    pub fn place_of(&self, cause: &Cause) -> String {
        match cause {
            Cause::VendorDown(brand) | Cause::ExportLimit(brand, _) => brand.name().to_owned(),
            Cause::GridFault(region) | Cause::Storm(region) => self.region_name(region).to_owned(),
        }
    }

    /// The devices of a site.
    #[must_use]
    pub fn devices(&self, site: SiteId) -> &[Device] {
        self.devices.get(&site).map_or(&[], Vec::as_slice)
    }

    /// The device of a site with this serial number.
    #[must_use]
    pub fn device(&self, site: SiteId, serial: &DeviceSerial) -> Option<DeviceId> {
        self.devices(site).iter().find(|d| d.serial == *serial).map(|d| d.id)
    }
}

/// The present [`FleetSnapshot`], shared by all who look sites up.
#[derive(Clone)]
pub struct Directory {
    store: Arc<dyn SiteStore>,
    current: Arc<RwLock<Arc<FleetSnapshot>>>,
}

impl Directory {
    /// Reads the fleet for the first time.
    pub async fn load(store: Arc<dyn SiteStore>) -> Result<Self, StoreError> {
        let directory = Self { store, current: Arc::default() };
        directory.reload().await?;
        Ok(directory)
    }

    /// Reads the fleet anew.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let (sites, regions, devices) =
            tokio::try_join!(self.store.sites(), self.store.regions(), self.store.devices())?;
        *self.current.write() = Arc::new(FleetSnapshot::new(sites, regions, devices));
        Ok(())
    }

    /// The fleet as last read.
    #[must_use]
    pub fn snapshot(&self) -> Arc<FleetSnapshot> {
        Arc::clone(&self.current.read())
    }

    /// The store behind the directory.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn SiteStore> {
        &self.store
    }
}
