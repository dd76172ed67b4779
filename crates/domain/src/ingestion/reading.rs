use jiff::Timestamp;

use crate::fleet::{DeviceId, SiteId};
use crate::units::{Energy, MeterRegister, Power};

/// What identifies a reading: one device of one site measured at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReadingKey {
    /// The site.
    pub site: SiteId,
    /// Start of the interval that was measured, in UTC.
    pub measured_at: Timestamp,
    /// The device, or [`DeviceId::WHOLE_SITE`].
    pub device: DeviceId,
}

/// The values of one reading as received. Two readings with the same key and
/// equal values are duplicates; with other values the later is a correction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measurement {
    /// Mean AC power over the reading's interval.
    pub power: Option<Power>,
    /// Energy of the reading's interval.
    pub energy: Option<Energy>,
    /// Cumulative energy counter.
    pub energy_total: Option<MeterRegister>,
    /// Irradiance in the plane of the array, W/m².
    pub irradiance_wm2: Option<f32>,
    /// Temperature at the inverter or module, °C.
    pub temperature_c: Option<f32>,
    /// AC voltage, V.
    pub voltage_v: Option<f32>,
    /// The vendor's own status code, as sent.
    pub status_code: Option<String>,
}
