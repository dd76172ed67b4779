//! Keeps the read models up to date with the events.

use std::time::{Duration, Instant};

use greengrid_app::live::{Heard, Notice};
use greengrid_domain::fleet::SiteId;
use greengrid_domain::observability::signal;
use greengrid_domain::time::Interval;
use sqlx::PgPool;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::postgres::Notices;
use crate::postgres::projection;

pub use crate::postgres::projection::{RebuildError, rebuild};

/// How long to wait for a notice before looking without one: notices get lost.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long what comes in bursts may gather after a notice, and how soon to
/// look again when nothing was to be seen: events stay out of sight while an
/// older transaction runs, which sends no notice when it ends.
const GATHER: Duration = Duration::from_millis(40);
const LOOKS: u32 = 20;

/// The longest rest after a round while readings keep coming in; shorter rounds
/// are followed by a rest as long as they took. So the projection takes half a
/// core from those who write, and a quarter hour that is filling up is not
/// worked out again for each of its readings.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// The projector. Any number may run, since each holds the checkpoint while it
/// works; a lease merely keeps the others from waiting for it.
#[derive(Debug)]
pub struct Projector;

impl Projector {
    /// Projects until cancelled, and tells `on_projected` which quarter hours
    /// were recomputed, after their commit. When the receiver is full the
    /// projector waits; when it is gone it goes on alone.
    pub async fn run(
        pool: PgPool,
        notices: &Notices,
        on_projected: mpsc::Sender<Vec<(SiteId, Interval)>>,
        cancel: CancellationToken,
    ) {
        let mut heard = notices.subscribe();
        let work = async {
            let mut looks = 0;
            loop {
                let begun = Instant::now();
                match projection::project(&pool).await {
                    Ok(projected) if projected.batches > 0 => {
                        let rest = begun.elapsed().min(LONGEST_REST);
                        metrics::histogram!("greengrid_work_duration_seconds", "work" => "projection")
                            .record(begun.elapsed().as_secs_f64());
                        tracing::debug!(
                            target: signal::WORK,
                            work = "projection",
                            took_us = signal::micros(begun.elapsed()),
                            batches = projected.batches,
                            intervals = projected.touched.len(),
                        );
                        let _ = on_projected.send(projected.touched).await;
                        looks = 0;
                        if more_came(&mut heard) {
                            sleep(rest).await;
                            looks = LOOKS;
                        }
                    }
                    Ok(_) if looks > 0 => {
                        looks -= 1;
                        sleep(GATHER).await;
                    }
                    Ok(_) => {
                        if timeout(LOOK_EVERY, appended(&mut heard)).await.is_ok() {
                            sleep(GATHER).await;
                            looks = LOOKS;
                        }
                    }
                    Err(error) => {
                        tracing::error!(%error, "events could not be projected");
                        sleep(PAUSE).await;
                    }
                }
            }
        };
        tokio::select! {
            () = cancel.cancelled() => {}
            () = work => {}
        }
    }

    /// Projects everything committed by now, and gives the number of batches.
    /// Waits for transactions that are older than those.
    pub async fn project_once(pool: &PgPool) -> Result<usize, sqlx::Error> {
        let newest = projection::newest(pool).await?;
        let mut batches = 0;
        loop {
            let projected = projection::project(pool).await?;
            batches += projected.batches;
            if projected.batches > 0 {
                continue;
            }
            if projection::has_reached(pool, newest.as_ref()).await? {
                return Ok(batches);
            }
            sleep(GATHER).await;
        }
    }
}

/// Whether there may be new events since the last look.
fn more_came(heard: &mut broadcast::Receiver<Heard>) -> bool {
    use broadcast::error::TryRecvError;
    let mut came = false;
    loop {
        match heard.try_recv() {
            Ok(Heard::Notice(Notice::Appended) | Heard::Reconnected)
            | Err(TryRecvError::Lagged(_)) => came = true,
            Ok(Heard::Notice(_)) => {}
            Err(TryRecvError::Empty | TryRecvError::Closed) => return came,
        }
    }
}

/// Returns when there may be new events.
async fn appended(heard: &mut broadcast::Receiver<Heard>) {
    loop {
        match heard.recv().await {
            Ok(Heard::Notice(Notice::Appended) | Heard::Reconnected)
            | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Ok(Heard::Notice(_)) => {}
            // Nobody will tell any more: look by the clock.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
