use std::io::IsTerminal;

use anyhow::Context;
use clap::{Args, ValueEnum};
use greengrid_http::bootstrap::Traces;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// What is logged, to the standard error output.
#[derive(Debug, Args)]
#[command(next_help_heading = "Logging")]
pub(crate) struct LogOptions {
    /// What to log, such as `info` or `warn,greengrid_http=debug` [default: info; in the demo warn]
    #[arg(long = "log", value_name = "FILTER", env = "GREENGRID_LOG", global = true)]
    filter: Option<String>,
    /// How to write it
    #[arg(
        long = "log-format",
        value_name = "FORMAT",
        env = "GREENGRID_LOG_FORMAT",
        default_value = "text",
        global = true
    )]
    format: Format,
    /// A collector of OpenTelemetry to send traces to by OTLP over gRPC, such as
    /// `http://127.0.0.1:4317`; without one none are made
    #[arg(long, value_name = "URL", env = "GREENGRID_OTLP_ENDPOINT", global = true)]
    otlp_endpoint: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line to read.
    Text,
    /// An object to search.
    Json,
}

impl LogOptions {
    /// Begins to log, and to send traces where that is asked for.
    pub(crate) fn install(&self, usual: &str) -> anyhow::Result<Log> {
        let filter = self.filter.as_deref().filter(|text| !text.is_empty()).unwrap_or(usual);
        let filter: EnvFilter =
            filter.parse().with_context(|| format!("`{filter}` is no log filter"))?;
        // Signals go to whoever watches the program, whatever is logged.
        let endpoint = self.otlp_endpoint.as_deref().filter(|text| !text.is_empty());
        let traces = endpoint.map(Traces::begin).transpose();
        let traces = traces.context("GREENGRID_OTLP_ENDPOINT cannot be used")?;
        let registry = tracing_subscriber::registry()
            .with(greengrid_http::signals())
            .with(traces.as_ref().map(Traces::layer));
        let layer = fmt::layer().with_writer(std::io::stderr);
        match self.format {
            Format::Text => {
                let layer = layer.with_ansi(std::io::stderr().is_terminal()).with_target(false);
                registry.with(layer.with_filter(filter)).init();
            }
            Format::Json => {
                registry.with(layer.json().flatten_event(true).with_filter(filter)).init();
            }
        }
        Ok(Log(traces))
    }
}

/// What goes on while the program runs, and has to be ended with it.
#[must_use]
pub(crate) struct Log(Option<Traces>);

impl Log {
    /// Sends the traces that wait.
    pub(crate) async fn end(self) {
        if let Some(traces) = self.0 {
            traces.end().await;
        }
    }
}
