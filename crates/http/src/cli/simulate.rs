use std::net::SocketAddr;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use greengrid_http::{STAND_IN_KEYS, bootstrap};
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::serve::stop_signal;

#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// Stand-ins for SolarEdge, Fronius and Enphase with the sites of the demo, on this machine
    #[command(after_long_help = "\
Example:
  greengrid simulate vendors &
  export GREENGRID_VENDOR_STAND_INS=http://127.0.0.1:4700
  echo stand-in-fleet-key | greengrid connection credential solaredge \"stand-in\"
  greengrid connection add ROOF-7 --credential stand-in --external-id 410000
  curl -d '{\"brand\":\"solaredge\",\"fault\":\"bad_gateway\",\"calls\":3}' \\
       -H 'Content-Type: application/json' http://127.0.0.1:4700/control")]
    Vendors(VendorsOptions),
}

#[derive(Debug, Args)]
pub(crate) struct VendorsOptions {
    /// Address on this machine to listen at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4700")]
    addr: SocketAddr,
    /// From which number the sites are invented, as for the demo
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many sites there are
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    sites: usize,
    /// What their clock shows at first, such as 2026-06-12T08:40:00Z [default: the present]
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

pub(crate) async fn run(command: SimulateCommand) -> anyhow::Result<()> {
    let SimulateCommand::Vendors(options) = command;
    if !options.addr.ip().is_loopback() {
        bail!("stand-ins are for this machine only: choose an address such as 127.0.0.1:4700");
    }
    let stop = stop_signal()?;
    let listener = TcpListener::bind(options.addr)
        .await
        .with_context(|| format!("could not listen at {}", options.addr))?;
    println!("The vendors’ stand-ins are at http://{}", listener.local_addr()?);
    for (name, value) in STAND_IN_KEYS {
        println!("  {name:<24} {value}");
    }
    let router = bootstrap::stand_ins(options.seed, options.sites, options.at);
    let stopped = async move { stop.cancelled().await };
    axum::serve(listener, router).with_graceful_shutdown(stopped).await?;
    Ok(())
}
