use std::time::Duration;

use greengrid_app::live::Heard;
use greengrid_infra::postgres::Notices;
use sqlx::PgPool;
use tokio::sync::broadcast;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::App;

/// Waits for what another process does to the database.
pub(crate) struct Watch {
    pool: PgPool,
    heard: broadcast::Receiver<Heard>,
    _listening: DropGuard,
}

impl Watch {
    /// Hears of every change from here on.
    pub(crate) async fn over(app: &App) -> Self {
        let (pool, end) = (app.db.pool(), CancellationToken::new());
        let notices = Notices::listen(&pool, end.clone()).await.unwrap();
        Self { pool, heard: notices.subscribe(), _listening: end.drop_guard() }
    }

    /// Waits until a query has this answer; looks whenever something changed.
    pub(crate) async fn until(&mut self, query: &str, expected: &str) {
        let mut last = None;
        let work = async {
            loop {
                let found: Option<Option<String>> =
                    sqlx::query_scalar(query).fetch_optional(&self.pool).await.unwrap();
                last = found.flatten();
                if last.as_deref() == Some(expected) {
                    return;
                }
                let _ = timeout(Duration::from_secs(1), self.heard.recv()).await;
            }
        };
        let waited = timeout(Duration::from_mins(1), work).await;
        assert!(waited.is_ok(), "{query} never was {expected}, but {last:?}");
    }
}
