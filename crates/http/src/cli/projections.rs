use clap::Subcommand;
use greengrid_http::bootstrap;

use super::options::DatabaseOptions;
use super::progress::Steps;

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectionsCommand {
    /// Derive all read models anew from the readings, beside those in use
    #[command(
        long_about = "Derives all read models anew from the readings, beside those in use, and \
                      swaps them in one short step. Readings may come in and pages be looked at \
                      all the while. The result is what was there before, unless a rule changed."
    )]
    Rebuild {
        #[command(flatten)]
        database: DatabaseOptions,
    },
}

/// Does it as the command line.
pub(crate) async fn run(command: ProjectionsCommand) -> anyhow::Result<()> {
    let ProjectionsCommand::Rebuild { database } = command;
    let pools = database.migrated().await?;
    let steps = Steps::new();
    let tell = |done, total| steps.of("Deriving the read models", done, total);
    tell(0, 1);
    bootstrap::rebuild(&pools, &tell).await?;
    steps.end();
    println!("The read models are as the readings say.");
    Ok(())
}
