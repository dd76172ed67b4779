//! New ids, as a contract, so that tests can foresee them.

use uuid::Uuid;

/// Gives ids.
pub trait Ids: Send + Sync {
    /// A fresh UUID of version 7.
    fn uuid(&self) -> Uuid;
}
