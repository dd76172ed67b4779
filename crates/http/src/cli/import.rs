use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use greengrid_app::actor::Actor;
use greengrid_app::ingestion::{ImportProgress, ImportReject, Imports};
use greengrid_http::bootstrap::Core;
use greengrid_http::{ImportFiles, InputFile, REPORT_HEADER, import_files, report};
use uuid::Uuid;

use super::options::DatabaseOptions;
use super::progress::Steps;

/// Rows of the report read at once.
const REPORT_ROWS: u32 = 2_000;
/// Rows not taken that are told on the terminal.
const TOLD: u32 = 5;

/// Which files to bring in.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("files").args(["sites", "readings"]).required(true).multiple(true),
    long_about = "Brings in sites and readings from CSV files, plain or packed with gzip. Sites \
                  come first; known ones are updated. Whatever is taken is durable at once, rows \
                  that cannot be taken are kept in quarantine, and the same file twice counts \
                  nothing twice.",
    after_long_help = "\
Columns of sites:    site_id, timezone; and, where known, lat, lon, capacity_kwp, name, tilt,
                     azimuth, region, brand, customer, address, interval_min, reports_at_night,
                     ac_limit_kw, export_limit_kw, commissioned_on, price_per_kwh, currency
Columns of readings: site_id, timestamp_utc, power_w, energy_wh (one of the two may be blank); and,
                     where known, device_id, energy_total_wh, irradiance_wm2, temperature_c,
                     voltage_v, status_code

Example:
  greengrid import --sites sites.csv --readings 2025.csv.gz 2026.csv.gz --rejects not-taken.csv"
)]
pub(crate) struct ImportOptions {
    /// File of sites
    #[arg(long, value_name = "FILE")]
    sites: Option<PathBuf>,
    /// Files of readings, in the order to be taken
    #[arg(long, value_name = "FILE", num_args = 1..)]
    readings: Vec<PathBuf>,
    /// Where to write a list of the rows that were not taken
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseOptions,
}

/// Does it as the command line; fails when nothing at all was taken.
pub(crate) async fn run(options: ImportOptions) -> anyhow::Result<()> {
    let files = ImportFiles {
        sites: options.sites.as_deref().map(input).transpose()?,
        readings: options.readings.iter().map(|path| input(path)).collect::<Result<_, _>>()?,
    };
    let actor = Actor::CommandLine;
    let core = Core::production(options.database.migrated().await?).await?;
    let imports = &core.imports;
    let steps = Steps::new();
    let new = files.announcement();
    let id = imports.begin(&actor, &new).await?;
    let told = |progress: &ImportProgress| {
        steps.of("Importing", progress.bytes_done, new.bytes_total.max(2));
    };
    told(&ImportProgress::default());

    let result = import_files(imports, &core.directory, &actor, id, files, u64::MAX, told).await;

    steps.end();
    let progress = imports.job(&actor, id).await?.progress;
    println!("{}", summary(&progress));
    match &options.rejects {
        Some(path) => write_rejects(imports, &actor, id, path).await?,
        None if progress.rejected > 0 => tell_some(imports, &actor, id).await?,
        None => {}
    }
    result.context("the import ended early; what was taken until then is kept")?;
    if !progress.took_anything() {
        bail!("nothing was taken");
    }
    Ok(())
}

fn input(path: &Path) -> anyhow::Result<InputFile> {
    File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    Ok(InputFile { name: path.display().to_string(), path: path.to_owned() })
}

fn summary(progress: &ImportProgress) -> String {
    let ImportProgress { sites, accepted, duplicates, corrections, rejected, .. } = progress;
    format!(
        "Sites saved:        {sites}\n\
         Readings taken:     {}, of which {accepted} new, {duplicates} duplicate, \
         {corrections} correction\n\
         Rows not taken:     {rejected}",
        accepted + duplicates + corrections
    )
}

async fn tell_some(imports: &Imports, actor: &Actor, id: Uuid) -> anyhow::Result<()> {
    for ImportReject { file, row, message, .. } in imports.rejects(actor, id, None, TOLD).await? {
        println!("  {file}, row {row}: {message}");
    }
    println!("  --rejects FILE writes the list of all of them.");
    Ok(())
}

async fn write_rejects(
    imports: &Imports,
    actor: &Actor,
    id: Uuid,
    path: &Path,
) -> anyhow::Result<()> {
    let failed = || format!("could not write {}", path.display());
    let mut file = BufWriter::new(File::create(path).with_context(failed)?);
    file.write_all(REPORT_HEADER.as_bytes()).with_context(failed)?;
    let mut after: Option<(String, u32)> = None;
    loop {
        let from = after.as_ref().map(|(file, row)| (file.as_str(), *row));
        let rows = imports.rejects(actor, id, from, REPORT_ROWS).await?;
        let Some(last) = rows.last() else { break };
        file.write_all(report(&rows).as_bytes()).with_context(failed)?;
        after = Some((last.file.clone(), last.row));
    }
    file.flush().with_context(failed)?;
    println!("They are listed in {}.", path.display());
    Ok(())
}
