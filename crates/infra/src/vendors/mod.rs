//! The interfaces of SolarEdge, Fronius and Enphase.
//!
//! A folder for each: `client` makes the calls and understands refusals,
//! `payload` is what comes over the wire, `map` turns it into our terms. What
//! they share is beside them: the guarded HTTP client, the renewal of OAuth
//! tokens, and the sealing of credentials at rest.

mod approvals;
mod canary;
pub mod enphase;
pub mod fronius;
mod http;
mod oauth;
mod series;
pub mod solaredge;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use greengrid_app::clock::Clock;
use greengrid_app::ingestion::canary::Canary;
use greengrid_app::ingestion::connections::Gateways;
use greengrid_app::ingestion::vendors::{
    CallBudget, Credentials, Origin, TokenVault, VendorError, VendorGateway, VendorReading,
};
use greengrid_app::ingestion::{Source, Submission};
use greengrid_domain::fleet::{Brand, SiteCode};
use greengrid_domain::ingestion::Cause;

pub use crate::seal::{SealError, Sealer};
pub use approvals::{Registrations, VendorApprovals};
pub use http::OriginError;

use crate::parcel::Parcel;
use enphase::Enphase;
use fronius::Fronius;
use oauth::Session;
use solaredge::{Access, SolarEdge};

/// Where the vendors are reached; on this machine for stand-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins {
    /// SolarEdge Monitoring API v2.
    pub solaredge: Origin,
    /// Fronius Solar.web Query API.
    pub fronius: Origin,
    /// Enphase API v4.
    pub enphase: Origin,
}

impl Default for Origins {
    fn default() -> Self {
        let real = |base: &str| Origin { base: base.to_owned(), stand_in: false };
        Self {
            solaredge: real("https://monitoringapi.solaredge.com"),
            fronius: real("https://api.solarweb.com"),
            enphase: real("https://api.enphaseenergy.com"),
        }
    }
}

impl Origins {
    /// Stand-ins for all three behind one address on this machine.
    #[must_use]
    pub fn stand_ins(base: &str) -> Self {
        let of = |brand: Brand| Origin { base: format!("{base}/{brand}"), stand_in: true };
        Self {
            solaredge: of(Brand::SolarEdge),
            fronius: of(Brand::Fronius),
            enphase: of(Brand::Enphase),
        }
    }
}

/// Makes the interfaces of all three vendors.
#[derive(Clone)]
pub struct VendorGateways {
    origins: Origins,
    clock: Arc<dyn Clock>,
    canary: Option<Canary>,
}

impl VendorGateways {
    /// Those at these addresses.
    #[must_use]
    pub fn new(origins: Origins, clock: Arc<dyn Clock>) -> Self {
        Self { origins, clock, canary: None }
    }

    /// The same, with their answers compared with what is known of them.
    #[must_use]
    pub fn watched_by(self, canary: Canary) -> Self {
        Self { canary: Some(canary), ..self }
    }

    fn at_origin(
        &self,
        credentials: Credentials,
        vault: Arc<dyn TokenVault>,
        budget: Arc<dyn CallBudget>,
    ) -> Result<Arc<dyn VendorGateway>, OriginError> {
        let (origins, clock) = (&self.origins, Arc::clone(&self.clock));
        let canary = self.canary.as_ref();
        Ok(match credentials {
            Credentials::SolarEdgeKey(key) => {
                let opened = SolarEdge::new(&origins.solaredge, Access::Key(key), budget)?;
                Arc::new(opened.watched(canary))
            }
            Credentials::SolarEdgeOAuth { client, .. } => {
                let session = Box::new(Session::new(client, vault, clock));
                let access = Access::OAuth(session);
                Arc::new(SolarEdge::new(&origins.solaredge, access, budget)?.watched(canary))
            }
            Credentials::Fronius { key_id, key_value } => {
                let opened = Fronius::new(&origins.fronius, &key_id, key_value, budget)?;
                Arc::new(opened.watched(canary))
            }
            Credentials::Enphase { app_key, client, .. } => {
                let session = Session::new(client, vault, clock);
                let opened = Enphase::new(&origins.enphase, app_key, session, budget)?;
                Arc::new(opened.watched(canary))
            }
        })
    }
}

impl Gateways for VendorGateways {
    fn open(
        &self,
        credentials: Credentials,
        vault: Arc<dyn TokenVault>,
        budget: Arc<dyn CallBudget>,
    ) -> Result<Arc<dyn VendorGateway>, VendorError> {
        self.at_origin(credentials, vault, budget)
            .map_err(|error| VendorError::new(Cause::Unreachable).saying(error.to_string()))
    }

    fn pack(&self, site: &SiteCode, readings: &[VendorReading]) -> Submission {
        let mut parcel = Parcel::default();
        for VendorReading { device, start, measurement } in readings {
            parcel.add(site, device.as_ref(), *start, measurement);
        }
        parcel.submission(Source::Vendor)
    }
}
