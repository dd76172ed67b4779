use std::fmt;
use std::str::FromStr;

use super::SiteId;
use crate::ids::narrow_id;
use crate::text::single_line;

narrow_id! {
    /// A device. Id 0 stands for the site as a whole, in readings that name no
    /// device.
    DeviceId
}

impl DeviceId {
    /// The site as a whole: readings that name no device.
    pub const WHOLE_SITE: Self = Self(0);
}

/// What a device is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum DeviceKind {
    /// Turns direct into alternating current.
    Inverter,
    /// Measures at the grid connection.
    Meter,
    /// Collects and sends readings.
    Logger,
    /// Charges vehicles.
    Charger,
}

/// A device's serial number as its vendor gives it: 1 to 64 visible
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceSerial(String);

/// Why a serial number was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a device id has 1 to 64 characters")]
pub struct DeviceSerialError;

impl FromStr for DeviceSerial {
    type Err = DeviceSerialError;
    fn from_str(raw: &str) -> Result<Self, DeviceSerialError> {
        let serial = single_line(raw);
        if (1..=64).contains(&serial.chars().count()) {
            Ok(Self(serial))
        } else {
            Err(DeviceSerialError)
        }
    }
}

impl DeviceSerial {
    /// The serial number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An inverter, meter, logger or charger at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its key.
    pub id: DeviceId,
    /// Where it stands.
    pub site: SiteId,
    /// What it is.
    pub kind: DeviceKind,
    /// The vendor's serial number, unique within the site.
    pub serial: DeviceSerial,
    /// Model name, where known.
    pub model: Option<String>,
}
