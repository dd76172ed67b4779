use greengrid_domain::fleet::Location;
use greengrid_domain::ingestion::Cause;
use greengrid_domain::monitoring::sun::Instant;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{PeakPower, Power};
use jiff::{SignedDuration, Timestamp};

use super::{ExternalId, VendorError, VendorGateway, VendorSite, VendorSiteDetails, Window};

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

/// How old the newest reading may be by day, on top of a vendor's interval.
const FRESH: SignedDuration = SignedDuration::from_hours(2);

/// The sun has to stand this high (degrees) before silence means anything:
/// inverters wake up late on winter mornings.
const AWAKE_DEG: f64 = 6.0;

/// Power above this share of the capacity is a unit mistaken.
const TOO_MUCH: f64 = 1.3;

/// Capacities this far apart are not the same site.
const SAME_CAPACITY: std::ops::RangeInclusive<f64> = 0.8..=1.25;

/// Sites offered when the one asked for is not there.
const NEAR: usize = 3;

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
    let details = match gateway.site(&expected.id).await {
        Ok(details) => details,
        Err(error) => {
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
            return climb(failed_at, Outcome::Failed { error, near });
        }
    };
    climb(Rung::Reachable, passed("yes"));
    climb(Rung::Accepted, passed("yes"));
    climb(Rung::SiteFound, Outcome::Passed(details.site.name.clone()));

    let devices = match gateway.devices(&expected.id).await {
        Ok(devices) => devices,
        Err(error) => {
            return climb(Rung::Permitted, Outcome::Failed { error, near: Vec::new() });
        }
    };
    let zone = details.zone.clone().unwrap_or_else(|| expected.zone.clone());
    let from = now - gateway.longest_window();
    let window = Window { from, to: now };
    let fetched = match gateway.readings(&expected.id, &zone, window, now).await {
        Ok(fetched) => fetched,
        Err(error) => {
            return climb(Rung::Permitted, Outcome::Failed { error, near: Vec::new() });
        }
    };
    climb(
        Rung::Permitted,
        match fetched.remarks.first() {
            Some(remark) => Outcome::Doubtful((*remark).to_owned()),
            None => passed("yes"),
        },
    );
    let active = devices.iter().filter(|device| device.active).count();
    climb(
        Rung::DevicesListed,
        match active {
            0 => Outcome::Doubtful("the vendor lists no active device".to_owned()),
            _ => Outcome::Passed(format!("{active} active")),
        },
    );
    let newest = fetched.readings.iter().map(|reading| reading.start).max();
    let fresh = freshness(gateway, expected, newest, now);
    let failed = matches!(fresh, Outcome::Failed { .. });
    climb(Rung::DataFresh, fresh);
    if failed {
        return;
    }
    let most = fetched.readings.iter().filter_map(|reading| reading.measurement.power).max();
    climb(Rung::UnitsPlausible, units(most, expected.capacity));
    climb(Rung::CapacityPlausible, capacity(&details, expected));
    climb(Rung::ZonePlausible, zones(&details, expected, now));
}

/// Whether the sun stands high enough for inverters to produce.
pub(crate) fn is_awake(place: Location, at: Timestamp) -> bool {
    Instant::at(at).seen_from(place).elevation_deg >= AWAKE_DEG
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
        Cause::SiteUnknown | Cause::NoFreshData => Rung::SiteFound,
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

/// The sites of the credential whose number or name is nearest.
async fn near(gateway: &dyn VendorGateway, expected: &Expected) -> Vec<VendorSite> {
    let mut sites = gateway.sites().await.unwrap_or_default();
    let distance = |site: &VendorSite| {
        let number = edits(site.id.as_str(), expected.id.as_str());
        number.min(edits(&site.name.to_lowercase(), &expected.name.to_lowercase()))
    };
    sites.sort_by_cached_key(distance);
    sites.truncate(NEAR);
    sites
}

/// How many letters have to be put in, taken out or changed to make one text of
/// another.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

fn freshness(
    gateway: &dyn VendorGateway,
    expected: &Expected,
    newest: Option<Timestamp>,
    now: Timestamp,
) -> Outcome {
    let age = newest.map(|at| now.duration_since(at + gateway.interval()));
    if let Some(age) = age.filter(|age| *age <= FRESH) {
        return Outcome::Passed(format!("{} min old", age.as_mins().max(0)));
    }
    // Two hours ago as well: a site that has just woken up has not sent yet.
    if !is_awake(expected.location, now) || !is_awake(expected.location, now - FRESH) {
        return Outcome::Doubtful("the inverters sleep; test again by day".to_owned());
    }
    let said = newest.map_or_else(
        || "no reading at all".to_owned(),
        |at| format!("last reading {}", expected.zone.local(at).strftime("%-d %b %H:%M")),
    );
    let error = VendorError::new(Cause::NoFreshData).saying(said);
    Outcome::Failed { error, near: Vec::new() }
}

fn units(most: Option<Power>, on_record: Option<PeakPower>) -> Outcome {
    match (most, on_record) {
        (Some(power), Some(on_record)) if power.kw() > TOO_MUCH * on_record.kwp() => {
            Outcome::Doubtful(format!(
                "{:.1} kW from {:.1} kWp: a unit or the capacity is wrong",
                power.kw(),
                on_record.kwp()
            ))
        }
        (Some(power), _) => Outcome::Passed(format!("at most {:.1} kW", power.kw())),
        (None, _) => Outcome::Doubtful("there was no power to judge by".to_owned()),
    }
}

fn capacity(details: &VendorSiteDetails, expected: &Expected) -> Outcome {
    let Some(theirs) = details.capacity else {
        return Outcome::Passed("the vendor does not tell".to_owned());
    };
    let Some(ours) = expected.capacity else {
        return Outcome::Doubtful(format!("{:.1} kWp there, not known here", theirs.kwp()));
    };
    let words = format!("{:.1} kWp there, {:.1} here", theirs.kwp(), ours.kwp());
    if SAME_CAPACITY.contains(&(theirs.kwp() / ours.kwp())) {
        Outcome::Passed(words)
    } else {
        Outcome::Doubtful(words)
    }
}

fn zones(details: &VendorSiteDetails, expected: &Expected, now: Timestamp) -> Outcome {
    let Some(theirs) = &details.zone else {
        return Outcome::Passed("the vendor does not tell".to_owned());
    };
    // Names differ for one and the same clock; half a year tells both seasons.
    let same = [0, 183].into_iter().all(|days| {
        let at = now - SignedDuration::from_hours(24 * days);
        theirs.local(at).offset() == expected.zone.local(at).offset()
    });
    let words = format!("{} there, {} here", theirs.name(), expected.zone.name());
    if same { Outcome::Passed(words) } else { Outcome::Doubtful(words) }
}

#[cfg(test)]
mod tests;
