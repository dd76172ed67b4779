use uuid::Uuid;

use super::{Ingestion, QuarantineEntry, Receipt, Submission};
use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;

/// Why quarantine could not be looked at or replayed.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such entry.
    #[error("there is no such entry in quarantine")]
    NoSuchEntry,
    /// It was replayed before.
    #[error("this entry has been replayed already")]
    AlreadyReplayed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Ingestion {
    /// Open entries, newest first, older than `before` where given; and how
    /// many are open in all.
    pub async fn quarantined(
        &self,
        actor: &Actor,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<QuarantineEntry>, i64), QuarantineError> {
        actor.require(Permission::HandleQuarantine)?;
        let entries = self.quarantine.open(before, limit).await?;
        Ok((entries, self.quarantine.count_open().await?))
    }

    /// One entry, replayed or not.
    pub async fn quarantined_entry(
        &self,
        actor: &Actor,
        id: Uuid,
    ) -> Result<QuarantineEntry, QuarantineError> {
        actor.require(Permission::HandleQuarantine)?;
        self.quarantine.find(id).await?.ok_or(QuarantineError::NoSuchEntry)
    }

    /// Takes in an entry once more, `submission` being its payload decoded
    /// again. While nothing of it can be taken, the entry stays open and
    /// nothing else happens. Otherwise it is settled, and rows that are still
    /// wrong become entries of their own.
    ///
    /// Appending and settling are two steps; after a crash between them the
    /// entry is still open, and replaying it finds only duplicates.
    pub async fn replay(
        &self,
        actor: &Actor,
        id: Uuid,
        submission: Submission,
    ) -> Result<Receipt, QuarantineError> {
        if self.quarantined_entry(actor, id).await?.replayed.is_some() {
            return Err(QuarantineError::AlreadyReplayed);
        }
        let now = self.clock.now();
        let prepared = self.prepare(&submission, now).await?;
        if prepared.rows.is_empty() {
            return Ok(Receipt { rejected: prepared.rejected, ..Receipt::default() });
        }
        let receipt = self.append(&submission, prepared, now).await?;
        let result = summary(&receipt);
        self.quarantine.settle(actor.initiator(), id, now, &result).await?;
        Ok(receipt)
    }
}

fn summary(receipt: &Receipt) -> String {
    format!(
        "{} accepted, {} duplicate, {} correction, {} quarantined",
        receipt.accepted,
        receipt.duplicates,
        receipt.corrections,
        receipt.rejected.len(),
    )
}
