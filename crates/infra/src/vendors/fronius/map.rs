use greengrid_app::ingestion::vendors::{
    ExternalId, VendorAlarm, VendorDevice, VendorError, VendorSite, VendorSiteDetails, Window,
};
use greengrid_domain::fleet::{DeviceKind, DeviceSerial};
use greengrid_domain::ingestion::Cause;
use greengrid_domain::text::single_line;
use greengrid_domain::units::{Energy, PeakPower};
use jiff::{SignedDuration, Timestamp};

use super::payload::{Aggregated, Channel, Device, History, Message, PvSystem};
use crate::vendors::series::{Draft, energy, mean_power};

/// Solar.web logs every five minutes.
pub(super) const STEP: SignedDuration = SignedDuration::from_mins(5);

/// The longest range of `histdata`; more is error 3301.
pub(super) const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The one channel asked for: Solar.web bills each value of each channel.
pub(super) const CHANNEL: &str = "EnergyExported";

/// The channel of sums.
pub(super) const SUMS: &str = "EnergyProductionTotal";

pub(super) fn site(system: &PvSystem) -> Result<VendorSite, VendorError> {
    let id: ExternalId =
        system.pv_system_id.parse().map_err(|_| unknown("id", &system.pv_system_id))?;
    let name = system.name.as_deref().unwrap_or(system.pv_system_id.as_str());
    let last_import = system.last_import.as_deref().map(instant).transpose()?;
    Ok(VendorSite::new(id, name, last_import))
}

pub(super) fn details(system: &PvSystem) -> Result<VendorSiteDetails, VendorError> {
    Ok(VendorSiteDetails {
        site: site(system)?,
        capacity: system.peak_power.and_then(|watts| PeakPower::from_kwp(watts / 1000.0).ok()),
        zone: system.time_zone.as_deref().and_then(|name| name.parse().ok()),
    })
}

pub(super) fn device(device: &Device) -> Option<VendorDevice> {
    let date = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    let firmware = device.firmware.as_ref().and_then(|it| it.installed_version.as_deref());
    Some(VendorDevice {
        model: device.device_name.as_deref().map(single_line),
        active: device.is_active,
        firmware: firmware.map(single_line),
        since: date(&device.activation_date),
        until: date(&device.deactivation_date),
        ..VendorDevice::new(serial(device)?, kind(device)?)
    })
}

/// By its serial number, which old loggers do not know; then by Solar.web's id.
pub(super) fn serial(device: &Device) -> Option<DeviceSerial> {
    let number = device.serial_number.as_deref().filter(|number| !number.trim().is_empty());
    number.unwrap_or(&device.device_id).parse().ok()
}

fn kind(device: &Device) -> Option<DeviceKind> {
    match device.device_type.to_ascii_lowercase().as_str() {
        "inverter" => Some(DeviceKind::Inverter),
        "smartmeter" | "meter" => Some(DeviceKind::Meter),
        "datalogger" => Some(DeviceKind::Logger),
        _ => None,
    }
}

/// The inverters that were there in some part of a window: those replaced
/// since have readings of their time.
pub(super) fn inverters_in(devices: &[Device], window: Window) -> impl Iterator<Item = &Device> {
    let date = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    devices.iter().filter(move |device| {
        let begins: Option<Timestamp> = date(&device.activation_date);
        let ends: Option<Timestamp> = date(&device.deactivation_date);
        kind(device) == Some(DeviceKind::Inverter)
            && begins.is_none_or(|begins| begins < window.to)
            && ends.is_none_or(|ends| ends > window.from)
            && (device.is_active || ends.is_some())
    })
}

/// Adds what an inverter logged. Which edge of its interval `logDateTime` is,
/// the documentation leaves open; it counts as the start, as `from` does.
///
/// By night an inverter exports nothing and may log nothing at all: what is
/// null or missing stays so.
pub(super) fn history(
    draft: &mut Draft,
    serial: &DeviceSerial,
    history: &History,
) -> Result<(), VendorError> {
    for entry in &history.data {
        let channel = entry.channels.iter().find(|channel| channel.channel_name == CHANNEL);
        let Some(wh) = channel.map(watt_hours).transpose()?.flatten() else { continue };
        let reading = draft.at(Some(serial), instant(&entry.log_date_time)?);
        reading.energy = energy(wh);
        reading.power = mean_power(wh, entry.log_duration);
    }
    Ok(())
}

fn watt_hours(channel: &Channel) -> Result<Option<f64>, VendorError> {
    let factor = match channel.unit.as_deref() {
        None | Some("Wh") => 1.0,
        Some("kWh") => 1e3,
        Some("MWh") => 1e6,
        Some(other) => return Err(unknown("unit", other)),
    };
    Ok(channel.value.filter(|value| value.is_finite()).map(|value| value * factor))
}

/// An error or warning of the state list, with the serial of its device.
pub(super) fn alarm(message: &Message, devices: &[Device]) -> Result<VendorAlarm, VendorError> {
    let device =
        devices.iter().find(|device| Some(&device.device_id) == message.device_id.as_ref());
    let code = message.state_code.map_or_else(String::new, |code| code.to_string());
    let text = message.text.as_deref().or(message.state_severity.as_deref()).unwrap_or(&code);
    Ok(VendorAlarm {
        id: format!("{} {code}", message.log_date_time),
        device: device.and_then(serial),
        kind: single_line(text),
        since: instant(&message.log_date_time)?,
        // Messages are events; none says whether its state still holds.
        open: false,
        until: None,
    })
}

/// What was produced in all entries together; none where none says so.
pub(super) fn sum(aggregated: &Aggregated) -> Result<Option<Energy>, VendorError> {
    let mut sum = None;
    for channel in aggregated.data.iter().flat_map(|entry| &entry.channels) {
        if channel.channel_name == SUMS
            && let Some(wh) = watt_hours(channel)?
        {
            *sum.get_or_insert(0.0) += wh;
        }
    }
    Ok(sum.and_then(energy))
}

pub(super) fn instant(text: &str) -> Result<Timestamp, VendorError> {
    text.parse().map_err(|_| unknown("time", text))
}

fn unknown(what: &str, text: &str) -> VendorError {
    VendorError::new(Cause::ContractChanged).saying(format!("an unknown {what}: {text}"))
}
