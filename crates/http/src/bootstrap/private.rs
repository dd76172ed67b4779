use std::path::Path;
use std::sync::Arc;

use greengrid_infra::postgres::embedded::{Embedded, EmbeddedError, Progress};

/// The private Postgres of a data directory, which runs for as long as this.
#[derive(Debug)]
pub struct PrivatePostgres(Embedded);

impl PrivatePostgres {
    /// Starts it, and tells what takes a while.
    pub async fn start(
        data_dir: &Path,
        tell: impl Fn(String) + Send + Sync + 'static,
    ) -> Result<Self, EmbeddedError> {
        let tell = Arc::new(move |step: Progress| tell(step.to_string()));
        Embedded::start(data_dir, tell).await.map(Self)
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// Stops it and keeps its data.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        self.0.stop().await
    }
}
