use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::EmbeddedError;
use super::account::Account;
use super::postmaster;

/// Where servers live whose account cannot reach the data directory.
const ELSEWHERE: &str = "/var/lib/greengrid";

/// Names the data directory that a home elsewhere belongs to.
const OWNER: &str = "belongs-to";

/// Makes the data directory, so that the server's account can pass through it.
pub(crate) fn data_dir(dir: &Path, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let make = || {
        fs::create_dir_all(dir)?;
        let mode = if *account == Account::Own { 0o700 } else { 0o711 };
        fs::set_permissions(dir, PermissionsExt::from_mode(mode))?;
        dir.canonicalize()
    };
    make().map_err(|source| EmbeddedError::DataDir { dir: dir.to_owned(), source })
}

/// The directory of the server: `postgres` in the data directory. Where the
/// server's account cannot get there, as below `/root`, a link of that name to
/// a directory where it can.
pub(crate) fn home(data_dir: &Path, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let here = data_dir.join("postgres");
    let failed = |source| EmbeddedError::DataDir { dir: here.clone(), source };
    if let Ok(target) = fs::read_link(&here) {
        account.private_dir(&target).map_err(failed)?;
        return Ok(target);
    }
    if here.is_dir() && account.can_enter(&here) {
        return Ok(here);
    }
    if account.can_enter(data_dir) {
        account.private_dir(&here).map_err(failed)?;
        return Ok(here);
    }
    elsewhere(data_dir, &here, account).map_err(failed)
}

fn elsewhere(data_dir: &Path, link: &Path, account: &Account) -> io::Result<PathBuf> {
    let name = hex::encode(&Sha256::digest(data_dir.as_os_str().as_encoded_bytes())[..8]);
    let target = Path::new(ELSEWHERE).join(name);
    fs::create_dir_all(ELSEWHERE)?;
    fs::set_permissions(ELSEWHERE, PermissionsExt::from_mode(0o711))?;
    // Without its link it is what remains of a data directory that somebody
    // deleted to begin anew.
    if target.join(OWNER).exists() {
        postmaster::interrupt(&target.join("data"));
        fs::remove_dir_all(&target)?;
    }
    account.private_dir(&target)?;
    fs::write(target.join(OWNER), data_dir.as_os_str().as_encoded_bytes())?;
    if link.is_dir() {
        fs::remove_dir(link)?;
    }
    std::os::unix::fs::symlink(&target, link)?;
    Ok(target)
}

/// A directory for the unix socket: in the home, or a short one in the
/// temporary directory where the path would not fit into a socket address.
pub(crate) fn socket_dir(home: &Path, account: &Account) -> io::Result<PathBuf> {
    // 104 bytes on macOS, less the name `/.s.PGSQL.65535.lock` and the end.
    const LONGEST: usize = 80;
    let inside = home.join("run");
    let dir = if inside.as_os_str().len() <= LONGEST {
        inside
    } else {
        let name = hex::encode(&Sha256::digest(home.as_os_str().as_encoded_bytes())[..8]);
        Path::new("/tmp").join(format!("greengrid-{name}"))
    };
    // Anybody may put something else there before us.
    if fs::symlink_metadata(&dir).is_ok_and(|found| !found.is_dir()) {
        return Err(io::Error::other(format!("{} is no directory", dir.display())));
    }
    account.private_dir(&dir)?;
    Ok(dir)
}

/// Removes the socket of a server that is gone, with its lock: the number in
/// that may be another process's by now. Nobody else can write there.
pub(crate) fn clear_sockets(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        fs::remove_file(entry?.path())?;
    }
    Ok(())
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn private_file(path: &Path, text: &str) -> io::Result<()> {
    let half = path.with_extension("new");
    let _ = fs::remove_file(&half);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&half)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(half, path)
}
