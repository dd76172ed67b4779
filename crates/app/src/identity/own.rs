//! What people do with their own account.

use std::net::IpAddr;

use greengrid_domain::identity::{EmailAddress, LinkPurpose, NewPassword, User, UserName};

use super::contracts::{Changed, Member, SessionSummary};
use super::errors::{AccountError, OwnError, SignInError};
use super::letters;
use super::links::NewLink;
use super::service::Identity;
use super::session::SessionKey;
use crate::actor::{Actor, Denied};
use crate::error::StoreError;
use crate::messages::Links;

impl Identity {
    /// Shows once more that somebody is who they are, as for signing in: a
    /// browser left open is not enough for what follows.
    pub async fn confirm(
        &self,
        actor: &Actor,
        password: &str,
        address: IpAddr,
    ) -> Result<User, OwnError> {
        let user = self.own(actor).await?;
        match self.sign_in(user.email.as_str(), password, address).await {
            Ok(member) => Ok(member.user),
            Err(SignInError::Refused) => Err(OwnError::WrongPassword),
            Err(SignInError::TooMany { retry_after }) => Err(OwnError::TooMany { retry_after }),
            Err(SignInError::Store(error)) => Err(error.into()),
        }
    }

    /// Replaces somebody's own password and tells them by letter. All their
    /// sessions end; the member returned opens a new one.
    pub async fn change_own_password(
        &self,
        actor: &Actor,
        present: &str,
        new: &str,
        address: IpAddr,
    ) -> Result<Member, OwnError> {
        let user = self.confirm(actor, present, address).await?;
        let new = NewPassword::new(new)?;
        self.check_password(&new, &[user.name.as_str(), user.email.as_str()])?;
        let hash = self.hasher.hash(&new).await?;
        let letter = letters::password_changed(&user, &self.ids.uuid().to_string());
        let changed = self.users.set_password(user.id, &hash, &[letter], actor.initiator()).await?;
        if changed == Changed::Missing {
            return Err(Denied.into());
        }
        Ok(self.users.find(user.id).await?.ok_or(Denied)?)
    }

    /// Gives somebody another name.
    pub async fn rename_own(&self, actor: &Actor, name: &str) -> Result<(), OwnError> {
        let name: UserName = name.parse()?;
        let id = actor.user().ok_or(Denied)?;
        self.users.rename(id, &name, actor.initiator()).await?;
        Ok(())
    }

    /// Sends a link to a new address; it takes the place of the present one
    /// once somebody follows the link. Whether another account has the address
    /// is not told: then nothing is sent.
    pub async fn ask_for_address(
        &self,
        actor: &Actor,
        new: &str,
        password: &str,
        from: IpAddr,
        links: &Links,
    ) -> Result<EmailAddress, OwnError> {
        let new: EmailAddress = new.parse()?;
        let user = self.confirm(actor, password, from).await?;
        if new == user.email && new.as_str() == user.email.as_str() {
            return Err(OwnError::SameAddress);
        }
        let holder = self.users.find_by_email(&new).await?;
        if holder.is_none_or(|holder| holder.member.user.id == user.id) {
            let link = NewLink::fresh(LinkPurpose::AddressChange)?;
            let letters = [
                letters::new_address(&user, &new, &link, links),
                letters::address_asked(&user, &new, &link),
            ];
            self.links.issue(user.id, &link, Some(&new), &letters, actor.initiator()).await?;
        }
        Ok(new)
    }

    /// Where somebody is signed in, the latest used first.
    pub async fn own_sessions(&self, actor: &Actor) -> Result<Vec<SessionSummary>, StoreError> {
        match actor.user() {
            Some(id) => self.sessions.list(id).await,
            None => Ok(Vec::new()),
        }
    }

    /// Ends one of somebody's own sessions; of another's nothing is known.
    pub async fn end_own_session(
        &self,
        actor: &Actor,
        session: &SessionKey,
    ) -> Result<Changed, StoreError> {
        match actor.user() {
            Some(id) => self.sessions.end_of(id, session).await,
            None => Ok(Changed::Missing),
        }
    }

    /// Ends all of somebody's own sessions but one; returns how many.
    pub async fn end_other_sessions(
        &self,
        actor: &Actor,
        keep: &SessionKey,
    ) -> Result<u64, StoreError> {
        match actor.user() {
            Some(id) => self.sessions.end_others(id, keep).await,
            None => Ok(0),
        }
    }

    async fn own(&self, actor: &Actor) -> Result<User, OwnError> {
        let id = actor.user().ok_or(Denied)?;
        Ok(self.user(id).await?.ok_or(Denied)?)
    }
}

impl From<AccountError> for OwnError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Password(error) => Self::Password(error),
            AccountError::DemoPassword => Self::DemoPassword,
            AccountError::Store(error) => Self::Store(error),
            other => Self::Store(StoreError::new(other)),
        }
    }
}
