use std::time::Duration;

use greengrid_domain::ingestion::{Cause, CredentialId};
use greengrid_domain::onboarding::{Case, CaseId, Details, Need, Stage, TestOutcome};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::service::{Effect, open};
use super::{Onboarding, OnboardingError, TestRun, TimedCheck};
use crate::actor::{Actor, Permission};
use crate::ingestion::vendors::{
    Check, Expected, ExternalId, Outcome, Rung, VendorError, climb, morning,
};

/// How long a test may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a test goes by.
struct Subject {
    credential: CredentialId,
    external: ExternalId,
    details: Details,
}

impl Onboarding {
    /// Begins a test of a case’s connection. It has to be carried out with
    /// [`Self::carry_out`], which a caller may leave to itself.
    pub async fn begin_test(&self, actor: &Actor, id: CaseId) -> Result<TestRun, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let case = self.store.find(id).await?.ok_or(OnboardingError::Missing)?;
        open(&case)?;
        let subject = self.subject(&case)?;
        self.connected_elsewhere(&case, &subject.external).await?;
        let run = TestRun {
            id: self.ids.uuid(),
            case: id,
            brand: subject.details.brand,
            started_at: self.clock.now(),
            by: actor.initiator(),
            outcome: None,
            cut_off: false,
            checks: Vec::new(),
        };
        if self.store.begin_test(&run).await? { Ok(run) } else { Err(OnboardingError::Running) }
    }

    /// Carries out a test: every check is kept, and told to the pages, as soon
    /// as it is known.
    pub async fn carry_out(
        &self,
        actor: &Actor,
        run: &TestRun,
    ) -> Result<TestOutcome, OnboardingError> {
        let case = self.store.find(run.case).await?.ok_or(OnboardingError::Missing)?;
        let (checks, mut told) = mpsc::unbounded_channel::<TimedCheck>();
        let climbing = async move {
            let mut since = Instant::now();
            let mut tell = |check: Check| {
                let took = since.elapsed().as_millis();
                since = Instant::now();
                let took_ms = u32::try_from(took).unwrap_or(u32::MAX);
                // Whoever listens has gone only when the test is cut off.
                let _ = checks.send(TimedCheck { check, took_ms });
            };
            if tokio::time::timeout(PATIENCE, self.climb(&case, &mut tell)).await.is_err() {
                let error = VendorError::new(Cause::TimedOut);
                let outcome = Outcome::Failed { error, near: Vec::new() };
                tell(Check { rung: Rung::Reachable, outcome });
            }
        };
        let keeping = async {
            let (mut position, mut outcome) = (0, TestOutcome::Passed);
            while let Some(check) = told.recv().await {
                outcome = worse(outcome, &check.check);
                self.store.note_check(run, position, &check).await?;
                position += 1;
            }
            Ok::<_, OnboardingError>(outcome)
        };
        let ((), outcome) = tokio::join!(climbing, keeping);
        let outcome = outcome?;
        self.store.end_test(run, outcome, self.clock.now()).await?;
        let change = self.change(actor, run.case, |case, now| {
            if case.live.is_some() || case.stage < Stage::ConnectionTest {
                return Ok::<_, OnboardingError>(Effect::default());
            }
            let place = self.judged(|by| case.details(by)).ok().map(|details| details.location);
            let morning = || place.map_or(now, |place| morning(place, now));
            Ok(case.tested(outcome, now, morning).into())
        });
        change.await?;
        Ok(outcome)
    }

    async fn climb(&self, case: &Case, tell: &mut (impl FnMut(Check) + Send)) {
        let failed = |error: VendorError| Check {
            rung: Rung::Accepted,
            outcome: Outcome::Failed { error, near: Vec::new() },
        };
        let subject = match self.subject(case) {
            Ok(subject) => subject,
            Err(error) => {
                let error = VendorError::new(Cause::SiteUnknown).saying(error.to_string());
                return tell(failed(error));
            }
        };
        let (gateway, _) = match self.connections.gateway(subject.credential, true).await {
            Ok(opened) => opened,
            Err(error) => return tell(failed(error)),
        };
        let details = subject.details;
        let expected = Expected {
            id: subject.external,
            name: details.name.as_str().to_owned(),
            location: details.location,
            zone: details.zone.clone(),
            capacity: Some(details.array().capacity),
        };
        climb(gateway.as_ref(), &expected, self.clock.now(), tell).await;
    }

    fn subject(&self, case: &Case) -> Result<Subject, OnboardingError> {
        self.judged(|by| {
            let lacking = |needs: Vec<Need>| {
                let words: Vec<String> = needs.iter().map(Need::words).collect();
                OnboardingError::Lacking(words.join(", "))
            };
            let details = case.details(by).map_err(lacking)?;
            let key = "the key to the vendor’s interface";
            let credential =
                case.credential().ok_or_else(|| OnboardingError::Lacking(key.to_owned()))?;
            let number = "the site number at the vendor";
            let external = case.external_id(by).and_then(|text| text.parse().ok());
            let external = external.ok_or_else(|| OnboardingError::Lacking(number.to_owned()))?;
            Ok(Subject { credential, external, details })
        })
    }

    /// Fails when the vendor’s site is connected for a site of ours, or in
    /// another case.
    pub(super) async fn connected_elsewhere(
        &self,
        case: &Case,
        external: &ExternalId,
    ) -> Result<(), OnboardingError> {
        use crate::ingestion::connections::Link;
        let brand = case.fields.brand();
        let all = self.connections.store().all().await?;
        let taken = all.into_iter().find(|known| {
            Some(known.brand) == brand
                && matches!(&known.link, Link::Polled { external: theirs, .. } if theirs == external)
        });
        let Some(taken) = taken else { return Ok(()) };
        let fleet = self.directory.snapshot();
        let name = fleet.site(taken.site).map_or_else(
            || "another site".to_owned(),
            |site| site.details.name.as_str().to_owned(),
        );
        Err(OnboardingError::ConnectedElsewhere(name))
    }
}

