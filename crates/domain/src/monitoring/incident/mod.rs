//! Anomalies with one cause, folded into one line.

mod fold;
mod parameters;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use fold::{fold, held_share};

use super::{AnomalyId, AnomalyKind};
use crate::fleet::{Brand, RegionCode, SiteId};
use crate::ids::uuid_id;
use crate::units::{Energy, Money};

uuid_id! {
    /// Which incident.
    IncidentId
}

/// What several anomalies have in common.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum IncidentKind {
    /// The interface of a vendor gives no readings.
    VendorDown,
    /// The grid of a region is off or out of bounds.
    GridFault,
    /// A storm went over a region.
    Storm,
    /// One limit holds many sites of a brand.
    ExportLimit,
}

impl IncidentKind {
    /// The kind in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VendorDown => "Vendor connection down",
            Self::GridFault => "Grid fault",
            Self::Storm => "Storm",
            Self::ExportLimit => "Export limit",
        }
    }
}

/// What an incident is about: where there is one of a kind, another of the same
/// kind there is the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The interface of this vendor is silent.
    VendorDown(Brand),
    /// The grid of this region.
    GridFault(RegionCode),
    /// A storm over this region.
    Storm(RegionCode),
    /// A limit of sites of this brand, in whole per cent of what they could
    /// make; `None` where the readings do not tell.
    ExportLimit(Brand, Option<u8>),
}

impl Cause {
    /// Which kind of incident it makes.
    #[must_use]
    pub const fn kind(&self) -> IncidentKind {
        match self {
            Self::VendorDown(_) => IncidentKind::VendorDown,
            Self::GridFault(_) => IncidentKind::GridFault,
            Self::Storm(_) => IncidentKind::Storm,
            Self::ExportLimit(..) => IncidentKind::ExportLimit,
        }
    }
}

/// An open anomaly as far as its cause may be shared.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Which anomaly.
    pub anomaly: AnomalyId,
    /// At which site.
    pub site: SiteId,
    /// In what way the site differs.
    pub kind: AnomalyKind,
    /// The region of the site.
    pub region: RegionCode,
    /// The brand of the site.
    pub brand: Brand,
    /// When it began.
    pub since: Timestamp,
    /// Loss per day.
    pub lost_per_day: Energy,
    /// What that is worth.
    pub money_per_day: Money,
    /// For a site held at a limit: the limit as a share of what it could make.
    pub held_at: Option<f64>,
}

/// How many sites there are, to tell many from few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FleetSize {
    /// Sites of each brand.
    pub by_brand: BTreeMap<Brand, usize>,
    /// Sites of each region.
    pub by_region: BTreeMap<RegionCode, usize>,
}

/// Several anomalies with one cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// What they have in common.
    pub cause: Cause,
    /// When the first of them began.
    pub began: Timestamp,
    /// The anomalies, by their ids.
    pub anomalies: Vec<AnomalyId>,
    /// At how many sites.
    pub sites: usize,
    /// What they lose per day together, counted once.
    pub lost_per_day: Energy,
    /// What that is worth, one amount for each currency.
    pub money_per_day: Vec<Money>,
}
