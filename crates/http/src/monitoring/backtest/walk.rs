use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::ingestion::InputFile;
use crate::ingestion::files::holds_readings;

/// Finds files of readings: files as they are, and in folders, however deep,
/// those called `*.csv` or `*.csv.gz` that begin like readings, in the order of
/// their names. Each file comes once. Also tells which files in folders are no
/// readings. Fails with a sentence when something cannot be read.
pub fn find_files(paths: &[PathBuf]) -> Result<(Vec<InputFile>, Vec<PathBuf>), String> {
    let (mut files, mut others) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for path in paths {
        let failed = |error: io::Error| format!("{} cannot be opened: {error}", path.display());
        let is_folder = fs::metadata(path).map_err(failed)?.is_dir();
        let mut found = Vec::new();
        if is_folder {
            walk(path, &mut found).map_err(failed)?;
        } else {
            fs::File::open(path).map_err(failed)?;
            found.push(path.clone());
        }
        for path in found {
            if !seen.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
                continue;
            }
            let file = InputFile { name: path.display().to_string(), path };
            if is_folder && !holds_readings(&file)? {
                others.push(file.path);
            } else {
                files.push(file);
            }
        }
    }
    Ok((files, others))
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort_unstable();
    for path in paths {
        // Links to folders could lead in a circle.
        if path.is_dir() && !path.is_symlink() {
            walk(&path, found)?;
        } else if path.is_file() && is_csv(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_csv(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let unpacked = name.strip_suffix(".gz").unwrap_or(&name);
    Path::new(unpacked).extension().is_some_and(|extension| extension == "csv")
}
