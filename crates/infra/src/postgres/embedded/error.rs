use std::io;
use std::path::PathBuf;

/// Why there is no private server. Each text says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Another GreenGrid has the data directory.
    #[error(
        "GreenGrid already runs with the data directory {}{}. Stop it first, or choose \
         another directory with --data-dir",
        dir.display(),
        process.map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// Who has it, if it said.
        process: Option<u32>,
    },
    /// The data directory cannot be used.
    #[error("the data directory {} cannot be used; choose another with --data-dir", dir.display())]
    DataDir {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Running as root, and there is no other account.
    #[error(
        "Postgres refuses to run as root, and there is neither an account `postgres` nor \
         `nobody` on this system; start GreenGrid as an ordinary user"
    )]
    NoAccount,
    /// No server is installed, and none could be downloaded.
    #[error(
        "no Postgres server was found on this machine, and none could be downloaded.\n\
         Install one, and start again:\n  \
         Debian, Ubuntu:  sudo apt-get install postgresql\n  \
         Fedora, RHEL:    sudo dnf install postgresql-server\n  \
         Arch:            sudo pacman -S postgresql\n  \
         Alpine:          apk add postgresql\n  \
         macOS:           brew install postgresql@17\n\
         Or name the directory of its programs in GREENGRID_PG_BIN, or the address of a \
         running server in DATABASE_URL"
    )]
    NoServer(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// `GREENGRID_PG_BIN` is wrong.
    #[error(
        "GREENGRID_PG_BIN is {}, but there are no working initdb, postgres and pg_ctl of \
         Postgres 14 or later in it",
        dir.display()
    )]
    NotAServer {
        /// What it is set to.
        dir: PathBuf,
    },
    /// The data were made by another version.
    #[error(
        "the data directory was made by Postgres {data}, which is not what is installed \
         ({server}); install Postgres {data}, or begin anew with another --data-dir"
    )]
    Version {
        /// The version that made the data.
        data: u32,
        /// The version at hand.
        server: u32,
    },
    /// A program of Postgres failed.
    #[error("{command} failed:\n{output}")]
    Command {
        /// Which.
        command: &'static str,
        /// What it said, or the end of the server's log.
        output: String,
    },
    /// A file could not be read or written.
    #[error("could not {what}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The server runs, but does not let us in.
    #[error("the private Postgres server cannot be used")]
    Connect(#[from] sqlx::Error),
}

impl EmbeddedError {
    /// For `map_err`: what was tried, in words after "could not".
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}
