//! Tasmota, `tele/<device>/SENSOR`: kW·h and W, and the time by the clocks of
//! the place, without a zone.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::Deserialize;

use super::{Message, Sample, Surroundings};

#[derive(Debug, Deserialize)]
struct Sensor {
    #[serde(rename = "Time")]
    time: String,
    /// Missing where a device measures something else, such as a temperature.
    #[serde(rename = "ENERGY")]
    energy: Option<Energy>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Energy {
    /// kWh since `TotalStartTime`.
    total: Option<Numbers>,
    /// W.
    power: Option<Numbers>,
    /// V.
    voltage: Option<Numbers>,
}

/// Devices with several meters send a list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Numbers {
    One(f64),
    Many(Vec<f64>),
}

impl Numbers {
    fn sum(&self) -> f64 {
        match self {
            Self::One(number) => *number,
            Self::Many(numbers) => numbers.iter().sum(),
        }
    }

    fn first(&self) -> Option<f64> {
        match self {
            Self::One(number) => Some(*number),
            Self::Many(numbers) => numbers.first().copied(),
        }
    }
}

pub(super) fn sensor(payload: &[u8], around: &Surroundings<'_>) -> Result<Message, String> {
    let sensor: Sensor = serde_json::from_slice(payload)
        .map_err(|error| format!("this is no SENSOR of Tasmota: {error}"))?;
    let Some(energy) = sensor.energy else { return Ok(Message::Other) };
    let time: DateTime = sensor
        .time
        .parse()
        .map_err(|_| format!("“{}” is no time such as 2026-06-12T10:45:00", sensor.time))?;
    // In the hour that the clocks show twice the later one is meant unless it
    // is yet to come.
    let first = around.zone.instant(time);
    let second = first + SignedDuration::from_hours(1);
    let twice = around.zone.local(second).datetime() == time;
    let at = if twice && second <= around.now { second } else { first };
    Ok(Message::Sample(Sample {
        at,
        power_w: energy.power.as_ref().map(Numbers::sum),
        total_wh: energy.total.as_ref().map(|total| total.sum() * 1_000.0),
        voltage_v: energy.voltage.as_ref().and_then(Numbers::first),
    }))
}
