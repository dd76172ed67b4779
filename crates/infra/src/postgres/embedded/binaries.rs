use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::EmbeddedError;
use super::account::Account;

/// Names the directory of the server's programs, before any other place.
pub const PG_BIN: &str = "GREENGRID_PG_BIN";

/// The oldest release that has all we use.
const OLDEST: u32 = 14;

/// The programs of one Postgres release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binaries {
    dir: PathBuf,
    /// Its main version, such as 15.
    pub(crate) major: u32,
}

impl Binaries {
    /// The newest that are installed, or those of the version asked for. None
    /// when there are none.
    pub(crate) fn installed(
        account: &Account,
        major: Option<u32>,
    ) -> Result<Option<Self>, EmbeddedError> {
        if let Some(dir) = std::env::var_os(PG_BIN).map(PathBuf::from) {
            return match Self::at(account, &dir) {
                Some(found) if major.is_none_or(|major| major == found.major) => Ok(Some(found)),
                Some(found) => Err(EmbeddedError::Version {
                    data: major.unwrap_or_default(),
                    server: found.major,
                }),
                None => Err(EmbeddedError::NotAServer { dir }),
            };
        }
        let found: Vec<Self> = places().iter().filter_map(|dir| Self::at(account, dir)).collect();
        let fitting = found.iter().filter(|it| major.is_none_or(|major| major == it.major));
        Ok(fitting.max_by_key(|it| it.major).cloned())
    }

    /// Those in this directory, if they are complete, run, and are not too old.
    pub(crate) fn at(account: &Account, dir: &Path) -> Option<Self> {
        let complete = ["initdb", "postgres", "pg_ctl"].iter().all(|it| dir.join(it).is_file());
        if !complete {
            return None;
        }
        let output = account.command(dir.join("postgres")).arg("--version").output().ok()?;
        let major = major(std::str::from_utf8(&output.stdout).ok()?)?;
        (major >= OLDEST).then(|| Self { dir: dir.to_owned(), major })
    }

    /// A program by its name.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// The main version in `postgres (PostgreSQL) 15.17 (Debian 15.17-0+deb12u1)`.
fn major(text: &str) -> Option<u32> {
    let version = text.split("PostgreSQL) ").nth(1)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Where the packages of common systems put the server's programs.
fn places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    let asked = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output();
    if let Ok(output) = asked
        && let Ok(text) = String::from_utf8(output.stdout)
    {
        places.push(PathBuf::from(text.trim()));
    }
    if let Some(path) = std::env::var_os("PATH") {
        places.extend(std::env::split_paths(&path));
    }
    for (parent, prefix, rest) in [
        ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
        ("/usr", "pgsql-", "bin"),                  // packages of postgresql.org
        ("/usr/libexec", "postgresql", ""),         // Alpine
        ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew
        ("/usr/local/opt", "postgresql", "bin"),    // Homebrew on Intel
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ] {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        places.extend(
            entries
                .flatten()
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
                .map(|entry| entry.path().join(rest)),
        );
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u32>) {
        assert_eq!(major(text), expected, "{text}");
    }

    #[test]
    fn versions_as_servers_print_them() {
        check("postgres (PostgreSQL) 15.17 (Debian 15.17-0+deb12u1)\n", Some(15));
        check("postgres (PostgreSQL) 18beta1\n", Some(18));
        check("postgres (PostgreSQL) 17\n", Some(17));
        check("something else", None);
    }
}
