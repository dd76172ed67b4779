mod rejects;
mod told;

use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use greengrid_app::monitoring::backtest::score::score;
use greengrid_app::monitoring::backtest::{Backtest, Found};
use greengrid_http::{
    BacktestFiles, BacktestInput, InputFile, find_files, read_backtest, write_detections,
};
use jiff::Timestamp;

use self::rejects::Rejects;
use super::progress::Steps;

/// What to replay.
#[derive(Debug, Args)]
#[command(
    long_about = "Replays readings from CSV files through the detector of the live system, with \
                  the clock of the data, and writes what it would have found, when, and on what \
                  evidence. Needs no database and keeps nothing.",
    after_long_help = "\
Files are those of `greengrid import`, plain or packed with gzip; of folders every *.csv and *.csv.gz
that begins like readings is taken. A file of sites may leave blank where a site stands (lat, lon),
how far its readings are apart (interval_min) and whether it reports at night (reports_at_night):
these are then taken from its region or time zone and from its readings. Readings are replayed in
the order of their file.

Columns written: site_id, kind, detected_at, started_at, ended_at (blank while it lasts), lost_kwh,
                 evidence
Columns of labels: site_id, kind (* for any), start, end; and, where known, scored (0 for stretches
                 to pass over). With eval_start and eval_end in the file of sites only what is
                 raised between them counts.

Example:
  greengrid backtest --sites sites.csv --readings 2025/ 2026.csv.gz --out detections.csv"
)]
pub(crate) struct BacktestOptions {
    /// File of sites
    #[arg(long, value_name = "FILE")]
    sites: PathBuf,
    /// Files of readings, and folders of such
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    readings: Vec<PathBuf>,
    /// Where to write what was found
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// File of what is known to have been wrong, to be compared with
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Where to write a list of the rows that were not taken
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

/// Does it; fails when no reading could be taken.
pub(crate) async fn run(options: BacktestOptions) -> anyhow::Result<()> {
    let (readings, others) = find_files(&options.readings).map_err(|why| anyhow!(why))?;
    for path in others {
        eprintln!("{} holds no readings and is passed over.", path.display());
    }
    if readings.is_empty() {
        bail!("there is no file of readings");
    }
    let files = BacktestFiles {
        sites: input(&options.sites),
        readings,
        labels: options.labels.as_deref().map(input),
    };
    let out = open(&options.out)?;
    let steps = Steps::new();
    let mut rejects = Rejects::new(options.rejects.as_deref())?;
    let size = |file: &InputFile| std::fs::metadata(&file.path).map_or(0, |data| data.len());
    let bytes: u64 = files.readings.iter().map(size).sum();
    let progress = |done| steps.of("Reading", done, bytes.max(2));
    progress(0);
    let input = read_backtest(files, Timestamp::now(), |row| rejects.add(row), progress).await;
    steps.end();
    let input = input.map_err(|why| anyhow!(why))?;
    rejects.end()?;
    if input.readings.is_empty() {
        rejects.tell();
        bail!("no reading could be taken");
    }
    let (input, found, took) = replay(input, &steps).await?;
    steps.end();
    out.set_len(0)
        .map_err(Into::into)
        .and_then(|()| write_detections(BufWriter::new(out), &input.sites, &found))
        .with_context(|| format!("{} cannot be written", options.out.display()))?;
    println!("{}", told::summary(&input, &found, took));
    told::tell_assumed(&input.assumed);
    rejects.tell();
    if let Some(labels) = &input.labels {
        println!("\n{}", told::scores(&score(labels, &found, &input.judged)));
    }
    Ok(())
}

fn input(path: &Path) -> InputFile {
    InputFile { name: path.display().to_string(), path: path.to_owned() }
}

/// Opens a file for writing without losing what it holds yet.
fn open(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
    file.with_context(|| format!("{} cannot be written", path.display()))
}

/// Replays beside the threads that serve.
async fn replay(
    input: BacktestInput,
    steps: &Steps,
) -> anyhow::Result<(BacktestInput, Vec<Found>, Duration)> {
    let total = input.readings.len() as u64;
    let (sender, mut done) = tokio::sync::watch::channel(0);
    let work = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let found = Backtest::replay(&input.sites, &input.readings, |done| {
            sender.send_replace(done);
        });
        (input, found, began.elapsed())
    });
    while done.changed().await.is_ok() {
        steps.of("Replaying", *done.borrow_and_update() as u64, total.max(2));
    }
    work.await.context("the replay failed")
}
