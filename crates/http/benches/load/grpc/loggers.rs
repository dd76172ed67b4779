use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use greengrid_domain::fleet::SiteCode;
use greengrid_http::grpc::proto::readings_client::ReadingsClient;
use greengrid_http::grpc::proto::{Ack, Reading};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Endpoint;
use tonic::{Request, Streaming};

use crate::Error;
use crate::ingest::BATCH;
use crate::report::Durations;

/// Readings between two looks at the clock.
const SLICE: usize = 50;
/// How long the last acknowledgements may take.
const LAST: Duration = Duration::from_secs(20);

/// What streams came to.
pub(super) struct Sent {
    /// Readings acknowledged in a second.
    pub(super) rate: f64,
    /// From sending the last of some readings to their acknowledgement.
    pub(super) waits: Durations,
}

/// Sends by as many streams as there are thousands of sites, as fast as
/// acknowledgements allow or at a rate.
pub(super) async fn send(
    address: &str,
    token: &str,
    codes: &[SiteCode],
    first: Timestamp,
    time: Duration,
    rate: Option<f64>,
) -> Result<Sent, Error> {
    let streams = f64::from(u32::try_from(codes.len() / BATCH)?);
    let begun = Instant::now();
    let all = codes.chunks(BATCH).map(|codes| async move {
        let logger = Logger::connect(address, token).await?;
        let mut at = first;
        let measured = move || {
            at += SignedDuration::from_mins(5);
            at
        };
        let rate = rate.map(|rate| rate / streams);
        tokio::spawn(logger.send(codes.to_vec(), measured, begun, time, rate)).await?
    });
    let (mut readings, mut waits, mut took) = (0, Vec::new(), Duration::ZERO);
    for sent in join_all(all).await {
        let (sent, of_stream, until) = sent?;
        readings += sent;
        waits.extend(of_stream);
        took = took.max(until);
    }
    let rate = f64::from(u32::try_from(readings)?) / took.as_secs_f64();
    Ok(Sent { rate, waits: Durations::new(waits) })
}

/// A stream for each site, each of which sends what it measures every second.
pub(super) async fn keep_sending(
    address: &str,
    token: &str,
    codes: &[SiteCode],
    time: Duration,
) -> Result<(), Error> {
    let begun = Instant::now();
    let all = codes.iter().enumerate().map(|(number, code)| async move {
        let logger = Logger::connect(address, token).await?;
        // Loggers do not agree on when a second begins.
        sleep(Duration::from_millis(u64::try_from(number * 5 % 1_000)?)).await;
        let present = Timestamp::now;
        let (sent, _, _) = logger.send(vec![code.clone()], present, begun, time, Some(1.0)).await?;
        if sent == 0 { Err("nothing was acknowledged".into()) } else { Ok(()) }
    });
    join_all(all).await.into_iter().collect()
}

/// Sequence numbers and when they were sent.
type Underway = Arc<Mutex<VecDeque<(u64, Instant)>>>;

struct Logger {
    readings: mpsc::Sender<Reading>,
    acks: Streaming<Ack>,
}

impl Logger {
    async fn connect(address: &str, token: &str) -> Result<Self, Error> {
        let channel = Endpoint::from_shared(address.to_owned())?.connect().await?;
        let (readings, to_send) = mpsc::channel(SLICE);
        let mut request = Request::new(ReceiverStream::new(to_send));
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse()?);
        let acks = ReadingsClient::new(channel).stream_readings(request).await?.into_inner();
        Ok(Self { readings, acks })
    }

    /// Sends round after round, each measured at the next instant given. Gives
    /// how many readings were acknowledged, how long the last of each slice
    /// waited, and when the last acknowledgement came.
    async fn send(
        self,
        codes: Vec<SiteCode>,
        mut measured: impl FnMut() -> Timestamp + Send,
        begun: Instant,
        time: Duration,
        rate: Option<f64>,
    ) -> Result<(u64, Vec<Duration>, Duration), Error> {
        let underway = Underway::default();
        let Self { readings, acks } = self;
        let hearing = tokio::spawn(hear(acks, Arc::clone(&underway), begun));
        let mut sequence = 0_u64;
        'sending: loop {
            let at = measured();
            for codes in codes.chunks(SLICE) {
                if begun.elapsed() >= time {
                    break 'sending;
                }
                for code in codes {
                    sequence += 1;
                    readings.send(reading(sequence, code, at)).await?;
                }
                underway.lock().push_back((sequence, Instant::now()));
                if let Some(rate) = rate {
                    let due = f64::from(u32::try_from(sequence)?) / rate;
                    sleep(Duration::from_secs_f64(due).saturating_sub(begun.elapsed())).await;
                }
            }
        }
        drop(readings);
        let (durable, waits, until) = timeout(LAST, hearing).await???;
        if durable == sequence {
            Ok((durable, waits, until))
        } else {
            Err(format!("{durable} of {sequence} readings were acknowledged").into())
        }
    }
}

async fn hear(
    mut acks: Streaming<Ack>,
    underway: Underway,
    begun: Instant,
) -> Result<(u64, Vec<Duration>, Duration), Error> {
    let (mut durable, mut waits, mut until) = (0, Vec::new(), Duration::ZERO);
    while let Some(ack) = acks.message().await? {
        if let Some(rejected) = ack.rejected.first() {
            return Err(format!("not all was accepted: {}", rejected.message).into());
        }
        (durable, until) = (ack.durable_sequence, begun.elapsed());
        let mut underway = underway.lock();
        while let Some((_, sent)) = underway.front().filter(|(sequence, _)| *sequence <= durable) {
            waits.push(sent.elapsed());
            underway.pop_front();
        }
    }
    Ok((durable, waits, until))
}

fn reading(sequence: u64, code: &SiteCode, at: Timestamp) -> Reading {
    // Production by day, as everywhere: at night it would be impossible.
    let by_day = (8..15).contains(&(at.as_second() / 3600 % 24));
    let power = if by_day { 1_000 + at.as_second() / 300 % 4_000 } else { 0 };
    let power = f64::from(i32::try_from(power).unwrap_or_default());
    Reading {
        sequence,
        site_id: code.as_str().to_owned(),
        timestamp_utc: Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 }),
        power_w: Some(power),
        energy_wh: Some((power / 12.0).round()),
        ..Reading::default()
    }
}
