use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use greengrid_app::error::StoreError;
use greengrid_app::identity::Identity;
use greengrid_app::live::{Heard, Notice, Topic};
use greengrid_domain::identity::TokenId;
use parking_lot::Mutex;
use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::fault::Fault;

/// Streams of one token, which may be that of a whole fleet of loggers.
const OF_ONE: usize = 1_000;
/// Streams of this instance. Each may hold a thousand readings in memory.
const OF_ALL: usize = 4_000;
/// How often tokens are asked after although nothing was heard of any.
const SWEEP: Duration = Duration::from_mins(1);
/// Wait before tokens are asked after again when nobody could tell.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// The open streams of programs. They end when their token is revoked and when
/// the program stops. Clones share them.
#[derive(Clone)]
pub struct Streams(Arc<Shared>);

struct Shared {
    open: Mutex<HashMap<TokenId, Open>>,
    /// Holds a permit when the tokens should be asked after.
    recheck: Notify,
    stop: CancellationToken,
    began: Instant,
}

struct Open {
    streams: usize,
    revoked: CancellationToken,
}

impl Default for Streams {
    fn default() -> Self {
        Self(Arc::new(Shared {
            open: Mutex::default(),
            recheck: Notify::new(),
            stop: CancellationToken::new(),
            began: Instant::now(),
        }))
    }
}

impl Streams {
    /// Ends the streams of tokens that are revoked. Runs until cancelled; then
    /// all streams end.
    pub async fn run(
        self,
        identity: Identity,
        mut heard: broadcast::Receiver<Heard>,
        cancel: CancellationToken,
    ) {
        let work = async {
            tokio::join!(self.hear(&mut heard), self.check(&identity));
        };
        let _ = cancel.run_until_cancelled(work).await;
        self.0.stop.cancel();
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.open.lock().values().map(|open| open.streams).sum()
    }

    /// Whether the program stops.
    pub(super) fn is_stopping(&self) -> bool {
        self.0.stop.is_cancelled()
    }

    /// Returns when the program stops.
    pub(super) async fn stopped(&self) {
        self.0.stop.cancelled().await;
    }

    /// Since when all streams count their beats.
    pub(super) fn began(&self) -> Instant {
        self.0.began
    }

    /// Opens a stream of a token.
    pub(super) fn join(&self, token: TokenId) -> Result<Seat, Fault> {
        if self.0.stop.is_cancelled() {
            return Err(Fault::Stopping);
        }
        let revoked = {
            let mut all = self.0.open.lock();
            let many: usize = all.values().map(|open| open.streams).sum();
            let open = all
                .entry(token)
                .or_insert_with(|| Open { streams: 0, revoked: CancellationToken::new() });
            if open.streams >= OF_ONE || many >= OF_ALL {
                return Err(Fault::TooMany { retry_after: Duration::from_secs(5) });
            }
            open.streams += 1;
            open.revoked.clone()
        };
        // The token may have been revoked since it was looked at.
        self.0.recheck.notify_one();
        Ok(Seat { streams: self.clone(), token, revoked })
    }

    async fn hear(&self, heard: &mut broadcast::Receiver<Heard>) {
        use broadcast::error::RecvError;
        loop {
            match heard.recv().await {
                Ok(Heard::Notice(Notice::Changed(Topic::Accounts)) | Heard::Reconnected)
                | Err(RecvError::Lagged(_)) => self.0.recheck.notify_one(),
                Ok(Heard::Notice(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    async fn check(&self, identity: &Identity) {
        loop {
            let _ = timeout(SWEEP, self.0.recheck.notified()).await;
            let asked: Vec<TokenId> = self.0.open.lock().keys().copied().collect();
            if asked.is_empty() {
                continue;
            }
            match identity.tokens_in_force(&asked).await {
                Ok(good) => self.settle(&asked, &good),
                Err(error) => {
                    unchecked(&error);
                    self.0.recheck.notify_one();
                    sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    fn settle(&self, asked: &[TokenId], good: &[TokenId]) {
        let open = self.0.open.lock();
        for token in asked.iter().filter(|token| !good.contains(token)) {
            if let Some(open) = open.get(token) {
                open.revoked.cancel();
            }
        }
    }
}

fn unchecked(error: &StoreError) {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "cannot tell which tokens are still good"
    );
}

/// One open stream; given back when dropped.
pub(super) struct Seat {
    streams: Streams,
    token: TokenId,
    revoked: CancellationToken,
}

impl Seat {
    /// Returns when the stream has to end, with what its sender is told.
    pub(super) async fn ended(&self) -> Status {
        tokio::select! {
            () = self.revoked.cancelled() => Fault::NoToken.into(),
            () = self.streams.0.stop.cancelled() => Fault::Stopping.into(),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut all = self.streams.0.open.lock();
        if let Some(open) = all.get_mut(&self.token) {
            open.streams -= 1;
            if open.streams == 0 {
                all.remove(&self.token);
            }
        }
    }
}
