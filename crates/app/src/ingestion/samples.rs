//! One reading sent by hand, to see what becomes of it.

use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::fleet::{DeviceKind, DeviceSerial, Site, SiteCode};
use greengrid_domain::ingestion::Measurement;
use greengrid_domain::observability::{Initiator, signal};
use greengrid_domain::units::Power;
use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;

use super::{Ingestion, ReadingRow, Receipt, Source, Submission};
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::monitoring::ReadModels;

/// A newest reading older than this is not corrected: what follows from it
/// would be about the past, where nobody looks.
const RECENT: SignedDuration = SignedDuration::from_mins(30);
/// What the payload is made of, for the case that it is kept in quarantine.
const HEADER: &str = "site_id,timestamp_utc,power_w";

/// Notes who sent a reading by hand.
#[async_trait]
pub trait SampleTrail: Send + Sync {
    /// Notes that somebody is about to send this power of this site.
    async fn note(&self, by: Initiator, site: &SiteCode, power: Power) -> Result<(), StoreError>;
}

/// Why no reading was sent.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// Not with this role.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Readings of real sites are not made up.
    #[error("only a demo takes readings that somebody made up")]
    NotADemo,
    /// There is no such site.
    #[error("there is no such site")]
    NoSuchSite,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends readings of a demo's sites by hand, through the door by which all
/// readings come in.
#[derive(Clone, bon::Builder)]
pub struct Samples {
    ingestion: Ingestion,
    directory: Directory,
    read_models: Arc<dyn ReadModels>,
    trail: Arc<dyn SampleTrail>,
    clock: Arc<dyn Clock>,
}

impl Samples {
    /// Whether somebody may send one.
    #[must_use]
    pub fn are_taken(&self, actor: &Actor) -> bool {
        self.clock.is_demo() && actor.may(Permission::ImportFiles)
    }

    /// Sends this power of a site. It takes the place of the newest reading of
    /// one of its inverters, so the sums of the quarter hour stay those of one
    /// reading at a time.
    pub async fn send(
        &self,
        actor: &Actor,
        site: &SiteCode,
        power: Power,
    ) -> Result<Receipt, SampleError> {
        let step = |name: &'static str| tracing::debug_span!(target: signal::STEP, "step", name);
        let (known, device, measured_at) = self
            .placed(actor, site)
            .instrument(step("policy: a demo, and a site whose readings one may bring in"))
            .await?;
        self.trail
            .note(actor.initiator(), site, power)
            .instrument(step("row: audit entry"))
            .await?;
        let payload = format!("{HEADER}\n{},{measured_at},{}\n", known.code, power.watts());
        let first = HEADER.len() + 1;
        let row = ReadingRow {
            row: 1,
            span: first..payload.len() - 1,
            site: known.code.clone(),
            device,
            measured_at,
            measurement: Measurement { power: Some(power), ..Measurement::default() },
        };
        let submission = Submission {
            source: Source::Demo,
            token: None,
            content_type: "text/csv",
            header: Some(HEADER.to_owned()),
            payload: payload.into_bytes().into(),
            rows: vec![row],
            rejected: Vec::new(),
        };
        Ok(self.ingestion.submit(submission).await?)
    }

    /// The site, and of which of its devices and of when the reading is.
    async fn placed(
        &self,
        actor: &Actor,
        site: &SiteCode,
    ) -> Result<(Arc<Site>, Option<DeviceSerial>, Timestamp), SampleError> {
        actor.require(Permission::ImportFiles)?;
        if !self.clock.is_demo() {
            return Err(SampleError::NotADemo);
        }
        let fleet = self.directory.snapshot();
        let known = fleet.site_by_code(site).ok_or(SampleError::NoSuchSite)?;
        let now = self.clock.now();
        let newest = self
            .read_models
            .devices_now(known.id)
            .await?
            .into_iter()
            .filter_map(|standing| Some((standing.device?, standing.measured_at?)))
            .filter(|(device, at)| {
                device.kind == DeviceKind::Inverter && now.duration_since(*at) <= RECENT
            })
            .max_by_key(|(_, at)| *at);
        let (device, measured_at) = if let Some((device, at)) = newest {
            (Some(device.serial), at)
        } else {
            let inverter =
                fleet.devices(known.id).iter().find(|device| device.kind == DeviceKind::Inverter);
            let serial = inverter.map(|device| device.serial.clone());
            (serial, step_before(now, known.details.cadence_s))
        };
        Ok((Arc::clone(known), device, measured_at))
    }
}

