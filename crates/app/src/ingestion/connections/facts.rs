use std::collections::HashMap;

use async_trait::async_trait;
use greengrid_domain::fleet::{Brand, DeviceSerial, SiteId};
use greengrid_domain::ingestion::{ConnectionId, Noted, Remark};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::ingestion::vendors::{VendorAlarm, VendorDevice};

/// When a vendor was last asked for what changes slowly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looked {
    /// For devices and sums.
    pub surveyed_at: Option<Timestamp>,
    /// For alarms.
    pub alarms_at: Option<Timestamp>,
}

/// What a look at what changes slowly came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// By which connection.
    pub connection: ConnectionId,
    /// Of which site.
    pub site: SiteId,
    /// When.
    pub at: Timestamp,
    /// All devices; none where they are not to be had.
    pub devices: Option<Vec<VendorDevice>>,
    /// What is worth a word.
    pub remarks: Vec<Noted>,
}

/// Alarms as they were heard of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardAlarms {
    /// By which connection.
    pub connection: ConnectionId,
    /// Of which site.
    pub site: SiteId,
    /// Those that were told.
    pub alarms: Vec<VendorAlarm>,
    /// Whether all that are open were told, so that others are over.
    pub all_open: bool,
}

/// A remark as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRemark {
    /// About which connection.
    pub connection: ConnectionId,
    /// Of which site.
    pub site: SiteId,
    /// What is remarked.
    pub remark: Remark,
    /// What it is about; empty where that is clear.
    pub detail: String,
    /// When it happened, or was first noticed.
    pub happened_at: Timestamp,
    /// When it was last noticed.
    pub seen_at: Timestamp,
}

/// An alarm as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAlarm {
    /// Whose interface told it.
    pub brand: Brand,
    /// Its kind in the vendor's words.
    pub kind: String,
    /// The device it is about.
    pub device: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it was cleared, or was told to be over.
    pub until: Option<Timestamp>,
}

/// Keeps what vendors tell beside readings.
#[async_trait]
pub trait VendorFacts: Send + Sync {
    /// When the vendors of these were last looked at.
    async fn looked(
        &self,
        of: &[ConnectionId],
    ) -> Result<HashMap<ConnectionId, Looked>, StoreError>;
    /// The devices that a connection was last told of.
    async fn devices(&self, of: ConnectionId) -> Result<Vec<VendorDevice>, StoreError>;
    /// The active inverters of a site as the vendor's cloud lists them; none
    /// where it is not asked.
    async fn inverters_in_cloud(
        &self,
        site: SiteId,
        brand: Brand,
    ) -> Result<Option<Vec<DeviceSerial>>, StoreError>;
    /// Keeps a survey, and tells the pages.
    async fn keep_survey(&self, survey: &Survey) -> Result<(), StoreError>;
    /// Keeps remarks, and tells the pages.
    async fn keep_remarks(
        &self,
        connection: ConnectionId,
        site: SiteId,
        at: Timestamp,
        remarks: &[Noted],
    ) -> Result<(), StoreError>;
    /// The remarks about connections, of one site or of all, newest first.
    async fn remarks(&self, site: Option<SiteId>) -> Result<Vec<KeptRemark>, StoreError>;
    /// Appends what is news of these alarms, and tells the pages of their
    /// sites.
    async fn keep_alarms(&self, at: Timestamp, heard: &[HeardAlarms]) -> Result<(), StoreError>;
    /// The alarms of a site that are open, and those that ended since an
    /// instant; newest first.
    async fn alarms(&self, site: SiteId, since: Timestamp) -> Result<Vec<KeptAlarm>, StoreError>;
}
