use greengrid_domain::onboarding::{Happened, Happening, Stage, Stuck};
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::service::Effect;
use super::{CaseLetter, Onboarding, OnboardingError, Wanted};
use crate::actor::Actor;

/// When stuck cases are reported, where most sites are.
const REPORTED_AT: Time = jiff::civil::time(6, 30, 0, 0);

impl Onboarding {
    /// Does what is due: tests that go on in the morning, first data to be
    /// looked at, and limits that have passed. Gives how much was done.
    pub async fn round(&self) -> Result<usize, OnboardingError> {
        let actor = &Actor::System;
        let now = self.clock.now();
        let mut done = 0;
        for case in self.store.cases(Wanted::Due(now)).await? {
            let worked = if case.test_at.is_some_and(|at| at <= now) {
                match self.begin_test(actor, case.id).await {
                    Ok(run) => self.carry_out(actor, &run).await.map(drop),
                    Err(OnboardingError::Running) => Ok(()),
                    Err(error) => Err(error),
                }
            } else if case.stage == Stage::Verification {
                self.verify(actor, case.id).await
            } else {
                continue;
            };
            done += 1;
            if let Err(error) = worked {
                tracing::warn!(
                    case.id = %case.id,
                    error = &error as &dyn std::error::Error,
                    "a case could not be carried on"
                );
            }
        }
        Ok(done + self.end_limits(now).await?)
    }

    /// Calls cases stuck whose stage has lasted longer than its limit.
    async fn end_limits(&self, now: Timestamp) -> Result<usize, OnboardingError> {
        let usual = self.usual_zone();
        let mut done = 0;
        let live_since = Timestamp::MAX;
        for case in self.store.cases(Wanted::OpenAnd { live_since }).await? {
            let past = |case: &greengrid_domain::onboarding::Case| {
                let zone = self.judged(|by| case.zone(by, &usual));
                case.stuck.is_none() && case.is_overdue(zone.day(now))
            };
            if !past(&case) {
                continue;
            }
            done += 1;
            let change = self.change(&Actor::System, case.id, |case, now| {
                if !past(case) {
                    return Ok::<_, OnboardingError>(Effect::default());
                }
                let waits = self.waits(case);
                let limit = case.stage.limit().unwrap_or(0);
                let days = if limit == 1 { "working day" } else { "working days" };
                let reason = format!(
                    "in {} for more than {limit} {days}; waits for {} {}",
                    case.stage.name().to_lowercase(),
                    waits.party.name(),
                    waits.what
                );
                let reason: String = reason.chars().take(200).collect();
                case.stuck = Some(Stuck { reason: reason.clone(), since: now, by_limit: true });
                Ok(Happening::new(Happened::Stuck, reason).into())
            });
            change.await?;
        }
        Ok(done)
    }

    /// Writes to customer success of the cases that are stuck, once a morning.
    /// Gives the day of which was written.
    pub async fn report_stuck(&self, last: Option<Date>) -> Result<Option<Date>, OnboardingError> {
        let now = self.clock.now();
        let zone = self.usual_zone();
        let local = zone.local(now);
        let today = local.date();
        if last == Some(today) || local.time() < REPORTED_AT {
            return Ok(last);
        }
        let live_since = Timestamp::MAX;
        let cases = self.store.cases(Wanted::OpenAnd { live_since }).await?;
        let stuck: Vec<String> = cases
            .iter()
            .filter_map(|case| {
                let stuck = case.stuck.as_ref()?;
                Some(format!("{} {}: {}", case.number, case.name(), stuck.reason))
            })
            .collect();
        if !stuck.is_empty() {
            let people = self.identity.users(&Actor::System).await;
            let people = people.map_err(crate::error::StoreError::new)?;
            let readers = people.into_iter().filter(|person| {
                person.user.active && person.user.role == greengrid_domain::identity::Role::Cs
            });
            let letters: Vec<CaseLetter> = readers
                .map(|person| CaseLetter {
                    key: format!("onboarding-stuck:{today}:{}", person.user.id),
                    to: person.user.email.as_str().to_owned(),
                    subject: format!("{} of {} cases are stuck", stuck.len(), cases.len()),
                    text: format!(
                        "Good morning,\n\nthese cases do not go on:\n\n{}",
                        stuck.join("\n")
                    ),
                })
                .collect();
            self.store.post(&letters).await?;
        }
        Ok(Some(today))
    }
}
