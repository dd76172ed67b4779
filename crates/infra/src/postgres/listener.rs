use std::sync::Arc;
use std::time::Duration;

use greengrid_app::live::{Heard, Notice};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Executor, PgPool};
use tokio::sync::broadcast;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::notify::CHANNEL;

/// Silence after which the connection is asked whether it still lives: one that
/// died without a word would stay silent for ever.
const SILENCE: Duration = Duration::from_secs(20);

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What one who does not keep up may have waiting.
const BACKLOG: usize = 4_096;

/// What is heard from Postgres, handed to everyone in this instance who asks.
///
/// It listens on a connection of its own and comes back after every outage,
/// however long. A subscriber that lags behind gets
/// [`broadcast::error::RecvError::Lagged`], which means the same as
/// [`Heard::Reconnected`]: read everything anew.
#[derive(Debug, Clone)]
pub struct Notices {
    sender: broadcast::Sender<Heard>,
}

impl Notices {
    /// Starts to listen on the database of this pool, until cancelled.
    pub async fn listen(pool: &PgPool, cancel: CancellationToken) -> Result<Self, sqlx::Error> {
        let options = pool.connect_options();
        let listener = open(&options).await?;
        let (sender, _) = broadcast::channel(BACKLOG);
        let this = Self { sender };
        let listening = this.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                () = listening.run(options, listener) => {}
            }
        });
        Ok(this)
    }

    /// Everything heard from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Heard> {
        self.sender.subscribe()
    }

    async fn run(self, options: Arc<PgConnectOptions>, mut listener: PgListener) {
        loop {
            let lost = match timeout(SILENCE, listener.try_recv()).await {
                Ok(Ok(Some(notification))) => {
                    self.tell(notification.payload());
                    continue;
                }
                // The listener has already connected again.
                Ok(Ok(None)) => {
                    self.send(Heard::Reconnected);
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => match timeout(LONGEST_PAUSE, listener.execute("select 1")).await {
                    Ok(Ok(_)) => continue,
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "no answer".to_owned(),
                },
            };
            tracing::warn!(error = lost, "the connection for notices was lost");
            listener = reopen(&options).await;
            tracing::info!("notices are heard again");
            self.send(Heard::Reconnected);
        }
    }

    fn tell(&self, payload: &str) {
        for line in payload.lines() {
            match line.parse::<Notice>() {
                Ok(notice) => self.send(Heard::Notice(notice)),
                // From an instance of a newer version, during an upgrade.
                Err(error) => tracing::warn!(%error, "a notice was not understood"),
            }
        }
    }

    fn send(&self, heard: Heard) {
        // Nobody listening is no failure.
        let _ = self.sender.send(heard);
    }
}

async fn reopen(options: &PgConnectOptions) -> PgListener {
    let mut pause = Duration::from_millis(100);
    loop {
        match open(options).await {
            Ok(listener) => return listener,
            Err(error) => tracing::debug!(%error, "still no connection for notices"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn open(options: &PgConnectOptions) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(LONGEST_PAUSE)
        .connect_with(options.clone().application_name("greengrid notices"))
        .await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::live::PgLiveBus;
    use crate::postgres::testing::TestDatabase;
    use greengrid_app::live::{LiveBus, Topic};

    async fn next(receiver: &mut broadcast::Receiver<Heard>) -> Heard {
        timeout(Duration::from_secs(20), receiver.recv()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn what_is_published_is_heard_by_all_in_order() {
        let db = TestDatabase::from_template().await;
        let notices = Notices::listen(&db.pool(), CancellationToken::new()).await.unwrap();
        let (mut one, mut other) = (notices.subscribe(), notices.subscribe());

        let sent = [Notice::Appended, Notice::Changed(Topic::Site(7.into()))];
        PgLiveBus::new(db.pool()).publish(&sent).await.unwrap();

        for notice in sent {
            assert_eq!(next(&mut one).await, Heard::Notice(notice.clone()));
            assert_eq!(next(&mut other).await, Heard::Notice(notice));
        }
    }

    #[tokio::test]
    async fn notices_flow_again_after_the_connection_was_cut() {
        let db = TestDatabase::from_template().await;
        let notices = Notices::listen(&db.pool(), CancellationToken::new()).await.unwrap();
        let mut heard = notices.subscribe();

        for _ in 0..3 {
            let cut = "select pg_terminate_backend(pid) from pg_stat_activity \
                       where datname = current_database() and application_name = 'greengrid notices'";
            db.pool().execute(cut).await.unwrap();

            assert_eq!(next(&mut heard).await, Heard::Reconnected);
            PgLiveBus::new(db.pool()).publish(&[Notice::Appended]).await.unwrap();
            assert_eq!(next(&mut heard).await, Heard::Notice(Notice::Appended));
        }
    }

    #[tokio::test]
    async fn an_outage_longer_than_one_attempt_is_survived() {
        let db = TestDatabase::from_template().await;
        let notices = Notices::listen(&db.pool(), CancellationToken::new()).await.unwrap();
        let mut heard = notices.subscribe();
        let name = db.url().split(['/', '?']).nth(3).unwrap().to_owned();
        let elsewhere = TestDatabase::blank().await;
        let allow = |yes: bool| format!("alter database {name} with allow_connections {yes}");
        elsewhere.pool().execute(&*allow(false)).await.unwrap();
        let cut = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
        );
        elsewhere.pool().execute(&*cut).await.unwrap();
        assert!(timeout(Duration::from_secs(1), heard.recv()).await.is_err());

        elsewhere.pool().execute(&*allow(true)).await.unwrap();

        assert_eq!(next(&mut heard).await, Heard::Reconnected);
        PgLiveBus::new(db.pool()).publish(&[Notice::Appended]).await.unwrap();
        assert_eq!(next(&mut heard).await, Heard::Notice(Notice::Appended));
    }
}
