use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};

use super::super::MIGRATOR;
use super::super::embedded::EmbeddedError;
use super::super::embedded::account::{Account, number};
use super::super::embedded::binaries::Binaries;
use super::super::embedded::cluster::{Address, Cluster, Durability};
use super::super::embedded::postmaster::Postmaster;
use super::super::embedded::roles::{ROLE, secret, settle, superuser};

/// Seconds from the end of the last process that used the server to its own:
/// enough for the next test program of a run to begin.
const PATIENCE: u32 = 10;

/// The server that all test programs of this checkout and account share.
#[derive(Debug)]
pub(super) struct Server {
    address: Address,
    password: String,
    /// The database that tests clone.
    pub(super) template: String,
}

impl Server {
    /// Starts the server, or joins those who use it already.
    pub(super) async fn acquire() -> Result<Self, EmbeddedError> {
        let base = base().map_err(EmbeddedError::io("make a directory for the test server"))?;
        // Held until the template is ready, so that it is made once.
        let _lock = lock(&base).map_err(EmbeddedError::io("lock the test server"))?;
        register(&base).map_err(EmbeddedError::io("register at the test server"))?;
        let cluster = cluster(&base)?;
        let (address, password) = match join(&cluster).await {
            Some(joined) => joined,
            None => start(&cluster).await?,
        };
        watch(&base).map_err(EmbeddedError::io("watch over the test server"))?;
        let mut this = Self { address, password, template: String::new() };
        let mut connection = this.connect("postgres").await?;
        sweep(&mut connection).await?;
        this.template = this.template(&mut connection).await?;
        connection.close().await?;
        Ok(this)
    }

    /// The address of one of its databases.
    pub(super) fn url(&self, database: &str) -> String {
        self.address.url(ROLE, &self.password, database)
    }

    async fn connect(&self, database: &str) -> Result<PgConnection, sqlx::Error> {
        self.url(database).parse::<PgConnectOptions>()?.connect().await
    }

    /// Makes the template for the present migrations, unless it is there.
    async fn template(&self, connection: &mut PgConnection) -> Result<String, EmbeddedError> {
        let mut hash = Sha256::new();
        MIGRATOR.iter().for_each(|migration| hash.update(&migration.checksum));
        let name = format!("template_{}", hex::encode(&hash.finalize()[..8]));
        let found: Option<i32> = sqlx::query_scalar("select 1 from pg_database where datname = $1")
            .bind(&name)
            .fetch_optional(&mut *connection)
            .await?;
        if found.is_some() {
            return Ok(name);
        }
        connection.execute("drop database if exists half_template with (force)").await?;
        connection.execute("create database half_template").await?;
        let mut inside = self.connect("half_template").await?;
        MIGRATOR.run(&mut inside).await.map_err(sqlx::Error::from)?;
        inside.close().await?;
        let rename = format!(
            "alter database half_template with is_template true allow_connections false; \
             alter database half_template rename to {name}"
        );
        connection.execute(&*rename).await?;
        Ok(name)
    }
}

/// Removes databases of processes that ended without doing so.
pub(super) async fn sweep(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let names: Vec<String> =
        sqlx::query_scalar(r"select datname::text from pg_database where datname ~ '^test_\d+_'")
            .fetch_all(&mut *connection)
            .await?;
    for name in names {
        let process = name.split('_').nth(1).and_then(|text| text.parse().ok());
        if process.is_none_or(|process| process != std::process::id() && !alive(process)) {
            let drop = format!("drop database if exists {name} with (force)");
            connection.execute(&*drop).await?;
        }
    }
    Ok(())
}

