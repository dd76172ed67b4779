use async_trait::async_trait;
use greengrid_domain::identity::{EmailAddress, LinkPurpose, LinkState, User, UserId, UserName};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::Initiator;

use super::new::NewLink;
use crate::error::StoreError;
use crate::identity::contracts::{Added, Member, PasswordHash};

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLink {
    /// Whose it is.
    pub user: User,
    /// Whether it still works.
    pub state: LinkState,
    /// The new address, where it is about one.
    pub new_email: Option<EmailAddress>,
}

/// What somebody sets by a link.
#[derive(Debug)]
pub struct PasswordByLink<'a> {
    /// What kind of link it has to be.
    pub purpose: LinkPurpose,
    /// What is kept of its secret.
    pub secret: &'a [u8; 32],
    /// Their name, where they set it too.
    pub name: Option<&'a UserName>,
    /// Their password.
    pub password: &'a PasswordHash,
    /// What they are told of it.
    pub letters: &'a [Letter],
}

/// What came of a change of address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// Done.
    Done,
    /// Another account has the address by now.
    Taken,
}

/// Keeps links that work once, by the store's clock. A link does its work in
/// the transaction that marks it used, so of two at the same instant one finds
/// it used. A new link takes the place of the person's earlier ones of its
/// kind; a new password or address that of all of them. Letters are written in
/// the transaction that makes a reason for them.
#[async_trait]
pub trait LinkStore: Send + Sync {
    /// The link of this kind with this secret, whether or not it still works.
    async fn find(
        &self,
        purpose: LinkPurpose,
        secret: &[u8; 32],
    ) -> Result<Option<FoundLink>, StoreError>;

    /// Adds a person without a password, and the link by which they set one.
    async fn invite(
        &self,
        user: &User,
        link: &NewLink,
        letter: &Letter,
        by: Initiator,
    ) -> Result<Added, StoreError>;

    /// Keeps a link; `new_email` is what a change of address is about.
    async fn issue(
        &self,
        user: UserId,
        link: &NewLink,
        new_email: Option<&EmailAddress>,
        letters: &[Letter],
        by: Initiator,
    ) -> Result<(), StoreError>;

    /// Sets a password and ends the person's sessions. In the place of the
    /// person there is the state of a link that does not work, and nothing
    /// where there is no such link.
    async fn set_password(
        &self,
        set: PasswordByLink<'_>,
    ) -> Result<Option<Result<Member, LinkState>>, StoreError>;

    /// Moves a person to the address that the link with this secret is about.
    /// In the place of the outcome there is the state of a link that does not
    /// work, and nothing where there is no such link.
    async fn move_address(
        &self,
        secret: &[u8; 32],
        letters: &[Letter],
    ) -> Result<Option<Result<Moved, LinkState>>, StoreError>;

    /// Deletes links whose time was over a month ago.
    async fn sweep(&self) -> Result<(), StoreError>;
}
