use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use greengrid_domain::fleet::{Brand, DeviceKind, DeviceSerial};
use greengrid_domain::ingestion::{Measurement, Noted, Totals, Window};
use greengrid_domain::text::single_line;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::PeakPower;
use jiff::{SignedDuration, Timestamp};

use super::VendorError;

/// What a vendor calls a site: 1 to 64 letters, digits or hyphens, so that it
/// is safe in an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExternalId(String);

/// Why an external id was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a vendor’s site id has 1 to 64 letters, digits or hyphens")]
pub struct ExternalIdError;

impl FromStr for ExternalId {
    type Err = ExternalIdError;
    fn from_str(raw: &str) -> Result<Self, ExternalIdError> {
        let id = raw.trim();
        let fits = (1..=64).contains(&id.len())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if fits { Ok(Self(id.to_owned())) } else { Err(ExternalIdError) }
    }
}

impl ExternalId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A site in a vendor's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorSite {
    /// Its number there.
    pub id: ExternalId,
    /// Its name there, on one line.
    pub name: String,
    /// When it last sent something to its vendor, where the list tells.
    pub last_report: Option<Timestamp>,
}

impl VendorSite {
    /// A site whose name is cleaned of what cannot be shown.
    #[must_use]
    pub fn new(id: ExternalId, name: &str, last_report: Option<Timestamp>) -> Self {
        Self { id, name: single_line(name), last_report }
    }
}

/// What a vendor knows of a site. Whatever it does not tell is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct VendorSiteDetails {
    /// Number, name and last report.
    pub site: VendorSite,
    /// DC capacity.
    pub capacity: Option<PeakPower>,
    /// Time zone by which the vendor counts its days.
    pub zone: Option<SiteZone>,
}

/// A device as its vendor lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorDevice {
    /// Serial number.
    pub serial: DeviceSerial,
    /// What it is.
    pub kind: DeviceKind,
    /// Model name.
    pub model: Option<String>,
    /// Whether it still works there; a replaced one stays in the list.
    pub active: bool,
    /// Whether the vendor hears nothing of it although it should work.
    pub silent: bool,
    /// Version of its firmware.
    pub firmware: Option<String>,
    /// When it began to work there.
    pub since: Option<Timestamp>,
    /// When it ended.
    pub until: Option<Timestamp>,
}

impl VendorDevice {
    /// A device that works, of which nothing more is told.
    #[must_use]
    pub const fn new(serial: DeviceSerial, kind: DeviceKind) -> Self {
        Self {
            serial,
            kind,
            model: None,
            active: true,
            silent: false,
            firmware: None,
            since: None,
            until: None,
        }
    }
}

/// A reading in our terms, whatever the vendor's were.
#[derive(Debug, Clone, PartialEq)]
pub struct VendorReading {
    /// The device; none for the site as a whole.
    pub device: Option<DeviceSerial>,
    /// Start of the interval measured, in UTC.
    pub start: Timestamp,
    /// Its values: mean power, and the energy of the interval. What the vendor
    /// did not report is `None` and never zero.
    pub measurement: Measurement,
}

/// What came back for a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// What was asked for: the window, or the part that fits into one call.
    pub asked: Window,
    /// Readings in the order of time.
    pub readings: Vec<VendorReading>,
    /// Up to where the vendor's answer can be taken as complete: nothing before
    /// this instant needs to be asked for again, but for late data. Within what
    /// was asked for.
    pub complete_to: Timestamp,
    /// What is worth a word about it.
    pub remarks: Vec<Noted>,
}

/// Something a vendor raised by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorAlarm {
    /// Its number there.
    pub id: String,
    /// The device it is about.
    pub device: Option<DeviceSerial>,
    /// Its kind in the vendor's words, on one line.
    pub kind: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether it goes on.
    pub open: bool,
    /// When it ended, where the vendor tells.
    pub until: Option<Timestamp>,
}

/// What the calls to a vendor cost. A gateway asks before each call, so that no
/// adapter can spend what is not there.
#[async_trait]
pub trait CallBudget: Send + Sync {
    /// Waits until a call may be made and accounts for it. Fails with
    /// [`Cause::RateLimited`] or [`Cause::QuotaSpent`] when it may not be made
    /// soon.
    ///
    /// [`Cause::RateLimited`]: greengrid_domain::ingestion::Cause::RateLimited
    /// [`Cause::QuotaSpent`]: greengrid_domain::ingestion::Cause::QuotaSpent
    async fn spend(&self, calls: Calls) -> Result<(), VendorError>;
}

/// What one call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calls {
    /// Requests, as most vendors count.
    pub requests: u32,
    /// Data points (channel times timestamp), as Solar.web bills.
    pub points: u32,
}

/// Where a vendor's interface is reached. Only hosts of the vendor itself, over
/// HTTPS; stand-ins only on the loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Such as `https://api.example.com`, without a path.
    pub base: String,
    /// Whether it is a stand-in on this machine.
    pub stand_in: bool,
}

/// One vendor's interface behind one credential. Every quirk of the vendor
/// ends here.
#[async_trait]
pub trait VendorGateway: Send + Sync {
    /// Whose interface it is.
    fn brand(&self) -> Brand;

    /// The longest window that [`Self::readings`] takes at once.
    fn longest_window(&self) -> SignedDuration;

    /// Length of the intervals that its readings speak for.
    fn interval(&self) -> SignedDuration;

    /// Whether [`Self::sites`] tells when each site last sent something: one
    /// call then says for many sites whether there is anything to fetch.
    fn lists_reports(&self) -> bool;

    /// All sites that the credential opens.
    async fn sites(&self) -> Result<Vec<VendorSite>, VendorError>;

    /// What the vendor knows of a site.
    async fn site(&self, id: &ExternalId) -> Result<VendorSiteDetails, VendorError>;

    /// The devices of a site, those no longer there too.
    async fn devices(&self, id: &ExternalId) -> Result<Vec<VendorDevice>, VendorError>;

    /// What a site measured in a window. `zone` is the one by which the vendor
    /// counts this site's days; `now` tells which intervals can still grow.
    async fn readings(
        &self,
        id: &ExternalId,
        zone: &SiteZone,
        window: Window,
        now: Timestamp,
    ) -> Result<Fetched, VendorError>;

    /// Alarms of a site that are open or were raised since an instant.
    async fn alarms(
        &self,
        id: &ExternalId,
        since: Timestamp,
    ) -> Result<Vec<VendorAlarm>, VendorError>;

    /// The open alarms of all sites by one call, where the interface and the
    /// credential have one.
    async fn fleet_alarms(&self) -> Result<Option<Vec<(ExternalId, VendorAlarm)>>, VendorError> {
        Ok(None)
    }

    /// Sums of a site's production as the vendor tells them; empty where it
    /// tells none.
    async fn totals(
        &self,
        _id: &ExternalId,
        _zone: &SiteZone,
        _now: Timestamp,
    ) -> Result<Totals, VendorError> {
        Ok(Totals::default())
    }
}
