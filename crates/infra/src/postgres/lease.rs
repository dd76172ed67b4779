use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};

/// Tells our advisory locks from those of other programs: "GRNG".
const CLASS: i32 = 0x4752_4e47;

/// A connection that waits for an advisory lock, or holds it. The lock ends
/// with the connection, however that ends.
#[derive(Debug)]
pub(crate) struct LeaseConnection {
    connection: PgConnection,
}

impl LeaseConnection {
    /// Connects, so that Postgres notices within some ten seconds when this
    /// machine is gone without a word.
    pub(crate) async fn open(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let options = options.clone().application_name("greengrid lease").options([
            ("tcp_keepalives_idle", "5"),
            ("tcp_keepalives_interval", "2"),
            ("tcp_keepalives_count", "3"),
        ]);
        Ok(Self { connection: options.connect().await? })
    }

    /// Takes the lock if it is free.
    pub(crate) async fn try_take(&mut self, key: i32) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar!(r#"select pg_try_advisory_lock($1, $2) as "taken!""#, CLASS, key)
            .fetch_one(&mut self.connection)
            .await
    }

    /// Fails when the connection, and the lock with it, is gone.
    pub(crate) async fn check(&mut self) -> Result<(), sqlx::Error> {
        self.connection.ping().await
    }

    /// Gives the lock back at once.
    pub(crate) async fn close(self) {
        let _ = self.connection.close().await;
    }
}
