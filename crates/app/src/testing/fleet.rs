use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::{
    Array, Brand, Device, DeviceId, DeviceSerial, Location, Region, Site, SiteDetails, SiteId,
};
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::PeakPower;
use parking_lot::Mutex;

use crate::error::StoreError;
use crate::fleet::{Directory, NewSite, SiteStore};

/// A site near Munich of 10 kWp for each number: `site(7)` has the code `S-7`,
/// the name `Site 7`, and belongs to the region `south`.
///
/// # Panics
///
/// Never: all of it is valid.
#[must_use]
pub fn site(number: i32) -> Site {
    let details = SiteDetails::builder()
        .name(parsed(&format!("Site {number}")))
        .customer(format!("Customer {number}"))
        .location(Location::new(48.1, 11.6).expect("a place on earth"))
        .zone(parsed("Europe/Berlin"))
        .array(Array {
            capacity: PeakPower::from_kwp(10.0).expect("a capacity"),
            tilt_deg: Some(25.0),
            azimuth_deg: Some(180.0),
            ac_limit: None,
            export_limit: None,
        })
        .region(parsed("south"))
        .brand(Brand::Fronius)
        .build();
    Site { id: number.into(), code: parsed(&format!("S-{number}")), details }
}

/// Sites in memory. Only reading and sharing work.
#[derive(Debug, Default)]
pub struct FakeSiteStore {
    sites: Mutex<Vec<Site>>,
    devices: Mutex<Vec<Device>>,
    shared: Mutex<Vec<(SiteId, UserId)>>,
}

impl FakeSiteStore {
    /// A store of these sites.
    #[must_use]
    pub fn of(sites: Vec<Site>) -> Arc<Self> {
        Arc::new(Self { sites: Mutex::new(sites), ..Self::default() })
    }

    /// Adds a site.
    pub fn add(&self, site: Site) {
        self.sites.lock().push(site);
    }

    /// Adds a device.
    pub fn add_device(&self, device: Device) {
        self.devices.lock().push(device);
    }

    /// A directory of what is in the store.
    ///
    /// # Panics
    ///
    /// Never: the fake does not fail.
    pub async fn directory(self: &Arc<Self>) -> Directory {
        let store: Arc<dyn SiteStore> = Arc::clone(self) as _;
        Directory::load(store).await.expect("the fake does not fail")
    }
}

#[async_trait]
impl SiteStore for FakeSiteStore {
    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        Ok(self.sites.lock().clone())
    }

    async fn regions(&self) -> Result<Vec<Region>, StoreError> {
        let mut regions: Vec<Region> = self
            .sites
            .lock()
            .iter()
            .map(|site| site.details.region.clone())
            .map(|code| Region { name: code.as_str().to_owned(), code })
            .collect();
        regions.sort_by(|a, b| a.code.cmp(&b.code));
        regions.dedup();
        Ok(regions)
    }

    async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        Ok(self.devices.lock().clone())
    }

    async fn save(&self, _by: Initiator, _sites: &[NewSite]) -> Result<Vec<SiteId>, StoreError> {
        Err(StoreError::new("the fake saves no sites"))
    }

    async fn ensure_devices(
        &self,
        _devices: &[(SiteId, DeviceSerial)],
    ) -> Result<Vec<DeviceId>, StoreError> {
        Err(StoreError::new("the fake saves no devices"))
    }

    async fn share(&self, _by: Initiator, site: SiteId, with: UserId) -> Result<(), StoreError> {
        self.shared.lock().push((site, with));
        Ok(())
    }

    async fn roles_of(&self, user: UserId) -> Result<Vec<(SiteId, SiteRole)>, StoreError> {
        let shared = self.shared.lock();
        let own = shared.iter().filter(|(_, with)| *with == user);
        Ok(own.map(|(site, _)| (*site, SiteRole::Owner)).collect())
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("valid by construction")
}
