use std::collections::{BTreeMap, BTreeSet};

use greengrid_domain::fleet::DeviceSerial;
use greengrid_domain::onboarding::{
    Acceptance, Case, CaseId, Details, Happened, Happening, Measured, OnRecord, Stage, verify,
};
use greengrid_domain::text::single_line;
use greengrid_domain::time::Interval;
use greengrid_domain::units::Power;
use jiff::{SignedDuration, Timestamp};

use super::editing::problem;
use super::service::{Effect, open};
use super::{Onboarding, OnboardingError};
use crate::actor::{Actor, Permission};
use crate::ingestion::vendors::{ExternalId, VendorReading, Window};

/// How far back the first data go: a day.
const LOOKED_AT: SignedDuration = SignedDuration::from_hours(24);

/// How soon a vendor that failed is asked again.
const ASK_AGAIN: SignedDuration = SignedDuration::from_mins(10);

impl Onboarding {
    /// Compares the first data of a case with what is on record.
    pub async fn verify(&self, actor: &Actor, id: CaseId) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let case = self.store.find(id).await?.ok_or(OnboardingError::Missing)?;
        open(&case)?;
        if case.stage != Stage::Verification {
            return Err(OnboardingError::Lacking("a connection test that passes".to_owned()));
        }
        let (details, external) = self.judged(|by| (case.details(by).ok(), case.external_id(by)));
        let (Some(details), Some(external)) = (details, external) else {
            return Err(OnboardingError::Lacking("a detail of the site".to_owned()));
        };
        let external: ExternalId = external.parse().map_err(|_| OnboardingError::Missing)?;
        let fetched = self.first_data(&case, &details, &external).await;
        let (interval, readings) = match fetched {
            Ok(fetched) => fetched,
            Err(error) => {
                // The next look has to be later, or it would come at once.
                let put_off = self.change(&Actor::System, id, |case, now| {
                    case.verify_at = Some(now + ASK_AGAIN);
                    let words = format!("could not be looked at: {error}");
                    Ok::<_, OnboardingError>(Happening::new(Happened::Verified, words).into())
                });
                put_off.await?;
                return Err(error);
            }
        };
        let measured = quarters(&readings, interval);
        let reporting = serials(&readings);
        let record = on_record(&details);
        let change = self.change(actor, id, |case, now| {
            if case.stage != Stage::Verification {
                return Ok::<_, OnboardingError>(Effect::default());
            }
            let seen = verify(&record, reporting.as_deref(), &measured, now);
            Ok(case.verified(seen).into())
        });
        change.await.map(drop)
    }

    async fn first_data(
        &self,
        case: &Case,
        details: &Details,
        external: &ExternalId,
    ) -> Result<(SignedDuration, Vec<VendorReading>), OnboardingError> {
        let credential = case
            .credential()
            .ok_or_else(|| OnboardingError::Lacking("the key to the vendor".to_owned()))?;
        let (gateway, _) = self.connections.gateway(credential, true).await?;
        let now = self.clock.now();
        let mut from = Interval::containing(now - LOOKED_AT).start();
        let mut readings = Vec::new();
        while from < now {
            let to = now.min(from + gateway.longest_window());
            let window = Window { from, to };
            let fetched = gateway.readings(external, &details.zone, window, now).await?;
            // What was asked for may be less than the window.
            let next = fetched.asked.to.max(from + SignedDuration::from_mins(15));
            readings.extend(fetched.readings);
            from = next;
        }
        Ok((gateway.interval(), readings))
    }

    /// Accepts what the first data showed as it is, with a reason.
    pub async fn accept(
        &self,
        actor: &Actor,
        id: CaseId,
        reason: &str,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let reason = single_line(reason);
        if reason.is_empty() {
            return Err(problem("say why this is fine as it is").into());
        }
        let reason: String = reason.chars().take(200).collect();
        let change = self.change(actor, id, |case, _| {
            open(case)?;
            let found = case.verification.as_ref().is_some_and(|it| !it.findings.is_empty());
            if !found {
                return Err(OnboardingError::Lacking("a finding to accept".to_owned()));
            }
            case.accepted = Some(Acceptance { reason: reason.clone(), by: actor.initiator() });
            Ok(Happening::new(Happened::Accepted, reason.clone()).into())
        });
        change.await.map(drop)
    }
}

fn on_record(details: &Details) -> OnRecord {
    let array = details.array();
    let limit = [array.ac_limit, array.export_limit].into_iter().flatten().min();
    OnRecord {
        location: details.location,
        faces: details.faces.clone(),
        limit_w: limit.map(|limit: Power| limit.kw() * 1_000.0),
        inverters: details.inverters.iter().map(|it| it.serial.as_str().to_owned()).collect(),
    }
}

/// Mean power of the whole site in each quarter hour that the vendor tells of.
fn quarters(readings: &[VendorReading], interval: SignedDuration) -> Vec<Measured> {
    let share = interval.as_secs_f64() / 900.0;
    let mut sums: BTreeMap<Timestamp, f64> = BTreeMap::new();
    for reading in readings {
        let Some(power) = reading.measurement.power else { continue };
        let start = Interval::containing(reading.start).start();
        *sums.entry(start).or_default() += power.kw() * 1_000.0 * share.min(1.0);
    }
    let newest = sums.keys().next_back().copied();
    sums.into_iter()
        // The last may not be whole.
        .filter(|(start, _)| Some(*start) != newest)
        .map(|(start, watts)| Measured { interval: Interval::containing(start), watts })
        .collect()
}

/// The serial numbers from which anything came; none where there are only sums.
fn serials(readings: &[VendorReading]) -> Option<Vec<String>> {
    let known: BTreeSet<&str> =
        readings.iter().filter_map(|it| it.device.as_ref()).map(DeviceSerial::as_str).collect();
    (!known.is_empty()).then(|| known.into_iter().map(str::to_owned).collect())
}
