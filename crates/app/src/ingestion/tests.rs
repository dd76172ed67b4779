use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::{
    Array, Brand, Device, DeviceId, DeviceKind, DeviceSerial, Location, Region, Site, SiteDetails,
    SiteId,
};
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::ingestion::{Measurement, Reason};
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{MeterRegister, PeakPower, Power};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use super::devices::DEVICES_PER_SITE;
use super::*;
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::{Directory, NewSite, SiteStore};
use crate::ids::Ids;
use crate::testing::FixedClock;

/// One site, `one`, and devices on demand.
#[derive(Default)]
pub(super) struct OneSite(Mutex<HashMap<DeviceSerial, DeviceId>>);

fn site() -> Site {
    let details = SiteDetails::builder()
        .name("One".parse().unwrap())
        .location(Location::new(50.0, 10.0).unwrap())
        .zone("Europe/Berlin".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(10.0).unwrap(),
            tilt_deg: None,
            azimuth_deg: None,
            ac_limit: None,
            export_limit: None,
        })
        .region("north".parse().unwrap())
        .brand(Brand::Other)
        .build();
    Site { id: SiteId::from(1), code: "one".parse().unwrap(), details }
}

#[async_trait]
impl SiteStore for OneSite {
    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        Ok(vec![site()])
    }
    async fn regions(&self) -> Result<Vec<Region>, StoreError> {
        Ok(Vec::new())
    }
    async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        Ok(vec![Device {
            id: DeviceId::from(7),
            site: SiteId::from(1),
            kind: DeviceKind::Inverter,
            serial: "known".parse().unwrap(),
            model: None,
        }])
    }
    async fn save(&self, _: Initiator, _: &[NewSite]) -> Result<Vec<SiteId>, StoreError> {
        Err(StoreError::new("not part of these tests"))
    }
    async fn ensure_devices(
        &self,
        devices: &[(SiteId, DeviceSerial)],
    ) -> Result<Vec<DeviceId>, StoreError> {
        let mut known = self.0.lock();
        let ids = devices.iter().map(|(_, serial)| {
            let next = DeviceId::from(100 + i32::try_from(known.len()).unwrap());
            *known.entry(serial.clone()).or_insert(next)
        });
        Ok(ids.collect())
    }
    async fn share(&self, _: Initiator, _: SiteId, _: UserId) -> Result<(), StoreError> {
        Ok(())
    }
    async fn roles_of(&self, _user: UserId) -> Result<Vec<(SiteId, SiteRole)>, StoreError> {
        Ok(Vec::new())
    }
}

/// Keeps everything; fails when told to.
#[derive(Default)]
pub(super) struct Memory {
    rows: Mutex<Vec<AppendRow>>,
    quarantined: Mutex<Vec<QuarantineEntry>>,
    settled: Mutex<Vec<(Uuid, String)>>,
    broken: Mutex<bool>,
}

impl Memory {
    pub(super) fn rows(&self) -> Vec<AppendRow> {
        self.rows.lock().clone()
    }
}

#[async_trait]
impl EventStore for Memory {
    async fn append(
        &self,
        _: Source,
        _: Timestamp,
        rows: Vec<AppendRow>,
        quarantined: Vec<QuarantineEntry>,
    ) -> Result<AppendOutcome, StoreError> {
        if *self.broken.lock() {
            return Err(StoreError::new("broken"));
        }
        let verdicts = vec![Verdict::Accepted; rows.len()];
        self.rows.lock().extend(rows);
        self.quarantined.lock().extend(quarantined);
        Ok(AppendOutcome { verdicts })
    }
}

#[async_trait]
impl QuarantineStore for Memory {
    async fn open(&self, _: Option<Uuid>, _: i64) -> Result<Vec<QuarantineEntry>, StoreError> {
        Ok(self.quarantined.lock().clone())
    }
    async fn count_open(&self) -> Result<i64, StoreError> {
        Ok(1)
    }
    async fn find(&self, id: Uuid) -> Result<Option<QuarantineEntry>, StoreError> {
        Ok(self.quarantined.lock().iter().find(|entry| entry.id == id).cloned())
    }
    async fn settle(
        &self,
        _: Initiator,
        id: Uuid,
        _: Timestamp,
        result: &str,
    ) -> Result<(), StoreError> {
        self.settled.lock().push((id, result.to_owned()));
        Ok(())
    }
}

pub(super) struct Counting(pub(super) Mutex<u128>);

impl Ids for Counting {
    fn uuid(&self) -> Uuid {
        *self.0.lock() += 1;
        Uuid::from_u128(*self.0.lock())
    }
}

fn now() -> Timestamp {
    "2026-06-12T10:00:00Z".parse().unwrap()
}

