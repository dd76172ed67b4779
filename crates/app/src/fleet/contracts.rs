use async_trait::async_trait;
use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::{
    Device, DeviceId, DeviceKind, DeviceSerial, Region, Site, SiteCode, SiteDetails, SiteId,
};
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::Initiator;

use crate::error::StoreError;

/// A site to be created, or to be updated when its code is already known.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSite {
    /// Public name.
    pub code: SiteCode,
    /// Everything else.
    pub details: SiteDetails,
    /// Devices to create with it; devices it already has stay.
    pub devices: Vec<(DeviceKind, DeviceSerial, Option<String>)>,
}

/// Keeps sites, regions and devices.
#[async_trait]
pub trait SiteStore: Send + Sync {
    /// All sites.
    async fn sites(&self) -> Result<Vec<Site>, StoreError>;
    /// All regions, by name.
    async fn regions(&self) -> Result<Vec<Region>, StoreError>;
    /// All devices of all sites.
    async fn devices(&self) -> Result<Vec<Device>, StoreError>;
    /// Creates or updates sites by their code, and regions that are new, in one
    /// transaction with its audit entries and [`crate::live::Notice::FleetChanged`].
    /// Returns their keys in the order given.
    async fn save(&self, by: Initiator, sites: &[NewSite]) -> Result<Vec<SiteId>, StoreError>;
    /// Keys of these devices (as inverters, where they are new), in the order
    /// given.
    async fn ensure_devices(
        &self,
        devices: &[(SiteId, DeviceSerial)],
    ) -> Result<Vec<DeviceId>, StoreError>;
    /// Makes a person an owner of a site.
    async fn share(&self, by: Initiator, site: SiteId, with: UserId) -> Result<(), StoreError>;
    /// The sites a customer may see.
    async fn sites_of(&self, user: UserId) -> Result<Vec<SiteId>, StoreError> {
        let roles = self.roles_of(user).await?;
        Ok(roles.into_iter().map(|(site, _)| site).collect())
    }
    /// The sites a customer may see, each with what they are to it.
    async fn roles_of(&self, user: UserId) -> Result<Vec<(SiteId, SiteRole)>, StoreError>;
}
