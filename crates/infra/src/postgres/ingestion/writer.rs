use std::sync::Arc;
use std::time::Instant;

use greengrid_app::error::StoreError;
use greengrid_app::ingestion::AppendOutcome;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::observability::signal;
use parking_lot::Mutex;
use sqlx::PgPool;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::partitions::Partitions;
use super::plan::Waiting;
use super::transaction::{self, Batch, Committed};
use super::watermarks::{self, Watermarks};
use crate::postgres::failure::{failed, passes};
use crate::postgres::notify::notify;

/// Rows that one transaction takes at most, unless a single submission has
/// more. With more, the answers wait longer and nothing gets faster.
const GROUP_ROWS: usize = 20_000;
/// Submissions that one transaction takes at most.
const GROUP_SUBMISSIONS: usize = 1_000;
/// How often a group is planned anew because another instance was faster.
const ATTEMPTS: usize = 6;

/// A submission that waits for its commit.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) batch: Batch,
    pub(super) answer: oneshot::Sender<Result<AppendOutcome, StoreError>>,
    /// Its share of the queue, given back with the answer.
    pub(super) _room: OwnedSemaphorePermit,
}

/// What the writer and the bulk loader share.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) pool: PgPool,
    pub(super) partitions: Partitions,
    pub(super) watermarks: Mutex<Watermarks>,
}

/// Takes submissions off the queue and commits what has gathered, until the
/// store is dropped and the queue is empty.
pub(super) async fn run(log: Arc<Log>, mut queue: mpsc::UnboundedReceiver<Job>) {
    let mut next = queue.recv().await;
    while let Some(first) = next.take() {
        let mut rows = first.batch.rows.len();
        let mut group = vec![first];
        while group.len() < GROUP_SUBMISSIONS {
            let Ok(job) = queue.try_recv() else { break };
            rows += job.batch.rows.len();
            if rows > GROUP_ROWS {
                next = Some(job);
                break;
            }
            group.push(job);
        }
        commit(&log, group).await;
        if next.is_none() {
            next = queue.recv().await;
        }
    }
}

/// Commits a group and answers its submissions. If the group cannot be
/// committed as a whole, each submission is tried alone, so that one cannot
/// fail the others.
async fn commit(log: &Log, group: Vec<Job>) {
    let batches: Vec<&Batch> = group.iter().map(|job| &job.batch).collect();
    let (begun, rows) =
        (Instant::now(), batches.iter().map(|batch| batch.rows.len()).sum::<usize>());
    match log.append(&batches).await {
        Ok(committed) => {
            let Committed { verdicts, touched, quarantined } = committed;
            let took_us = signal::micros(begun.elapsed());
            let submissions = group.len();
            metrics::histogram!("greengrid_work_duration_seconds", "work" => "append")
                .record(begun.elapsed().as_secs_f64());
            tracing::debug!(target: signal::WORK, work = "append", took_us, rows, submissions);
            for (job, verdicts) in group.into_iter().zip(verdicts) {
                answer(job, Ok(AppendOutcome { verdicts }));
            }
            log.tell(touched, quarantined).await;
        }
        Err(error) if group.len() > 1 && !passes(&error) => {
            tracing::warn!(%error, submissions = group.len(), "a group could not be committed");
            for job in group {
                Box::pin(commit(log, vec![job])).await;
            }
        }
        Err(error) => {
            // Every submission needs an error of its own; the first carries it.
            let busy = passes(&error);
            let mut first = Some(failed(error));
            for job in group {
                let again = || {
                    let text = "the group of this submission could not be committed";
                    if busy { StoreError::busy(text) } else { StoreError::new(text) }
                };
                answer(job, Err(first.take().unwrap_or_else(again)));
            }
        }
    }
}

/// The sender may have gone; the readings are kept all the same.
fn answer(job: Job, result: Result<AppendOutcome, StoreError>) {
    let _ = job.answer.send(result);
}

impl Log {
    async fn append(&self, batches: &[&Batch]) -> Result<Committed, sqlx::Error> {
        let mut rows: Vec<Waiting<'_>> = batches
            .iter()
            .enumerate()
            .flat_map(|(job, batch)| {
                batch.rows.iter().enumerate().map(move |(index, row)| Waiting { job, index, row })
            })
            .collect();
        // Stable: equal keys stay in the order of arrival.
        rows.sort_by_key(|waiting| waiting.row.key);
        let instants = rows.iter().map(|waiting| waiting.row.key.measured_at());
        self.partitions.ensure(&self.pool, instants).await?;

        let mut attempt = 1;
        loop {
            self.learn(&rows).await?;
            // Once surprised, the group looks every key up.
            let beyond = |key: &_| attempt == 1 && self.watermarks.lock().is_beyond(key);
            match transaction::append(&self.pool, batches, &rows, beyond).await {
                Ok(committed) => {
                    let mut watermarks = self.watermarks.lock();
                    for waiting in &rows {
                        watermarks.reached(&waiting.row.key);
                    }
                    return Ok(committed);
                }
                Err(error) if attempt < ATTEMPTS && is_race(&error) => {
                    tracing::debug!(%error, attempt, "another instance was faster");
                    self.watermarks.lock().forget(rows.iter().map(|waiting| waiting.row.key.site));
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn learn(&self, rows: &[Waiting<'_>]) -> Result<(), sqlx::Error> {
        let sites = rows.iter().map(|waiting| waiting.row.key.site);
        let unknown = self.watermarks.lock().unknown(sites);
        if !unknown.is_empty() {
            let newest = watermarks::read(&self.pool, &unknown).await?;
            self.watermarks.lock().learn(newest);
        }
        Ok(())
    }

    /// Wakes the projectors, once for the whole group. After the commit, since
    /// a commit that notifies holds a lock of the whole server until it is on
    /// disk. A notice lost with the program costs a second: projectors also
    /// look by themselves.
    pub(super) async fn tell(&self, touched: bool, quarantined: bool) {
        let notices: Vec<Notice> = [
            touched.then_some(Notice::Appended),
            quarantined.then_some(Notice::Changed(Topic::Quarantine)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if notices.is_empty() {
            return;
        }
        let told = async { notify(&mut *self.pool.acquire().await?, &notices).await };
        if let Err(error) = told.await {
            tracing::warn!(%error, "readings were appended but nobody could be told");
        }
    }
}

/// Unique violation, deadlock, serialization failure: somebody else wrote the
/// same keys at the same time.
fn is_race(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("23505" | "40P01" | "40001"))
}