pub(super) async fn ingestion() -> (Ingestion, Arc<Memory>) {
    ingestion_at(Arc::new(FixedClock::at(now()))).await
}

pub(super) async fn ingestion_at(clock: Arc<dyn Clock>) -> (Ingestion, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let ingestion = Ingestion::builder()
        .directory(Directory::load(Arc::new(OneSite::default())).await.unwrap())
        .events(Arc::clone(&memory) as _)
        .quarantine(Arc::clone(&memory) as _)
        .clock(clock)
        .ids(Arc::new(Counting(Mutex::new(0))))
        .build();
    (ingestion, memory)
}

const HEADER: &str = "site_id,timestamp_utc,power_w";

pub(super) fn row(number: u32, site: &str, minutes: i64, measurement: Measurement) -> ReadingRow {
    ReadingRow {
        row: number,
        span: 0..4,
        site: site.parse().unwrap(),
        device: None,
        measured_at: now() + SignedDuration::from_mins(minutes),
        measurement,
    }
}

pub(super) fn power(watts: i64) -> Measurement {
    Measurement { power: Some(Power::from_watts(watts)), ..Measurement::default() }
}

pub(super) fn submission(rows: Vec<ReadingRow>) -> Submission {
    Submission {
        source: Source::Api,
        token: None,
        content_type: "text/csv",
        header: Some(HEADER.to_owned()),
        payload: Arc::from(b"row1".as_slice()),
        rows,
        rejected: Vec::new(),
    }
}

fn codes(receipt: &Receipt) -> Vec<(Option<u32>, RejectCode)> {
    receipt.rejected.iter().map(|rejection| (rejection.row, rejection.code)).collect()
}

#[tokio::test]
async fn good_rows_are_taken_and_the_others_kept_with_their_reason() {
    let (ingestion, memory) = ingestion().await;
    let huge = MeterRegister::from_wh(u64::MAX);
    let rows = vec![
        row(1, "one", 0, power(5_000)),
        row(2, "none", 0, power(1)),
        row(3, "one", 16, power(1)),
        row(4, "one", -60 * 24 * 365 * 40, power(1)),
        row(5, "one", 0, power(i64::MAX)),
        row(6, "one", 0, Measurement { energy_total: Some(huge), ..power(1) }),
        row(7, "one", 0, Measurement { temperature_c: Some(f32::NAN), ..power(1) }),
    ];
    let mut submission = submission(rows);
    submission.rejected.push(Rejection {
        row: Some(3),
        span: 0..3,
        field: None,
        code: RejectCode::Malformed,
        message: "odd".to_owned(),
    });

    let receipt = ingestion.submit(submission).await.unwrap();

    assert_eq!(receipt.accepted, 1);
    let expected = [
        (Some(2), RejectCode::UnknownSite),
        (Some(3), RejectCode::Malformed),
        (Some(3), RejectCode::TimestampInFuture),
        (Some(4), RejectCode::TimestampTooOld),
        (Some(5), RejectCode::InvalidNumber),
        (Some(6), RejectCode::InvalidNumber),
        (Some(7), RejectCode::InvalidNumber),
    ];
    assert_eq!(codes(&receipt), expected);
    assert_eq!(memory.rows.lock().len(), 1);
    let kept = memory.quarantined.lock();
    assert_eq!(kept.len(), 7);
    assert_eq!(kept[0].payload, format!("{HEADER}\nrow1").into_bytes());
    assert_eq!(kept[1].payload, format!("{HEADER}\nrow").into_bytes());
}

#[tokio::test]
async fn rows_are_classified_in_the_light_of_those_before_them() {
    let (ingestion, memory) = ingestion().await;
    let counter = |wh| Measurement {
        energy_total: Some(MeterRegister::from_wh(wh)),
        status_code: Some(" ok\r\n\u{202e}".to_owned()),
        ..power(1_000)
    };

    ingestion.submit(submission(vec![row(1, "one", -5, counter(900))])).await.unwrap();
    ingestion.submit(submission(vec![row(1, "one", 0, counter(10))])).await.unwrap();
    let last = ingestion.submit(submission(vec![row(1, "one", 5, counter(20))])).await.unwrap();

    let rows = memory.rows.lock();
    assert!(!rows[0].reasons.contains(Reason::CounterReset));
    // What fell is confirmed by what comes after it.
    assert!(rows[1].reasons.contains(Reason::ImpossibleCounter));
    assert!(rows[2].reasons.contains(Reason::CounterReset));
    assert_eq!(last.reasons, rows[2].reasons);
    assert_eq!(rows[0].measurement.status_code.as_deref(), Some("ok"));
}

