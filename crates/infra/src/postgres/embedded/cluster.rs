use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use super::account::Account;
use super::binaries::Binaries;
use super::postmaster::{self, Postmaster};
use super::{EmbeddedError, home};

/// What a server must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Power cuts: every commit is on the disk before it is answered.
    Durable,
    /// Nothing: made for one run of tests.
    #[cfg(any(test, feature = "testing"))]
    Throwaway,
}

/// Where a running server can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) port: u16,
    pub(crate) socket_dir: PathBuf,
}

impl Address {
    /// By the unix socket; the name and password hold only letters and digits.
    pub(crate) fn url(&self, role: &str, password: &str, database: &str) -> String {
        let host = percent(&self.socket_dir.to_string_lossy());
        format!("{}?host={host}", self.tcp_url(role, password, database))
    }

    /// By the loopback interface.
    pub(crate) fn tcp_url(&self, role: &str, password: &str, database: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}", self.port)
    }
}

/// A Postgres server of our own: its programs, its files, and its account.
/// All calls block; they start processes and wait for them.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) home: PathBuf,
    pub(crate) account: Account,
    pub(crate) binaries: Binaries,
    pub(crate) durability: Durability,
}

/// The version that made the data below `home`, if there is any yet.
pub(crate) fn data_version(home: &Path) -> Option<u32> {
    fs::read_to_string(home.join("data/PG_VERSION")).ok()?.trim().parse().ok()
}

impl Cluster {
    /// Where the data lie.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// Creates the data directory, with a password for the superuser. An
    /// attempt that was cut off leaves nothing that looks finished.
    pub(crate) fn create(&self, password: &str) -> Result<(), EmbeddedError> {
        let half = self.home.join("data.new");
        let pwfile = self.home.join("superuser.new");
        let prepare = || {
            if half.exists() {
                fs::remove_dir_all(&half)?;
            }
            self.account.private_file(&pwfile, password)?;
            self.account.private_dir(&half)
        };
        prepare().map_err(EmbeddedError::io("prepare the directory of the database"))?;
        // Byte order for sorting, but letters of every alphabet for upper and
        // lower case; systems differ in what they call that.
        let mut result = Err(EmbeddedError::NoServer(None));
        for ctype in ["C.UTF-8", "UTF-8", "en_US.UTF-8", "C"] {
            let mut command = self.account.command(self.binaries.program("initdb"));
            command.arg("-D").arg(&half).arg("--pwfile").arg(&pwfile);
            command.args(["-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256", "--locale=C"]);
            command.arg(format!("--lc-ctype={ctype}"));
            if self.durability != Durability::Durable {
                command.arg("--no-sync");
            }
            result = run(command, "initdb");
            match &result {
                Err(error) if error.to_string().contains("locale") => {}
                _ => break,
            }
        }
        let _ = fs::remove_file(&pwfile);
        result?;
        let finish = || {
            let settings = half.join("postgresql.conf");
            let text = fs::read_to_string(&settings)?;
            fs::write(&settings, format!("{text}\ninclude 'greengrid.conf'\n"))?;
            fs::rename(&half, self.data())
        };
        finish().map_err(EmbeddedError::io("finish the directory of the database"))
    }

    /// Starts the server, or finds it running. The flag says which: true when
    /// it ran already, left by a program that was killed.
    pub(crate) fn start(&self) -> Result<(Address, bool), EmbeddedError> {
        let data = self.data();
        match Postmaster::of(&data) {
            Postmaster::Live { port, socket_dir, .. } => {
                return Ok((Address { port, socket_dir }, true));
            }
            Postmaster::Stale => {
                postmaster::disown(&data).map_err(EmbeddedError::io("set a stale lock aside"))?;
            }
            Postmaster::Absent => {}
        }
        let socket_dir = home::socket_dir(&self.home, &self.account)
            .map_err(EmbeddedError::io("make a directory for the socket"))?;
        let mut attempt = 0;
        loop {
            let port = self.port(attempt).map_err(EmbeddedError::io("find a free port"))?;
            home::clear_sockets(&socket_dir)
                .and_then(|()| self.configure(port, &socket_dir))
                .map_err(EmbeddedError::io("write the settings of the database"))?;
            match self.launch() {
                Ok(()) => return Ok((Address { port, socket_dir }, false)),
                Err(error) if attempt < 20 && passes(&error.to_string()) => {
                    std::thread::sleep(Duration::from_millis(500));
                }
                Err(error) if attempt < 5 && port_taken(&error.to_string()) => {}
                Err(error) => return Err(error),
            }
            attempt += 1;
        }
    }

