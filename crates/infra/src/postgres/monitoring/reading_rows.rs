use greengrid_app::error::StoreError;
use greengrid_app::monitoring::{DeviceStanding, ReadingRecord};
use greengrid_domain::fleet::{Device, SiteId};
use greengrid_domain::ingestion::{Measurement, Reasons};
use greengrid_domain::units::{Energy, MeterRegister, Power};

/// A row of `device_now` with its device.
pub(super) struct DeviceRow {
    pub(super) device_id: i32,
    pub(super) measured_at: jiff_sqlx::Timestamp,
    pub(super) power_w: Option<i32>,
    pub(super) temperature_c: Option<f32>,
    pub(super) status_code: Option<String>,
    pub(super) quality: String,
    pub(super) kind: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) model: Option<String>,
}

impl DeviceRow {
    pub(super) fn standing(self, site: SiteId) -> Result<DeviceStanding, StoreError> {
        let device = match (self.kind, self.serial) {
            (Some(kind), Some(serial)) => Some(Device {
                id: self.device_id.into(),
                site,
                kind: kind.parse().map_err(StoreError::new)?,
                serial: serial.parse().map_err(StoreError::new)?,
                model: self.model,
            }),
            _ => None,
        };
        Ok(DeviceStanding {
            device,
            measured_at: Some(self.measured_at.to_jiff()),
            power: self.power_w.map(watts),
            temperature_c: self.temperature_c,
            status_code: self.status_code,
            quality: Some(self.quality.parse().map_err(StoreError::new)?),
        })
    }
}

/// A row of `reading_event` with the serial number of its device.
pub(super) struct ReadingRow {
    pub(super) measured_at: jiff_sqlx::Timestamp,
    pub(super) revision: i16,
    pub(super) quality: String,
    pub(super) reasons: i32,
    pub(super) power_w: Option<i32>,
    pub(super) energy_wh: Option<i32>,
    pub(super) energy_total_wh: Option<i64>,
    pub(super) irradiance_wm2: Option<f32>,
    pub(super) temperature_c: Option<f32>,
    pub(super) voltage_v: Option<f32>,
    pub(super) status_code: Option<String>,
    pub(super) serial: Option<String>,
}

impl TryFrom<ReadingRow> for ReadingRecord {
    type Error = StoreError;

    fn try_from(row: ReadingRow) -> Result<Self, StoreError> {
        let register =
            row.energy_total_wh.map(u64::try_from).transpose().map_err(StoreError::new)?;
        let measurement = Measurement {
            power: row.power_w.map(watts),
            energy: row.energy_wh.map(|wh| Energy::from_wh(wh.into())),
            energy_total: register.map(MeterRegister::from_wh),
            irradiance_wm2: row.irradiance_wm2,
            temperature_c: row.temperature_c,
            voltage_v: row.voltage_v,
            status_code: row.status_code,
        };
        Ok(Self {
            measured_at: row.measured_at.to_jiff(),
            device: row.serial,
            revision: row.revision,
            measurement,
            quality: row.quality.parse().map_err(StoreError::new)?,
            reasons: Reasons::from_bits(row.reasons),
        })
    }
}

fn watts(watts: i32) -> Power {
    Power::from_watts(watts.into())
}
