//! What the rules would have raised with another threshold, worked out over the
//! stored readings. Nothing is raised or kept.

mod replay;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::monitoring::rules::{Threshold, ThresholdError, Thresholds};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use self::replay::Replay;
use super::{AssessmentStore, ReadModels};
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::live::{LiveBus, Notice, Topic};

/// Sites that are looked at, at most: of a larger fleet so many of each region
/// as its share of the fleet.
const MOST_SITES: usize = 300;

/// Neighbours that every region brings, at least.
const LEAST_OF_REGION: usize = 12;

/// Answers that are kept.
const KEPT: usize = 8;

/// The longest list of what differs.
const LISTED: usize = 100;

/// A question: what if this threshold had that value, over the last days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// Which threshold.
    pub threshold: Threshold,
    /// Its value, in its unit.
    pub value: f64,
    /// Over how many days.
    pub days: u16,
}

/// A stretch that is raised with one value and not with the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Fired {
    /// At which site.
    pub site: Arc<Site>,
    /// On which local day it was raised.
    pub day: Date,
    /// Which kind.
    pub kind: AnomalyKind,
}

/// What would have fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// How many sites were looked at.
    pub sites: usize,
    /// How many there are.
    pub of: usize,
    /// For each kind that fires at all: how often with the usual value and with
    /// the one tried.
    pub counts: Vec<(AnomalyKind, u32, u32)>,
    /// What fires only with the value tried, newest first, at most 100.
    pub added: Vec<Fired>,
    /// What no longer fires with it, newest first, at most 100.
    pub gone: Vec<Fired>,
}

/// How far the answer is.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// So many of so many days are done.
    Running {
        /// Days that are done.
        done: u32,
        /// All days.
        of: u32,
    },
    /// It is known.
    Known(Arc<Outcome>),
    /// It could not be worked out; asking again tries again.
    Failed,
}

/// Why nothing is worked out.
#[derive(Debug, thiserror::Error)]
pub enum WhatIfError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The value makes no sense.
    #[error(transparent)]
    Value(#[from] ThresholdError),
}

/// A question with the day it was asked on, and how far its answer is.
#[derive(Debug)]
struct Job {
    question: Question,
    asked_on: i64,
    answer: Answer,
}

/// Works out what would have fired, one question at a time, in the background.
#[derive(Clone, bon::Builder)]
pub struct WhatIf {
    directory: Directory,
    read_models: Arc<dyn ReadModels>,
    assessments: Arc<dyn AssessmentStore>,
    bus: Arc<dyn LiveBus>,
    clock: Arc<dyn Clock>,
    #[builder(skip)]
    jobs: Arc<Mutex<VecDeque<Job>>>,
    /// One replay at a time: it takes a core.
    #[builder(skip = Arc::new(Semaphore::new(1)))]
    turn: Arc<Semaphore>,
}

impl WhatIf {
    /// The answer as far as it is known. The first to ask starts the work, of
    /// which [`Topic::Scorecard`] tells the progress.
    pub fn ask(&self, actor: &Actor, question: Question) -> Result<Answer, WhatIfError> {
        actor.require(Permission::ViewScorecard)?;
        let thresholds = Thresholds::default().with(question.threshold, question.value)?;
        let now = self.clock.now();
        let asked_on = now.as_second().div_euclid(86_400);
        let mut jobs = self.jobs.lock();
        if let Some(job) =
            jobs.iter().find(|job| job.question == question && job.asked_on == asked_on)
        {
            let answer = job.answer.clone();
            if answer == Answer::Failed {
                jobs.retain(|job| job.question != question);
            }
            return Ok(answer);
        }
        let answer = Answer::Running { done: 0, of: question.days.into() };
        jobs.push_back(Job { question, asked_on, answer: answer.clone() });
        if jobs.len() > KEPT {
            jobs.pop_front();
        }
        drop(jobs);
        let work = self.clone();
        tokio::spawn(async move { work.work_out(question, thresholds, now).await });
        Ok(answer)
    }

    async fn work_out(&self, question: Question, thresholds: Thresholds, now: Timestamp) {
        let Ok(_turn) = self.turn.acquire().await else { return };
        let answer = match self.replay(question, thresholds, now).await {
            Ok(outcome) => Answer::Known(Arc::new(outcome)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "no answer to what if");
                Answer::Failed
            }
        };
        self.tell(question, answer).await;
    }

    async fn replay(
        &self,
        question: Question,
        thresholds: Thresholds,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let fleet: Vec<Arc<Site>> = self.directory.snapshot().sites().cloned().collect();
        let sites = sample(&fleet);
        let ids: Vec<SiteId> = sites.iter().map(|site| site.id).collect();
        let days = i64::from(question.days);
        let start = now - SignedDuration::from_hours(24 * days);
        let mut replay = Replay::new(&sites, start, thresholds);
        replay.know(
            &self.assessments.baselines(&ids).await?,
            &self.assessments.days(&ids, start - Replay::REMEMBERED).await?,
        );
        let (mut from, mut to) = replay.before();
        for done in 0..=question.days {
            let read = self.read_models.intervals(&ids, from, to).await?;
            replay = tokio::task::spawn_blocking(move || replay.pass(read, to))
                .await
                .map_err(StoreError::new)?;
            (from, to) = (to, to.offset(greengrid_domain::time::Interval::PER_DAY));
            self.tell(question, Answer::Running { done: done.into(), of: question.days.into() })
                .await;
        }
        Ok(replay.outcome(sites.len(), fleet.len()))
    }

    async fn tell(&self, question: Question, answer: Answer) {
        for job in self.jobs.lock().iter_mut().filter(|job| job.question == question) {
            job.answer = answer.clone();
        }
        // Nobody is lost who does not hear: the next look tells.
        if let Err(error) = self.bus.publish(&[Notice::Changed(Topic::Scorecard)]).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "progress was not told");
        }
    }
}

/// The sites that are looked at.
fn sample(fleet: &[Arc<Site>]) -> Vec<Arc<Site>> {
    if fleet.len() <= MOST_SITES {
        return fleet.to_vec();
    }
    let mut of_region = std::collections::BTreeMap::<_, Vec<&Arc<Site>>>::new();
    for site in fleet {
        of_region.entry(&site.details.region).or_default().push(site);
    }
    of_region
        .into_values()
        .flat_map(|sites| {
            let share = MOST_SITES * sites.len() / fleet.len();
            sites.into_iter().take(share.max(LEAST_OF_REGION)).cloned()
        })
        .collect()
}
