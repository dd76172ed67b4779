//! What a Datamanager sends (Fronius Solar API v1, 42,0410,2012). Both formats
//! share the head; in a body, what is not of an inverter is left alone.

use std::collections::HashMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Push {
    pub(super) head: Head,
    pub(super) body: HashMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Head {
    pub(super) status: Option<Status>,
    /// When it was sent, with the offset of the place.
    pub(super) timestamp: String,
}

/// A code other than 0 is a failure, whatever else there is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Status {
    pub(super) code: i64,
    pub(super) reason: Option<String>,
}

/// Current values: one for each inverter, by its number.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Current {
    pub(super) unit: Option<String>,
    #[serde(default)]
    pub(super) values: HashMap<String, Option<f64>>,
}

/// What an inverter logged in the course of a day.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Logged {
    /// Midnight at the place.
    pub(super) start: String,
    #[serde(default)]
    pub(super) data: HashMap<String, Channel>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Channel {
    pub(super) unit: Option<String>,
    /// By seconds since the start, in no order.
    #[serde(default)]
    pub(super) values: HashMap<String, Option<f64>>,
}
