use greengrid_app::ingestion::vendors::{
    ExternalId, Fetched, VendorAlarm, VendorDevice, VendorError, VendorSite, VendorSiteDetails,
    Window,
};
use greengrid_domain::fleet::{DeviceKind, DeviceSerial};
use greengrid_domain::ingestion::{Cause, Totals};
use greengrid_domain::text::single_line;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Energy, PeakPower};
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;
use jiff::{SignedDuration, Timestamp};

use super::payload::{
    Alert, Device, InvertersTelemetry, Overview, Point, Series, SiteDetails, SiteEntry,
};
use crate::vendors::series::{Draft, energy, power};

/// `QUARTER_HOUR`.
pub(super) const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// The longest span of `QUARTER_HOUR`, by the clocks at the site: 12 hours.
pub(super) const LONGEST: SignedDuration = SignedDuration::from_hours(12);

pub(super) fn site(entry: &SiteEntry) -> Result<VendorSite, VendorError> {
    Ok(VendorSite::new(id(entry.site_id)?, &entry.name, None))
}

pub(super) fn details(site: &SiteDetails) -> Result<VendorSiteDetails, VendorError> {
    let last_report = site.last_update_time.as_deref().map(instant).transpose()?;
    let zone = site.location.as_ref().and_then(|location| location.timezone.as_deref());
    Ok(VendorSiteDetails {
        site: VendorSite::new(id(site.site_id)?, &site.name, last_report),
        capacity: site.peak_power.and_then(|kw| PeakPower::from_kwp(kw).ok()),
        zone: zone.and_then(|name| name.parse().ok()),
    })
}

pub(super) fn device(device: &Device) -> Option<VendorDevice> {
    let kind = match device.kind.as_str() {
        "INVERTER" => DeviceKind::Inverter,
        "METER" => DeviceKind::Meter,
        _ => return None,
    };
    let serial = device.serial_number.parse().ok()?;
    let text = |text: &Option<String>| text.as_deref().map(single_line);
    Some(VendorDevice {
        model: text(&device.model),
        active: device.active,
        firmware: text(&device.firmware_version),
        ..VendorDevice::new(serial, kind)
    })
}

/// Quarter hours of every inverter. Power and energy are stamped with the start
/// of their bucket, voltage with its end; what is null was not reported.
pub(super) fn inverters(
    telemetry: &InvertersTelemetry,
    window: Window,
    now: Timestamp,
) -> Result<Fetched, VendorError> {
    let mut draft = Draft::default();
    for (serial, series) in &telemetry.inverters {
        let serial: DeviceSerial = serial.parse().map_err(|_| unknown("serial number", serial))?;
        let device = Some(&serial);
        for (start, watts) in values(series.power.as_ref(), power_factor)? {
            draft.at(device, start).power = power(watts);
        }
        for (start, wh) in values(series.energy.as_ref(), energy_factor)? {
            draft.at(device, start).energy = energy(wh);
        }
        for (end, volts) in values(series.voltage.as_ref(), voltage_factor)? {
            draft.at(device, end - QUARTER).voltage_v = Some(narrow(volts));
        }
    }
    Ok(draft.finish(window, QUARTER, now))
}

/// Quarter hours of the site as a whole.
pub(super) fn whole(
    series: &Series,
    window: Window,
    now: Timestamp,
) -> Result<Fetched, VendorError> {
    let mut draft = Draft::default();
    for (start, watts) in values(Some(series), power_factor)? {
        let reading = draft.at(None, start);
        reading.power = power(watts);
        reading.energy = energy(watts * QUARTER.as_secs_f64() / 3600.0);
    }
    Ok(draft.finish(window, QUARTER, now))
}

pub(super) fn alarm(alert: &Alert) -> Result<VendorAlarm, VendorError> {
    let serial = alert.component.as_ref().and_then(|part| part.serial_number.as_deref());
    Ok(VendorAlarm {
        id: alert.alert_id.to_string(),
        device: serial.and_then(|serial| serial.parse().ok()),
        kind: in_words(&alert.kind),
        since: instant(&alert.first_trigger)?,
        open: alert.status.eq_ignore_ascii_case("OPEN"),
        until: None,
    })
}

/// `ISOLATION_FAULT` as people read it.
fn in_words(kind: &str) -> String {
    let line = single_line(kind);
    let is_name = line.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if is_name { line.to_ascii_lowercase().replace('_', " ") } else { line }
}

