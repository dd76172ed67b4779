use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use greengrid_domain::identity::TokenId;
use greengrid_domain::observability::signal;
use jiff::Timestamp;
use tracing::Instrument as _;

use super::devices::Devices;
use super::histories::Histories;
use super::prepare::{Prepared, prepare};
use super::{
    EventStore, QuarantineEntry, QuarantineStore, Receipt, Rejection, Source, Submission, Verdict,
};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::ids::Ids;

/// Takes readings in: looks up their sites and devices, classifies them, and
/// has them appended together with what could not be taken.
///
/// Clones share what they know of devices.
#[derive(Clone, bon::Builder)]
pub struct Ingestion {
    directory: Directory,
    events: Arc<dyn EventStore>,
    pub(super) quarantine: Arc<dyn QuarantineStore>,
    pub(super) clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    #[builder(skip)]
    devices: Arc<Devices>,
    #[builder(skip)]
    histories: Arc<Histories>,
    #[builder(skip)]
    counts: Arc<Counts>,
}

/// What became of readings since the program began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken in.
    pub accepted: u64,
    /// Known already.
    pub duplicates: u64,
    /// Known with other values.
    pub corrections: u64,
    /// Kept aside.
    pub quarantined: u64,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    duplicates: AtomicU64,
    corrections: AtomicU64,
    quarantined: AtomicU64,
}

impl Counts {
    fn count(&self, receipt: &Receipt) {
        let add = |to: &AtomicU64, more: u64| to.fetch_add(more, Ordering::Relaxed);
        add(&self.accepted, receipt.accepted.into());
        add(&self.duplicates, receipt.duplicates.into());
        add(&self.corrections, receipt.corrections.into());
        add(&self.quarantined, receipt.rejected.len() as u64);
    }
}

impl Ingestion {
    /// Takes what can be taken of a decoded payload and keeps the rest in
    /// quarantine. When this returns, all of it survives a crash.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, StoreError> {
        let step = |name: &'static str| tracing::debug_span!(target: signal::STEP, "step", name);
        let now = self.clock.now();
        let domain = step("domain: look up, classify");
        let prepared = self.prepare(&submission, now).instrument(domain).await?;
        let row = step("row: wait for the writer, append, commit");
        let receipt = self.append(&submission, prepared, now).instrument(row).await?;
        self.counts.count(&receipt);
        Ok(receipt)
    }

    /// What became of readings in this instance since it began.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Tally {
            accepted: read(&self.counts.accepted),
            duplicates: read(&self.counts.duplicates),
            corrections: read(&self.counts.corrections),
            quarantined: read(&self.counts.quarantined),
        }
    }

    /// Keeps a payload that could not be read at all.
    pub async fn quarantine_payload(
        &self,
        source: Source,
        token: Option<TokenId>,
        content_type: &str,
        bytes: Vec<u8>,
        rejection: Rejection,
    ) -> Result<(), StoreError> {
        let received_at = self.clock.now();
        let entry = QuarantineEntry {
            id: self.ids.uuid(),
            received_at,
            source,
            content_type: content_type.to_owned(),
            row: rejection.row,
            payload: bytes,
            field: rejection.field.map(str::to_owned),
            code: rejection.code,
            message: rejection.message,
            token,
            replayed: None,
        };
        self.events.append(source, received_at, Vec::new(), vec![entry]).await.map(drop)
    }

    /// Looks a submission up and classifies its rows.
    pub(super) async fn prepare(
        &self,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        let fleet = self.directory.snapshot();
        let devices =
            self.devices.resolve(&fleet, self.directory.store(), &submission.rows).await?;
        Ok(prepare(submission, &fleet, &devices, &mut self.histories.lock(), now))
    }

    /// Appends what was prepared.
    pub(super) async fn append(
        &self,
        submission: &Submission,
        prepared: Prepared,
        received_at: Timestamp,
    ) -> Result<Receipt, StoreError> {
        let Prepared { rows, rejected } = prepared;
        if rows.is_empty() && rejected.is_empty() {
            return Ok(Receipt::default());
        }
        let entries = self.entries(submission, &rejected, received_at);
        let touched: Vec<_> = rows.iter().map(|row| (row.key.site, row.key.device)).collect();
        let reasons = rows.iter().flat_map(|row| row.reasons.iter()).collect();
        match self.events.append(submission.source, received_at, rows, entries).await {
            Ok(outcome) => {
                let count = |which| {
                    let hits = outcome.verdicts.iter().filter(|verdict| **verdict == which).count();
                    u32::try_from(hits).unwrap_or(u32::MAX)
                };
                Ok(Receipt {
                    accepted: count(Verdict::Accepted),
                    duplicates: count(Verdict::Duplicate),
                    corrections: count(Verdict::Correction),
                    rejected,
                    reasons,
                })
            }
            Err(error) => {
                // What was not kept must not speak against what comes next.
                self.histories.forget(&touched);
                Err(error)
            }
        }
    }

    /// The rejected rows as they are kept: each row alone, so that it can be
    /// replayed alone.
    fn entries(
        &self,
        submission: &Submission,
        rejected: &[Rejection],
        received_at: Timestamp,
    ) -> Vec<QuarantineEntry> {
        let entry = |rejection: &Rejection, payload: Vec<u8>, row| QuarantineEntry {
            id: self.ids.uuid(),
            received_at,
            source: submission.source,
            content_type: submission.content_type.to_owned(),
            row,
            payload,
            field: rejection.field.map(str::to_owned),
            code: rejection.code,
            message: rejection.message.clone(),
            token: submission.token,
            replayed: None,
        };
        let header = submission.header.as_deref().unwrap_or_default();
        if header.len().saturating_mul(rejected.len()) > REPEATED_HEADERS {
            let whole = submission.payload.to_vec();
            return rejected.first().map(|first| entry(first, whole, None)).into_iter().collect();
        }
        rejected
            .iter()
            .map(|rejection| {
                let bytes = submission.payload.get(rejection.span.clone()).unwrap_or_default();
                let payload = match (header, rejection.row) {
                    ("", _) | (_, None) => bytes.to_vec(),
                    (header, Some(_)) => [header.as_bytes(), b"\n", bytes].concat(),
                };
                entry(rejection, payload, rejection.row)
            })
            .collect()
    }
}

/// Bytes of header lines repeated before quarantined rows above which the
/// payload is kept whole instead: a sender with a huge header line must not
/// make a small payload large.
const REPEATED_HEADERS: usize = 16 << 20;
