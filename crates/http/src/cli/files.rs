//! What the demo keeps in its data directory, for its owner only.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use anyhow::Context;
use rand::TryRngCore;
use rand::rngs::OsRng;

const SECRET: &str = "secret";
const DATABASE: &str = "database.url";

/// Makes the data directory.
pub(super) fn create(data_dir: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data_dir).with_context(|| {
        format!("the data directory {} cannot be made; choose another", data_dir.display())
    })
}

/// The secret of this data directory; made at the first call.
pub(super) fn secret(data_dir: &Path) -> anyhow::Result<String> {
    let path = data_dir.join(SECRET);
    if let Ok(kept) = fs::read_to_string(&path)
        && kept.trim().len() == 64
    {
        return Ok(kept.trim().to_owned());
    }
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    let fresh = hex::encode(bytes);
    write(&path, &fresh).context("could not keep a secret in the data directory")?;
    Ok(fresh)
}

/// Notes which database the running demo works on, for commands beside it.
pub(super) fn remember_database(data_dir: &Path, url: &str) -> anyhow::Result<()> {
    write(&data_dir.join(DATABASE), url).context("could not write into the data directory")
}

/// Forgets it when the demo stops.
pub(super) fn forget_database(data_dir: &Path) {
    let _ = fs::remove_file(data_dir.join(DATABASE));
}

/// The database of the demo that runs in this data directory, if one does.
pub(super) fn database(data_dir: &Path) -> Option<String> {
    fs::read_to_string(data_dir.join(DATABASE)).ok()
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let draft = path.with_extension("new");
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_private() {
        let dir = tempfile::tempdir().unwrap();

        let secret = secret(dir.path()).unwrap();

        assert_eq!(secret.len(), 64);
        assert_eq!(super::secret(dir.path()).unwrap(), secret);
        let mode = fs::metadata(dir.path().join(SECRET)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_stopped_demo_has_no_database_for_others() {
        let dir = tempfile::tempdir().unwrap();
        remember_database(dir.path(), "postgres://localhost/x").unwrap();
        assert_eq!(database(dir.path()).as_deref(), Some("postgres://localhost/x"));

        forget_database(dir.path());

        assert_eq!(database(dir.path()), None);
    }
}
