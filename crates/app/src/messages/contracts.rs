use async_trait::async_trait;
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::{Letter, LetterId, LetterKind, LetterState, Subject};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};

use crate::error::StoreError;

/// Keeps letters, by the clock of the store. Who changes something writes its
/// letters in the transaction that makes the change; [`enqueue`](Self::enqueue)
/// is for those who have none.
#[async_trait]
pub trait LetterStore: Send + Sync {
    /// Writes letters, of which those whose key is known are left out. Returns
    /// how many are new.
    async fn enqueue(&self, letters: &[Letter]) -> Result<u64, StoreError>;
    /// Takes up letters that are due, so that for so long nobody else does:
    /// those first that have waited longest, at most `limit`.
    async fn claim(&self, limit: i64, for_: SignedDuration) -> Result<Vec<Claimed>, StoreError>;
    /// Notes what came of a letter that was taken up. Returns false, and notes
    /// nothing, when somebody else took it up since.
    async fn settle(&self, claimed: &Claimed, outcome: &Outcome) -> Result<bool, StoreError>;
    /// Letters, newest first, of one state unless of all, older than `before`;
    /// at most `limit`.
    async fn list(
        &self,
        state: Option<LetterState>,
        before: Option<LetterId>,
        limit: i64,
    ) -> Result<Vec<LetterSummary>, StoreError>;
    /// How many letters there are of each state.
    async fn counts(&self) -> Result<Counts, StoreError>;
    /// One letter, whole.
    async fn find(&self, id: LetterId) -> Result<Option<StoredLetter>, StoreError>;
    /// Has a letter that is dead or was kept sent after all, under its old key,
    /// with an audit entry.
    async fn resend(&self, by: Initiator, id: LetterId) -> Result<Resent, StoreError>;
}

/// A letter that somebody took up to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Which.
    pub id: LetterId,
    /// How often it has been taken up, this time included.
    pub tries: u32,
    /// When it was written.
    pub written_at: Timestamp,
    /// Whether a failure is the last.
    pub is_last: bool,
    /// What to send.
    pub letter: Letter,
}

/// What came of a letter that was taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A mail server took it. What is secret in it is forgotten.
    Sent,
    /// There is no mail server; it stays where it is.
    Kept,
    /// Not yet.
    Later {
        /// When to try again.
        pause: SignedDuration,
        /// What went wrong, in a sentence.
        why: String,
    },
    /// Never.
    Dead {
        /// What went wrong, in a sentence.
        why: String,
    },
    /// Never, and nothing else either: whoever it was for wants nothing any more.
    Gone {
        /// What was answered, in a sentence.
        why: String,
    },
}

/// A letter as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSummary {
    /// Which.
    pub id: LetterId,
    /// What for.
    pub kind: LetterKind,
    /// To whom.
    pub to: EmailAddress,
    /// What it is about.
    pub subject: Subject,
    /// How far it is.
    pub state: LetterState,
    /// How often it was taken up.
    pub tries: u32,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it is tried next, while it waits.
    pub next_try_at: Timestamp,
    /// When it was sent, kept or given up.
    pub settled_at: Option<Timestamp>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

/// A letter, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLetter {
    /// What a list shows of it.
    pub summary: LetterSummary,
    /// What it says. Of one that is secret and was sent, nothing is left.
    pub letter: Letter,
}

/// How many letters there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// To be sent.
    pub waiting: i64,
    /// Taken by a mail server.
    pub sent: i64,
    /// Written without a mail server.
    pub kept: i64,
    /// Given up.
    pub dead: i64,
}

/// What came of the wish to send a letter once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resent {
    /// It waits to be sent.
    Done,
    /// It waits already, or was sent.
    NotNow,
    /// There is no such letter.
    NoSuchLetter,
}

/// Brings letters to a mail server.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Whether the server is there and takes letters from us at all.
    async fn is_ready(&self) -> Result<(), NotSent>;
    /// Sends a letter. Every try carries the same Message-ID.
    async fn send(&self, claimed: &Claimed) -> Result<(), NotSent>;
}

/// Why a letter was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The server is away or takes nothing from us: it is not the letter's
    /// fault.
    #[error("{0}")]
    Away(String),
    /// It was not taken, or its answer was lost; another time it may be.
    #[error("{0}")]
    Failed(String),
    /// It was not taken, and is not to come again before this wait is over.
    #[error("{why}")]
    Busy {
        /// What was answered, in a sentence.
        why: String,
        /// The wait that was asked for.
        wait: SignedDuration,
    },
    /// Whoever it was for wants nothing any more.
    #[error("{0}")]
    Gone(String),
    /// It will never be taken as it is, such as for an address that does not
    /// exist.
    #[error("{0}")]
    Refused(String),
}