/// An alert with its site.
pub(super) fn fleet_alarm(alert: &Alert) -> Result<(ExternalId, VendorAlarm), VendorError> {
    let site = alert.site_id.ok_or_else(|| unknown("alert", "it names no site"))?;
    Ok((id(site)?, self::alarm(alert)?))
}

/// Sums beside each other: of today, and of all years.
pub(super) fn totals(overview: &Overview, years: &Series) -> Result<Totals, VendorError> {
    let today = overview.production.as_ref().and_then(|sum| sum.total.zip(sum.unit.as_deref()));
    let today = today.map(|(total, unit)| {
        energy_factor(unit).map(|factor| total * factor).ok_or_else(|| unknown("unit", unit))
    });
    let years = values(Some(years), energy_factor)?;
    let lifetime: f64 = years.iter().map(|(_, wh)| wh).sum();
    Ok(Totals {
        lifetime: (!years.is_empty()).then(|| Energy::from_wh_rounded(lifetime)),
        year: None,
        today: today.transpose()?.and_then(energy),
    })
}

/// A window as `from` and `to` of a request: by the clocks at the site, which
/// show some times twice in the night in which they go back. The vendor may
/// take such a time for either instant, so the window is widened over both.
pub(super) fn request_times(window: Window, zone: &SiteZone) -> (String, String) {
    let hour = SignedDuration::from_hours(1);
    let from = if is_shown_twice(window.from, zone) { window.from - hour } else { window.from };
    let to = if is_shown_twice(window.to, zone) { window.to + hour } else { window.to };
    let naive = |at: Timestamp| zone.local(at).datetime().strftime("%Y-%m-%dT%H:%M:%S").to_string();
    (naive(from), naive(to))
}

/// The part of a window that one request may ask for: at most 12 hours by the
/// clocks at the site, which skip or repeat an hour twice a year.
pub(super) fn within_span(window: Window, zone: &SiteZone) -> Window {
    let mut to = window.to.min(window.from + LONGEST);
    let asked = |to| {
        let (from, to) = request_times(Window { to, ..window }, zone);
        let civil = |text: &str| text.parse::<DateTime>().ok();
        civil(&from).zip(civil(&to)).map_or(LONGEST, |(from, to)| to.duration_since(from))
    };
    while asked(to) > LONGEST && to > window.from + QUARTER {
        to -= QUARTER;
    }
    Window { to, ..window }
}

fn is_shown_twice(at: Timestamp, zone: &SiteZone) -> bool {
    let local = zone.local(at);
    let shown = local.time_zone().to_ambiguous_zoned(local.datetime());
    matches!(shown.offset(), AmbiguousOffset::Fold { .. })
}

/// The values of a series in our units, without those that are null.
fn values(
    series: Option<&Series>,
    factor: fn(&str) -> Option<f64>,
) -> Result<Vec<(Timestamp, f64)>, VendorError> {
    let Some(series) = series else { return Ok(Vec::new()) };
    let factor = factor(&series.unit).ok_or_else(|| unknown("unit", &series.unit))?;
    let reported = |point: &Point| {
        let value = point.value.filter(|value| value.is_finite())?;
        Some(instant(&point.timestamp).map(|at| (at, value * factor)))
    };
    series.values.iter().filter_map(reported).collect()
}

/// Watts in a unit.
fn power_factor(unit: &str) -> Option<f64> {
    scale(unit.to_ascii_uppercase().strip_suffix('W')?)
}

/// Watt-hours in a unit.
fn energy_factor(unit: &str) -> Option<f64> {
    scale(unit.to_ascii_uppercase().strip_suffix("WH")?)
}

fn voltage_factor(unit: &str) -> Option<f64> {
    ["VOLT", "V"].contains(&unit.to_ascii_uppercase().as_str()).then_some(1.0)
}

fn scale(prefix: &str) -> Option<f64> {
    match prefix {
        "" => Some(1.0),
        "K" => Some(1e3),
        "M" => Some(1e6),
        "G" => Some(1e9),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "three digits of a measurement")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

fn instant(text: &str) -> Result<Timestamp, VendorError> {
    text.parse().map_err(|_| unknown("time", text))
}

fn id(number: u64) -> Result<ExternalId, VendorError> {
    number.to_string().parse().map_err(|_| unknown("site id", &number.to_string()))
}

fn unknown(what: &str, text: &str) -> VendorError {
    VendorError::new(Cause::ContractChanged).saying(format!("an unknown {what}: {text}"))
}
