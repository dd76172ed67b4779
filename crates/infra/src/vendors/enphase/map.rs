use greengrid_app::ingestion::vendors::{
    ExternalId, Fetched, VendorAlarm, VendorDevice, VendorError, VendorSite, VendorSiteDetails,
    Window,
};
use greengrid_domain::fleet::DeviceKind;
use greengrid_domain::ingestion::{Cause, Totals};
use greengrid_domain::text::single_line;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::PeakPower;
use jiff::{SignedDuration, Timestamp};

use super::payload::{
    Alarm, Device, DeviceLists, EventTypes, Interval, Summary, System, Telemetry,
};
use crate::vendors::series::{Draft, energy, mean_power, power};

/// States of a device from which nothing comes.
const SILENT: [&str; 3] = ["comm", "meter", "no_data"];

/// Microinverters are logged every five minutes.
pub(super) const STEP: SignedDuration = SignedDuration::from_mins(5);

/// `granularity=day`.
pub(super) const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How long microinverters may be late. Until then intervals that not all have
/// reported are left for the next time.
const LATE: SignedDuration = SignedDuration::from_hours(3);

pub(super) fn site(system: &System) -> Result<VendorSite, VendorError> {
    let last_report = system.last_report_at.map(instant).transpose()?;
    Ok(VendorSite::new(id(system.system_id)?, &system.name, last_report))
}

/// The summary knows the size, only the list knows name and zone.
pub(super) fn details(
    summary: &Summary,
    listed: Option<&System>,
) -> Result<VendorSiteDetails, VendorError> {
    let id = id(summary.system_id)?;
    let last_report = summary.last_report_at.map(instant).transpose()?;
    let name = listed.map_or(id.as_str(), |system| &system.name).to_owned();
    Ok(VendorSiteDetails {
        site: VendorSite::new(id, &name, last_report),
        capacity: summary.size_w.and_then(|watts| PeakPower::from_kwp(watts / 1000.0).ok()),
        zone: listed.and_then(|system| system.timezone.as_deref()).and_then(zone),
    })
}

fn zone(name: &str) -> Option<SiteZone> {
    name.parse().ok()
}

pub(super) fn devices(lists: &DeviceLists) -> Vec<VendorDevice> {
    let of = |devices: &[Device], kind: DeviceKind| {
        let device = move |device: &Device| {
            let retired = device.status.as_deref() == Some("retired");
            let model = device.product_name.as_deref().or(device.model.as_deref());
            let status = device.status.as_deref().unwrap_or_default();
            Some(VendorDevice {
                model: model.map(single_line),
                active: device.active && !retired,
                silent: SILENT.contains(&status),
                ..VendorDevice::new(device.serial_number.parse().ok()?, kind)
            })
        };
        devices.iter().filter_map(device).collect::<Vec<_>>()
    };
    [
        of(&lists.micros, DeviceKind::Inverter),
        of(&lists.meters, DeviceKind::Meter),
        of(&lists.gateways, DeviceKind::Logger),
    ]
    .concat()
}

/// Five minutes of all microinverters together. Each interval is stamped with
/// its end. At the edge of what has been reported only some of them have: such
/// intervals would look like a loss, and wait until the rest came or it is too
/// late for it.
pub(super) fn production(telemetry: &Telemetry, window: Window, now: Timestamp) -> Fetched {
    let most = telemetry.intervals.iter().map(|interval| interval.devices_reporting).max();
    let all = telemetry.total_devices.map_or(most, |total| most.map(|most| most.min(total)));
    let all = all.unwrap_or(0);
    let waits = |interval: &Interval, end: Timestamp| {
        interval.devices_reporting < all && now.duration_since(end) < LATE
    };
    // Only what comes after the last complete interval still waits: a
    // microinverter that is broken must not hold back everything.
    let settled = telemetry
        .intervals
        .iter()
        .filter(|interval| interval.devices_reporting >= all)
        .map(|interval| interval.end_at)
        .max();
    let mut draft = Draft::default();
    for interval in &telemetry.intervals {
        let Ok(end) = Timestamp::from_second(interval.end_at) else { continue };
        if Some(interval.end_at) > settled && waits(interval, end) {
            continue;
        }
        let reading = draft.at(None, end - STEP);
        reading.energy = interval.enwh.and_then(energy);
        let mean = interval.enwh.and_then(|wh| mean_power(wh, STEP.as_secs()));
        reading.power = interval.powr.and_then(power).or(mean);
    }
    draft.finish(window, STEP, now)
}

/// An alarm, in the words of its kind where those are known.
pub(super) fn alarm(alarm: &Alarm, types: &EventTypes) -> Result<VendorAlarm, VendorError> {
    let of = alarm.event_type_id;
    let kind = types.event_types.iter().find(|known| Some(known.event_type_id) == of);
    let described =
        kind.and_then(|kind| {
            let action = kind.recommended_action.as_deref().filter(|text| !text.trim().is_empty());
            let description = kind.event_description.as_deref()?;
            Some(action.map_or_else(
                || description.to_owned(),
                |action| format!("{description} ({action})"),
            ))
        });
    let numbered = || of.map_or_else(|| "alarm".to_owned(), |id| format!("event type {id}"));
    Ok(VendorAlarm {
        id: alarm.id.to_string(),
        device: None,
        kind: single_line(&described.unwrap_or_else(numbered)),
        since: instant(alarm.alarm_start_time)?,
        open: !alarm.cleared,
        until: alarm.alarm_end_time.map(instant).transpose()?,
    })
}

/// The sums of the summary.
pub(super) fn totals(summary: &Summary) -> Totals {
    // -1 is what the list says for “not here”.
    let sum = |wh: Option<f64>| wh.filter(|wh| *wh >= 0.0).and_then(energy);
    Totals { lifetime: sum(summary.energy_lifetime), year: None, today: sum(summary.energy_today) }
}

fn instant(second: i64) -> Result<Timestamp, VendorError> {
    Timestamp::from_second(second).map_err(|_| unknown("time", &second.to_string()))
}

fn id(number: u64) -> Result<ExternalId, VendorError> {
    number.to_string().parse().map_err(|_| unknown("site id", &number.to_string()))
}

fn unknown(what: &str, text: &str) -> VendorError {
    VendorError::new(Cause::ContractChanged).saying(format!("an unknown {what}: {text}"))
}
