//! What comes over the wire. Units stand beside the values and are always
//! read; instants carry their offset.
#![expect(clippy::struct_field_names, reason = "the names are the vendor’s")]

use std::collections::HashMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct SitesPage {
    pub(super) sites: SiteList,
}

#[derive(Debug, Deserialize)]
pub(super) struct SiteList {
    pub(super) site: Vec<SiteEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SiteEntry {
    pub(super) site_id: u64,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SiteDetails {
    pub(super) site_id: u64,
    pub(super) name: String,
    /// kW.
    pub(super) peak_power: Option<f64>,
    pub(super) last_update_time: Option<String>,
    pub(super) location: Option<Location>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Location {
    pub(super) timezone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Device {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) serial_number: String,
    pub(super) model: Option<String>,
    #[serde(default = "yes")]
    pub(super) active: bool,
    pub(super) firmware_version: Option<String>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
pub(super) struct InvertersTelemetry {
    pub(super) inverters: HashMap<String, InverterSeries>,
}

/// Each series is missing where the inverter does not measure it.
#[derive(Debug, Deserialize)]
pub(super) struct InverterSeries {
    pub(super) power: Option<Series>,
    pub(super) energy: Option<Series>,
    pub(super) voltage: Option<Series>,
}

/// `power` and `energy` of a site come in the same envelope.
#[derive(Debug, Deserialize)]
pub(super) struct Series {
    pub(super) unit: String,
    pub(super) values: Vec<Point>,
}

/// From midnight at the site on. A block is missing, or empty, where nothing
/// measures it.
#[derive(Debug, Deserialize)]
pub(super) struct Overview {
    pub(super) production: Option<Sum>,
}

/// Each block has a unit of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Sum {
    pub(super) total: Option<f64>,
    pub(super) unit: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Point {
    pub(super) timestamp: String,
    /// Null where nothing was reported, as at night.
    pub(super) value: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alert {
    pub(super) alert_id: u64,
    pub(super) site_id: Option<u64>,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) first_trigger: String,
    pub(super) component: Option<Component>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component {
    pub(super) serial_number: Option<String>,
}

/// `application/problem+json`, RFC 9457.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Problem {
    pub(super) title: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) properties: Option<Properties>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Properties {
    pub(super) trace_id: Option<String>,
}
