use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt as _, Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tonic::Status;

use super::batch::Batch;
use super::proto::{Ack, Reading};
use super::streams::Seat;

/// Readings of one stream that may wait while others of it are written. Beyond
/// that nothing more is read, and HTTP/2 slows the sender down.
pub(super) const MOST_WAITING: usize = 1_000;
/// That many go at once; fewer wait for the next beat.
const ENOUGH: usize = 64;
/// Streams with little to say all submit at the same beats of this length, so
/// that the writer commits what hundreds of loggers sent in one transaction.
const BEAT: Duration = Duration::from_millis(250);
/// Acknowledgements that may wait for whoever is to read them.
pub(super) const MOST_ACKS: usize = 8;

/// One stream of readings and its acknowledgements. One submission of it is
/// under way at a time, so acknowledgements come in order and corrections stay
/// behind what they correct.
pub(super) struct Conversation<R, W> {
    pub(super) readings: R,
    pub(super) acks: mpsc::Sender<Result<Ack, Status>>,
    /// Makes a batch durable.
    pub(super) write: W,
    pub(super) seat: Seat,
    pub(super) began: Instant,
}

impl<R, W> Conversation<R, W>
where
    R: Stream<Item = Result<Reading, Status>> + Unpin + Send,
    W: Fn(Batch) -> BoxFuture<'static, Result<Ack, Status>> + Send,
{
    /// Takes readings until the sender has sent all, leaves, or has to.
    pub(super) async fn run(mut self) {
        if let Err(status) = self.talk().await {
            // Who has left does not hear it, and whoever reads nothing must not
            // hold this up.
            let _ = self.acks.try_send(Err(status));
        }
    }

    async fn talk(&mut self) -> Result<(), Status> {
        let mut waiting = Waiting::default();
        let mut under_way: Option<BoxFuture<'static, Result<Ack, Status>>> = None;
        loop {
            let due = waiting.due(self.began);
            if under_way.is_none() && (waiting.ended || waiting.batch.len() >= ENOUGH) {
                if waiting.batch.is_empty() {
                    return Ok(());
                }
                under_way = Some((self.write)(waiting.take()));
            }
            tokio::select! {
                biased;
                status = self.seat.ended() => return Err(status),
                () = self.acks.closed() => return Ok(()),
                ack = of(&mut under_way) => {
                    under_way = None;
                    self.tell(ack?).await?;
                }
                () = sleep_until(due), if under_way.is_none() && !waiting.batch.is_empty() => {
                    under_way = Some((self.write)(waiting.take()));
                }
                reading = self.readings.next(), if waiting.has_room() => {
                    waiting.hear(reading)?;
                    while waiting.has_room()
                        && let Some(reading) = self.readings.next().now_or_never()
                    {
                        waiting.hear(reading)?;
                    }
                }
            }
        }
    }

    /// Waits until there is room for another acknowledgement.
    async fn tell(&mut self, ack: Ack) -> Result<(), Status> {
        tokio::select! {
            biased;
            status = self.seat.ended() => Err(status),
            sent = self.acks.send(Ok(ack)) => sent.map_err(|_| Status::cancelled("gone")),
        }
    }
}

/// The end of what is under way; never where nothing is.
async fn of(
    under_way: &mut Option<BoxFuture<'static, Result<Ack, Status>>>,
) -> Result<Ack, Status> {
    match under_way {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

/// What was read and not submitted yet.
#[derive(Default)]
struct Waiting {
    batch: Batch,
    since: Option<Instant>,
    last: Option<u64>,
    /// The sender has sent all.
    ended: bool,
}

impl Waiting {
    const fn has_room(&self) -> bool {
        !self.ended && self.batch.len() < MOST_WAITING
    }

    fn hear(&mut self, reading: Option<Result<Reading, Status>>) -> Result<(), Status> {
        let Some(reading) = reading.transpose()? else {
            self.ended = true;
            return Ok(());
        };
        if let Some(last) = self.last
            && reading.sequence <= last
        {
            let message = format!(
                "sequence {} came after {last}; each has to be above the one before",
                reading.sequence
            );
            return Err(Status::invalid_argument(message));
        }
        self.last = Some(reading.sequence);
        self.since.get_or_insert_with(Instant::now);
        self.batch.push(&reading)
    }

    fn take(&mut self) -> Batch {
        self.since = None;
        std::mem::take(&mut self.batch)
    }

    /// The first beat after the oldest reading came, counted from an instant
    /// that all streams share.
    fn due(&self, began: Instant) -> Instant {
        let since = self.since.unwrap_or(began);
        let beat = BEAT.as_micros().max(1);
        let into = since.duration_since(began).as_micros() % beat;
        let left = u64::try_from(beat - into).unwrap_or_default();
        since + Duration::from_micros(left)
    }
}
