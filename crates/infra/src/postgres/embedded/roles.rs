use std::time::Duration;

use rand::TryRngCore;
use rand::rngs::OsRng;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::time::Instant;

use super::EmbeddedError;
use super::cluster::{Address, Cluster};

/// The role as which GreenGrid works, and the name of its database. It is no
/// superuser, for whom revoked rights would mean nothing.
pub(crate) const ROLE: &str = "greengrid";

/// How long a server may take to let us in: after an unclean stop it first
/// reads its log.
const PATIENCE: Duration = Duration::from_mins(2);

/// A password kept in the server's home; made at the first call.
pub(crate) fn secret(cluster: &Cluster, name: &str) -> Result<String, EmbeddedError> {
    let path = cluster.home.join(name).with_extension("secret");
    if let Ok(kept) = std::fs::read_to_string(&path)
        && kept.trim().len() == 48
    {
        return Ok(kept.trim().to_owned());
    }
    let make = || {
        let mut bytes = [0; 24];
        OsRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
        let fresh = hex::encode(bytes);
        cluster.account.private_file(&path, &fresh)?;
        Ok(fresh)
    };
    make().map_err(EmbeddedError::io("keep a password of the database"))
}

/// Connects as superuser, as soon as the server lets anybody in.
pub(crate) async fn superuser(
    address: &Address,
    password: &str,
) -> Result<PgConnection, EmbeddedError> {
    let options: PgConnectOptions = address.url("postgres", password, "postgres").parse()?;
    let until = Instant::now() + PATIENCE;
    loop {
        match options.connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) if is_passing(&error) && Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Makes the role and the database, where they are missing.
pub(crate) async fn settle(
    address: &Address,
    superuser_password: &str,
    password: &str,
) -> Result<(), EmbeddedError> {
    let mut connection = superuser(address, superuser_password).await?;
    // Statements about roles and databases take no parameters; the values here
    // are a constant and hexadecimal digits.
    let role = format!(
        "do $$ begin \
            if not exists (select from pg_roles where rolname = '{ROLE}') then \
                create role {ROLE} login; \
            end if; \
            alter role {ROLE} nosuperuser createdb password '{password}'; \
         end $$"
    );
    connection.execute(&*role).await?;
    let create = format!("create database {ROLE} owner {ROLE}");
    match connection.execute(&*create).await {
        Ok(_) => {}
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P04") => {}
        Err(error) => return Err(error.into()),
    }
    connection.close().await?;
    Ok(())
}

/// Not yet accepting connections (57P03), or the socket is not there yet.
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => error.code().as_deref() == Some("57P03"),
        sqlx::Error::Io(_) => true,
        _ => false,
    }
}
