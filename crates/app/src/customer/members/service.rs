use std::sync::Arc;

use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::{Site, SiteCode};
use greengrid_domain::identity::{
    EmailAddress, EmailAddressError, LinkPurpose, Role, User, UserId, UserNameError,
};

use super::contracts::{MembershipStore, NewMember, Removed, Shared, SiteMember};
use super::letters::Sharing;
use crate::actor::{Actor, Denied, Permission};
use crate::customer::{OwnSiteError, OwnSites};
use crate::error::StoreError;
use crate::identity::{Identity, NewLink};
use crate::ids::Ids;
use crate::messages::Links;

/// People who may belong to one site: enough for a family and a company, too
/// few to send letters to the world.
const MOST: u16 = 20;

/// Why a site was not shared, or not taken away.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// The site is not there, not theirs, or not theirs to share.
    #[error(transparent)]
    Site(#[from] OwnSiteError),
    /// The address makes no sense.
    #[error(transparent)]
    Email(#[from] EmailAddressError),
    /// They belong to it already.
    #[error("they see this site already")]
    AlreadyThere,
    /// A site without an owner is nobody's.
    #[error("they are the only owner; make somebody else an owner first")]
    LastOwner,
    /// As many belong to it as may.
    #[error("at most {MOST} people may belong to a site")]
    Full,
    /// They do not belong to it.
    #[error("they do not belong to this site")]
    NotThere,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Denied> for MembershipError {
    fn from(denied: Denied) -> Self {
        Self::Site(denied.into())
    }
}

/// With whom a site is to be shared.
#[derive(Debug, Clone)]
pub struct ShareSite {
    /// Where mail reaches them.
    pub email: EmailAddress,
    /// What they are to be.
    pub role: SiteRole,
}

/// Those who belong to a site, as one of them sees it.
#[derive(Debug, Clone)]
pub struct SitePeople {
    /// The site.
    pub site: Arc<Site>,
    /// What the one who looks is to it.
    pub role: SiteRole,
    /// Who that is.
    pub viewer: UserId,
    /// Everybody who belongs to it.
    pub members: Vec<SiteMember>,
}

/// Who belongs to which site, and what owners do about it.
#[derive(Clone, bon::Builder)]
pub struct Memberships {
    sites: OwnSites,
    store: Arc<dyn MembershipStore>,
    identity: Identity,
    ids: Arc<dyn Ids>,
    links: Links,
}

impl Memberships {
    /// Those who belong to a site of the actor's.
    pub async fn people(
        &self,
        actor: &Actor,
        code: &SiteCode,
    ) -> Result<SitePeople, MembershipError> {
        let (site, role) = self.sites.own_site(actor, code).await?;
        let viewer = actor.user().ok_or(Denied)?;
        let members = self.store.members(site.id).await?;
        Ok(SitePeople { site, role, viewer, members })
    }

    /// Shares a site of the actor's with somebody. Whether their address was
    /// known the actor does not learn.
    pub async fn share(
        &self,
        actor: &Actor,
        code: &SiteCode,
        with: ShareSite,
    ) -> Result<(), MembershipError> {
        let (site, by) = self.decides(actor, code).await?;
        let from = self.identity.user(by).await?.ok_or(Denied)?;
        let link = NewLink::fresh(LinkPurpose::Invitation)?;
        let ShareSite { email, role } = with;
        let sharing = Sharing {
            id: self.ids.uuid(),
            from: &from,
            to: &email,
            site: &site,
            role,
            links: &self.links,
        };
        let new = NewMember {
            welcome: sharing.welcome(),
            invitation: sharing.invitation(&link),
            user: self.newcomer(&email)?,
            role,
            link,
        };
        match self.store.share(by, site.id, &new, MOST).await? {
            Shared::Done | Shared::RoleChanged => Ok(()),
            Shared::AlreadyThere => Err(MembershipError::AlreadyThere),
            Shared::LastOwner => Err(MembershipError::LastOwner),
            Shared::Full => Err(MembershipError::Full),
        }
    }

    /// Takes a site away from somebody; everybody may take it from themselves.
    pub async fn remove(
        &self,
        actor: &Actor,
        code: &SiteCode,
        who: UserId,
    ) -> Result<(), MembershipError> {
        let (site, by) = if actor.user() == Some(who) {
            actor.require(Permission::ShareOwnSites)?;
            (self.sites.own_site(actor, code).await?.0, who)
        } else {
            self.decides(actor, code).await?
        };
        match self.store.remove(by, site.id, who).await? {
            Removed::Done => Ok(()),
            Removed::LastOwner => Err(MembershipError::LastOwner),
            Removed::NotThere => Err(MembershipError::NotThere),
        }
    }

    /// The site and the actor, if the actor may decide who sees it.
    async fn decides(
        &self,
        actor: &Actor,
        code: &SiteCode,
    ) -> Result<(Arc<Site>, UserId), MembershipError> {
        actor.require(Permission::ShareOwnSites)?;
        let (site, role) = self.sites.own_site(actor, code).await?;
        if !role.decides() {
            return Err(OwnSiteError::NotAnOwner.into());
        }
        Ok((site, actor.user().ok_or(Denied)?))
    }

    /// The account of somebody new, named by their address until they say.
    fn newcomer(&self, email: &EmailAddress) -> Result<User, StoreError> {
        let local = email.as_str().split('@').next().unwrap_or_default();
        let name = local.parse().map_err(|error: UserNameError| StoreError::new(error))?;
        Ok(User {
            id: self.ids.uuid().into(),
            email: email.clone(),
            name,
            role: Role::Customer,
            active: true,
        })
    }
}
