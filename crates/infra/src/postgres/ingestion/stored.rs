use greengrid_app::ingestion::AppendRow;
use greengrid_domain::ingestion::Quality;
use jiff::{SignedDuration, Timestamp};

/// What identifies a reading in the log: site, microseconds since 1970,
/// device. Postgres keeps no finer time, so two instants within a microsecond
/// are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) site: i32,
    pub(super) micros: i64,
    pub(super) device: i32,
}

impl Key {
    pub(super) fn measured_at(self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_micros(self.micros)
    }

    /// Number of the quarter hour since 1970.
    pub(super) fn quarter(self) -> i32 {
        i32::try_from(self.micros.div_euclid(900_000_000)).unwrap_or(i32::MAX)
    }
}

/// The values of a reading in the log. Equal values under one key are one
/// reading.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Values {
    pub(super) power_w: Option<i32>,
    pub(super) energy_wh: Option<i32>,
    pub(super) energy_total_wh: Option<i64>,
    pub(super) irradiance_wm2: Option<f32>,
    pub(super) temperature_c: Option<f32>,
    pub(super) voltage_v: Option<f32>,
    pub(super) status_code: Option<String>,
}

/// A reading as the log keeps it.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) key: Key,
    pub(super) values: Values,
    pub(super) quality: &'static str,
    pub(super) reasons: i32,
}

/// A value does not fit the log. Ingestion refuses such values at the door.
#[derive(Debug, thiserror::Error)]
#[error("a value of a reading is too large for the log")]
pub(super) struct TooLarge;

impl TryFrom<AppendRow> for Stored {
    type Error = TooLarge;

    fn try_from(row: AppendRow) -> Result<Self, TooLarge> {
        let AppendRow { key, measurement, reasons } = row;
        let narrow = |value: i64| i32::try_from(value).map_err(|_| TooLarge);
        let values = Values {
            power_w: measurement.power.map(|power| narrow(power.watts())).transpose()?,
            energy_wh: measurement.energy.map(|energy| narrow(energy.wh())).transpose()?,
            energy_total_wh: measurement
                .energy_total
                .map(|total| i64::try_from(total.wh()).map_err(|_| TooLarge))
                .transpose()?,
            irradiance_wm2: measurement.irradiance_wm2,
            temperature_c: measurement.temperature_c,
            voltage_v: measurement.voltage_v,
            status_code: measurement.status_code,
        };
        let quality: Quality = reasons.quality();
        let key = Key {
            site: key.site.into(),
            micros: key.measured_at.as_microsecond(),
            device: key.device.into(),
        };
        Ok(Self { key, values, quality: quality.into(), reasons: reasons.bits() })
    }
}
