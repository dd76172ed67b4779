use greengrid_domain::fleet::{Brand, RegionCode};
use greengrid_domain::monitoring::Status;
use jiff::Timestamp;

use super::models::{OverviewRow, StatusCounts};

/// By what the list of sites is sorted.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum SiteSort {
    /// Money lost per day, largest first.
    #[default]
    Loss,
    /// Name.
    Name,
    /// Status, worst first.
    Status,
    /// Region, then name.
    Region,
    /// Capacity, largest first.
    Capacity,
    /// Power now, largest first.
    Power,
    /// Production against expected now, lowest first.
    Index,
    /// Newest reading, oldest first.
    LastReading,
    /// Site, the one created last first.
    Newest,
}

/// What a reader of the list of sites asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SitesQuery {
    /// Only this status.
    pub status: Option<Status>,
    /// Only this region.
    pub region: Option<RegionCode>,
    /// Only this brand.
    pub brand: Option<Brand>,
    /// Only sites whose name, code or customer holds this text.
    pub text: Option<String>,
    /// By what.
    pub sort: SiteSort,
    /// The other way round.
    pub descending: bool,
    /// Which page of 50, counted from 1; 0 counts as 1.
    pub page: u32,
}

/// A site in the list.
pub type ListedSite = OverviewRow;

/// A page of the list of sites.
#[derive(Debug, Clone)]
pub struct SitesPage {
    /// The moment it shows.
    pub as_of: Timestamp,
    /// Sites by status, over the whole fleet.
    pub counts: StatusCounts,
    /// Capacity of the whole fleet in watts peak.
    pub capacity_wp: i64,
    /// The sites of this page.
    pub sites: Vec<ListedSite>,
    /// How many match in all.
    pub matching: usize,
    /// Which page this is, counted from 1.
    pub page: u32,
    /// How many sites a page holds.
    pub page_size: usize,
}
