//! Shelly: the first generation publishes each number alone under
//! `shellies/<device>/relay/0/…`, the second an object under
//! `<prefix>/status/switch:0`.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Sample, Surroundings};

#[derive(Debug, Deserialize)]
struct Switch {
    /// W.
    apower: Option<f64>,
    /// V.
    voltage: Option<f64>,
    aenergy: Option<Counter>,
}

#[derive(Debug, Deserialize)]
struct Counter {
    /// Wh; begins anew after a reset.
    total: Option<f64>,
    /// Seconds since 1970 of the minute that has begun. Null after a start
    /// until the device knows the time.
    minute_ts: Option<i64>,
}

pub(super) fn switch(payload: &[u8], around: &Surroundings<'_>) -> Result<Sample, String> {
    let switch: Switch = serde_json::from_slice(payload)
        .map_err(|error| format!("this is no status of a switch: {error}"))?;
    if switch.apower.is_none() && switch.aenergy.is_none() {
        return Err("it holds neither apower nor aenergy: the device measures nothing".to_owned());
    }
    let counter = switch.aenergy.as_ref();
    let minute = counter.and_then(|counter| counter.minute_ts).filter(|second| *second > 0);
    let at = match minute {
        Some(second) => Timestamp::from_second(second)
            .map_err(|_| format!("minute_ts {second} is no instant"))?,
        None => around.now,
    };
    Ok(Sample {
        at,
        power_w: switch.apower,
        total_wh: counter.and_then(|counter| counter.total),
        voltage_v: switch.voltage,
    })
}

/// W.
pub(super) fn power(payload: &[u8], around: &Surroundings<'_>) -> Result<Sample, String> {
    let power_w = Some(number(payload)?);
    Ok(Sample { at: around.now, power_w, total_wh: None, voltage_v: None })
}

/// Watt-minutes.
pub(super) fn energy(payload: &[u8], around: &Surroundings<'_>) -> Result<Sample, String> {
    let total_wh = Some(number(payload)? / 60.0);
    Ok(Sample { at: around.now, power_w: None, total_wh, voltage_v: None })
}

fn number(payload: &[u8]) -> Result<f64, String> {
    let text = std::str::from_utf8(payload).map_err(|_| "this is no text".to_owned())?;
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| "this is no number".to_owned())
}
