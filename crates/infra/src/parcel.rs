//! Readings of our own as a payload, so that they come in by the same door as
//! everybody's and can be replayed like any other.

use greengrid_app::ingestion::{ReadingRow, Source, Submission};
use greengrid_domain::fleet::{DeviceSerial, SiteCode};
use greengrid_domain::ingestion::Measurement;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::Timestamp;
use serde_json::json;

/// Readings on their way, as lines of JSON.
#[derive(Default)]
pub(crate) struct Parcel {
    payload: Vec<u8>,
    rows: Vec<ReadingRow>,
}

impl Parcel {
    /// Adds a reading.
    pub(crate) fn add(
        &mut self,
        site: &SiteCode,
        device: Option<&DeviceSerial>,
        measured_at: Timestamp,
        measured: &Measurement,
    ) {
        let line = json!({
            "site_id": site.as_str(),
            "device_id": device.map(DeviceSerial::as_str),
            "timestamp_utc": measured_at.to_string(),
            "power_w": measured.power.map(Power::watts),
            "energy_wh": measured.energy.map(Energy::wh),
            "energy_total_wh": measured.energy_total.map(MeterRegister::wh),
            "irradiance_wm2": measured.irradiance_wm2,
            "temperature_c": measured.temperature_c,
            "voltage_v": measured.voltage_v,
            "status_code": measured.status_code,
        });
        let start = self.payload.len();
        self.payload.extend_from_slice(line.to_string().as_bytes());
        let span = start..self.payload.len();
        self.payload.push(b'\n');
        self.rows.push(ReadingRow {
            row: u32::try_from(self.rows.len() + 1).unwrap_or(u32::MAX),
            span,
            site: site.clone(),
            device: device.cloned(),
            measured_at,
            measurement: measured.clone(),
        });
    }

    /// How many readings there are.
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// All of them, to be submitted.
    pub(crate) fn submission(self, source: Source) -> Submission {
        Submission {
            source,
            token: None,
            content_type: "application/x-ndjson",
            header: None,
            payload: self.payload.into(),
            rows: self.rows,
            rejected: Vec::new(),
        }
    }
}