    /// Stops the server after its open transactions were cut off, and waits.
    pub(crate) fn stop(&self) -> Result<(), EmbeddedError> {
        if !matches!(Postmaster::of(&self.data()), Postmaster::Live { .. }) {
            return Ok(());
        }
        let stop = |mode| {
            let mut command = self.account.command(self.binaries.program("pg_ctl"));
            command.arg("stop").arg("-D").arg(self.data()).args(["-w", "-t", "30", "-m", mode]);
            run(command, "pg_ctl stop")
        };
        stop("fast").or_else(|_| stop("immediate"))
    }

    fn launch(&self) -> Result<(), EmbeddedError> {
        let log = self.home.join("postgres.log");
        // The log of the start before this one is kept, no more.
        let _ = fs::rename(&log, self.home.join("postgres.log.old"));
        let mut command = self.account.command(self.binaries.program("pg_ctl"));
        command.arg("start").arg("-D").arg(self.data()).arg("-l").arg(&log);
        command.args(["-w", "-t", "120", "-s"]);
        run(command, "pg_ctl start").map_err(|error| {
            let log = fs::read_to_string(&log).unwrap_or_default();
            match (error, log.is_empty()) {
                (EmbeddedError::Command { command, .. }, false) => {
                    EmbeddedError::Command { command, output: tail(&log) }
                }
                (error, _) => error,
            }
        })
    }

    /// The port of the last start if it is free, else any free one.
    fn port(&self, attempt: u32) -> io::Result<u16> {
        let note = self.home.join("port");
        let last = fs::read_to_string(&note).ok().and_then(|text| text.trim().parse().ok());
        if attempt == 0
            && let Some(port) = last
            && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        {
            return Ok(port);
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        fs::write(note, format!("{port}\n"))?;
        Ok(port)
    }

    fn configure(&self, port: u16, socket_dir: &Path) -> io::Result<()> {
        let socket_dir = socket_dir.to_string_lossy().replace('\'', "''");
        let (sync, vacuum, connections) = match self.durability {
            Durability::Durable => ("on", "on", 60),
            #[cfg(any(test, feature = "testing"))]
            Durability::Throwaway => ("off", "off", 300),
        };
        // Queries of pages are short: compiling them or spreading them over
        // workers costs more than it saves.
        // Commits of readings wait for the log to be on disk. It waits less where
        // no new piece of it is written with zeros first, where no page is
        // compressed into it, and where what goes to the tables is written on the
        // way rather than by the system in one go half a minute later.
        let text = format!(
            "# Written by GreenGrid at every start.\n\
             listen_addresses = '127.0.0.1'\n\
             port = {port}\n\
             unix_socket_directories = '{socket_dir}'\n\
             unix_socket_permissions = 0700\n\
             max_connections = {connections}\n\
             fsync = {sync}\n\
             synchronous_commit = {sync}\n\
             full_page_writes = {sync}\n\
             shared_buffers = 256MB\n\
             max_wal_size = 2GB\n\
             wal_init_zero = off\n\
             backend_flush_after = 512kB\n\
             checkpoint_timeout = 15min\n\
             random_page_cost = 1.1\n\
             work_mem = 16MB\n\
             maintenance_work_mem = 128MB\n\
             jit = off\n\
             max_parallel_workers_per_gather = 0\n\
             timezone = 'UTC'\n\
             log_timezone = 'UTC'\n\
             log_min_duration_statement = 2000\n\
             autovacuum = {vacuum}\n"
        );
        let path = self.data().join("greengrid.conf");
        self.account.private_file(&path, &text)
    }
}

/// Whether waiting a moment helps: workers of a killed server take a moment to
/// notice that it is gone.
fn passes(message: &str) -> bool {
    message.contains("pre-existing shared memory block")
}

/// Whether another program took the port between our look and the start.
fn port_taken(message: &str) -> bool {
    message.contains("Address already in use")
        || message.contains("could not create any TCP/IP sockets")
}

fn run(mut command: Command, name: &'static str) -> Result<(), EmbeddedError> {
    let Output { status, stdout, stderr } =
        command.output().map_err(EmbeddedError::io("run a program of Postgres"))?;
    if status.success() {
        return Ok(());
    }
    let text = [stderr, stdout].concat();
    Err(EmbeddedError::Command { command: name, output: tail(&String::from_utf8_lossy(&text)) })
}

/// The end of a long text, where the reason stands.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Encodes for a query string.
fn percent(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
