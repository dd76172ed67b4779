use std::collections::BTreeMap;

use greengrid_domain::fleet::{DeviceSerial, SiteCode};
use greengrid_domain::ingestion::{Noted, Remark};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::Deserialize as _;
use serde_json::json;

use super::failure::{Failure, of_status, unreadable};
use super::payload::{Channel, Current, Logged, Push};
use super::powerflow::Powerflow;

/// Energy of each interval.
const PRODUCED: &str = "EnergyReal_WAC_Sum_Produced";

/// The interval of a log in which only one value stands.
const USUAL_STEP_S: i64 = 300;
/// Longest interval of a log: it can be set to half an hour at most.
const LONGEST_STEP_S: i64 = 1_800;

const DAY_S: i64 = 86_400;

/// How far a log's last entry may lie from when it was sent: some hours where
/// a device sends once a day.
const NEAR: SignedDuration = SignedDuration::from_mins(20);

/// What a push brought: readings as lines of JSON, which are read like any
/// others, and what is worth a word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Brought {
    pub(super) lines: String,
    pub(super) remarks: Vec<Noted>,
}

/// Under which names the inverters of a push are kept.
pub(super) enum Names {
    /// Those of the logger, such as `inverter/1`.
    Own,
    /// That of the only inverter, as the vendor's cloud knows it: both tell of
    /// it, and it must count once.
    Only(DeviceSerial),
    /// None: which is which cannot be told from what the cloud says. The push is
    /// a sign of life, and the cloud tells the readings.
    Unknown,
}

/// Turns a push into readings, or says what is wrong with it.
pub(super) fn read_push(
    push: &[u8],
    site: &SiteCode,
    cadence_s: i32,
    names: &Names,
) -> Result<Brought, Failure> {
    let push: Push = serde_json::from_slice(push).map_err(|error| unreadable(push, &error))?;
    if let Some(status) = push.head.status.filter(|status| status.code != 0) {
        let changed = Noted::of(Remark::FirmwareChanged);
        return match of_status(&status) {
            Some(failure) => Err(failure),
            None => Ok(Brought { lines: String::new(), remarks: vec![changed] }),
        };
    }
    let sent = instant(&push.head.timestamp)?;
    let mut readings = Readings::default();
    let mut remarks = Vec::new();
    let mut known = false;
    for (key, value) in &push.body {
        if is_inverter(key) {
            known = true;
            let logged: Logged = read(key, value)?;
            self::logged(&mut readings, key, &logged, &sent)?;
        }
    }
    for (name, value) in &push.body {
        if ["PAC", "TOTAL_ENERGY"].contains(&name.as_str()) {
            known = true;
            let current: Current = read(name, value)?;
            self::current(&mut readings, name, &current, &sent, cadence_s)?;
        }
    }
    // GEN24 has never filled these in; its counter goes on all the same.
    let is_null = |name: &str| {
        let current = push.body.get(name).and_then(|value| Current::deserialize(value).ok());
        current.is_some_and(|it| !it.values.is_empty() && it.values.values().all(Option::is_none))
    };
    if is_null("DAY_ENERGY") && is_null("YEAR_ENERGY") {
        remarks.push(Noted::of(Remark::UpdateFirmware).about("its energies are empty"));
    }
    if !known && let Some(powerflow) = Powerflow::read(&push.body) {
        known = true;
        let start = interval(&sent, cadence_s)?;
        for (number, watts) in powerflow.powers() {
            readings.at(&format!("inverter/{number}"), start).power = Some(watts);
        }
        remarks.push(Noted::of(Remark::FirmwareChanged));
    }
    if !known {
        let words = "it holds no inverter: let the Datamanager send “CurrentData – Inverter” or \
                     “Logdata – Data”";
        return Err(words.to_owned().into());
    }
    Ok(Brought { lines: readings.lines(site, names), remarks })
}

/// Power in W and energies in Wh, of an inverter and an interval.
#[derive(Debug, Default)]
struct Values {
    power: Option<f64>,
    energy: Option<f64>,
    total: Option<f64>,
}

#[derive(Debug, Default)]
struct Readings(BTreeMap<(Timestamp, String), Values>);

impl Readings {
    fn at(&mut self, device: &str, start: Timestamp) -> &mut Values {
        self.0.entry((start, device.to_owned())).or_default()
    }

    /// A sleeping inverter leaves its power out; its counter alone is not a
    /// measurement.
    fn lines(self, site: &SiteCode, names: &Names) -> String {
        let name = |device: String| match names {
            Names::Only(serial) => serial.as_str().to_owned(),
            Names::Own | Names::Unknown => device,
        };
        if matches!(names, Names::Unknown) {
            return String::new();
        }
        let of_use = self.0.into_iter().filter(|(_, v)| v.power.is_some() || v.energy.is_some());
        let lines: Vec<String> = of_use
            .map(|((start, device), Values { power, energy, total })| {
                let line = json!({
                    "site_id": site.as_str(),
                    "device_id": name(device),
                    "timestamp_utc": start.to_string(),
                    "power_w": power,
                    "energy_wh": energy,
                    "energy_total_wh": total.map(f64::round),
                });
                format!("{line}\n")
            })
            .collect();
        lines.concat()
    }
}