/// The start of the interval of a reading that has just ended.
fn step_before(now: Timestamp, cadence_s: i32) -> Timestamp {
    let cadence = i64::from(cadence_s.max(1));
    let step = now.as_second().div_euclid(cadence) - 1;
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(step.saturating_mul(cadence))
}

#[cfg(test)]
mod tests {
    use greengrid_domain::identity::Role;
    use parking_lot::Mutex;
    use uuid::Uuid;

    use super::super::tests::{Memory, OneSite, ingestion_at};
    use super::*;
    use crate::monitoring::DeviceStanding;
    use crate::testing::{FakeReadModels, FixedClock};

    #[derive(Default)]
    struct Noted(Mutex<Vec<String>>);

    #[async_trait]
    impl SampleTrail for Noted {
        async fn note(&self, _: Initiator, site: &SiteCode, w: Power) -> Result<(), StoreError> {
            self.0.lock().push(format!("{site} {}", w.watts()));
            Ok(())
        }
    }

    struct Door {
        samples: Samples,
        memory: Arc<Memory>,
        noted: Arc<Noted>,
        read_models: Arc<FakeReadModels>,
    }

    async fn door(clock: FixedClock) -> Door {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let (ingestion, memory) = ingestion_at(Arc::clone(&clock)).await;
        let (noted, read_models) = (Arc::new(Noted::default()), Arc::<FakeReadModels>::default());
        let samples = Samples::builder()
            .ingestion(ingestion)
            .directory(Directory::load(Arc::new(OneSite::default())).await.unwrap())
            .read_models(Arc::clone(&read_models) as _)
            .trail(Arc::clone(&noted) as _)
            .clock(clock)
            .build();
        Door { samples, memory, noted, read_models }
    }

    fn now() -> Timestamp {
        "2026-06-12T10:02:00Z".parse().unwrap()
    }

    fn actor(role: Role) -> Actor {
        Actor::User { id: Uuid::from_u128(1).into(), role }
    }

    async fn send(door: &Door, role: Role, site: &str) -> Result<Receipt, SampleError> {
        door.samples.send(&actor(role), &site.parse().unwrap(), Power::from_watts(4_200)).await
    }

    #[tokio::test]
    async fn a_reading_goes_through_the_door_and_its_sender_is_noted() {
        let door = door(FixedClock::of_demo(now())).await;

        let receipt = send(&door, Role::Ops, "one").await.unwrap();

        assert_eq!(receipt.accepted, 1);
        assert_eq!(*door.noted.0.lock(), ["one 4200"]);
        let rows = door.memory.rows();
        // The five minutes that have just ended, of the only inverter.
        assert_eq!(rows[0].key.measured_at.to_string(), "2026-06-12T09:55:00Z");
        assert_eq!(rows[0].key.device, 7.into());
        assert_eq!(rows[0].measurement.power, Some(Power::from_watts(4_200)));
    }

    #[tokio::test]
    async fn it_takes_the_place_of_the_newest_reading_unless_that_is_old() {
        for (minutes, expected) in [(4, "2026-06-12T09:58:00Z"), (40, "2026-06-12T09:55:00Z")] {
            let door = door(FixedClock::of_demo(now())).await;
            let devices = OneSite::default();
            let device = crate::fleet::SiteStore::devices(&devices).await.unwrap().remove(0);
            let standing = DeviceStanding {
                device: Some(device),
                measured_at: Some(now() - SignedDuration::from_mins(minutes)),
                power: None,
                temperature_c: None,
                status_code: None,
                quality: None,
            };
            door.read_models.put_device(1.into(), standing);

            send(&door, Role::Admin, "one").await.unwrap();

            assert_eq!(door.memory.rows()[0].key.measured_at.to_string(), expected);
        }
    }

    #[tokio::test]
    async fn nothing_is_made_up_for_real_sites_unknown_ones_or_by_others() {
        let real = door(FixedClock::at(now())).await;
        let demo = door(FixedClock::of_demo(now())).await;

        assert!(matches!(send(&real, Role::Ops, "one").await, Err(SampleError::NotADemo)));
        assert!(matches!(send(&demo, Role::Ops, "none").await, Err(SampleError::NoSuchSite)));
        for role in [Role::Cs, Role::Customer] {
            assert!(matches!(send(&demo, role, "one").await, Err(SampleError::Denied(_))));
            assert!(!demo.samples.are_taken(&actor(role)));
        }
        assert!(demo.memory.rows().is_empty() && demo.noted.0.lock().is_empty());
        assert!(demo.samples.are_taken(&actor(Role::Ops)));
        assert!(!real.samples.are_taken(&actor(Role::Ops)));
    }
}
