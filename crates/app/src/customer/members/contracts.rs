use async_trait::async_trait;
use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::{EmailAddress, User, UserId};
use greengrid_domain::messages::Letter;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::identity::NewLink;

/// Somebody who belongs to a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteMember {
    /// Who.
    pub user: UserId,
    /// Where mail reaches them.
    pub email: EmailAddress,
    /// What they are to the site.
    pub role: SiteRole,
    /// Since when.
    pub since: Timestamp,
    /// Whether they have been here since. It does not tell whether they had an
    /// account before, which whoever shares a site is not to learn.
    pub seen: bool,
}

/// Somebody with whom a site is shared. Whether their address is known only
/// the store finds out, so both letters are at hand.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// The account to make where the address is not known.
    pub user: User,
    /// The link by which they set a password.
    pub link: NewLink,
    /// What they are to the site.
    pub role: SiteRole,
    /// To somebody who has an account.
    pub welcome: Letter,
    /// To somebody who has none, or never followed their invitation.
    pub invitation: Letter,
}

/// What came of sharing a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// They belong to it now.
    Done,
    /// They did before, in the same role.
    AlreadyThere,
    /// They did before, and have another role now.
    RoleChanged,
    /// They are its only owner, and would be none.
    LastOwner,
    /// As many belong to it as may.
    Full,
}

/// What came of removing somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// They do not belong to it any more.
    Done,
    /// They are its only owner.
    LastOwner,
    /// They did not belong to it.
    NotThere,
}

/// Keeps who belongs to sites. Every change is one transaction with its audit
/// entry, its letter, [`crate::live::Topic::Person`] and
/// [`crate::live::Topic::Site`].
#[async_trait]
pub trait MembershipStore: Send + Sync {
    /// Those who belong to a site: owners first, then the earliest.
    async fn members(&self, site: SiteId) -> Result<Vec<SiteMember>, StoreError>;
    /// Shares a site with somebody, or gives them another role at it. With at
    /// most `most` in all.
    async fn share(
        &self,
        by: UserId,
        site: SiteId,
        with: &NewMember,
        most: u16,
    ) -> Result<Shared, StoreError>;
    /// Takes a site away from somebody.
    async fn remove(&self, by: UserId, site: SiteId, who: UserId) -> Result<Removed, StoreError>;
}
