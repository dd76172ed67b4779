//! How the program itself does.

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::error::StoreError;

/// How well the database serves the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseHealth {
    /// Migrations of this program that the database lacks.
    pub migrations_missing: usize,
    /// How long the oldest batch of readings has waited for the projector;
    /// zero while none waits.
    pub projector_lag: SignedDuration,
}

impl DatabaseHealth {
    /// A projector that is further behind than this shows a past that nobody
    /// should take for the present.
    pub const MOST_LAG: SignedDuration = SignedDuration::from_mins(2);

    /// What keeps this instance from serving, each in a few words.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        let migrations = (self.migrations_missing > 0)
            .then(|| format!("{} migrations are missing", self.migrations_missing));
        let lag = (self.projector_lag > Self::MOST_LAG)
            .then(|| format!("the projector is {} seconds behind", self.projector_lag.as_secs()));
        migrations.into_iter().chain(lag).collect()
    }
}

/// How a pool of connections is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// What the pool is for.
    pub name: &'static str,
    /// Connections that are open.
    pub open: u32,
    /// Of those, how many do nothing.
    pub idle: u32,
    /// Connections it may open.
    pub most: u32,
}

/// Work that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepth {
    /// For what.
    pub name: &'static str,
    /// How much.
    pub waiting: i64,
}

/// Tells how the program's own parts do.
#[async_trait]
pub trait Vitals: Send + Sync {
    /// Asks the database.
    async fn database(&self) -> Result<DatabaseHealth, StoreError>;
    /// The pools, without asking anybody.
    fn pools(&self) -> Vec<PoolUse>;
    /// What waits.
    async fn queues(&self) -> Result<Vec<QueueDepth>, StoreError>;
    /// Reads a little from the database, for whoever wants to know how long
    /// that takes; gives the number of sites.
    async fn touch(&self) -> Result<i64, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_from_serving_is_told() {
        let health = |migrations_missing, seconds| DatabaseHealth {
            migrations_missing,
            projector_lag: SignedDuration::from_secs(seconds),
        };

        assert!(health(0, 120).troubles().is_empty());
        assert_eq!(health(0, 121).troubles(), ["the projector is 121 seconds behind"]);
        assert_eq!(health(2, 0).troubles(), ["2 migrations are missing"]);
    }
}
