//! The real program in a process of its own.

use std::process::Stdio;
use std::time::Duration;

use greengrid_domain::observability::signal;
use greengrid_http::bootstrap::{Core, Instance, connect};
use greengrid_http::server::Limits;
use greengrid_http::{Settings, StreamLimits};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::prelude::*;

use crate::Error;

/// First argument of the process.
pub(crate) const CHILD: &str = "serve-fleet";

/// What a server does about signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Signals {
    /// Nobody listens: there is no subscriber of `tracing`.
    Off,
    /// They can be watched, as in the program.
    Watchable,
    /// The same, and it tells ten thousand a second besides.
    Noisy,
}

/// Signals that a noisy server tells at once, and how often.
const NOISE: u32 = 100;
const BEAT: Duration = Duration::from_millis(10);

/// A server as its own process; ends with this.
pub(crate) struct Process {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
}

impl Process {
    /// Starts this program anew with these arguments, and waits until it says
    /// where it listens.
    pub(crate) async fn start(arguments: &[&str]) -> Result<Self, Error> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let address = BufReader::new(output).lines().next_line().await?.ok_or("no address")?;
        Ok(Self { child, address })
    }

    /// What it reads.
    pub(crate) fn input(&mut self) -> Option<&mut ChildStdin> {
        self.child.stdin.as_mut()
    }

    /// Seconds of processors that it has used so far.
    pub(crate) fn processor_time(&self) -> Result<f64, Error> {
        let id = self.child.id().ok_or("the server has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        // After the name of the program, which may hold spaces: time in the
        // program and in the kernel are the 12th and 13th, in hundredths.
        let fields = stat.rsplit(')').next().ok_or("no stat")?.split_whitespace();
        let used: Vec<f64> = fields.skip(11).take(2).filter_map(|text| text.parse().ok()).collect();
        Ok(used.iter().sum::<f64>() / 100.0)
    }

    /// Memory that it holds, in bytes.
    pub(crate) fn memory(&self) -> Result<f64, Error> {
        let id = self.child.id().ok_or("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmRSS")?;
        Ok(kilobytes.trim().parse::<f64>()? * 1024.0)
    }
}

/// Serves the fleet of a database until the parent ends.
pub(crate) async fn run(database: &str, signals: Signals) -> Result<(), Error> {
    if signals != Signals::Off {
        tracing_subscriber::registry().with(greengrid_http::signals()).try_init()?;
    }
    if signals == Signals::Noisy {
        tokio::spawn(make_noise());
    }
    let core = Core::production(connect(database).await?).await?;
    let settings = Settings::builder()
        .secret("a secret for measurements, 32 letters long".parse()?)
        .streams(StreamLimits::builder().tabs_per_session(10_000).build())
        .build();
    let instance = Instance::start(core, settings).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let stop = CancellationToken::new();
    tokio::spawn(end_with_parent(stop.clone()));
    instance.serve(listener, Limits::default(), stop).await;
    Ok(())
}

/// Tells what somebody has to wade through who watches.
async fn make_noise() {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        beat.tick().await;
        for number in 0..NOISE {
            tracing::debug!(target: signal::WORK, work = "measured", took_us = 1_u64, number);
        }
    }
}

/// Cancels when the parent closes our input, in whatever way it ends.
pub(crate) async fn end_with_parent(stop: CancellationToken) {
    let mut nothing = Vec::new();
    let _ = tokio::io::stdin().read_to_end(&mut nothing).await;
    stop.cancel();
}
