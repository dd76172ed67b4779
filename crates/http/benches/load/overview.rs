//! The overview of ten thousand sites, asked for twenty times a second while
//! the fleet changes.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::Error;
use crate::client::Client;
use crate::report::{Durations, bounded, figure, millis};
use crate::server::{self, Process};
use crate::world::World;

/// Sites of the fleet; one in twenty needs action.
const SITES: usize = 10_000;
/// Requests a second.
const RATE: u32 = 20;
/// For how long.
const SECONDS: u32 = 30;

pub(crate) async fn run() -> Result<(), Error> {
    let world = World::new(SITES).await?;
    let server = Process::start(&[server::CHILD, &world.url()]).await?;
    let cookie = world.sign_in(&server.address, 1).await?.pop().ok_or("no cookie")?;
    let client = Client::new(&server.address);
    for _ in 0..5 {
        ask(client.clone(), cookie.clone()).await?;
    }
    let mut beat = interval(Duration::from_secs(1) / RATE);
    // A late request is late for its reader too.
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = JoinSet::new();
    for number in 0..RATE * SECONDS {
        beat.tick().await;
        if number % RATE == 0 {
            world.change(number / RATE).await?;
        }
        asked.spawn(ask(client.clone(), cookie.clone()));
    }
    let mut took = Vec::new();
    let mut bytes = 0;
    for answer in asked.join_all().await {
        let (time, size) = answer?;
        took.push(time);
        bytes = bytes.max(size);
    }
    let took = Durations::new(took);

    figure("sites", &SITES.to_string());
    figure("requests", &format!("{} at {RATE}/s", took.len()));
    figure("p50", &format!("{:.1} ms", millis(took.percentile(50))));
    bounded("p99", millis(took.percentile(99)), 60.0, "ms");
    let kilobytes = f64::from(u32::try_from(bytes)?) / 1000.0;
    bounded("largest answer, compressed", kilobytes, 200.0, "kB");
    Ok(())
}

/// How long an answer took to its last byte, and how many bytes it had.
async fn ask(client: Client, cookie: String) -> Result<(Duration, usize), Error> {
    let started = Instant::now();
    let answer = client.get("/overview", &cookie).await?;
    let took = started.elapsed();
    if !answer.status().is_success() || !answer.headers().contains_key("content-encoding") {
        return Err(format!("the overview came with {}, or uncompressed", answer.status()).into());
    }
    Ok((took, answer.body().len()))
}
