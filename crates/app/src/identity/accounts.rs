use greengrid_domain::identity::{
    EmailAddress, NewPassword, Role, Strength, User, UserId, UserName,
};

use super::contracts::{Added, Changed};
use super::errors::AccountError;
use super::service::{DEMO_PASSWORD, Identity};
use crate::actor::{Actor, Permission};

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Where mail reaches them; the name they sign in with.
    pub email: EmailAddress,
    /// What they are called.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
    /// Their first password.
    pub password: NewPassword,
}

impl Identity {
    /// Adds a person who can sign in at once.
    pub async fn add_user(&self, actor: &Actor, new: NewUser) -> Result<User, AccountError> {
        actor.require(Permission::Administer)?;
        self.check_password(&new.password, &[new.name.as_str(), new.email.as_str()])?;
        let hash = self.hasher.hash(&new.password).await?;
        let user = User {
            id: self.ids.uuid().into(),
            email: new.email,
            name: new.name,
            role: new.role,
            active: true,
        };
        match self.users.add(&user, &hash, actor.initiator()).await? {
            Added::Done => Ok(user),
            Added::EmailTaken => Err(AccountError::EmailTaken),
        }
    }

    /// The person with an address, for those who may see accounts.
    pub async fn user_by_email(
        &self,
        actor: &Actor,
        email: &EmailAddress,
    ) -> Result<Option<User>, AccountError> {
        actor.require(Permission::Administer)?;
        Ok(self.users.find_by_email(email).await?.map(|account| account.member.user))
    }

    /// Gives a person another role; their sessions end.
    pub async fn set_role(
        &self,
        actor: &Actor,
        id: UserId,
        role: Role,
    ) -> Result<(), AccountError> {
        require_for_other(actor, id)?;
        found(self.users.set_role(id, role, actor.initiator()).await?)
    }

    /// Takes a person's access away; their sessions end.
    pub async fn deactivate(&self, actor: &Actor, id: UserId) -> Result<(), AccountError> {
        require_for_other(actor, id)?;
        found(self.users.set_active(id, false, actor.initiator()).await?)
    }

    /// Gives a deactivated person their access back.
    pub async fn reactivate(&self, actor: &Actor, id: UserId) -> Result<(), AccountError> {
        require_for_other(actor, id)?;
        found(self.users.set_active(id, true, actor.initiator()).await?)
    }

    /// Replaces a person's password; their sessions end.
    pub async fn set_password(
        &self,
        actor: &Actor,
        id: UserId,
        password: &NewPassword,
    ) -> Result<(), AccountError> {
        actor.require(Permission::Administer)?;
        let member = self.users.find(id).await?.ok_or(AccountError::Missing)?;
        self.check_password(password, &[member.user.name.as_str(), member.user.email.as_str()])?;
        let hash = self.hasher.hash(password).await?;
        found(self.users.set_password(id, &hash, &[], actor.initiator()).await?)
    }

    /// Refuses a password that others would think of; `about` is what they
    /// know of the person.
    pub(super) fn check_password(
        &self,
        password: &NewPassword,
        about: &[&str],
    ) -> Result<(), AccountError> {
        if password.expose() == DEMO_PASSWORD {
            return if self.demo { Ok(()) } else { Err(AccountError::DemoPassword) };
        }
        Ok(Strength::of(password.expose(), about).check()?)
    }
}

fn require_for_other(actor: &Actor, id: UserId) -> Result<(), AccountError> {
    actor.require(Permission::Administer)?;
    if actor.user() == Some(id) { Err(AccountError::Own) } else { Ok(()) }
}

pub(super) fn found(changed: Changed) -> Result<(), AccountError> {
    changed.or_missing(AccountError::Missing)
}
