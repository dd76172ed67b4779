use std::net::IpAddr;

use async_trait::async_trait;
use greengrid_domain::identity::{
    ApiToken, EmailAddress, NewPassword, Role, Scope, TokenId, User, UserId, UserName,
};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;

use super::people::{PeoplePage, PeopleQuery};
use super::session::SessionKey;
use super::throttle::{Admission, AttemptLimits};
use super::trail::{TrailEntry, TrailQuery};
use crate::error::StoreError;

/// A password as it is kept: algorithm, parameters, salt and hash in the PHC
/// string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A person, with the version of what their sessions rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// Raised when role, password or activity change; a session opened under
    /// an older version is no longer good.
    pub auth_version: i32,
}

/// What signing in needs to know of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub member: Member,
    /// What their password is checked against; somebody who was invited has
    /// none yet.
    pub password: Option<PasswordHash>,
}

/// A person in the list of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub user: User,
    /// Whether they have set no password yet.
    pub invited: bool,
    /// Whether signing in asks them for a second factor.
    pub second_factor: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last looked at anything, to the minute.
    pub last_seen_at: Option<Timestamp>,
}

/// What came of adding a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// Done.
    Done,
    /// Another account has the address.
    EmailTaken,
}

/// What came of a change to an account or token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Done.
    Done,
    /// It was so already; nothing was written.
    AlreadySo,
    /// There is no such account or token.
    Missing,
}

impl Changed {
    /// Fails with this where there is nothing to be changed.
    pub fn or_missing<E>(self, missing: E) -> Result<(), E> {
        match self {
            Self::Done | Self::AlreadySo => Ok(()),
            Self::Missing => Err(missing),
        }
    }
}

/// Keeps people. Every change writes its audit entry in the same transaction;
/// a change of role, password or activity also raises the version, ends the
/// person's sessions and tells every instance.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// One person.
    async fn find(&self, id: UserId) -> Result<Option<Member>, StoreError>;

    /// The account of an address, in whatever case it was typed.
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError>;

    /// Everybody, by name.
    async fn list(&self) -> Result<Vec<Person>, StoreError>;

    /// A page of so many people, and how many there are.
    async fn page(&self, query: &PeopleQuery, per_page: u32) -> Result<PeoplePage, StoreError>;

    /// Adds a person.
    async fn add(
        &self,
        user: &User,
        password: &PasswordHash,
        by: Initiator,
    ) -> Result<Added, StoreError>;

    /// Gives a person another role.
    async fn set_role(&self, id: UserId, role: Role, by: Initiator) -> Result<Changed, StoreError>;

    /// Takes a person's access away, or gives it back.
    async fn set_active(
        &self,
        id: UserId,
        active: bool,
        by: Initiator,
    ) -> Result<Changed, StoreError>;

    /// Replaces a password, and writes what they are told of it.
    async fn set_password(
        &self,
        id: UserId,
        password: &PasswordHash,
        letters: &[Letter],
        by: Initiator,
    ) -> Result<Changed, StoreError>;

    /// Gives a person another name; their sessions go on.
    async fn rename(
        &self,
        id: UserId,
        name: &UserName,
        by: Initiator,
    ) -> Result<Changed, StoreError>;
}

/// The key of an attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptId(pub i64);

/// Keeps attempts to sign in, shared by all instances.
#[async_trait]
pub trait AttemptStore: Send + Sync {
    /// Notes an attempt as failed, unless there were too many. Attempts on the
    /// same account or from the same address wait for each other here, so a
    /// burst cannot slip past a limit. `account` is the hash of the address
    /// typed, whether or not such an account exists.
    async fn admit(
        &self,
        account: &[u8; 32],
        address: IpAddr,
        limits: &AttemptLimits,
    ) -> Result<Admission, StoreError>;

    /// The attempt was a success after all.
    async fn succeeded(&self, attempt: AttemptId) -> Result<(), StoreError>;
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// What the session layer keeps in it, as JSON text.
    pub data: String,
    /// How many seconds it has left at most.
    pub seconds_left: i64,
}

/// A session in the list that its owner sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// Which.
    pub key: SessionKey,
    /// From where it was opened.
    pub address: Option<IpAddr>,
    /// What the browser that opened it says of itself.
    pub agent: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something was last asked under it, to the minute.
    pub last_seen_at: Timestamp,
}

/// Keeps sessions within their [`SessionLimits`](super::SessionLimits). An
/// expired one is as good as none, by the store's clock; an open page alone
/// (see [`OpenSessions`](crate::live::OpenSessions)) keeps none alive.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Opens a session. With a person, this is a sign-in and writes its audit
    /// entry in the same transaction.
    async fn create(
        &self,
        key: &SessionKey,
        user: Option<UserId>,
        data: &str,
    ) -> Result<(), StoreError>;

    /// Writes what a session holds. One that ended in the meantime stays
    /// ended: nothing is written and that is no failure.
    async fn save(&self, key: &SessionKey, data: &str) -> Result<(), StoreError>;

    /// A session that has not expired; notes, at most once a minute, that it
    /// was used.
    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, StoreError>;

    /// Ends a session and tells every instance; writes an audit entry if a
    /// person was signed in.
    async fn delete(&self, key: &SessionKey) -> Result<(), StoreError>;

    /// The sessions of a person that are still good, the latest used first.
    async fn list(&self, user: UserId) -> Result<Vec<SessionSummary>, StoreError>;

    /// Ends a session if it is this person's, as [`delete`](Self::delete) does.
    async fn end_of(&self, user: UserId, key: &SessionKey) -> Result<Changed, StoreError>;

    /// Ends all sessions of a person but one, as [`delete`](Self::delete) does;
    /// returns how many.
    async fn end_others(&self, user: UserId, keep: &SessionKey) -> Result<u64, StoreError>;

    /// Deletes sessions that expired, and attempts to sign in that no limit
    /// looks at any more; returns how many sessions.
    async fn sweep(&self) -> Result<u64, StoreError>;
}

/// A token to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Key.
    pub id: TokenId,
    /// What its maker called it.
    pub name: String,
    /// What it may be used for, sorted, at least one.
    pub scopes: Vec<Scope>,
}

/// Keeps tokens for devices and programs; of a secret, only its SHA-256.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Adds a token.
    async fn add(
        &self,
        token: NewToken,
        secret: &[u8; 32],
        by: Initiator,
    ) -> Result<ApiToken, StoreError>;

    /// All tokens, the newest first.
    async fn list(&self) -> Result<Vec<ApiToken>, StoreError>;

    /// The token with this secret unless it was revoked; notes, at most once
    /// a minute, that it was used.
    async fn used(&self, secret: &[u8; 32]) -> Result<Option<ApiToken>, StoreError>;

    /// Of these tokens those that were not revoked, in one query.
    async fn in_force(&self, ids: &[TokenId]) -> Result<Vec<TokenId>, StoreError>;

    /// Revokes a token.
    async fn revoke(&self, id: TokenId, by: Initiator) -> Result<Changed, StoreError>;
}

/// Reads the audit trail. Writing is part of what the other stores do.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Entries with the names of those in them, the newest first, at most so
    /// many.
    async fn entries(&self, query: &TrailQuery, limit: u32) -> Result<Vec<TrailEntry>, StoreError>;
}

/// Hashes passwords, slowly on purpose.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password with fresh salt.
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, StoreError>;

    /// Whether the password is the one that was hashed. Without a hash it does
    /// the same work and says no, so that time does not tell who has an
    /// account.
    async fn verify(&self, password: &str, hash: Option<&PasswordHash>)
    -> Result<bool, StoreError>;
}
