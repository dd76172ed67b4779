use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::{Brand, RegionCode};
use crate::ids::narrow_id;
use crate::text::single_line;
use crate::time::SiteZone;
use crate::units::{PeakPower, Power, Price};

narrow_id! {
    /// A site's key inside the database. People and interfaces name a site by
    /// its [`SiteCode`].
    SiteId
}

/// The stable public name of a site in addresses, files and interfaces: 1 to
/// 64 letters, digits, `.`, `_` or `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteCode(String);

/// Why a site code was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a site id has 1 to 64 letters, digits, dots, hyphens or underscores")]
pub struct SiteCodeError;

impl FromStr for SiteCode {
    type Err = SiteCodeError;
    fn from_str(raw: &str) -> Result<Self, SiteCodeError> {
        let code = raw.trim();
        let fits = (1..=64).contains(&code.len())
            && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if fits { Ok(Self(code.to_owned())) } else { Err(SiteCodeError) }
    }
}

impl SiteCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a site on pages: one line of 1 to 120 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteName(String);

/// Why a site name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a site name has 1 to 120 characters")]
pub struct SiteNameError;

impl FromStr for SiteName {
    type Err = SiteNameError;
    fn from_str(raw: &str) -> Result<Self, SiteNameError> {
        let name = single_line(raw);
        if (1..=120).contains(&name.chars().count()) { Ok(Self(name)) } else { Err(SiteNameError) }
    }
}

impl SiteName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place on earth, in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Location {
    latitude: f64,
    longitude: f64,
}

/// Why a location was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("latitude lies between -90 and 90, longitude between -180 and 180 degrees")]
pub struct LocationError;

impl Location {
    /// The place at this latitude (north positive) and longitude (east
    /// positive).
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, LocationError> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            Ok(Self { latitude, longitude })
        } else {
            Err(LocationError)
        }
    }

    /// Degrees north of the equator.
    #[must_use]
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub const fn longitude(self) -> f64 {
        self.longitude
    }
}

/// How the modules of a site are mounted. Unknown angles are `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Array {
    /// DC capacity.
    pub capacity: PeakPower,
    /// Angle from the horizontal in degrees, 0 to 90.
    pub tilt_deg: Option<f64>,
    /// Direction the modules face, in degrees clockwise from north, 0 to 360.
    pub azimuth_deg: Option<f64>,
    /// AC rating of the inverters together.
    pub ac_limit: Option<Power>,
    /// Power that may be fed into the grid at most.
    pub export_limit: Option<Power>,
}

/// What is known of a site besides its keys.
#[derive(Debug, Clone, PartialEq, bon::Builder)]
pub struct SiteDetails {
    /// Name on pages.
    pub name: SiteName,
    /// Whose site it is, as written on the contract.
    pub customer: Option<String>,
    /// Postal address or what is known of it.
    pub address: Option<String>,
    /// Where it stands.
    pub location: Location,
    /// Its time zone.
    pub zone: SiteZone,
    /// Its modules and limits.
    pub array: Array,
    /// Its region.
    pub region: RegionCode,
    /// Its brand.
    pub brand: Brand,
    /// First day of operation; readings before it are inconsistent.
    pub commissioned_on: Option<Date>,
    /// Seconds between two readings of a device.
    #[builder(default = 300)]
    pub cadence_s: i32,
    /// Whether its devices report at night too; if not, silence at night is
    /// normal.
    #[builder(default = false)]
    pub reports_at_night: bool,
    /// What its energy is worth.
    #[builder(default)]
    pub price: Price,
    /// What of this nobody told.
    #[builder(default)]
    pub assumed: Assumed,
}

/// What nobody told of a site and is assumed, so that it can be watched all
/// the same by whatever does not need it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Assumed {
    /// Its location is that of others near it, or one that fits its time zone.
    pub place: bool,
    /// Its capacity is a usual one, and says nothing about it.
    pub capacity: bool,
}

impl SiteDetails {
    /// DC capacity, where somebody told it.
    #[must_use]
    pub const fn capacity(&self) -> Option<PeakPower> {
        if self.assumed.capacity { None } else { Some(self.array.capacity) }
    }
}

/// One installation at one address.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Key inside the database.
    pub id: SiteId,
    /// Public name.
    pub code: SiteCode,
    /// Everything else.
    pub details: SiteDetails,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_safe_in_addresses_and_files() {
        assert!("ucsd-cup".parse::<SiteCode>().is_ok());
        assert!("../etc".parse::<SiteCode>().is_err());
        assert!("a b".parse::<SiteCode>().is_err());
        assert!("".parse::<SiteCode>().is_err());
    }

    #[test]
    fn a_location_off_the_globe_is_refused() {
        assert!(Location::new(48.2, 16.4).is_ok());
        assert_eq!(Location::new(91.0, 0.0), Err(LocationError));
        assert_eq!(Location::new(f64::NAN, 0.0), Err(LocationError));
    }
}
