//! Owners' pages in a fleet of ten thousand sites with two years of days: the
//! page fifty times a second, and two years of history of one site.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::Error;
use crate::client::Client;
use crate::report::{Durations, bounded, figure, millis};
use crate::server::{self, Process};
use crate::world::World;

/// Sites of the fleet.
const SITES: usize = 10_000;
/// Days of history of each.
const DAYS: i32 = 730;
/// Owners, each of a site of their own; every one is asked for in turn.
const OWNERS: usize = 20;
/// Requests a second.
const RATE: u32 = 50;
/// For how long.
const SECONDS: u32 = 30;

pub(crate) async fn run() -> Result<(), Error> {
    let world = World::new(SITES).await?;
    world.days(DAYS).await?;
    let server = Process::start(&[server::CHILD, &world.url()]).await?;
    let owners = world.owners(&server.address, OWNERS).await?;
    let client = Client::new(&server.address);
    for cookie in &owners {
        ask(client.clone(), "/my", cookie.clone()).await?;
    }
    let mut beat = interval(Duration::from_secs(1) / RATE);
    // A late request is late for its reader too.
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = JoinSet::new();
    for (number, cookie) in (0..RATE * SECONDS).zip(owners.iter().cycle()) {
        beat.tick().await;
        if number % RATE == 0 {
            world.change(number / RATE).await?;
        }
        asked.spawn(ask(client.clone(), "/my", cookie.clone()));
    }
    let took: Vec<Duration> = asked.join_all().await.into_iter().collect::<Result<_, _>>()?;
    let took = Durations::new(took);

    figure("sites, each with days", &format!("{SITES}, {DAYS}"));
    figure("requests of /my", &format!("{} at {RATE}/s", took.len()));
    figure("p50", &format!("{:.1} ms", millis(took.percentile(50))));
    bounded("p99", millis(took.percentile(99)), 30.0, "ms");
    for span in ["year", "lifetime"] {
        let mut took = Vec::new();
        for cookie in &owners {
            took.push(ask(client.clone(), &format!("/my?span={span}"), cookie.clone()).await?);
        }
        let slowest = Durations::new(took).percentile(100);
        bounded(&format!("two years of one site, {span}, slowest"), millis(slowest), 100.0, "ms");
    }
    Ok(())
}

/// How long an answer took to its last byte.
async fn ask(client: Client, path: &str, cookie: String) -> Result<Duration, Error> {
    let started = Instant::now();
    let answer = client.get(path, &cookie).await?;
    let took = started.elapsed();
    if answer.status() != StatusCode::OK {
        return Err(format!("{path} came with {}", answer.status()).into());
    }
    Ok(took)
}
