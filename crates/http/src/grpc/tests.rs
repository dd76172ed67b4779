use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use greengrid_app::ingestion::Receipt;
use greengrid_domain::identity::TokenId;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tonic::{Code, Status};
use uuid::Uuid;

use super::batch::Batch;
use super::conversation::{Conversation, MOST_ACKS, MOST_WAITING};
use super::proto::{Ack, Reading};
use super::streams::{Seat, Streams};

type Heard = mpsc::Receiver<Result<Ack, Status>>;

fn reading(sequence: u64) -> Reading {
    Reading { sequence, site_id: "alpha".to_owned(), power_w: Some(1.0), ..Reading::default() }
}

fn endless() -> BoxStream<'static, Result<Reading, Status>> {
    stream::iter(1..).map(|number| Ok(reading(number))).boxed()
}

fn seat(streams: &Streams) -> Seat {
    streams.join(TokenId::from(Uuid::from_u128(1))).unwrap()
}

/// A conversation whose readings are durable after this time.
fn begin(
    streams: &Streams,
    readings: BoxStream<'static, Result<Reading, Status>>,
    time: Duration,
) -> Heard {
    let (acks, heard) = mpsc::channel(MOST_ACKS);
    let write = move |batch: Batch| -> BoxFuture<'static, Result<Ack, Status>> {
        async move {
            tokio::time::sleep(time).await;
            let (submission, sequences) = batch.submission(Uuid::from_u128(1).into())?;
            let accepted = u32::try_from(submission.rows.len()).unwrap();
            Ok(Ack { accepted, ..sequences.ack(Receipt::default()) })
        }
        .boxed()
    };
    let began = Instant::now();
    tokio::spawn(Conversation { readings, acks, write, seat: seat(streams), began }.run());
    heard
}

#[tokio::test(start_paused = true)]
async fn what_few_send_goes_together_at_the_next_beat() {
    let readings = stream::iter(1..=3).map(|number| Ok(reading(number)));
    let mut heard = begin(
        &Streams::default(),
        readings.chain(stream::pending()).boxed(),
        Duration::from_millis(5),
    );

    let ack = heard.recv().await.unwrap().unwrap();

    assert_eq!(ack.durable_sequence, 3);
    assert!(heard.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn the_last_readings_are_acknowledged_before_the_stream_ends() {
    let readings = stream::iter(1..=2_500).map(|number| Ok(reading(number))).boxed();
    let mut heard = begin(&Streams::default(), readings, Duration::from_millis(5));

    let (mut durable, mut batches) = (0, 0);
    while let Some(ack) = heard.recv().await {
        durable = ack.unwrap().durable_sequence;
        batches += 1;
    }

    assert_eq!(durable, 2_500);
    assert_eq!(batches, 3);
}

#[tokio::test(start_paused = true)]
async fn who_reads_no_acknowledgements_is_not_read_from_either() {
    let pulled = Arc::new(AtomicU64::new(0));
    let counting = Arc::clone(&pulled);
    let readings = endless().inspect(move |_| _ = counting.fetch_add(1, Ordering::Relaxed));
    let heard = begin(&Streams::default(), readings.boxed(), Duration::from_millis(5));

    // The clock runs on by itself once nobody can go on.
    tokio::time::sleep(Duration::from_mins(1)).await;

    let most = (MOST_ACKS + 3) * MOST_WAITING;
    let pulled = usize::try_from(pulled.load(Ordering::Relaxed)).unwrap();
    assert!((MOST_WAITING..=most).contains(&pulled), "{pulled}");
    drop(heard);
}

#[tokio::test(start_paused = true)]
async fn a_sequence_number_that_does_not_grow_ends_the_stream() {
    let readings = stream::iter([7, 7]).map(|number| Ok(reading(number)));
    let mut heard = begin(
        &Streams::default(),
        readings.chain(stream::pending()).boxed(),
        Duration::from_millis(5),
    );

    let status = heard.recv().await.unwrap().unwrap_err();

    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("sequence 7 came after 7"), "{}", status.message());
}

#[tokio::test(start_paused = true)]
async fn streams_that_left_give_their_place_back() {
    let streams = Streams::default();
    let heard = begin(&streams, stream::pending().boxed(), Duration::ZERO);
    assert_eq!(streams.count(), 1);

    drop(heard);
    tokio::time::sleep(Duration::from_secs(1)).await;

    assert_eq!(streams.count(), 0);
}

#[tokio::test]
async fn one_token_cannot_take_every_stream() {
    let streams = Streams::default();
    let seats: Vec<Seat> = (0..1_000).map(|_| seat(&streams)).collect();

    let refused = streams.join(TokenId::from(Uuid::from_u128(1)));
    let other = streams.join(TokenId::from(Uuid::from_u128(2)));

    assert!(refused.is_err());
    assert!(other.is_ok());
    drop((seats, other));
    assert_eq!(streams.count(), 0);
}

#[test]
fn numbers_that_are_none_are_refused_by_name() {
    let mut batch = Batch::default();
    batch.push(&Reading { power_w: Some(f64::NAN), ..reading(4) }).unwrap();
    let instant = prost_types::Timestamp { seconds: i64::MAX, nanos: 0 };
    let at = prost_types::Timestamp { seconds: 1_780_000_000, nanos: 0 };
    batch.push(&Reading { timestamp_utc: Some(instant), ..reading(5) }).unwrap();
    let nan = Reading { power_w: Some(f64::NAN), timestamp_utc: Some(at), ..reading(6) };
    batch.push(&nan).unwrap();

    let (submission, sequences) = batch.submission(Uuid::nil().into()).unwrap();
    let receipt = Receipt { rejected: submission.rejected, ..Receipt::default() };
    let ack = sequences.ack(receipt);

    let told: Vec<_> = ack
        .rejected
        .iter()
        .map(|rejected| (rejected.sequence, rejected.field.as_str(), rejected.code.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (4, "timestamp_utc", "missing_field"),
            (5, "timestamp_utc", "invalid_timestamp"),
            (6, "power_w", "invalid_number"),
        ]
    );
    assert_eq!(ack.durable_sequence, 6);
}
