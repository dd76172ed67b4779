use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use greengrid_app::ingestion::ImportReject;
use greengrid_http::{REPORT_HEADER, report};

/// Rows not taken that are told on the terminal.
const TOLD: usize = 5;

/// The rows that were not taken.
#[derive(Debug, Default)]
pub(super) struct Rejects {
    count: u64,
    first: Vec<ImportReject>,
    list: Option<(PathBuf, BufWriter<File>)>,
    failed: Option<io::Error>,
}

impl Rejects {
    /// None so far; a list of them is written to a file, where there is one.
    pub(super) fn new(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let mut file = create(path)?;
        let failed = file.write_all(REPORT_HEADER.as_bytes()).err();
        Ok(Self { list: Some((path.to_owned(), file)), failed, ..Self::default() })
    }

    /// Adds a row.
    pub(super) fn add(&mut self, row: ImportReject) {
        self.count += 1;
        if let Some((_, file)) = &mut self.list
            && let Err(error) = file.write_all(report(std::slice::from_ref(&row)).as_bytes())
        {
            self.failed.get_or_insert(error);
        }
        if self.first.len() < TOLD {
            self.first.push(row);
        }
    }

    /// Completes the list.
    pub(super) fn end(&mut self) -> anyhow::Result<()> {
        let Some((path, mut file)) = self.list.take() else { return Ok(()) };
        let result = self.failed.take().map_or_else(|| file.flush(), Err);
        result.with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Says how many there are, and the first of them.
    pub(super) fn tell(&self) {
        println!("Rows not taken:     {}", self.count);
        for ImportReject { file, row, message, .. } in &self.first {
            println!("  {file}, row {row}: {message}");
        }
        if self.count > TOLD as u64 {
            println!("  --rejects FILE writes the list of all of them.");
        }
    }
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::create(path);
    Ok(BufWriter::new(file.with_context(|| format!("{} cannot be written", path.display()))?))
}
