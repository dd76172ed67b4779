//! What devices publish, by the last levels of its topic.

mod shelly;
mod tasmota;
#[cfg(test)]
mod tests;

use greengrid_domain::time::SiteZone;
use jiff::Timestamp;

/// What a device measured, in W, Wh and V. What it did not tell is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// When: by the device's own clock where it sends the time.
    pub(super) at: Timestamp,
    /// Power at that instant, W.
    pub(super) power_w: Option<f64>,
    /// Energy as its counter shows it, Wh.
    pub(super) total_wh: Option<f64>,
    /// V.
    pub(super) voltage_v: Option<f64>,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Message {
    /// A measurement.
    Sample(Sample),
    /// The device came or went.
    Online(bool),
    /// Something else that such devices tell: settings, states, answers.
    Other,
}

/// Where and when a message came in.
pub(super) struct Surroundings<'a> {
    pub(super) zone: &'a SiteZone,
    pub(super) now: Timestamp,
}

/// Understands a message, or says why it cannot be what its topic says.
pub(super) fn read(
    topic: &str,
    payload: &[u8],
    around: &Surroundings<'_>,
) -> Result<Message, String> {
    let mut levels = topic.rsplit('/');
    let (last, before) = (levels.next().unwrap_or_default(), levels.next().unwrap_or_default());
    let relay = levels.next() == Some("relay");
    match last {
        "SENSOR" => tasmota::sensor(payload, around),
        "LWT" => online(payload, "Online", "Offline"),
        "online" => online(payload, "true", "false"),
        "power" if relay => shelly::power(payload, around).map(Message::Sample),
        "energy" if relay => shelly::energy(payload, around).map(Message::Sample),
        _ if before == "status" && is_switch(last) => {
            shelly::switch(payload, around).map(Message::Sample)
        }
        _ => Ok(Message::Other),
    }
}

/// Components of the second generation that measure, such as `switch:0`.
fn is_switch(level: &str) -> bool {
    level.split_once(':').is_some_and(|(kind, number)| {
        ["switch", "pm1"].contains(&kind) && number.parse::<u8>().is_ok()
    })
}

fn online(payload: &[u8], yes: &str, no: &str) -> Result<Message, String> {
    match payload.trim_ascii() {
        text if text == yes.as_bytes() => Ok(Message::Online(true)),
        text if text == no.as_bytes() => Ok(Message::Online(false)),
        _ => Err(format!("neither “{yes}” nor “{no}”")),
    }
}
