//! One changed site, thousands of open overviews: from the commit to the last
//! of them, and what a stream takes while nothing happens.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

use crate::Error;
use crate::peer;
use crate::report::{Durations, bounded, figure, millis};
use crate::server::{self, Process};
use crate::tabs::{MARK, Tabs};
use crate::world::World;

/// Open streams.
const STREAMS: usize = 5000;
/// Sites of the fleet.
const SITES: usize = 200;
/// People who hold them open, of two roles.
const PEOPLE: usize = 10;
/// Changes measured, after those that warm up.
const CHANGES: u32 = 30;
/// Changes before.
const WARM_UP: u32 = 3;
/// Between two changes.
const PAUSE: Duration = Duration::from_millis(600);

pub(crate) async fn run() -> Result<(), Error> {
    let (ours, size) = program().await?;
    let theirs = bare(size).await?;

    figure("streams", &STREAMS.to_string());
    figure("bytes of a change", &size.to_string());
    figure(
        "p50 from commit to receipt",
        &format!("{:.1} ms", millis(ours.receipts.percentile(50))),
    );
    bounded("p99 from commit to receipt", millis(ours.receipts.percentile(99)), 250.0, "ms");
    figure("p50 of bare sockets", &format!("{:.1} ms", millis(theirs.receipts.percentile(50))));
    figure("p99 of bare sockets", &format!("{:.1} ms", millis(theirs.receipts.percentile(99))));
    let ratio = millis(ours.receipts.percentile(99)) / millis(theirs.receipts.percentile(99));
    figure("p99 as a multiple of theirs", &format!("{ratio:.2}"));
    bounded("memory of an idle stream", ours.memory / 1000.0, 30.0, "kB");
    figure("memory of a bare socket", &format!("{:.1} kB", theirs.memory / 1000.0));
    Ok(())
}

struct Measured {
    receipts: Durations,
    /// Bytes for each stream.
    memory: f64,
}

async fn program() -> Result<(Measured, usize), Error> {
    let world = World::new(SITES).await?;
    let server = Process::start(&[server::CHILD, &world.url()]).await?;
    let cookies = world.sign_in(&server.address, PEOPLE).await?;
    let request = |tab: usize| {
        format!(
            "GET /live?view=overview HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\n\
             datastar-request: true\r\ncookie: {}\r\n\r\n",
            server.address,
            cookies[tab % PEOPLE]
        )
    };
    // The first tab of each person fills pools and caches.
    let first = Tabs::open(&server.address, (0..PEOPLE).map(request).collect()).await?;
    let before = server.memory()?;
    let mut tabs = Tabs::open(&server.address, (0..STREAMS).map(request).collect()).await?;
    drop(first);
    sleep(Duration::from_secs(2)).await;
    let memory = (server.memory()? - before) / to_f64(STREAMS);

    let mut receipts = Vec::new();
    let mut size = 0;
    for number in 1..=WARM_UP + CHANGES {
        sleep(PAUSE).await;
        world.change(number).await?;
        let (of_change, bytes) = tabs.receipts(number, Instant::now()).await?;
        if number > WARM_UP {
            receipts.extend(of_change);
            size = bytes;
        }
    }
    Ok((Measured { receipts: Durations::new(receipts), memory }, size))
}

/// The same number of bytes through bare sockets.
async fn bare(size: usize) -> Result<Measured, Error> {
    let mut server = Process::start(&[peer::CHILD]).await?;
    let before = server.memory()?;
    let requests = (0..STREAMS).map(|_| "GET / HTTP/1.1\r\n\r\n".to_owned()).collect();
    let mut tabs = Tabs::open(&server.address, requests).await?;
    sleep(Duration::from_secs(2)).await;
    let memory = (server.memory()? - before) / to_f64(STREAMS);
    let mut receipts = Vec::new();
    for number in 1..=WARM_UP + CHANGES {
        sleep(PAUSE).await;
        let mut frame = format!("{MARK}{number:06}").into_bytes();
        frame.resize(size, b' ');
        let input = server.input().ok_or("the peer has no input")?;
        input.write_all(format!("{size}\n").as_bytes()).await?;
        input.write_all(&frame).await?;
        input.flush().await?;
        let (of_change, _) = tabs.receipts(number, Instant::now()).await?;
        if number > WARM_UP {
            receipts.extend(of_change);
        }
    }
    Ok(Measured { receipts: Durations::new(receipts), memory })
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