#[tokio::test]
async fn what_was_not_kept_does_not_speak_against_what_comes_next() {
    let (ingestion, memory) = ingestion().await;
    let counter =
        |wh| Measurement { energy_total: Some(MeterRegister::from_wh(wh)), ..power(1_000) };
    *memory.broken.lock() = true;
    let failed = ingestion.submit(submission(vec![row(1, "one", -5, counter(900))])).await;
    *memory.broken.lock() = false;

    ingestion.submit(submission(vec![row(1, "one", 0, counter(10))])).await.unwrap();

    assert!(failed.is_err());
    assert!(!memory.rows.lock()[0].reasons.contains(Reason::CounterReset));
}

fn of_device(serial: &str, row: ReadingRow) -> ReadingRow {
    ReadingRow { device: Some(serial.parse().unwrap()), ..row }
}

#[tokio::test]
async fn devices_are_found_or_created_once() {
    let (ingestion, memory) = ingestion().await;
    let rows = |minutes| {
        vec![
            of_device("known", row(1, "one", minutes, power(1))),
            of_device("new", row(2, "one", minutes, power(1))),
            of_device("newer", row(3, "one", minutes, power(1))),
            row(4, "one", minutes, power(1)),
        ]
    };

    ingestion.submit(submission(rows(-5))).await.unwrap();
    ingestion.submit(submission(rows(0))).await.unwrap();

    let devices: Vec<i32> = memory.rows.lock().iter().map(|row| row.key.device.into()).collect();
    assert_eq!(devices, [7, 100, 101, 0, 7, 100, 101, 0]);
}

#[tokio::test]
async fn a_sender_cannot_make_up_devices_without_end() {
    let (ingestion, memory) = ingestion().await;
    let rows = (0..2_500)
        .map(|i| of_device(&format!("made-up-{i}"), row(i + 1, "one", 0, power(1))))
        .collect();

    let receipt = ingestion.submit(submission(rows)).await.unwrap();

    // One device is known already.
    assert_eq!(memory.rows.lock().len(), DEVICES_PER_SITE - 1);
    assert!(receipt.rejected.iter().all(|r| r.code == RejectCode::InvalidDevice));
    assert_eq!(receipt.rejected.len(), 2_500 - (DEVICES_PER_SITE - 1));
}

#[tokio::test]
async fn a_huge_header_line_is_not_kept_before_every_row() {
    let (ingestion, memory) = ingestion().await;
    let rows = (1..=100).map(|i| row(i, "none", 0, power(1))).collect();
    let submission = Submission { header: Some("x".repeat(1 << 20)), ..submission(rows) };

    let receipt = ingestion.submit(submission).await.unwrap();

    assert_eq!(receipt.rejected.len(), 100);
    let kept = memory.quarantined.lock();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].row, kept[0].payload.as_slice()), (None, b"row1".as_slice()));
}

#[tokio::test]
async fn an_entry_is_settled_once_something_of_it_could_be_taken() {
    let (ingestion, memory) = ingestion().await;
    let ops = Actor::User { id: UserId::from(Uuid::nil()), role: Role::Ops };
    ingestion.submit(submission(vec![row(1, "none", 0, power(1))])).await.unwrap();
    let id = memory.quarantined.lock()[0].id;
    let again =
        |site| Submission { source: Source::Replay, ..submission(vec![row(1, site, 0, power(1))]) };

    let still_wrong = ingestion.replay(&ops, id, again("none")).await.unwrap();
    assert_eq!(still_wrong.rejected.len(), 1);
    assert!(memory.settled.lock().is_empty());
    assert_eq!(memory.quarantined.lock().len(), 1);

    let taken = ingestion.replay(&ops, id, again("one")).await.unwrap();
    assert_eq!(taken.accepted, 1);
    let result = "1 accepted, 0 duplicate, 0 correction, 0 quarantined".to_owned();
    assert_eq!(*memory.settled.lock(), [(id, result)]);
}

#[tokio::test]
async fn quarantine_is_for_those_who_may_handle_it() {
    let (ingestion, _) = ingestion().await;
    let cs = Actor::User { id: UserId::from(Uuid::nil()), role: Role::Cs };
    let replay = submission(vec![row(1, "one", 0, power(1))]);

    assert!(matches!(ingestion.quarantined(&cs, None, 10).await, Err(QuarantineError::Denied(_))));
    assert!(matches!(
        ingestion.replay(&cs, Uuid::nil(), replay.clone()).await,
        Err(QuarantineError::Denied(_))
    ));
    assert!(matches!(
        ingestion.replay(&Actor::System, Uuid::nil(), replay).await,
        Err(QuarantineError::NoSuchEntry)
    ));
}
