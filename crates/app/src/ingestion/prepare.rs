use greengrid_domain::fleet::DeviceId;
use greengrid_domain::ingestion::{Measurement, ReadingKey, Reasons, check_time, classify};
use greengrid_domain::text::single_line;
use greengrid_domain::units::{Energy, Power};
use jiff::Timestamp;

use super::devices::{DEVICES_PER_SITE, Resolved};
use super::histories::Known;
use super::{AppendRow, ReadingRow, RejectCode, Rejection, Submission};
use crate::fleet::FleetSnapshot;

/// A submission looked up and classified.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    /// Rows to append.
    pub(super) rows: Vec<AppendRow>,
    /// All others, in order of rows.
    pub(super) rejected: Vec<Rejection>,
}

/// Longest status code kept; no vendor's has more than some twenty characters.
const STATUS_CODE_LENGTH: usize = 64;

pub(super) fn prepare(
    submission: &Submission,
    fleet: &FleetSnapshot,
    devices: &Resolved,
    histories: &mut Known,
    now: Timestamp,
) -> Prepared {
    let mut prepared = Prepared {
        rows: Vec::with_capacity(submission.rows.len()),
        rejected: submission.rejected.clone(),
    };
    for row in &submission.rows {
        match take(row, fleet, devices, histories, now) {
            Ok(taken) => prepared.rows.push(taken),
            Err(wrong) => prepared.rejected.push(wrong.of(row)),
        }
    }
    prepared.rejected.sort_by_key(|rejection| rejection.row);
    prepared
}

/// What is wrong with a row.
struct Wrong(&'static str, RejectCode, String);

impl Wrong {
    fn of(self, row: &ReadingRow) -> Rejection {
        let Self(field, code, message) = self;
        Rejection { row: Some(row.row), span: row.span.clone(), field: Some(field), code, message }
    }
}

fn take(
    row: &ReadingRow,
    fleet: &FleetSnapshot,
    devices: &Resolved,
    histories: &mut Known,
    now: Timestamp,
) -> Result<AppendRow, Wrong> {
    let site = fleet.site_by_code(&row.site).ok_or_else(|| {
        Wrong("site_id", RejectCode::UnknownSite, format!("there is no site “{}”", row.site))
    })?;
    check_time(row.measured_at, now)
        .map_err(|error| Wrong("timestamp_utc", error.into(), error.to_string()))?;
    check_numbers(&row.measurement)?;
    let device = match &row.device {
        None => DeviceId::WHOLE_SITE,
        Some(serial) => devices.get(site.id, serial).ok_or_else(|| {
            let message = format!("the site has {DEVICES_PER_SITE} devices already");
            Wrong("device_id", RejectCode::InvalidDevice, message)
        })?,
    };
    let measurement = clean(&row.measurement);
    let history = histories.of(site.id, device);
    let reasons: Reasons = classify(&site.details, row.measured_at, &measurement, history);
    history.observe(row.measured_at, &measurement);
    let key = ReadingKey { site: site.id, measured_at: row.measured_at, device };
    Ok(AppendRow { key, measurement, reasons })
}

/// Power from which on it was never measured: no site gives a gigawatt.
const NEVER_W: i64 = 1_000_000_000;

/// Numbers beyond what the log can hold were never measured, nor power of a
/// gigawatt; no counter shows nine million terawatt-hours.
fn check_numbers(measured: &Measurement) -> Result<(), Wrong> {
    let wrong = |field| {
        let message = "the number is beyond anything that can be measured".to_owned();
        Err(Wrong(field, RejectCode::InvalidNumber, message))
    };
    let narrow = |value: Option<i64>| value.is_none_or(|value| i32::try_from(value).is_ok());
    let finite = |value: Option<f32>| value.is_none_or(f32::is_finite);
    let never = |power: Power| power.watts().saturating_abs() >= NEVER_W;
    if measured.power.is_some_and(never) {
        return wrong("power_w");
    }
    if !narrow(measured.energy.map(Energy::wh)) {
        return wrong("energy_wh");
    }
    if measured.energy_total.is_some_and(|total| i64::try_from(total.wh()).is_err()) {
        return wrong("energy_total_wh");
    }
    if !finite(measured.irradiance_wm2) {
        return wrong("irradiance_wm2");
    }
    if !finite(measured.temperature_c) {
        return wrong("temperature_c");
    }
    if !finite(measured.voltage_v) {
        return wrong("voltage_v");
    }
    Ok(())
}

fn clean(measured: &Measurement) -> Measurement {
    let status_code = measured.status_code.as_deref().and_then(|raw| {
        let line = single_line(raw);
        let code: String = line.chars().take(STATUS_CODE_LENGTH).collect();
        (!code.is_empty()).then_some(code)
    });
    Measurement { status_code, ..measured.clone() }
}
