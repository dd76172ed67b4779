//! Regions and what energy is worth in them, for administrators.

use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::fleet::{Region, RegionCode, RegionName};
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::Price;

use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;

/// A region with its sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionFigures {
    /// Which.
    pub region: Region,
    /// How many sites it has.
    pub sites: usize,
    /// Their capacity in watts peak.
    pub capacity_wp: i64,
    /// The lowest and the highest price of its sites, for each currency.
    pub prices: Vec<(Price, Price)>,
}

/// What to change of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRegion {
    /// Which.
    pub code: RegionCode,
    /// What it is called from now on.
    pub name: RegionName,
    /// What a kilowatt-hour is worth at each of its sites from now on, unless
    /// that stays.
    pub price: Option<Price>,
}

/// Why a region was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RegionError {
    /// Only administrators may.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such region.
    #[error("there is no such region")]
    Missing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps regions.
#[async_trait]
pub trait RegionStore: Send + Sync {
    /// All regions with their figures, by name.
    async fn figures(&self) -> Result<Vec<RegionFigures>, StoreError>;

    /// Changes a region and the prices of its sites, in one transaction with
    /// audit entries and [`crate::live::Notice::FleetChanged`]; false when
    /// there is no such region.
    async fn change(&self, change: &ChangeRegion, by: Initiator) -> Result<bool, StoreError>;
}

/// What administrators do with regions.
#[derive(Clone)]
pub struct Regions(Arc<dyn RegionStore>);

impl Regions {
    /// The use cases on this store.
    #[must_use]
    pub fn new(store: Arc<dyn RegionStore>) -> Self {
        Self(store)
    }

    /// All regions with their figures.
    pub async fn figures(&self, actor: &Actor) -> Result<Vec<RegionFigures>, RegionError> {
        actor.require(Permission::Administer)?;
        Ok(self.0.figures().await?)
    }

    /// Changes a region.
    pub async fn change(&self, actor: &Actor, change: &ChangeRegion) -> Result<(), RegionError> {
        actor.require(Permission::Administer)?;
        if self.0.change(change, actor.initiator()).await? {
            Ok(())
        } else {
            Err(RegionError::Missing)
        }
    }
}
