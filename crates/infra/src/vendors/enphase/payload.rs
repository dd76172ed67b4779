//! What comes over the wire. Instants are seconds since 1970, UTC.
#![expect(clippy::struct_field_names, reason = "the names are the vendor’s")]

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct SystemsPage {
    pub(super) total: u64,
    pub(super) systems: Vec<System>,
}

/// `energy_lifetime`, `energy_today` and `system_size` are always -1 here and
/// left out.
#[derive(Debug, Deserialize)]
pub(super) struct System {
    pub(super) system_id: u64,
    pub(super) name: String,
    /// May be an alias, such as `US/Eastern`.
    pub(super) timezone: Option<String>,
    pub(super) last_report_at: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Summary {
    pub(super) system_id: u64,
    /// W.
    pub(super) size_w: Option<f64>,
    pub(super) last_report_at: Option<i64>,
    /// Wh.
    pub(super) energy_lifetime: Option<f64>,
    /// Wh.
    pub(super) energy_today: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeviceAnswer {
    pub(super) devices: DeviceLists,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeviceLists {
    #[serde(default)]
    pub(super) micros: Vec<Device>,
    #[serde(default)]
    pub(super) meters: Vec<Device>,
    #[serde(default)]
    pub(super) gateways: Vec<Device>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Device {
    pub(super) serial_number: String,
    pub(super) model: Option<String>,
    pub(super) product_name: Option<String>,
    #[serde(default = "yes")]
    pub(super) active: bool,
    pub(super) status: Option<String>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
pub(super) struct Telemetry {
    pub(super) total_devices: Option<u32>,
    pub(super) intervals: Vec<Interval>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Interval {
    /// End of the five minutes.
    pub(super) end_at: i64,
    pub(super) devices_reporting: u32,
    /// W.
    pub(super) powr: Option<f64>,
    /// Wh.
    pub(super) enwh: Option<f64>,
}

/// Alarms come as a list, alone or in an envelope.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Alarms {
    Alone(Vec<Alarm>),
    Wrapped { alarms: Vec<Alarm> },
}

#[derive(Debug, Deserialize)]
pub(super) struct Alarm {
    pub(super) id: u64,
    pub(super) event_type_id: Option<u64>,
    pub(super) cleared: bool,
    pub(super) alarm_start_time: i64,
    pub(super) alarm_end_time: Option<i64>,
}

/// What the kinds of alarms mean.
#[derive(Debug, Default, Deserialize)]
pub(super) struct EventTypes {
    #[serde(default)]
    pub(super) event_types: Vec<EventType>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EventType {
    pub(super) event_type_id: u64,
    pub(super) event_description: Option<String>,
    pub(super) recommended_action: Option<String>,
}

/// Refusals of the interface itself: every field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) message: Option<Words>,
    pub(super) details: Option<Words>,
    pub(super) period: Option<String>,
    pub(super) period_end: Option<i64>,
    #[serde(rename = "errorCode")]
    pub(super) error_code: Option<i64>,
    #[serde(rename = "errorMessages")]
    pub(super) error_messages: Option<serde_json::Value>,
}

/// Text, or a list of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    One(String),
    Many(Vec<String>),
}

impl Words {
    pub(super) fn text(self) -> String {
        match self {
            Self::One(text) => text,
            Self::Many(texts) => texts.join(", "),
        }
    }
}
