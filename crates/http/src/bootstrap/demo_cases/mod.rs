//! The cases of the demo: eighteen that are open, in all stages and with what
//! happens in them, and a year of those that went live.

mod applicant;
mod past;
mod told;

use std::sync::Arc;

use greengrid_app::actor::Actor;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::vendors::{Credentials, SecretText};
use greengrid_app::onboarding::{CaseStore, NewAccess, Onboarding, TestRun, TimedCheck, Wanted};
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::ingestion::Quota;
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{Case, Happened, Happening, TestOutcome};
use greengrid_infra::demo::DemoFleet;
use jiff::{SignedDuration, Timestamp};

use super::standins::APPLICANTS;
use super::{Core, connections, onboarding};
use crate::settings::Settings;
use crate::standins;
use applicant::Applicant;
use told::{Key, STORIES, Story};

/// What the cases are made with.
struct Maker {
    store: Arc<dyn CaseStore>,
    onboarding: Onboarding,
    now: Timestamp,
    /// Who works on cases: customer success first.
    people: Vec<UserId>,
}

/// Makes the cases as they stand at an instant, unless there are any.
pub(super) async fn ensure(
    core: &Core,
    settings: &Settings,
    fleet: &DemoFleet,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (seed, members) = (fleet.seed, fleet.sites.len());
    let store = onboarding::case_store(core, settings);
    let since = Wanted::OpenAnd { live_since: Timestamp::UNIX_EPOCH };
    if !store.cases(since).await?.is_empty() {
        return Ok(());
    }
    let connections =
        connections::connections(core, &settings.secret, settings.vendor_stand_ins.as_deref());
    let people = core.identity().users(&Actor::System).await.map_err(StoreError::new)?;
    let of = |role: Role| people.iter().filter(move |it| it.user.role == role).map(|it| it.user.id);
    let maker = Maker {
        onboarding: onboarding::onboarding(core, settings, &connections),
        store,
        now,
        people: of(Role::Cs).chain(of(Role::Admin)).chain(of(Role::Ops)).collect(),
    };
    past::make(&maker, core, seed).await?;
    let joining = DemoFleet::applicants(seed, APPLICANTS);
    for (position, (site, story)) in joining.sites.iter().zip(STORIES).enumerate() {
        let applicant = Applicant { site, position, number: members + position };
        maker.tell(&applicant, story).await?;
    }
    Ok(())
}

impl Maker {
    /// Makes one case as its story has it.
    async fn tell(&self, applicant: &Applicant<'_>, story: &Story) -> Result<(), StoreError> {
        let zone = self.onboarding.usual_zone();
        let opened = self.now - SignedDuration::from_hours(story.opened_h);
        let moved = self.now - SignedDuration::from_hours(story.here_h);
        let owner = story.owner.and_then(|position| self.people.get(position)).copied();
        let by = owner.map_or(Initiator::System, Initiator::User);
        let mut case = Case::builder()
            .id(uuid::Uuid::now_v7().into())
            .opened_at(opened)
            .stage_since(opened)
            .maybe_owner(owner)
            .build();
        for (key, text) in applicant.fields(story) {
            case.type_in(key, &text, None, by, opened);
        }
        let name = case.name().to_owned();
        self.onboarding.judged(|it| case.settle(it, &zone, moved));
        let begun = (case.clone(), vec![Happening::new(Happened::Opened, name)]);
        self.store.open(by, &[begun]).await?;
        let mut case = self.find(&case).await?;

        let mut happened = Vec::new();
        let access = self.access(applicant, story);
        if let Some(access) = &access {
            happened.push(case.give_access(access.id.into(), access.brand, moved));
            happened.extend(self.onboarding.judged(|it| case.settle(it, &zone, moved)));
        }
        if let Some((minutes, outcome)) = story.tested {
            let at = self.now - SignedDuration::from_mins(minutes);
            self.test(&case, by, at, outcome, applicant).await?;
            happened.push(case.tested(outcome, at, || self.now));
            happened.extend(self.onboarding.judged(|it| case.settle(it, &zone, moved)));
        }
        if story.passed {
            let at = moved - SignedDuration::from_mins(2);
            self.test(&case, by, at, TestOutcome::Passed, applicant).await?;
            happened.push(case.tested(TestOutcome::Passed, at, || self.now));
            happened.extend(self.onboarding.judged(|it| case.settle(it, &zone, moved)));
            case.verify_at = Some(self.now);
        }
        if let Some((party, what)) = story.waits {
            let waiting = greengrid_domain::onboarding::Waiting { party, what: what.to_owned() };
            happened.push(Happening::new(Happened::Waits, format!("{}: {what}", party.name())));
            case.waiting = Some(waiting);
        }
        if let Some(reason) = story.stuck {
            let stuck = greengrid_domain::onboarding::Stuck {
                reason: reason.to_owned(),
                since: moved,
                by_limit: false,
            };
            happened.push(Happening::new(Happened::Stuck, reason));
            case.stuck = Some(stuck);
        }
        if let Some(note) = story.note {
            happened.push(Happening::new(Happened::Noted, note));
        }
        if !happened.is_empty() {
            self.store.save(by, &case, &happened, moved, access.as_ref(), None).await?;
        }
        if story.link {
            let until = self.now + SignedDuration::from_hours(5 * 24);
            let bytes =
                [uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat();
            let hash = std::array::from_fn(|at| bytes[at]);
            self.store.make_link(case.id, &hash, moved, until).await?;
        }
        Ok(())
    }

    async fn find(&self, case: &Case) -> Result<Case, StoreError> {
        let found = self.store.find(case.id).await?;
        found.ok_or_else(|| StoreError::new("a case just made is gone"))
    }

    fn access(&self, applicant: &Applicant<'_>, story: &Story) -> Option<NewAccess> {
        let brand = applicant.brand();
        let mut credentials = standins::key(brand, applicant.approval(), self.now);
        match (story.key, &mut credentials) {
            (Key::None, _) => return None,
            (Key::Wrong, Credentials::Fronius { key_value, .. }) => {
                *key_value = SecretText::new(&wrong(key_value.expose()));
            }
            _ => {}
        }
        let quota = Quota { per_minute: 120, per_day: None, per_month: None };
        Some(NewAccess { id: uuid::Uuid::now_v7(), brand, credentials, quota })
    }

    /// Notes a test that was.
    async fn test(
        &self,
        case: &Case,
        by: Initiator,
        at: Timestamp,
        outcome: TestOutcome,
        applicant: &Applicant<'_>,
    ) -> Result<(), StoreError> {
        let run = TestRun {
            id: uuid::Uuid::now_v7(),
            case: case.id,
            brand: applicant.brand(),
            started_at: at,
            by,
            outcome: None,
            cut_off: false,
            checks: Vec::new(),
        };
        self.store.begin_test(&run).await?;
        for (position, (check, took_ms)) in (0..).zip(applicant.checks(outcome)) {
            self.store.note_check(&run, position, &TimedCheck { check, took_ms }).await?;
        }
        self.store.end_test(&run, outcome, at).await
    }
}

/// The value of a key with its last digit mistyped.
fn wrong(value: &str) -> String {
    let mut wrong = value.to_owned();
    let last = wrong.pop();
    wrong.push(if last == Some('a') { 'b' } else { 'a' });
    wrong
}
