use std::time::Duration;

use greengrid_domain::fleet::Location;
use greengrid_domain::ingestion::Cause;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::PeakPower;
use jiff::Timestamp;

use super::{ExternalId, VendorError, VendorGateway, VendorSite, VendorSiteDetails};

mod awake;
mod near;
mod plausible;
mod rights;
#[cfg(test)]
mod tests;

pub(crate) use awake::{is_awake, morning};
use near::near;
use plausible::{capacity, freshness, summed, units, zones};
use rights::Rights;

/// The steps of a connection test, each resting on those before.
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
pub enum Rung {
    /// The vendor's server answers.
    Reachable,
    /// It accepts the key or sign-in, and this is one for this interface.
    Accepted,
    /// The site is among those the key opens.
    SiteFound,
    /// The rights for what we need of it are there.
    Permitted,
    /// It has inverters.
    DevicesListed,
    /// It sends, or it is night.
    DataFresh,
    /// Its values fit its size.
    UnitsPlausible,
    /// Its capacity is the one on record.
    CapacityPlausible,
    /// Its days are those of the place.
    ZonePlausible,
}

impl Rung {
    /// What is checked, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Reachable => "the vendor’s server answers",
            Self::Accepted => "the key is accepted",
            Self::SiteFound => "the site is found",
            Self::Permitted => "the key has the rights it needs",
            Self::DevicesListed => "inverters are listed",
            Self::DataFresh => "fresh readings come",
            Self::UnitsPlausible => "the values fit the site’s size",
            Self::CapacityPlausible => "the capacity is the one on record",
            Self::ZonePlausible => "the time zone is that of the place",
        }
    }
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be; with what was seen.
    Passed(String),
    /// Usable, but worth a look; with why.
    Doubtful(String),
    /// It ends here; with why, and the sites that may be meant.
    Failed {
        /// What the vendor answered.
        error: VendorError,
        /// Sites whose number or name is near.
        near: Vec<VendorSite>,
    },
}

/// One step and what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The step.
    pub rung: Rung,
    /// What it came to.
    pub outcome: Outcome,
}

/// What is on record of the site that is tested.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Its number at the vendor.
    pub id: ExternalId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub location: Location,
    /// Its zone.
    pub zone: SiteZone,
    /// Its capacity, where somebody told it.
    pub capacity: Option<PeakPower>,
}

/// How long a test waits for what is merely good to know.
const SOON: Duration = Duration::from_secs(3);

/// Tests a connection step by step and tells each as it is known; ends at the
/// first that failed. Whether all went well is whether none did.
pub async fn climb(
    gateway: &dyn VendorGateway,
    expected: &Expected,
    now: Timestamp,
    mut tell: impl FnMut(Check) + Send,
) {
    let mut climb = |rung, outcome| tell(Check { rung, outcome });
    let passed = |text: &str| Outcome::Passed(text.to_owned());
    let details = gateway.site(&expected.id).await;
    if let Err(error) = &details
        && !error.is_of_one_endpoint()
    {
        let failed_at = rung_of(error.cause);
        for rung in [Rung::Reachable, Rung::Accepted, Rung::SiteFound] {
            if rung < failed_at {
                climb(rung, passed("yes"));
            }
        }
        let near = match failed_at {
            Rung::SiteFound => near(gateway, expected).await,
            _ => Vec::new(),
        };
        return climb(failed_at, Outcome::Failed { error: error.clone(), near });
    }
    let mut found = |name: &str| {
        climb(Rung::Reachable, passed("yes"));
        climb(Rung::Accepted, passed("yes"));
        climb(Rung::SiteFound, passed(name));
    };
    let is_found = details.is_ok();
    if let Ok(details) = &details {
        found(details.site.name.as_str());
    }
    let rights = Rights::try_all(gateway, expected, details, now).await;
    if !is_found {
        // The whole interface may be gone, which readings say then.
        if let Err(error) = &rights.readings
            && rung_of(error.cause) == Rung::Reachable
        {
            let error = error.clone();
            return climb(Rung::Reachable, Outcome::Failed { error, near: Vec::new() });
        }
        found("yes");
    }
    let permitted = rights.outcome();
    let failed = matches!(permitted, Outcome::Failed { .. });
    climb(Rung::Permitted, permitted);
    let Ok(fetched) = rights.readings.as_ref() else { return };
    if failed {
        return;
    }
    climb(Rung::DevicesListed, rights.devices_outcome(gateway, now));
    let newest = fetched.readings.iter().map(|reading| reading.start).max();
    let fresh = freshness(gateway, expected, newest, now);
    let failed = matches!(fresh, Outcome::Failed { .. });
    climb(Rung::DataFresh, fresh);
    if failed {
        return;
    }
    let most = fetched.readings.iter().filter_map(|reading| reading.measurement.power).max();
    let zone = rights.details.as_ref().and_then(|details| details.zone.as_ref());
    let zone = zone.unwrap_or(&expected.zone);
    // Last, and only if they come soon: calls in a row are paced, and nobody
    // should wait for what is merely good to know.
    let totals = gateway.totals(&expected.id, zone, now);
    let totals = tokio::time::timeout(SOON, totals).await.ok().and_then(Result::ok);
    climb(Rung::UnitsPlausible, summed(units(most, expected.capacity), totals));
    let unknown = || VendorSiteDetails {
        site: VendorSite::new(expected.id.clone(), &expected.name, None),
        capacity: None,
        zone: None,
    };
    let details = rights.details.clone().unwrap_or_else(unknown);
    climb(Rung::CapacityPlausible, capacity(&details, expected));
    climb(Rung::ZonePlausible, zones(&details, expected, now));
}

/// The step at which a failure of this class is found.
const fn rung_of(cause: Cause) -> Rung {
    match cause {
        Cause::Unreachable
        | Cause::TimedOut
        | Cause::VendorFault
        | Cause::Maintenance
        | Cause::Retired
        | Cause::ContractChanged => Rung::Reachable,
        Cause::SiteUnknown | Cause::NoFreshData | Cause::DeviceFault | Cause::InterfaceOff => {
            Rung::SiteFound
        }
        Cause::PermissionMissing | Cause::PlanTooSmall => Rung::Permitted,
        Cause::RateLimited
        | Cause::QuotaSpent
        | Cause::CredentialRejected
        | Cause::CredentialExpired
        | Cause::CredentialBlocked
        | Cause::CredentialKind
        | Cause::CredentialUnreadable
        | Cause::TermsNotAccepted => Rung::Accepted,
    }
}
