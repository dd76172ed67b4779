use greengrid_app::ingestion::{Receipt, Rejection, Source, Submission};
use greengrid_domain::identity::TokenId;
use prost_types::Timestamp;
use serde::{Serialize, Serializer};
use tonic::Status;

use super::proto::{self, Ack, Reading};
use crate::api::decode::{Format, Media, decode};

/// Readings of one stream that wait to be submitted together, each as a line of
/// JSON: what is not taken is kept in quarantine in a form that people can read
/// and that can be replayed.
#[derive(Debug, Default)]
pub(super) struct Batch {
    lines: Vec<u8>,
    sequences: Vec<u64>,
}

/// A reading as a line of the readings interface. Numbers that JSON does not
/// know are written as text, to be refused by their name rather than to vanish.
#[derive(Serialize)]
struct Line<'a> {
    site_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    device_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_utc: Option<String>,
    #[serde(serialize_with = "number", skip_serializing_if = "Option::is_none")]
    power_w: Option<f64>,
    #[serde(serialize_with = "number", skip_serializing_if = "Option::is_none")]
    energy_wh: Option<f64>,
    #[serde(serialize_with = "number", skip_serializing_if = "Option::is_none")]
    energy_total_wh: Option<f64>,
    #[serde(serialize_with = "number", skip_serializing_if = "Option::is_none")]
    irradiance_wm2: Option<f64>,
    #[serde(serialize_with = "number", skip_serializing_if = "Option::is_none")]
    temperature_c: Option<f64>,
    #[serde(serialize_with = "number", skip_serializing_if = "Option::is_none")]
    voltage_v: Option<f64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    status_code: &'a str,
}

impl Batch {
    pub(super) const fn len(&self) -> usize {
        self.sequences.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// Adds a reading.
    pub(super) fn push(&mut self, reading: &Reading) -> Result<(), Status> {
        let line = Line {
            site_id: &reading.site_id,
            device_id: &reading.device_id,
            timestamp_utc: reading.timestamp_utc.as_ref().map(instant),
            power_w: reading.power_w,
            energy_wh: reading.energy_wh,
            energy_total_wh: reading.energy_total_wh,
            irradiance_wm2: reading.irradiance_wm2,
            temperature_c: reading.temperature_c,
            voltage_v: reading.voltage_v,
            status_code: &reading.status_code,
        };
        serde_json::to_writer(&mut self.lines, &line)
            .map_err(|error| Status::invalid_argument(error.to_string()))?;
        self.lines.push(b'\n');
        self.sequences.push(reading.sequence);
        Ok(())
    }

    /// The readings as a submission, and their sequence numbers by row.
    pub(super) fn submission(self, token: TokenId) -> Result<(Submission, Sequences), Status> {
        let media = Media { format: Format::Ndjson, gzip: false };
        let submission = decode(Source::Api, Some(token), media, self.lines)
            .map_err(|_| Status::invalid_argument("these readings cannot be read together"))?;
        Ok((submission, Sequences(self.sequences)))
    }
}

/// The sequence numbers of a submission's rows.
#[derive(Debug)]
pub(super) struct Sequences(Vec<u64>);

impl Sequences {
    /// What is told of a submission that is durable.
    pub(super) fn ack(&self, receipt: Receipt) -> Ack {
        Ack {
            durable_sequence: self.0.last().copied().unwrap_or_default(),
            accepted: receipt.accepted,
            duplicate: receipt.duplicates,
            correction: receipt.corrections,
            rejected: receipt
                .rejected
                .into_iter()
                .map(|rejected| self.rejection(rejected))
                .collect(),
        }
    }

    fn rejection(&self, rejected: Rejection) -> proto::Rejection {
        // Rows are counted from 1.
        let index = rejected.row.and_then(|row| usize::try_from(row).ok()?.checked_sub(1));
        let sequence = index.and_then(|index| self.0.get(index)).copied();
        proto::Rejection {
            sequence: sequence.unwrap_or_default(),
            field: rejected.field.unwrap_or_default().to_owned(),
            code: rejected.code.to_string(),
            message: rejected.message,
        }
    }
}

/// An instant in words. One that does not exist is written so that its rejection
/// shows what was sent.
fn instant(sent: &Timestamp) -> String {
    jiff::Timestamp::new(sent.seconds, sent.nanos)
        .map_or_else(|_| format!("{} s {} ns", sent.seconds, sent.nanos), |at| at.to_string())
}

#[expect(clippy::ref_option, reason = "serde hands in a reference to the field")]
fn number<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(number) if number.is_finite() => to.serialize_f64(*number),
        Some(number) => to.collect_str(number),
        None => to.serialize_none(),
    }
}
