//! Polls vendors for readings.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::connections::{Poller, Turn};
use greengrid_domain::ingestion::CredentialId;
use greengrid_domain::observability::signal;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often it looks what is due.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long it waits after a failure of the store.
const PAUSE: Duration = Duration::from_secs(10);

/// Polls what is due until cancelled. A credential whose turn takes long keeps
/// no other from its own. A turn that is cut off loses nothing: a checkpoint
/// moves only when the readings before it are durable.
pub async fn run(poller: Poller, cancel: CancellationToken) {
    let work = async {
        let mut busy = HashSet::new();
        let mut turns = FuturesUnordered::new();
        loop {
            let pause = match poller.due(&busy).await {
                Ok(due) => {
                    for turn in due {
                        busy.insert(turn.credential);
                        turns.push(take(&poller, turn));
                    }
                    LOOK_EVERY
                }
                Err(error) => {
                    failed(&error);
                    PAUSE
                }
            };
            let look = sleep(pause);
            tokio::pin!(look);
            loop {
                tokio::select! {
                    () = &mut look => break,
                    Some((credential, taken)) = turns.next() => {
                        busy.remove(&credential);
                        if let Err(error) = taken {
                            failed(&error);
                        }
                    }
                }
            }
        }
    };
    cancel.run_until_cancelled(work).await;
}

async fn take(poller: &Poller, turn: Turn) -> (CredentialId, Result<(), StoreError>) {
    let (begun, credential, connections) = (Instant::now(), turn.credential, turn.len());
    let taken = poller.take(turn).await;
    metrics::histogram!("greengrid_work_duration_seconds", "work" => "polling")
        .record(begun.elapsed().as_secs_f64());
    let took_us = signal::micros(begun.elapsed());
    tracing::debug!(target: signal::WORK, work = "polling", took_us, connections);
    (credential, taken)
}

fn failed(error: &StoreError) {
    tracing::warn!(error = error as &dyn std::error::Error, "connections could not be polled");
}
