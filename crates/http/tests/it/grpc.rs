//! Readings by gRPC, on the port of the pages.

use std::net::SocketAddr;

use greengrid_app::actor::Actor;
use greengrid_domain::identity::Scope;
use greengrid_http::grpc::proto::readings_client::ReadingsClient;
use greengrid_http::grpc::proto::{Ack, Reading};
use greengrid_http::server::{Limits, serve};
use prost_types::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status, Streaming};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::support::App;

/// A program on a real port, and a connection of a logger.
struct Served {
    app: App,
    address: SocketAddr,
    channel: Channel,
    secret: String,
    _serving: DropGuard,
}

impl Served {
    async fn start() -> Self {
        let app = App::start().await;
        app.sites(["alpha", "beta"]).await;
        let secret = app.token(&[Scope::ReadingsWrite]).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, app.router.clone(), Limits::default(), stop.clone()));
        let channel = connect(&format!("http://{address}")).await;
        Self { app, address, channel, secret, _serving: stop.drop_guard() }
    }

    fn with_token<T>(&self, message: T) -> Request<T> {
        bearing(&self.secret, message)
    }

    async fn send(&self, reading: Reading) -> Result<Ack, Status> {
        let request = self.with_token(reading);
        Ok(ReadingsClient::new(self.channel.clone()).send_reading(request).await?.into_inner())
    }

    async fn stream(&self) -> (mpsc::Sender<Reading>, Streaming<Ack>) {
        stream(&self.channel, &self.secret).await.unwrap()
    }

    async fn stored(&self) -> i64 {
        stored(&self.app.db.pool()).await
    }
}

pub(crate) async fn connect(address: &str) -> Channel {
    Endpoint::from_shared(address.to_owned()).unwrap().connect().await.unwrap()
}

pub(crate) async fn stored(pool: &sqlx::PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from reading_event").fetch_one(pool).await.unwrap()
}

pub(crate) fn bearing<T>(secret: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {secret}").parse().unwrap());
    request
}

/// Opens a stream of readings.
pub(crate) async fn stream(
    channel: &Channel,
    secret: &str,
) -> Result<(mpsc::Sender<Reading>, Streaming<Ack>), Status> {
    let (readings, to_send) = mpsc::channel(16);
    let request = bearing(secret, ReceiverStream::new(to_send));
    let acks = ReadingsClient::new(channel.clone()).stream_readings(request).await?;
    Ok((readings, acks.into_inner()))
}

/// The reading of a minute before the clock's 08:40.
pub(crate) fn reading(sequence: u64, site: &str, minute: i64) -> Reading {
    let at: jiff::Timestamp = "2026-06-12T08:00:00Z".parse().unwrap();
    let timestamp_utc = Some(Timestamp { seconds: at.as_second() + minute * 60, nanos: 0 });
    let energy_wh = Some(60.0);
    let site_id = site.to_owned();
    Reading {
        sequence,
        site_id,
        timestamp_utc,
        power_w: Some(3_600.0),
        energy_wh,
        ..Reading::default()
    }
}

/// Acknowledgements until this sequence number is durable.
async fn until(acks: &mut Streaming<Ack>, sequence: u64) -> Vec<Ack> {
    let mut all = Vec::new();
    while all.last().is_none_or(|ack: &Ack| ack.durable_sequence < sequence) {
        all.push(acks.message().await.unwrap().unwrap());
    }
    all
}

#[tokio::test]
async fn pages_and_both_ways_of_grpc_share_one_port() {
    let served = Served::start().await;

    let alone = served.send(reading(9, "alpha", 0)).await.unwrap();
    let (readings, mut acks) = served.stream().await;
    for minute in 1..=20_i64 {
        readings.send(reading(minute.unsigned_abs(), "alpha", minute)).await.unwrap();
    }
    let streamed = until(&mut acks, 20).await;
    let page = page_of(served.address).await;

    assert_eq!((alone.durable_sequence, alone.accepted), (9, 1));
    assert_eq!(streamed.iter().map(|ack| ack.accepted).sum::<u32>(), 20);
    assert_eq!(served.stored().await, 21);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
}