/// What a test comes to with one more check.
fn worse(so_far: TestOutcome, check: &Check) -> TestOutcome {
    match (&check.outcome, check.rung) {
        (Outcome::Failed { error, .. }, _) => TestOutcome::Failed(error.cause),
        // Silence is doubtful only while the inverters sleep.
        (Outcome::Doubtful(_), Rung::DataFresh) if so_far == TestOutcome::Passed => {
            TestOutcome::Asleep
        }
        _ => so_far,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_domain::fleet::Location;
    use jiff::Timestamp;

    fn check(rung: Rung, outcome: Outcome) -> Check {
        Check { rung, outcome }
    }

    #[test]
    fn a_test_is_as_good_as_its_worst_check() {
        let good = || Outcome::Passed("yes".to_owned());
        let doubtful = || Outcome::Doubtful("hm".to_owned());
        let failed = Outcome::Failed { error: VendorError::new(Cause::SiteUnknown), near: vec![] };
        let so_far = TestOutcome::Passed;

        assert_eq!(worse(so_far, &check(Rung::Reachable, good())), TestOutcome::Passed);
        assert_eq!(worse(so_far, &check(Rung::CapacityPlausible, doubtful())), TestOutcome::Passed);
        assert_eq!(worse(so_far, &check(Rung::DataFresh, doubtful())), TestOutcome::Asleep);
        assert_eq!(
            worse(TestOutcome::Asleep, &check(Rung::ZonePlausible, good())),
            TestOutcome::Asleep
        );
        assert_eq!(
            worse(so_far, &check(Rung::SiteFound, failed)),
            TestOutcome::Failed(Cause::SiteUnknown)
        );
    }

    #[test]
    fn a_test_by_night_goes_on_when_the_sun_has_been_up_for_a_while() {
        let hamburg = Location::new(53.55, 9.99).unwrap();
        let midnight: Timestamp = "2026-06-12T22:00:00Z".parse().unwrap();

        let morning = morning(hamburg, midnight);

        let earliest: Timestamp = "2026-06-13T04:30:00Z".parse().unwrap();
        let latest: Timestamp = "2026-06-13T07:30:00Z".parse().unwrap();
        assert!((earliest..latest).contains(&morning), "{morning}");
    }
}