/// Current values. Each stands for the interval of the site in which it was
/// sent; of several in one the last counts.
fn current(
    readings: &mut Readings,
    name: &str,
    current: &Current,
    sent: &Zoned,
    cadence_s: i32,
) -> Result<(), String> {
    let factor = factor(current.unit.as_deref())?;
    let start = interval(sent, cadence_s)?;
    for (number, value) in &current.values {
        let Some(value) = value.map(|value| value * factor) else { continue };
        let values = readings.at(&format!("inverter/{number}"), start);
        match name {
            "PAC" => values.power = Some(value),
            _ => values.total = Some(value),
        }
    }
    Ok(())
}

/// The interval of the site in which something was sent.
fn interval(sent: &Zoned, cadence_s: i32) -> Result<Timestamp, String> {
    let cadence = i64::from(cadence_s.max(1));
    let start = sent.timestamp().as_second().div_euclid(cadence) * cadence;
    Timestamp::from_second(start).map_err(|error| error.to_string())
}

/// Values logged over a day, each stamped with the end of its interval: the
/// last one of a push is seconds older than the push itself.
fn logged(
    readings: &mut Readings,
    device: &str,
    logged: &Logged,
    sent: &Zoned,
) -> Result<(), String> {
    let Some(channel) = logged.data.get(PRODUCED) else { return Ok(()) };
    let entries = entries(channel)?;
    let midnight = midnight(&instant(&logged.start)?, &entries, sent);
    let step = step(&entries);
    for (second, wh) in entries {
        let end = midnight + SignedDuration::from_secs(second);
        let values = readings.at(device, end - SignedDuration::from_secs(step));
        values.energy = Some(wh);
        #[expect(clippy::cast_precision_loss, reason = "some minutes")]
        let hours = step as f64 / 3_600.0;
        values.power = Some(wh / hours);
    }
    Ok(())
}

/// The values that are there, in the order of time.
fn entries(channel: &Channel) -> Result<BTreeMap<i64, f64>, String> {
    let factor = factor(channel.unit.as_deref())?;
    let mut entries = BTreeMap::new();
    for (second, value) in &channel.values {
        let second: i64 =
            second.parse().map_err(|_| format!("“{second}” is no second of a day"))?;
        if !(-DAY_S..=2 * DAY_S).contains(&second) {
            return Err(format!("second {second} is not within a day"));
        }
        if let Some(value) = value {
            entries.insert(second, value * factor);
        }
    }
    Ok(entries)
}

/// The instant from which the seconds count. Most loggers count from midnight
/// at the place, as `Start` says. Some say so and count from midnight in UTC:
/// their seconds begin below zero or end above a day, or the newest is off by
/// just the offset of the place from when it was sent.
fn midnight(start: &Zoned, entries: &BTreeMap<i64, f64>, sent: &Zoned) -> Timestamp {
    let offset = SignedDuration::from_secs(i64::from(Offset::seconds(start.offset())));
    let (local, utc) = (start.timestamp(), start.timestamp() + offset);
    let (Some(first), Some(last)) = (entries.keys().next(), entries.keys().next_back()) else {
        return local;
    };
    let age = |midnight: Timestamp| {
        sent.timestamp().duration_since(midnight + SignedDuration::from_secs(*last)).abs()
    };
    let outside = *first < 0 || *last > DAY_S;
    if outside || (age(utc) <= NEAR && age(local) > NEAR) { utc } else { local }
}

/// The length of the intervals: the shortest time between two of them.
fn step(entries: &BTreeMap<i64, f64>) -> i64 {
    let seconds: Vec<i64> = entries.keys().copied().collect();
    let shortest = seconds.windows(2).map(|pair| pair[1] - pair[0]).min();
    shortest.unwrap_or(USUAL_STEP_S).clamp(1, LONGEST_STEP_S)
}

fn is_inverter(key: &str) -> bool {
    key.strip_prefix("inverter/").is_some_and(|number| !number.is_empty())
}

/// Watts, or watt-hours, in a unit.
fn factor(unit: Option<&str>) -> Result<f64, String> {
    match unit {
        None | Some("W" | "Wh") => Ok(1.0),
        Some("kW" | "kWh") => Ok(1e3),
        Some("MW" | "MWh") => Ok(1e6),
        Some(other) => Err(format!("the unit “{other}” is not known")),
    }
}

/// An instant with its offset.
fn instant(text: &str) -> Result<Zoned, String> {
    let unknown = || format!("“{text}” is not a time with an offset");
    let pieces =
        jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text).map_err(|_| unknown())?;
    let offset = pieces.to_numeric_offset().ok_or_else(unknown)?;
    let time = pieces.time().ok_or_else(unknown)?;
    let zone = jiff::tz::TimeZone::fixed(offset);
    pieces.date().to_datetime(time).to_zoned(zone).map_err(|_| unknown())
}

fn read<T: serde::de::DeserializeOwned>(
    name: &str,
    value: &serde_json::Value,
) -> Result<T, String> {
    T::deserialize(value).map_err(|error| format!("“{name}” is not as it should be: {error}"))
}
