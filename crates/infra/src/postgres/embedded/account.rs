use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::EmbeddedError;

/// The account of the operating system under which the server runs: Postgres
/// refuses to run as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// Whoever runs this program.
    Own,
    /// Another, because this program runs as root.
    Other {
        /// User.
        uid: u32,
        /// Main group.
        gid: u32,
    },
}

impl Account {
    /// One's own, or as root `postgres`, or `nobody` where there is none.
    pub(crate) fn detect() -> Result<Self, EmbeddedError> {
        if number(&["-u"]) != Some(0) {
            return Ok(Self::Own);
        }
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| {
                let uid = number(&["-u", name]).filter(|uid| *uid != 0)?;
                Some(Self::Other { uid, gid: number(&["-g", name])? })
            })
            .ok_or(EmbeddedError::NoAccount)
    }

    /// A command run by this account, with no input, from the root directory,
    /// and with messages in English.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).current_dir("/").env("LC_ALL", "C");
        // Settings meant for other servers must not reach ours.
        for name in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"] {
            command.env_remove(name);
        }
        if let Self::Other { uid, gid } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Makes a directory that only this account (and root) can look into.
    pub(crate) fn private_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)?;
        self.own(path)?;
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o700))
    }

    /// Writes a file that only this account (and root) can read.
    pub(crate) fn private_file(&self, path: &Path, text: &str) -> io::Result<()> {
        super::home::private_file(path, text)?;
        self.own(path)
    }

    /// Whether this account can reach what lies in a directory.
    pub(crate) fn can_enter(&self, dir: &Path) -> bool {
        let mut command = self.command("/bin/sh");
        command.args(["-c", "cd \"$1\"", "sh"]).arg(dir);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn own(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(*uid), Some(*gid)),
        }
    }
}

/// What `id` says, such as the number of a user.
pub(crate) fn number(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