/// In the temporary directory, which every account can reach and whose path is
/// short enough for a socket; one for each checkout and account.
fn base() -> std::io::Result<PathBuf> {
    let own = number(&["-u"]).unwrap_or_default();
    let checkout = hex::encode(&Sha256::digest(env!("CARGO_MANIFEST_DIR"))[..4]);
    let base = std::env::temp_dir().join(format!("greengrid-tests-{own}-{checkout}"));
    match fs::DirBuilder::new().mode(0o711).create(&base) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if fs::symlink_metadata(&base)?.uid() != own {
        return Err(std::io::Error::other("it belongs to somebody else"));
    }
    fs::set_permissions(&base, PermissionsExt::from_mode(0o711))?;
    fs::create_dir_all(base.join("users"))?;
    base.canonicalize()
}

fn lock(base: &Path) -> std::io::Result<File> {
    let path = base.join("lock");
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    file.lock()?;
    Ok(file)
}

/// Tells the watchdog that this process uses the server; waits where the
/// watchdog is just about to stop it.
fn register(base: &Path) -> std::io::Result<()> {
    fs::write(base.join("users").join(std::process::id().to_string()), "")?;
    let stopping = base.join("stopping");
    let since = Instant::now();
    while stopping.exists() {
        if since.elapsed() > Duration::from_secs(40) || !watched(base) {
            return fs::remove_file(stopping);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn cluster(base: &Path) -> Result<Cluster, EmbeddedError> {
    let account = Account::detect()?;
    let home = base.join("server");
    account.private_dir(&home).map_err(EmbeddedError::io("make a directory for the server"))?;
    let binaries = Binaries::installed(&account, None)?.ok_or(EmbeddedError::NoServer(None))?;
    Ok(Cluster { home, account, binaries, durability: Durability::Throwaway })
}

/// The server as others of this run started it, if it is well.
async fn join(cluster: &Cluster) -> Option<(Address, String)> {
    let Postmaster::Live { port, socket_dir, .. } = Postmaster::of(&cluster.data()) else {
        return None;
    };
    let address = Address { port, socket_dir };
    let password = secret(cluster, "password").ok()?;
    let url = address.url(ROLE, &password, "postgres");
    let connection = url.parse::<PgConnectOptions>().ok()?.connect().await.ok()?;
    connection.close().await.ok()?;
    Some((address, password))
}

/// Begins anew: data written without `fsync` are not worth keeping.
async fn start(cluster: &Cluster) -> Result<(Address, String), EmbeddedError> {
    cluster.stop()?;
    let clear = || {
        fs::remove_dir_all(&cluster.home)?;
        cluster.account.private_dir(&cluster.home)
    };
    clear().map_err(EmbeddedError::io("clear the directory of the test server"))?;
    let superuser_password = secret(cluster, "superuser")?;
    cluster.create(&superuser_password)?;
    let (address, _) = cluster.start()?;
    let password = secret(cluster, "password")?;
    superuser(&address, &superuser_password).await?.close().await?;
    settle(&address, &superuser_password, &password).await?;
    Ok((address, password))
}

/// Starts the watchdog, unless one is at work.
fn watch(base: &Path) -> std::io::Result<()> {
    if watched(base) {
        return Ok(());
    }
    let child = watchdog(base, PATIENCE).spawn()?;
    fs::write(base.join("watchdog"), child.id().to_string())
}

pub(super) fn watchdog(base: &Path, seconds: u32) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", include_str!("watchdog.sh"), "greengrid-test-watchdog"])
        .arg(base)
        .arg(seconds.to_string())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // An interrupt at the terminal is not meant for it.
        .process_group(0);
    command
}

/// Whether a watchdog is at work: its process is there and it moves.
fn watched(base: &Path) -> bool {
    let note = fs::read_to_string(base.join("watchdog")).ok();
    let process = note.and_then(|text| text.trim().parse().ok());
    let moved = fs::metadata(base.join("beat")).and_then(|file| file.modified());
    process.is_some_and(alive)
        && moved.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < Duration::from_mins(1)))
}

pub(super) fn alive(process: u32) -> bool {
    Command::new("/bin/sh")
        .args(["-c", "kill -0 \"$1\"", "sh", &process.to_string()])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
