//! The command line: what can be asked for, and how it is told.

mod backtest;
mod connections;
mod demo;
mod files;
mod import;
mod log;
mod options;
mod password;
mod progress;
mod projections;
mod serve;
mod simulate;
mod table;
mod tokens;
mod users;

use clap::{Parser, Subcommand};

use log::LogOptions;
use options::DatabaseOptions;

/// Everything after the program's name.
#[derive(Debug, Parser)]
#[command(
    name = "greengrid",
    version,
    about = "Watches a fleet of solar sites and says every morning which of them need action",
    long_about = "Watches a fleet of solar sites and says every morning which of them need \
                  action, why, and what the loss costs.\n\nWithout a command it starts the demo: \
                  a private Postgres, an invented fleet of 200 sites with 90 days of readings, \
                  and a live feed. Nothing has to be set up for that.",
    after_long_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    demo: demo::DemoOptions,
    #[command(flatten)]
    log: LogOptions,
}

/// What is logged unless asked for otherwise: not what Postgres remarks, such as
/// that a table it was asked to make if need be is there.
const USUAL: &str = "info,sqlx::postgres::notice=error";

/// In the demo only what goes wrong, and not that a first start is slow.
const QUIET: &str = "warn,sqlx=error";

const EXAMPLES: &str = "\
Examples:
  greengrid                                   the demo, at http://127.0.0.1:3000
  greengrid demo --speed 10                   the demo, ten times as fast
  export DATABASE_URL=postgres://localhost/greengrid GREENGRID_SECRET=$(openssl rand -hex 32)
  greengrid user add diana@example.org --name \"Diana Reyes\" --role ops
  greengrid import --sites sites.csv --readings readings.csv.gz
  greengrid serve                             a fleet of your own

`greengrid help <command>` tells more about each.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the demo fleet; the same as no command at all
    Demo(demo::DemoOptions),
    /// Serve a fleet of your own
    Serve(serve::ServeOptions),
    /// Bring the database to the present schema; `serve` does so too
    Migrate(DatabaseOptions),
    /// People with an account
    #[command(subcommand)]
    User(users::UserCommand),
    /// Tokens with which devices and programs send readings
    #[command(subcommand)]
    Token(tokens::TokenCommand),
    /// Links of sites to the interfaces of their vendors
    #[command(subcommand)]
    Connection(connections::ConnectionCommand),
    /// Bring in sites and readings from files
    Import(import::ImportOptions),
    /// Replay readings through the detector and tell what it would have found
    Backtest(backtest::BacktestOptions),
    /// Play the part of somebody else, for trying things out
    #[command(subcommand)]
    Simulate(simulate::SimulateCommand),
    /// What is derived from the readings
    #[command(subcommand)]
    Projections(projections::ProjectionsCommand),
}

impl Cli {
    /// Does what was asked for.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let is_demo = matches!(self.command, None | Some(Command::Demo(_)));
        let log = self.log.install(if is_demo { QUIET } else { USUAL })?;
        let done = Box::pin(Self::run_command(self.command, self.demo)).await;
        log.end().await;
        done
    }

    async fn run_command(command: Option<Command>, demo: demo::DemoOptions) -> anyhow::Result<()> {
        match command {
            None => Box::pin(demo::run(demo)).await,
            Some(Command::Demo(options)) => Box::pin(demo::run(options)).await,
            Some(Command::Serve(options)) => serve::run(options).await,
            Some(Command::Migrate(options)) => {
                options.migrated().await?;
                eprintln!("The database has the present schema.");
                Ok(())
            }
            Some(Command::User(command)) => users::run(command).await,
            Some(Command::Token(command)) => tokens::run(command).await,
            Some(Command::Connection(command)) => connections::run(command).await,
            Some(Command::Import(options)) => import::run(options).await,
            Some(Command::Backtest(options)) => backtest::run(options).await,
            Some(Command::Simulate(command)) => simulate::run(command).await,
            Some(Command::Projections(command)) => projections::run(command).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_of_the_demo_need_no_command() {
        let cli = Cli::try_parse_from(["greengrid", "--speed", "10", "--sites", "24"]).unwrap();

        assert!(cli.command.is_none());
        assert_eq!(cli.demo.sites, Some(24));
    }

    #[test]
    fn the_help_names_every_variable() {
        let mut cli = Cli::command();
        let mut help = cli.render_long_help().to_string();
        for command in cli.get_subcommands_mut() {
            help += &command.render_long_help().to_string();
        }
        for name in [
            "GREENGRID_ADDR",
            "GREENGRID_DATA_DIR",
            "DATABASE_URL",
            "GREENGRID_SECRET",
            "GREENGRID_PUBLIC_URL",
            "GREENGRID_TRUSTED_PROXIES",
            "GREENGRID_SMTP_URL",
            "GREENGRID_MAIL_FROM",
            "GREENGRID_LOG",
            "GREENGRID_LOG_FORMAT",
            "GREENGRID_OTLP_ENDPOINT",
        ] {
            assert!(help.contains(&format!("[env: {name}")), "{name} is missing");
        }
    }
}
