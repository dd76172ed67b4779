//! Judges sites as their readings are projected.

use std::sync::Arc;
use std::time::Duration;

use greengrid_app::error::StoreError;
use greengrid_app::monitoring::Assessor;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::observability::signal;
use greengrid_domain::time::Interval;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::apart;

/// The shortest time from one run to the next: two a second are as live as
/// anybody can read.
const PAUSE: Duration = Duration::from_millis(500);

/// It is so many times as long as a run took, up to the longest: who writes and
/// who reads have the machine for the rest. One site is judged at once; two
/// hundred that send every second, every few seconds.
const PAUSE_PER_RUN: u32 = 20;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// All sites are looked at this often even if nothing came in: silence is news
/// too, and a demo's clock may run fast.
const TICK: Duration = Duration::from_secs(10);

/// Past days judged between two looks at the present.
const PAST_DAYS: i64 = 2;

/// A round of the projector with more quarter hours than this is part of an
/// import or of a long silence made up for. The past it changes is judged once
/// that is over, rather than again and again: when none came for a while, or at
/// the latest so often.
const MUCH: usize = 2_000;
const OVER_AFTER: Duration = Duration::from_secs(5);
const PAST_AT_LATEST: Duration = Duration::from_mins(1);

/// The longest wait after failures.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Runs the assessor: whenever the projector touched something, at most twice
/// a second, and every few seconds in any case. Ends when cancelled; recovers
/// from failures of the store by reading everything anew.
///
/// A fleet takes seconds of arithmetic when it is first read, and whenever much
/// of the past changed.
pub async fn run(
    assessor: Arc<Assessor>,
    touched: mpsc::Receiver<Vec<(SiteId, Interval)>>,
    cancel: CancellationToken,
) {
    apart(&cancel, |stop| keep_judging(assessor, touched, stop)).await;
}

async fn keep_judging(
    assessor: Arc<Assessor>,
    mut touched: mpsc::Receiver<Vec<(SiteId, Interval)>>,
    cancel: CancellationToken,
) {
    let mut wait = Duration::from_secs(1);
    while !cancel.is_cancelled() {
        let begun = Instant::now();
        let ended = tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            ended = work(&assessor, &mut touched) => ended,
        };
        let Err(error) = ended else { return };
        if begun.elapsed() > LONGEST_WAIT {
            wait = Duration::from_secs(1);
        }
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            wait_ms = wait.as_millis(),
            "sites could not be assessed"
        );
        tokio::select! {
            () = cancel.cancelled() => return,
            () = sleep(wait) => {}
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Works until the projector is gone or the store fails.
async fn work(
    assessor: &Assessor,
    touched: &mut mpsc::Receiver<Vec<(SiteId, Interval)>>,
) -> Result<(), StoreError> {
    let begun = Instant::now();
    let past = assessor.prepare().await?;
    tracing::info!(past_days = past, duration_ms = begun.elapsed().as_millis(), "fleet loaded");
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut relearn = 0;
    let (mut past_judged, mut much_came) = (begun, None);
    loop {
        let run = Instant::now();
        if take_all(assessor, touched) {
            much_came = Some(run);
        }
        assessor.assess().await?;
        let took = run.elapsed();
        metrics::histogram!("greengrid_work_duration_seconds", "work" => "detection")
            .record(took.as_secs_f64());
        tracing::debug!(target: signal::WORK, work = "detection", took_us = signal::micros(took));
        let wait = much_came.is_some_and(|came: Instant| came.elapsed() < OVER_AFTER)
            && past_judged.elapsed() < PAST_AT_LATEST;
        let judged = if wait { 0 } else { assessor.catch_up(PAST_DAYS).await? };
        if !wait {
            past_judged = Instant::now();
        }
        relearn += judged;
        let behind = judged > 0 || wait;
        if relearn > 0 && !behind {
            assessor.learn().await?;
            relearn = 0;
            continue;
        }
        // A past that waits to be judged is work of its own, done in between.
        let pause =
            if judged > 0 { PAUSE } else { (took * PAUSE_PER_RUN).clamp(PAUSE, LONGEST_PAUSE) };
        sleep_until(run + pause).await;
        if behind {
            continue;
        }
        tokio::select! {
            batch = touched.recv() => match batch {
                Some(batch) => {
                    assessor.touched(&batch);
                    much_came = (batch.len() > MUCH).then(Instant::now).or(much_came);
                }
                None => return Ok(()),
            },
            _ = tick.tick() => {}
        }
    }
}

/// Takes note of everything that waits, and tells whether it is much.
fn take_all(assessor: &Assessor, touched: &mut mpsc::Receiver<Vec<(SiteId, Interval)>>) -> bool {
    let mut much = false;
    while let Ok(batch) = touched.try_recv() {
        assessor.touched(&batch);
        much |= batch.len() > MUCH;
    }
    much
}
