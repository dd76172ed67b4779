//! Letters to people about their sites, and files of their data.

use std::sync::Arc;
use std::time::Duration;

use greengrid_app::customer::{NoticeRounds, TakeoutRounds, TakeoutStore};
use greengrid_app::error::StoreError;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::apart;

/// How often it looks whom to write to. Nothing of it is urgent to the minute.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How often it looks whether a file was asked for.
const FILES_EVERY: Duration = Duration::from_secs(2);

/// Files past their time are deleted this often.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// Writes what is due and puts files together until cancelled. What is cut off
/// is done again: a letter and the note of it are one transaction, and a file
/// whose maker fell silent is begun anew.
pub async fn run(
    notices: NoticeRounds,
    takeouts: TakeoutRounds,
    store: Arc<dyn TakeoutStore>,
    cancel: CancellationToken,
) {
    let files = apart(&cancel, |stop| async move {
        stop.run_until_cancelled(put_together(takeouts)).await;
    });
    let letters = async {
        loop {
            told(notices.run().await, "letters about sites could not be written");
            sleep(LOOK_EVERY).await;
        }
    };
    let sweeping = async {
        loop {
            told(store.sweep().await, "files past their time could not be deleted");
            sleep(SWEEP_EVERY).await;
        }
    };
    let rest = cancel.run_until_cancelled(async { tokio::join!(letters, sweeping) });
    tokio::join!(files, rest);
}

async fn put_together(takeouts: TakeoutRounds) {
    loop {
        match takeouts.run().await {
            Ok(true) => {}
            Ok(false) => sleep(FILES_EVERY).await,
            Err(error) => {
                told::<()>(Err(error), "a file of somebody's data could not be put together");
                sleep(FILES_EVERY).await;
            }
        }
    }
}

fn told<T>(done: Result<T, StoreError>, what: &'static str) {
    if let Err(error) = done {
        tracing::warn!(error = &error as &dyn std::error::Error, "{what}");
    }
}
