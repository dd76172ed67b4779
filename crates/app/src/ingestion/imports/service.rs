use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use uuid::Uuid;

use super::contracts::{ImportJob, ImportProgress, ImportReject, ImportStore};
use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;
use crate::fleet::{Directory, NewSite};
use crate::ids::Ids;
use crate::ingestion::{Ingestion, Submission};

/// How often a running import says that it is alive. The store takes it for
/// dead after several of these.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Sites saved in one transaction.
const SITES_AT_ONCE: usize = 1_000;
const ABANDONED: &str = "The program stopped while this import was running. What had been taken \
    until then is kept; import the file again to take the rest, nothing is counted twice.";

/// What an import is about to bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// Names of the files, as people know them.
    pub file_name: String,
    /// Their bytes together, as they lie on disk.
    pub bytes_total: u64,
}

/// A file of sites, read.
#[derive(Debug, Clone, Default)]
pub struct SitesFile {
    /// Sites that could be read.
    pub sites: Vec<NewSite>,
    /// Rows that could not.
    pub rejected: Vec<ImportReject>,
    /// Its bytes, as they lie on disk.
    pub bytes: u64,
}

/// A piece of a file of readings.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Which file.
    pub file: String,
    /// Its rows.
    pub submission: Submission,
    /// Bytes of all files of readings up to the end of this piece, as they lie
    /// on disk.
    pub bytes_done: u64,
}

/// Why an import failed or could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not for this role.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A file cannot be read any further; the text says why.
    #[error("{0}")]
    File(String),
    /// Somebody else ended it, such as a program that took this one for dead.
    #[error("the import was ended from elsewhere")]
    Ended,
    /// There is no such import.
    #[error("there is no such import")]
    NoSuchImport,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Brings in files of sites and readings.
#[derive(Clone, bon::Builder)]
pub struct Imports {
    directory: Directory,
    ingestion: Ingestion,
    store: Arc<dyn ImportStore>,
    ids: Arc<dyn Ids>,
}

impl Imports {
    /// Begins an import, so that it can be followed; [`Imports::run`] does it.
    pub async fn begin(&self, actor: &Actor, new: &NewImport) -> Result<Uuid, ImportError> {
        actor.require(Permission::ImportFiles)?;
        let id = self.ids.uuid();
        self.store.begin(actor.initiator(), id, &new.file_name, new.bytes_total).await?;
        Ok(id)
    }

    /// Takes the sites, then the readings piece by piece, and ends the import
    /// either way. Files that cannot be read come as the sentence that says so.
    /// `told` hears how far it is after each piece.
    pub async fn run(
        &self,
        actor: &Actor,
        id: Uuid,
        sites: Result<SitesFile, String>,
        pieces: impl Stream<Item = Result<Piece, String>> + Unpin,
        told: impl Fn(&ImportProgress),
    ) -> Result<ImportProgress, ImportError> {
        let work = self.take(actor, id, sites, pieces, told);
        let result = tokio::select! {
            result = work => result,
            never = self.keep_alive(id) => match never {},
        };
        let error = result.as_ref().err().map(|error| match error {
            ImportError::Store(_) => "Something failed on our side.".to_owned(),
            error => error.to_string(),
        });
        self.store.finish(id, error.as_deref()).await?;
        result
    }

    async fn take(
        &self,
        actor: &Actor,
        id: Uuid,
        sites: Result<SitesFile, String>,
        mut pieces: impl Stream<Item = Result<Piece, String>> + Unpin,
        told: impl Fn(&ImportProgress),
    ) -> Result<ImportProgress, ImportError> {
        actor.require(Permission::ImportFiles)?;
        let sites = sites.map_err(ImportError::File)?;
        let mut progress = ImportProgress { bytes_done: sites.bytes, ..ImportProgress::default() };
        for some in sites.sites.chunks(SITES_AT_ONCE) {
            let saved = self.directory.store().save(actor.initiator(), some).await?;
            progress.sites += u32::try_from(saved.len()).unwrap_or(u32::MAX);
        }
        if progress.sites > 0 {
            self.directory.reload().await?;
        }
        progress.rejected += sites.rejected.len() as u64;
        self.advance(id, &progress, &sites.rejected, &told).await?;
        let before = progress.bytes_done;
        while let Some(piece) = pieces.next().await {
            let Piece { file, submission, bytes_done } = piece.map_err(ImportError::File)?;
            let payload = Arc::clone(&submission.payload);
            let receipt = self.ingestion.submit(submission).await?;
            progress.bytes_done = before + bytes_done;
            progress.accepted += u64::from(receipt.accepted);
            progress.duplicates += u64::from(receipt.duplicates);
            progress.corrections += u64::from(receipt.corrections);
            progress.rejected += receipt.rejected.len() as u64;
            let rejects: Vec<ImportReject> = receipt
                .rejected
                .into_iter()
                .map(|r| ImportReject::of(&file, &payload, r))
                .collect();
            self.advance(id, &progress, &rejects, &told).await?;
        }
        Ok(progress)
    }

    async fn advance(
        &self,
        id: Uuid,
        progress: &ImportProgress,
        rejects: &[ImportReject],
        told: &impl Fn(&ImportProgress),
    ) -> Result<(), ImportError> {
        if !self.store.advance(id, progress, rejects).await? {
            return Err(ImportError::Ended);
        }
        told(progress);
        Ok(())
    }

    async fn keep_alive(&self, id: Uuid) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Err(error) = self.store.alive(id).await {
                tracing::warn!(import.id = %id, error = %error, "heartbeat of an import failed");
            }
        }
    }

    /// Ends imports whose program stopped, so that pages that show them say so.
    pub async fn end_silent(&self) -> Result<(), StoreError> {
        self.store.abandon_silent(ABANDONED).await.map(drop)
    }

    /// One import.
    pub async fn job(&self, actor: &Actor, id: Uuid) -> Result<ImportJob, ImportError> {
        actor.require(Permission::ImportFiles)?;
        self.end_silent().await?;
        self.store.find(id).await?.ok_or(ImportError::NoSuchImport)
    }

    /// The latest imports, newest first.
    pub async fn latest(&self, actor: &Actor, limit: u32) -> Result<Vec<ImportJob>, ImportError> {
        actor.require(Permission::ImportFiles)?;
        self.end_silent().await?;
        Ok(self.store.latest(limit).await?)
    }

    /// Rows that an import did not take, after the one given.
    pub async fn rejects(
        &self,
        actor: &Actor,
        id: Uuid,
        after: Option<(&str, u32)>,
        limit: u32,
    ) -> Result<Vec<ImportReject>, ImportError> {
        actor.require(Permission::ImportFiles)?;
        Ok(self.store.rejects(id, after, limit).await?)
    }
}
