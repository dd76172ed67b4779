use greengrid_app::error::StoreError;

/// A failure of Postgres as the crates above see it: passing when no
/// connection was free or the server is away, otherwise lasting.
pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    if passes(&error) { StoreError::busy(error) } else { StoreError::new(error) }
}

/// Whether the same statement may succeed a little later.
pub(crate) fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
        // Too many connections; shutting down, starting up; canceled.
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some("53300" | "57P01" | "57P02" | "57P03" | "57014"))
        }
        _ => false,
    }
}
