use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use greengrid_domain::text::single_line;
use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::Files;
use crate::fault::Fault;
use crate::ingestion::files::InputFile;

/// Bytes that the files of one form may have together.
pub(super) const LIMIT: usize = 64 << 20;
/// Files that one form may hold.
const MOST_FILES: usize = 50;

/// Files of a form, on disk until this is dropped.
pub(super) struct Upload {
    pub(super) files: Files,
    pub(super) kept_in: TempDir,
}

/// Writes the files of a form to disk as they come in.
pub(super) async fn receive(mut form: Multipart) -> Result<Upload, Fault> {
    let kept_in = tempfile::tempdir().map_err(|error| Fault::Internal(error.into()))?;
    let mut files = Files::default();
    let mut left = LIMIT;
    let mut count = 0;
    while let Some(field) = form.next_field().await.map_err(|error| refused(&error))? {
        let name = field.file_name().map(single_line).unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        count += 1;
        if count > MOST_FILES {
            return Err(Fault::BadRequest(format!("at most {MOST_FILES} files at once")));
        }
        let is_sites = field.name() == Some("sites");
        let name = unique(&files, name.chars().take(100).collect());
        let file = InputFile { name, path: kept_in.path().join(count.to_string()) };
        write(field, &file, &mut left).await?;
        if is_sites {
            files.sites = Some(file);
        } else {
            files.readings.push(file);
        }
    }
    Ok(Upload { files, kept_in })
}

async fn write(mut field: Field<'_>, file: &InputFile, left: &mut usize) -> Result<(), Fault> {
    let failed = |error: std::io::Error| Fault::Internal(error.into());
    let mut on_disk = File::create(&file.path).await.map_err(failed)?;
    while let Some(bytes) = field.chunk().await.map_err(|error| refused(&error))? {
        *left = left.checked_sub(bytes.len()).ok_or_else(too_large)?;
        on_disk.write_all(&bytes).await.map_err(failed)?;
    }
    on_disk.flush().await.map_err(failed)
}

/// Reports name rows by file, so two files must not have one name.
fn unique(files: &Files, name: String) -> String {
    let taken = |name: &str| files.sites.iter().chain(&files.readings).any(|f| f.name == name);
    if !taken(&name) {
        return name;
    }
    (2..=MOST_FILES + 1).map(|n| format!("{name} ({n})")).find(|name| !taken(name)).unwrap_or(name)
}

fn refused(error: &MultipartError) -> Fault {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Fault::BadRequest("the form did not arrive whole; send it again".to_owned()),
    }
}

fn too_large() -> Fault {
    let limit = LIMIT >> 20;
    Fault::TooLarge(format!("the files may have {limit} MiB in all; the command line takes more"))
}
