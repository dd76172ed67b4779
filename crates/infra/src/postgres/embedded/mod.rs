//! A private Postgres server, so that the demo needs no configuration.
//!
//! The server belongs to a data directory. It outlives a program that is
//! killed, and the next one adopts it; a program that ends stops it and keeps
//! its data.

pub(crate) mod account;
pub(crate) mod binaries;
pub(crate) mod cluster;
mod download;
mod error;
mod home;
mod lock;
pub(crate) mod postmaster;
pub(crate) mod roles;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use account::Account;
use binaries::Binaries;
pub use binaries::PG_BIN;
use cluster::{Cluster, Durability};
pub use error::EmbeddedError;
use postmaster::Postmaster;
use roles::{ROLE, secret, settle};

/// What takes a while at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
pub enum Progress {
    /// No server is installed; one is being fetched.
    #[strum(to_string = "Downloading the Postgres server")]
    Downloading,
    /// First start: the data directory is being made.
    #[strum(to_string = "Creating the database")]
    Creating,
    /// The server starts, after an unclean stop with recovery.
    #[strum(to_string = "Starting the database")]
    Starting,
    /// The server of a killed program still runs and is taken over.
    #[strum(to_string = "Taking over the running database")]
    Adopting,
}

/// Told about each [`Progress`].
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// A running private server. Stops with [`Embedded::stop`], or when dropped.
#[derive(Debug)]
pub struct Embedded {
    cluster: Cluster,
    url: String,
    tcp_url: String,
    running: bool,
    // Last, so that the directory is free only once the server has stopped.
    _lock: lock::DataLock,
}

impl Embedded {
    /// Starts the server of a data directory; the first time it creates it.
    pub async fn start(data_dir: &Path, progress: OnProgress) -> Result<Self, EmbeddedError> {
        let account = Account::detect()?;
        let data_dir = home::data_dir(data_dir, &account)?;
        let lock = lock::DataLock::take(&data_dir)?;
        let home = home::home(&data_dir, &account)?;
        let binaries = find(&account, &home, progress.as_ref()).await?;
        let cluster = Cluster { home, account, binaries, durability: Durability::Durable };
        let starting = cluster.clone();
        let (address, superuser_password) =
            blocking(move || up(&starting, progress.as_ref())).await?;
        let mut this = Self {
            cluster,
            url: String::new(),
            tcp_url: String::new(),
            running: true,
            _lock: lock,
        };
        let password = secret(&this.cluster, "password")?;
        settle(&address, &superuser_password, &password).await?;
        this.url = address.url(ROLE, &password, ROLE);
        this.tcp_url = address.tcp_url(ROLE, &password, ROLE);
        Ok(this)
    }

    /// The address of the database, by its unix socket.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of the database on the loopback interface, for other
    /// programs.
    #[must_use]
    pub fn tcp_url(&self) -> &str {
        &self.tcp_url
    }

    /// Stops the server and keeps its data.
    pub async fn stop(mut self) -> Result<(), EmbeddedError> {
        self.running = false;
        let cluster = self.cluster.clone();
        blocking(move || cluster.stop()).await
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if self.running
            && let Err(error) = self.cluster.stop()
        {
            tracing::warn!(error = %error, "the private Postgres server did not stop");
        }
    }
}

/// Server programs that fit the data: installed ones, else downloaded ones.
async fn find(
    account: &Account,
    home: &Path,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Binaries, EmbeddedError> {
    let major = cluster::data_version(home);
    if let Some(found) = Binaries::installed(account, major)? {
        return Ok(found);
    }
    match download::download(account, &home.join("server"), major, progress).await {
        Ok(found) => Ok(found),
        Err(error) => match (major, Binaries::installed(account, None)?) {
            (Some(data), Some(other)) => Err(EmbeddedError::Version { data, server: other.major }),
            _ => Err(error),
        },
    }
}

/// Creates what is missing and starts; gives the superuser's password.
fn up(
    cluster: &Cluster,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(cluster::Address, String), EmbeddedError> {
    let password = secret(cluster, "superuser")?;
    if cluster::data_version(&cluster.home).is_none() {
        progress(Progress::Creating);
        cluster.create(&password)?;
    }
    let live = matches!(Postmaster::of(&cluster.data()), Postmaster::Live { .. });
    progress(if live { Progress::Adopting } else { Progress::Starting });
    let (address, _) = cluster.start()?;
    Ok((address, password))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EmbeddedError> + Send + 'static,
) -> Result<T, EmbeddedError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
