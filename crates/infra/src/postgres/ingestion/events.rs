use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::{AppendOutcome, AppendRow, EventStore, QuarantineEntry, Source};
use jiff::Timestamp;
use parking_lot::Mutex;
use sqlx::PgPool;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::partitions::Partitions;
use super::stored::Stored;
use super::transaction::Batch;
use super::watermarks::Watermarks;
use super::writer::{self, Job, Log};

/// Rows that may wait for the writer: about two seconds of its work. Senders
/// beyond wait, and are told to come back when that takes too long.
const QUEUE_ROWS: u32 = 200_000;
const QUEUE_WAIT: Duration = Duration::from_secs(2);

/// The log of readings in Postgres. Clones share one queue and one writer.
#[derive(Debug, Clone)]
pub struct PgEventStore {
    pub(super) log: Arc<Log>,
    queue: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
}

impl PgEventStore {
    /// Starts the writer on the present runtime. It ends, with everything
    /// accepted written, when the last clone is dropped.
    #[must_use]
    pub fn start(pool: PgPool) -> Self {
        let log = Arc::new(Log {
            pool,
            partitions: Partitions::default(),
            watermarks: Mutex::new(Watermarks::default()),
        });
        let (queue, jobs) = mpsc::unbounded_channel();
        tokio::spawn(writer::run(Arc::clone(&log), jobs));
        Self { log, queue, room: Arc::new(Semaphore::new(QUEUE_ROWS as usize)) }
    }

    /// Rows that wait for the writer.
    #[must_use]
    pub(crate) fn waiting(&self) -> u32 {
        let free = u32::try_from(self.room.available_permits()).unwrap_or(QUEUE_ROWS);
        QUEUE_ROWS.saturating_sub(free)
    }
}

#[async_trait]
impl EventStore for PgEventStore {
    async fn append(
        &self,
        source: Source,
        received_at: Timestamp,
        rows: Vec<AppendRow>,
        quarantined: Vec<QuarantineEntry>,
    ) -> Result<AppendOutcome, StoreError> {
        let rows = rows
            .into_iter()
            .map(Stored::try_from)
            .collect::<Result<Vec<_>, _>>()
            .map_err(StoreError::new)?;
        let size = u32::try_from(rows.len() + quarantined.len()).unwrap_or(QUEUE_ROWS);
        let room = Arc::clone(&self.room).acquire_many_owned(size.clamp(1, QUEUE_ROWS));
        let room = timeout(QUEUE_WAIT, room)
            .await
            .map_err(|_| StoreError::busy("too many readings wait to be written"))?
            .map_err(StoreError::new)?;
        let (answer, answered) = oneshot::channel();
        let batch = Batch { source, received_at, rows, quarantined };
        self.queue
            .send(Job { batch, answer, _room: room })
            .map_err(|_| StoreError::new("the writer of readings has ended"))?;
        answered.await.map_err(StoreError::new)?
    }
}
