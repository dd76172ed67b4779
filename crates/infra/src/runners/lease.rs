use std::pin::pin;
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::postgres::lease::LeaseConnection;

/// How often one who waits looks whether the lease is free, and one who has it
/// whether it still does.
const BEAT: Duration = Duration::from_secs(1);

/// How long the database may take to answer before the lease counts as lost.
const PATIENCE: Duration = Duration::from_secs(5);

/// Work that must not run in two instances at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Task {
    /// Projecting events and assessing sites.
    Projection = 1,
    /// Feeding the demo fleet.
    DemoFeed = 2,
    /// Removing what is past its time.
    Housekeeping = 3,
    /// Polling vendors.
    Polling = 4,
    /// Taking what a broker of MQTT passes on.
    Broker = 71,
    /// Writing to people about their sites, and putting their data together.
    Owners = 41,
    /// Carrying cases of onboarding on.
    Onboarding = 12,
    /// Writing morning reports.
    Reports = 5,
    /// Telling what alert rules noticed.
    Alerts = 6,
}

/// Runs `work` for as long as this instance holds the lease of the task, and
/// waits for the lease otherwise. The token given to the work is cancelled when
/// the lease is lost or the program stops; work that ends by itself is started
/// anew. Returns once cancelled and the work has ended.
///
/// A lease says who works, it does not guard the data: for a moment after a
/// broken connection two may believe to hold it. What they write has to be safe
/// by itself, such as a checkpoint moved in the same transaction.
pub async fn leased<F>(
    pool: &PgPool,
    task: Task,
    cancel: &CancellationToken,
    work: impl Fn(CancellationToken) -> F,
) where
    F: Future<Output = ()>,
{
    let options = pool.connect_options();
    while !cancel.is_cancelled() {
        let opened = tokio::select! {
            () = cancel.cancelled() => return,
            opened = timeout(PATIENCE, LeaseConnection::open(&options)) => opened,
        };
        match opened {
            Ok(Ok(lease)) => turn(lease, task, cancel, &work).await,
            Ok(Err(error)) => tracing::warn!(%task, %error, "no connection for a lease"),
            Err(_) => tracing::warn!(%task, "no answer to a request for a lease"),
        }
        tokio::select! {
            () = cancel.cancelled() => {}
            () = sleep(BEAT) => {}
        }
    }
}

/// Waits for the lease, works while it lasts, and gives it back.
async fn turn<F: Future<Output = ()>>(
    mut lease: LeaseConnection,
    task: Task,
    cancel: &CancellationToken,
    work: impl Fn(CancellationToken) -> F,
) {
    let taken = tokio::select! {
        () = cancel.cancelled() => false,
        taken = wait(&mut lease, task) => taken,
    };
    if !taken {
        return lease.close().await;
    }
    tracing::debug!(%task, "lease taken");
    let end = cancel.child_token();
    let mut work = pin!(work(end.clone()));
    tokio::select! {
        () = &mut work => {}
        () = until_lost(&mut lease) => {
            tracing::warn!(%task, "lease lost");
            end.cancel();
            work.await;
        }
    }
    lease.close().await;
}

/// True once the lease is ours; false when the connection broke.
async fn wait(lease: &mut LeaseConnection, task: Task) -> bool {
    loop {
        match timeout(PATIENCE, lease.try_take(task as i32)).await {
            Ok(Ok(true)) => return true,
            Ok(Ok(false)) => sleep(BEAT).await,
            Ok(Err(_)) | Err(_) => return false,
        }
    }
}

async fn until_lost(lease: &mut LeaseConnection) {
    while matches!(timeout(PATIENCE, lease.check()).await, Ok(Ok(()))) {
        sleep(BEAT).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::testing::TestDatabase;
    use sqlx::Executor;
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;

    /// An instance that says its name whenever it begins to work, and works
    /// until it is told to stop.
    fn instance(
        db: &TestDatabase,
        name: &'static str,
        begun: &mpsc::UnboundedSender<&'static str>,
    ) -> (CancellationToken, JoinHandle<()>) {
        let (pool, cancel, begun) = (db.pool(), CancellationToken::new(), begun.clone());
        let token = cancel.clone();
        let task = tokio::spawn(async move {
            leased(&pool, Task::Projection, &token, |turn| {
                begun.send(name).unwrap();
                turn.cancelled_owned()
            })
            .await;
        });
        (cancel, task)
    }

    #[tokio::test]
    async fn one_works_and_the_other_takes_over_when_it_stops() {
        let db = TestDatabase::from_template().await;
        let (begun, mut heard) = mpsc::unbounded_channel();
        let (first, first_task) = instance(&db, "first", &begun);
        assert_eq!(heard.recv().await, Some("first"));
        let (second, second_task) = instance(&db, "second", &begun);
        assert!(timeout(Duration::from_millis(1_500), heard.recv()).await.is_err());

        first.cancel();
        first_task.await.unwrap();

        assert_eq!(timeout(Duration::from_secs(10), heard.recv()).await, Ok(Some("second")));
        second.cancel();
        second_task.await.unwrap();
    }

    #[tokio::test]
    async fn whoever_loses_the_connection_stops_and_another_takes_over() {
        let db = TestDatabase::from_template().await;
        let (begun, mut heard) = mpsc::unbounded_channel();
        let (first, first_task) = instance(&db, "first", &begun);
        assert_eq!(heard.recv().await, Some("first"));

        let cut = "select pg_terminate_backend(pid) from pg_locks \
                   where locktype = 'advisory' and granted \
                   and database = (select oid from pg_database where datname = current_database())";
        db.pool().execute(cut).await.unwrap();

        // It is cancelled, and being alone takes the lease again.
        assert_eq!(timeout(Duration::from_secs(20), heard.recv()).await, Ok(Some("first")));
        first.cancel();
        first_task.await.unwrap();
    }
}
