use std::io::IsTerminal;

use anyhow::Context;
use clap::{Args, ValueEnum};
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
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line to read.
    Text,
    /// An object to search.
    Json,
}

impl LogOptions {
    /// Begins to log.
    pub(crate) fn install(&self, usual: &str) -> anyhow::Result<()> {
        let filter = self.filter.as_deref().filter(|text| !text.is_empty()).unwrap_or(usual);
        let filter: EnvFilter =
            filter.parse().with_context(|| format!("`{filter}` is no log filter"))?;
        // Signals go to whoever watches the program, whatever is logged.
        let registry = tracing_subscriber::registry().with(greengrid_http::signals());
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
        Ok(())
    }
}
