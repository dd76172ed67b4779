use greengrid_domain::identity::{
    EmailAddress, LinkPurpose, LinkState, NewPassword, Role, User, UserName,
};

use super::contracts::{FoundLink, PasswordByLink};
use super::errors::LinkError;
use super::new::NewLink;
use crate::actor::{Actor, Permission};
use crate::identity::contracts::{Added, Member};
use crate::identity::errors::AccountError;
use crate::identity::secrets;
use crate::identity::service::Identity;

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
    /// Adds a person who sets their password by the link returned.
    pub async fn invite(
        &self,
        actor: &Actor,
        invitee: Invitee,
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
        match self.links.invite(&user, &link, actor.initiator()).await? {
            Added::Done => Ok((user, link)),
            Added::EmailTaken => Err(AccountError::EmailTaken),
        }
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
        self.set_password_by_link(LinkPurpose::Invitation, secret, password, &about, Some(&name))
            .await
    }

    pub(super) async fn set_password_by_link(
        &self,
        purpose: LinkPurpose,
        secret: &str,
        password: &str,
        about: &[&str],
        name: Option<&UserName>,
    ) -> Result<Member, LinkError> {
        let password = NewPassword::new(password)?;
        self.check_password(&password, about)?;
        let hash = self.hasher.hash(&password).await?;
        let secret = secrets::hashed(secret);
        let set = PasswordByLink { purpose, secret: &secret, name, password: &hash };
        match self.links.set_password(set).await? {
            Some(Ok(member)) => Ok(member),
            Some(Err(state)) => Err(LinkError::Over(state)),
            None => Err(LinkError::Unknown),
        }
    }
}
