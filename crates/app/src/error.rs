//! Failures that no caller can react to.

/// A store or service failed. What exactly is for the log, not for people.
#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
pub struct StoreError {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
    busy: bool,
}

impl StoreError {
    /// Wraps what went wrong.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into(), busy: false }
    }

    /// Wraps a failure that passes by itself: no connection was free in time,
    /// or the server is away. Trying again later may do.
    pub fn busy(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into(), busy: true }
    }

    /// Whether trying again later may do.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.busy
    }
}
