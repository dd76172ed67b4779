use std::net::IpAddr;
use std::time::Duration;

use greengrid_domain::identity::{
    EmailAddress, LinkPurpose, LinkState, NewPassword, Role, User, UserId, UserName,
};
use greengrid_domain::messages::Letter;

use super::contracts::{FoundLink, Moved, PasswordByLink};
use super::errors::LinkError;
use super::new::NewLink;
use crate::actor::{Actor, Permission};
use crate::error::StoreError;
use crate::identity::contracts::{Added, Member};
use crate::identity::errors::{AccountError, SignInError};
use crate::identity::service::Identity;
use crate::identity::throttle::{Admission, AttemptLimits};
use crate::identity::{attempts, letters, secrets};
use crate::messages::Links;

/// How long it takes to ask for a new password, whether or not there is such
/// an account: longer than writing a letter does.
pub(super) const ASKING: Duration = Duration::from_millis(400);

/// How often a new password may be asked for: for one account from one
/// machine, from one machine, and for one account from all of them.
const ASKED: AttemptLimits = AttemptLimits {
    window: Duration::from_mins(15),
    account_and_address: 3,
    address: 30,
    account: 6,
};

/// Somebody to invite.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// Where the link goes; what they sign in with.
    pub email: EmailAddress,
    /// What they are called, until they say themselves.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
}

impl Identity {
    /// Adds a person and sends them the link by which they set a password.
    pub async fn invite(
        &self,
        actor: &Actor,
        invitee: Invitee,
        links: &Links,
    ) -> Result<(User, NewLink), AccountError> {
        actor.require(Permission::Administer)?;
        let link = NewLink::fresh(LinkPurpose::Invitation)?;
        let user = User {
            id: self.ids.uuid().into(),
            email: invitee.email,
            name: invitee.name,
            role: invitee.role,
            active: true,
        };
        let letter = letters::invitation(&user, &link, links);
        match self.links.invite(&user, &link, &letter, actor.initiator()).await? {
            Added::Done => Ok((user, link)),
            Added::EmailTaken => Err(AccountError::EmailTaken),
        }
    }

    /// Sends another invitation to somebody who has set no password yet; the
    /// earlier link works no more.
    pub async fn invite_again(
        &self,
        actor: &Actor,
        id: UserId,
        links: &Links,
    ) -> Result<User, AccountError> {
        actor.require(Permission::Administer)?;
        let user = self.user(id).await?.ok_or(AccountError::Missing)?;
        let account = self.users.find_by_email(&user.email).await?;
        if !user.active || account.is_none_or(|account| account.password.is_some()) {
            return Err(AccountError::NotInvited);
        }
        let link = NewLink::fresh(LinkPurpose::Invitation)?;
        let letter = letters::invitation(&user, &link, links);
        self.links.issue(id, &link, None, &[letter], actor.initiator()).await?;
        Ok(user)
    }

    /// Sends a link to whoever forgot their password. What comes of it is the
    /// same, and takes as long, whether or not there is such an account.
    pub async fn forgot_password(
        &self,
        email: &str,
        address: IpAddr,
        links: &Links,
    ) -> Result<(), SignInError> {
        let key = attempts::key("reset", email);
        if let Admission::Refused { retry_after } =
            self.attempts.admit(&key, address, &ASKED).await?
        {
            return Err(SignInError::TooMany { retry_after });
        }
        let (sent, ()) = tokio::join!(self.send_reset(email, links), tokio::time::sleep(ASKING));
        Ok(sent?)
    }

    async fn send_reset(&self, email: &str, links: &Links) -> Result<(), StoreError> {
        let Ok(email) = email.parse::<EmailAddress>() else { return Ok(()) };
        let Some(account) = self.users.find_by_email(&email).await? else { return Ok(()) };
        let user = account.member.user;
        if !user.active {
            return Ok(());
        }
        let link = NewLink::fresh(LinkPurpose::PasswordReset)?;
        let letter = letters::password_reset(&user, &link, links);
        self.links.issue(user.id, &link, None, &[letter], Actor::System.initiator()).await
    }

    /// What a link of this kind that still works is about.
    pub async fn link(&self, purpose: LinkPurpose, secret: &str) -> Result<FoundLink, LinkError> {
        let found = self.links.find(purpose, &secrets::hashed(secret)).await?;
        match found {
            Some(link) if link.state == LinkState::Good => Ok(link),
            Some(link) => Err(LinkError::Over(link.state)),
            None => Err(LinkError::Unknown),
        }
    }

    /// Sets the name and first password of somebody who was invited.
    pub async fn accept_invitation(
        &self,
        secret: &str,
        name: &str,
        password: &str,
    ) -> Result<Member, LinkError> {
        // A link that does not work is told before anything that was typed.
        let link = self.link(LinkPurpose::Invitation, secret).await?;
        let name: UserName = name.parse()?;
        let about = [name.as_str(), link.user.email.as_str()];
        self.set_password_by_link(
            (LinkPurpose::Invitation, secret),
            password,
            &about,
            Some(&name),
            &[],
        )
        .await
    }

    /// Replaces the password of somebody who forgot it and tells them by
    /// letter; all their sessions end.
    pub async fn reset_password(&self, secret: &str, password: &str) -> Result<Member, LinkError> {
        let link = self.link(LinkPurpose::PasswordReset, secret).await?;
        let about = [link.user.name.as_str(), link.user.email.as_str()];
        let occasion = hex::encode(secrets::hashed(secret));
        let letter = letters::password_changed(&link.user, &occasion);
        self.set_password_by_link(
            (LinkPurpose::PasswordReset, secret),
            password,
            &about,
            None,
            &[letter],
        )
        .await
    }

    /// Moves somebody to the address that the link was sent to, and tells the
    /// former one.
    pub async fn confirm_address(&self, secret: &str) -> Result<EmailAddress, LinkError> {
        let link = self.link(LinkPurpose::AddressChange, secret).await?;
        let new = link.new_email.ok_or(LinkError::Unknown)?;
        let hash = secrets::hashed(secret);
        let letter = letters::address_changed(&link.user, &new, &hex::encode(hash));
        match self.links.move_address(&hash, &[letter]).await? {
            Some(Ok(Moved::Done)) => Ok(new),
            Some(Ok(Moved::Taken)) => Err(LinkError::AddressTaken),
            Some(Err(state)) => Err(LinkError::Over(state)),
            None => Err(LinkError::Unknown),
        }
    }

    async fn set_password_by_link(
        &self,
        (purpose, secret): (LinkPurpose, &str),
        password: &str,
        about: &[&str],
        name: Option<&UserName>,
        letters: &[Letter],
    ) -> Result<Member, LinkError> {
        let password = NewPassword::new(password)?;
        self.check_password(&password, about)?;
        let hash = self.hasher.hash(&password).await?;
        let secret = secrets::hashed(secret);
        let set = PasswordByLink { purpose, secret: &secret, name, password: &hash, letters };
        match self.links.set_password(set).await? {
            Some(Ok(member)) => Ok(member),
            Some(Err(state)) => Err(LinkError::Over(state)),
            None => Err(LinkError::Unknown),
        }
    }
}
