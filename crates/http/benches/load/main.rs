//! Measures the program as a whole, on this machine, with a plain peer in the
//! same run: `cargo bench --bench load -- [ingest|grpc|fanout|overview|chat|own|watch|polling]…`, all
//! of them without arguments. What the figures mean stands in docs/benchmarks.md.

mod chat;
mod client;
mod fanout;
mod grpc;
mod ingest;
mod overview;
mod own;
mod peer;
mod polling;
mod report;
mod server;
mod tabs;
mod watch;
mod world;

use std::process::ExitCode;

use greengrid_http::server::raise_open_files;
use server::Signals;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What there is to measure, in the order in which it runs.
const ALL: [&str; 8] = ["ingest", "grpc", "fanout", "overview", "chat", "own", "watch", "polling"];

#[tokio::main]
async fn main() -> ExitCode {
    raise_open_files();
    // Cargo adds `--bench`; whatever else starts with a dash is for others too.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), Error> {
    // The servers run in processes of their own, so that their memory can be
    // told from that of the five thousand clients.
    match arguments {
        [child, database, signals @ ..] if child == server::CHILD => {
            let signals = signals.first().map(|text| text.parse()).transpose()?;
            return server::run(database, signals.unwrap_or(Signals::Off)).await;
        }
        [child] if child == peer::CHILD => return peer::run().await,
        _ => {}
    }
    let asked = |name: &&str| arguments.is_empty() || arguments.iter().any(|a| a == name);
    if let Some(unknown) = arguments.iter().find(|argument| !ALL.contains(&argument.as_str())) {
        return Err(format!("there is no {unknown}; there are {}", ALL.join(", ")).into());
    }
    for name in ALL.iter().filter(|name| asked(name)) {
        println!("\n{name}");
        match *name {
            "ingest" => ingest::run().await?,
            "grpc" => grpc::run().await?,
            "fanout" => fanout::run().await?,
            "own" => own::run().await?,
            "chat" => chat::run().await?,
            "watch" => watch::run().await?,
            "polling" => polling::run().await?,
            _ => overview::run().await?,
        }
    }
    Ok(())
}
