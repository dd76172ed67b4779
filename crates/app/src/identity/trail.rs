//! The audit trail, as it is read.

use greengrid_domain::observability::{AuditEntry, AuditSubject};
use jiff::Timestamp;

use super::errors::AccountError;
use super::service::Identity;
use crate::actor::{Actor, Permission};

/// What a reader of the trail asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TrailQuery {
    /// Only what was brought about by people or programs whose name or
    /// address holds this text, by the command line, or by the program itself.
    pub who: Option<String>,
    /// Only what was done to this kind of thing.
    pub subject: Option<AuditSubject>,
    /// Only actions whose words hold this text, or things whose key or name
    /// does.
    pub what: Option<String>,
    /// Only from this instant on.
    pub from: Option<Timestamp>,
    /// Only before this instant.
    pub until: Option<Timestamp>,
    /// Only entries older than the one with this number.
    pub before: Option<i64>,
}

/// An entry with the names of those in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEntry {
    /// Its number; later entries have greater ones.
    pub number: i64,
    /// What happened.
    pub entry: AuditEntry,
    /// What whoever brought it about is called.
    pub by: Option<String>,
    /// What the thing is called that it is about, where it has a name.
    pub about: Option<String>,
}

/// How many entries a page of the trail holds.
pub const TRAIL_PER_PAGE: u32 = 100;
/// How many entries are read at a time for a file.
const AT_A_TIME: u32 = 2_000;

impl Identity {
    /// A page of the trail, the newest first, and whether there is more.
    pub async fn trail(
        &self,
        actor: &Actor,
        query: &TrailQuery,
    ) -> Result<(Vec<TrailEntry>, bool), AccountError> {
        self.part(actor, query, TRAIL_PER_PAGE).await
    }

    /// The next part of the trail for a file, the newest first, and whether
    /// there is more.
    pub async fn trail_part(
        &self,
        actor: &Actor,
        query: &TrailQuery,
    ) -> Result<(Vec<TrailEntry>, bool), AccountError> {
        self.part(actor, query, AT_A_TIME).await
    }

    async fn part(
        &self,
        actor: &Actor,
        query: &TrailQuery,
        limit: u32,
    ) -> Result<(Vec<TrailEntry>, bool), AccountError> {
        actor.require(Permission::Administer)?;
        let mut entries = self.audit.entries(query, limit + 1).await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        Ok((entries, more))
    }
}
