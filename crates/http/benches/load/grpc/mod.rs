//! Readings by streams of gRPC, against the bare statement.

mod loggers;

use std::time::{Duration, Instant};

use futures::FutureExt as _;
use tokio::time::sleep;

use crate::Error;
use crate::ingest::{STEADY, Stage, TURN, TURNS, bare, until_judged, until_projected};
use crate::report::{at_least, bounded, figure, millis};
use crate::server::Process;

/// Loggers that send little, and for how long they are watched.
const QUIET: usize = 200;
const WATCHED: Duration = Duration::from_secs(20);

pub(crate) async fn run() -> Result<(), Error> {
    let mut stage = Stage::set().await?;
    let Stage { pools, fleet, token, server, .. } = &mut stage;
    let address = format!("http://{}", server.address);

    let (mut through, mut bare) = (0.0, 0.0);
    for _ in 0..TURNS {
        let first = fleet.begin_turn();
        bare += bare::write(pools, &fleet.ids, first, TURN).await?;
        let first = fleet.begin_turn();
        through += loggers::send(&address, token, &fleet.codes, first, TURN, None).await?.rate;
        until_projected(pools).await?;
    }
    let turns = f64::from(u32::try_from(TURNS)?);
    let (through, bare) = (through / turns, bare / turns);
    figure("bare statement, rows/s", &format!("{bare:.0}"));
    figure("acknowledged by streams, readings/s", &format!("{through:.0}"));
    at_least("share of the bare statement", through / bare, 0.25);

    let first = fleet.begin_turn();
    let rate = through / 2.0;
    let steady = loggers::send(&address, token, &fleet.codes, first, STEADY, Some(rate)).await?;
    figure("at half that rate, readings/s", &format!("{:.0}", steady.rate));
    figure("p50 of an acknowledgement", &format!("{:.1} ms", millis(steady.waits.percentile(50))));
    bounded("p99 of an acknowledgement", millis(steady.waits.percentile(99)), 50.0, "ms");

    until_projected(pools).await?;
    until_judged(pools).await?;
    sleep(Duration::from_secs(10)).await;
    let idle = used(server, sleep(WATCHED).map(Ok)).await?;
    let codes = &fleet.codes[..QUIET];
    let busy = used(server, loggers::keep_sending(&address, token, codes, WATCHED)).await?;
    figure("of one core while nobody sends", &format!("{idle:.1} %"));
    bounded("of one core more for 200 loggers", busy - idle, 5.0, "%");
    stage.clear().await
}

/// Percent of one core that the server used while something else was done.
async fn used(
    server: &Process,
    work: impl Future<Output = Result<(), Error>>,
) -> Result<f64, Error> {
    let (before, begun) = (server.processor_time()?, Instant::now());
    work.await?;
    Ok((server.processor_time()? - before) / begun.elapsed().as_secs_f64() * 100.0)
}
