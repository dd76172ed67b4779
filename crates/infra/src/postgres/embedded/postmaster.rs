use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What the file that a running server keeps in its data directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Postmaster {
    /// There is none.
    Absent,
    /// A file remained, but its process is gone or is something else.
    Stale,
    /// It runs.
    Live {
        /// Its process.
        process: u32,
        /// Where it listens on the loopback address.
        port: u16,
        /// Where its unix socket is.
        socket_dir: PathBuf,
    },
}

impl Postmaster {
    /// Looks for the server of a data directory.
    pub(crate) fn of(data: &Path) -> Self {
        let Ok(text) = std::fs::read_to_string(data.join("postmaster.pid")) else {
            return Self::Absent;
        };
        // Lines: process, data directory, start, port, socket directory, …
        let mut lines = text.lines();
        let process = lines.next().and_then(|line| line.trim().parse().ok());
        let port = lines.nth(2).and_then(|line| line.trim().parse().ok());
        let socket_dir = lines.next().map(|line| PathBuf::from(line.trim()));
        match (process, port, socket_dir) {
            (Some(process), Some(port), Some(socket_dir)) if serves(process, data) => {
                Self::Live { process, port, socket_dir }
            }
            _ => Self::Stale,
        }
    }
}

/// Whether a process is the server of this data directory, and not another one
/// that got the same number since.
fn serves(process: u32, data: &Path) -> bool {
    let proc = PathBuf::from(format!("/proc/{process}"));
    if Path::new("/proc/self").exists() {
        // The server works from within its data directory.
        return std::fs::read_link(proc.join("cwd")).is_ok_and(|cwd| cwd == data);
    }
    let output = Command::new("ps")
        .args(["-o", "command=", "-p", &process.to_string()])
        .stderr(Stdio::null())
        .output();
    output.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).contains(data.to_string_lossy().as_ref())
    })
}

/// Makes a file that remained from a process which is gone harmless, should
/// another process have its number now: Postgres would take that for a running
/// server. Everything else stays, so that Postgres still refuses to start while
/// orphaned workers of the old server are at the data.
pub(crate) fn disown(data: &Path) -> std::io::Result<()> {
    /// Beyond what any system gives to a process.
    const NOBODY: &str = "2147483646";
    let path = data.join("postmaster.pid");
    let text = std::fs::read_to_string(&path)?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    // Written in place: the file belongs to the server's account.
    std::fs::write(path, format!("{NOBODY}\n{rest}"))
}

/// Stops the server of a data directory that is about to be removed.
pub(crate) fn interrupt(data: &Path) {
    for name in ["-INT", "-QUIT", "-KILL"] {
        for _ in 0..50 {
            let Postmaster::Live { process, .. } = Postmaster::of(data) else { return };
            let mut command = Command::new("/bin/sh");
            command.args(["-c", "kill \"$1\" \"$2\"", "sh", name, &process.to_string()]);
            let _ = command.stderr(Stdio::null()).status();
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_is_no_server_of_this_data_makes_the_file_stale() {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("postmaster.pid");
        assert_eq!(Postmaster::of(data.path()), Postmaster::Absent);

        let own = std::process::id();
        std::fs::write(&file, format!("{own}\n/data\n1\n5432\n/run\n127.0.0.1\n7 8\nready\n"))
            .unwrap();

        assert_eq!(Postmaster::of(data.path()), Postmaster::Stale);
        disown(data.path()).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, "2147483646\n/data\n1\n5432\n/run\n127.0.0.1\n7 8\nready\n");
    }
}