/// What a browser would get of HTTP/1.1.
async fn page_of(address: SocketAddr) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = b"GET /sign-in HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_reading_not_taken_is_told_with_its_field_and_kept() {
    let served = Served::start().await;
    let (readings, mut acks) = served.stream().await;

    let future = reading(4, "beta", 300);
    for sent in [reading(1, "alpha", 1), reading(2, "nowhere", 1), reading(3, "beta", 1), future] {
        readings.send(sent).await.unwrap();
    }
    let told = until(&mut acks, 4).await;

    assert_eq!(told.iter().map(|ack| ack.accepted).sum::<u32>(), 2);
    let rejected: Vec<_> = told
        .iter()
        .flat_map(|ack| &ack.rejected)
        .map(|one| (one.sequence, one.field.as_str(), one.code.as_str()))
        .collect();
    assert_eq!(
        rejected,
        [(2, "site_id", "unknown_site"), (4, "timestamp_utc", "timestamp_in_future")]
    );
    let kept: Vec<String> = sqlx::query_scalar(
        "select convert_from(payload, 'UTF8') from quarantine order by row_number",
    )
    .fetch_all(&served.app.db.pool())
    .await
    .unwrap();
    assert!(kept[0].starts_with(r#"{"site_id":"nowhere","timestamp_utc":"2026-"#), "{kept:?}");
}

#[tokio::test]
async fn who_comes_back_and_sends_again_loses_and_doubles_nothing() {
    let served = Served::start().await;
    let (readings, mut acks) = served.stream().await;
    for minute in 1..=10_i64 {
        readings.send(reading(minute.unsigned_abs(), "alpha", minute)).await.unwrap();
    }
    until(&mut acks, 10).await;
    drop((readings, acks));

    // As after a reboot: it counts anew and is not sure of the last five.
    let (readings, mut acks) = served.stream().await;
    for (sequence, minute) in (1..).zip(6..=15) {
        readings.send(reading(sequence, "alpha", minute)).await.unwrap();
    }
    let told = until(&mut acks, 10).await;

    let sum = |count: fn(&Ack) -> u32| told.iter().map(count).sum::<u32>();
    assert_eq!((sum(|ack| ack.accepted), sum(|ack| ack.duplicate)), (5, 5));
    assert_eq!(served.stored().await, 15);
}

#[tokio::test]
async fn without_a_good_token_nothing_is_taken() {
    let served = Served::start().await;
    let mut client = ReadingsClient::new(served.channel.clone());

    let nobody = client.send_reading(reading(1, "alpha", 1)).await.unwrap_err();
    let unknown = client.send_reading(bearing("gg_wrong", reading(1, "alpha", 1))).await;
    let other = served.app.token(&[Scope::MetricsRead]).await;
    let other = stream(&served.channel, &other).await;

    assert_eq!(nobody.code(), Code::Unauthenticated);
    assert!(nobody.message().contains("Bearer"), "{}", nobody.message());
    assert_eq!(unknown.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(other.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(served.stored().await, 0);
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked() {
    let served = Served::start().await;
    let (readings, mut acks) = served.stream().await;
    readings.send(reading(1, "alpha", 1)).await.unwrap();
    until(&mut acks, 1).await;

    let tokens = served.app.identity.tokens(&Actor::System).await.unwrap();
    served.app.identity.revoke_token(&Actor::System, tokens[0].id).await.unwrap();
    let status = acks.message().await.unwrap_err();

    assert_eq!(status.code(), Code::Unauthenticated);
    let again = stream(&served.channel, &served.secret).await.unwrap_err();
    assert_eq!(again.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_stream_ends_when_the_program_stops() {
    let served = Served::start().await;
    let (readings, mut acks) = served.stream().await;
    readings.send(reading(1, "alpha", 1)).await.unwrap();
    until(&mut acks, 1).await;

    served.app.stop();
    let status = acks.message().await.unwrap_err();

    assert_eq!(status.code(), Code::Unavailable);
}

#[tokio::test]
async fn tools_learn_what_there_is_and_how_it_does() {
    let served = Served::start().await;
    let mut health = HealthClient::new(served.channel.clone());
    let mut reflection = ServerReflectionClient::new(served.channel.clone());

    let of = |service: &str| HealthCheckRequest { service: service.to_owned() };
    let whole = health.check(of("")).await.unwrap().into_inner();
    let unknown = health.check(of("greengrid.v1.Nothing")).await.unwrap_err();
    let mut watched = health.watch(of("greengrid.v1.Readings")).await.unwrap().into_inner();
    let first = watched.message().await.unwrap().unwrap();
    let list = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let request = tokio_stream::once(list);
    let mut answers = reflection.server_reflection_info(request).await.unwrap().into_inner();
    let listed = answers.message().await.unwrap().unwrap().message_response;

    assert_eq!((whole.status, first.status), (1, 1));
    assert_eq!(unknown.code(), Code::NotFound);
    let Some(MessageResponse::ListServicesResponse(listed)) = listed else { panic!("{listed:?}") };
    let names: Vec<&str> = listed.service.iter().map(|service| service.name.as_str()).collect();
    assert!(names.contains(&"greengrid.v1.Readings"), "{names:?}");
    assert!(names.contains(&"grpc.health.v1.Health"), "{names:?}");
}

#[tokio::test]
async fn a_method_that_is_not_there_is_told_as_such() {
    use tonic::codegen::http::uri::PathAndQuery;
    let served = Served::start().await;
    let mut client = tonic::client::Grpc::new(served.channel.clone());
    client.ready().await.unwrap();
    let codec: tonic_prost::ProstCodec<Reading, Ack> = tonic_prost::ProstCodec::default();
    let path = PathAndQuery::from_static("/greengrid.v1.Readings/ForgetReadings");

    let answer = client.unary(Request::new(reading(1, "alpha", 1)), path, codec).await;

    assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
}
