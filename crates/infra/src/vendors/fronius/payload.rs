//! What comes over the wire. What a site does not measure is null or missing.
#![expect(clippy::struct_field_names, reason = "the names are the vendor’s")]

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SystemsPage {
    pub(super) pv_systems: Vec<PvSystem>,
    pub(super) links: Option<Links>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Links {
    /// The address of the next page; null on the last.
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PvSystem {
    pub(super) pv_system_id: String,
    pub(super) name: Option<String>,
    /// W.
    pub(super) peak_power: Option<f64>,
    pub(super) last_import: Option<String>,
    pub(super) time_zone: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeviceList {
    pub(super) devices: Vec<Device>,
}

/// A replaced device stays in the list, with `isActive` false.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Device {
    pub(super) device_type: String,
    pub(super) device_id: String,
    pub(super) serial_number: Option<String>,
    pub(super) device_name: Option<String>,
    #[serde(default = "yes")]
    pub(super) is_active: bool,
    pub(super) activation_date: Option<String>,
    pub(super) deactivation_date: Option<String>,
    pub(super) firmware: Option<Firmware>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Firmware {
    pub(super) installed_version: Option<String>,
}

/// `aggrdata`: sums of months, of years, or of all.
#[derive(Debug, Deserialize)]
pub(super) struct Aggregated {
    #[serde(default)]
    pub(super) data: Vec<AggregatedEntry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AggregatedEntry {
    #[serde(default)]
    pub(super) channels: Vec<Channel>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
pub(super) struct History {
    #[serde(default)]
    pub(super) data: Vec<LogEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogEntry {
    pub(super) log_date_time: String,
    /// Seconds.
    pub(super) log_duration: i64,
    #[serde(default)]
    pub(super) channels: Vec<Channel>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Channel {
    pub(super) channel_name: String,
    pub(super) unit: Option<String>,
    pub(super) value: Option<f64>,
}

/// Messages come as a list, alone or in an envelope.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Messages {
    Alone(Vec<Message>),
    Wrapped { messages: Vec<Message> },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) device_id: Option<String>,
    pub(super) state_severity: Option<String>,
    pub(super) state_code: Option<i64>,
    pub(super) log_date_time: String,
    pub(super) text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refusal {
    pub(super) response_error: i64,
    pub(super) response_message: Option<String>,
}
