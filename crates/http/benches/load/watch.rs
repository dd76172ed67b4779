//! What it costs that the program can be watched: pages a second while nobody
//! does, beside a program in which nothing listens to signals at all; and how
//! long pages take while somebody watches ten thousand signals a second.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::Error;
use crate::client::Client;
use crate::report::{Durations, at_least, bounded, figure, millis};
use crate::server::{self, Process, Signals};
use crate::tabs::Tabs;
use crate::world::World;

/// Sites of the fleet.
const SITES: usize = 200;
/// Times that each server is measured, in turn: so that what else the machine
/// does meets all alike.
const ROUNDS: usize = 4;
/// Seconds of each measurement, unless `GREENGRID_BENCH_SECONDS` says
/// otherwise.
const SECONDS: u64 = 8;
/// Those who ask as fast as they are answered.
const READERS: usize = 8;
/// Pages a second while their time is taken.
const RATE: u32 = 40;
/// The page that is asked for.
const PAGE: &str = "/overview";

/// A server, and somebody who is signed in there.
struct Server {
    process: Process,
    client: Client,
    cookie: String,
}

pub(crate) async fn run() -> Result<(), Error> {
    let seconds = std::env::var("GREENGRID_BENCH_SECONDS").ok().map(|text| text.parse());
    let time = Duration::from_secs(seconds.transpose()?.unwrap_or(SECONDS));
    let world = World::new(SITES).await?;
    unwatched(&world, time).await?;
    watched(&world, time).await
}

/// Nobody watches.
async fn unwatched(world: &World, time: Duration) -> Result<(), Error> {
    let servers =
        [start(world, Signals::Off, 0).await?, start(world, Signals::Watchable, 1).await?];
    let mut answered = [0_u32; 2];
    for round in 0..ROUNDS {
        // The one after the other, and the other way round the next time.
        for turn in 0..servers.len() {
            let at = (round + turn) % servers.len();
            answered[at] += ask_on(&servers[at], time).await?;
        }
    }
    let whole = time.as_secs_f64() * f64::from(u32::try_from(ROUNDS)?);
    let [off, watchable] = answered.map(|count| f64::from(count) / whole);
    figure("pages/s without a listener", &format!("{off:.0}"));
    figure("pages/s while nobody watches", &format!("{watchable:.0}"));
    at_least("share", watchable / off, 0.97);
    Ok(())
}

/// Somebody watches ten thousand signals a second.
async fn watched(world: &World, time: Duration) -> Result<(), Error> {
    let quiet = start(world, Signals::Watchable, 2).await?;
    let noisy = start(world, Signals::Noisy, 3).await?;
    let request = format!(
        "GET /live?view=system HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\n\
         datastar-request: true\r\ncookie: {}\r\n\r\n",
        noisy.process.address, noisy.cookie
    );
    let _panel = Tabs::open(&noisy.process.address, vec![request]).await?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.extend(ask_in_time(&quiet, time).await?);
        with.extend(ask_in_time(&noisy, time).await?);
    }
    let [without, with] = [without, with].map(Durations::new);
    let p99 = |of: &Durations| millis(of.percentile(99));
    figure("pages asked for, of each", &with.len().to_string());
    figure("p50 of a page without signals", &format!("{:.1} ms", millis(without.percentile(50))));
    figure(
        "p50 with a panel open, 10,000 signals/s",
        &format!("{:.1} ms", millis(with.percentile(50))),
    );
    figure("p99 of a page without signals", &format!("{:.1} ms", p99(&without)));
    figure("p99 with a panel open, 10,000 signals/s", &format!("{:.1} ms", p99(&with)));
    bounded("growth of the p99", (p99(&with) / p99(&without) - 1.0) * 100.0, 10.0, "%");
    Ok(())
}

async fn start(world: &World, signals: Signals, number: usize) -> Result<Server, Error> {
    let process = Process::start(&[server::CHILD, &world.url(), signals.into()]).await?;
    let cookie = world.sign_in_as(&process.address, number).await?;
    let server = Server { client: Client::new(&process.address), process, cookie };
    for _ in 0..20 {
        page(server.client.clone(), server.cookie.clone()).await?;
    }
    Ok(server)
}

/// How many pages are answered in this time to those who ask without a pause.
async fn ask_on(server: &Server, time: Duration) -> Result<u32, Error> {
    let end = Instant::now() + time;
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let (client, cookie) = (server.client.clone(), server.cookie.clone());
        readers.spawn(async move {
            let mut answered = 0;
            while Instant::now() < end {
                page(client.clone(), cookie.clone()).await?;
                answered += 1;
            }
            Ok::<u32, Error>(answered)
        });
    }
    readers.join_all().await.into_iter().sum()
}

/// How long pages take that are asked for at an even pace.
async fn ask_in_time(server: &Server, time: Duration) -> Result<Vec<Duration>, Error> {
    let mut beat = interval(Duration::from_secs(1) / RATE);
    // A late request is late for its reader too.
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = JoinSet::new();
    for _ in 0..time.as_secs() * u64::from(RATE) {
        beat.tick().await;
        asked.spawn(page(server.client.clone(), server.cookie.clone()));
    }
    asked.join_all().await.into_iter().collect()
}

async fn page(client: Client, cookie: String) -> Result<Duration, Error> {
    let started = Instant::now();
    let answer = client.get(PAGE, &cookie).await?;
    if !answer.status().is_success() {
        return Err(format!("{PAGE} was answered {}", answer.status()).into());
    }
    Ok(started.elapsed())
}
