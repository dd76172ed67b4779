use std::collections::BTreeSet;

use async_trait::async_trait;
use greengrid_domain::customer::NoticeKind;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::{EmailAddress, UserId, UserName};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;

use crate::error::StoreError;

/// Something about a site that people are written of once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Which site.
    pub site: SiteId,
    /// Which occasion of its kind: an anomaly, a month, a day.
    pub name: String,
}

/// Somebody to be written to: they see the site, want such letters, and were
/// not written to of this occasion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Of which site.
    pub site: SiteId,
    /// Who.
    pub user: UserId,
    /// Where mail reaches them.
    pub email: EmailAddress,
    /// What they are called.
    pub name: UserName,
}

/// A letter of an occasion to one person.
#[derive(Debug, Clone)]
pub struct WrittenNotice {
    /// To whom.
    pub user: UserId,
    /// Of what kind.
    pub kind: NoticeKind,
    /// Of which occasion.
    pub occasion: Occasion,
    /// The letter.
    pub letter: Letter,
}

/// Keeps who wants which letters, and of what they were written to.
#[async_trait]
pub trait NoticeStore: Send + Sync {
    /// The kinds that a person does not want.
    async fn unwanted(&self, user: UserId) -> Result<BTreeSet<NoticeKind>, StoreError>;
    /// Sets which kinds a person does not want, with an audit entry where that
    /// changes something and [`crate::live::Topic::Person`]. Returns whether
    /// there is such a person.
    async fn set_unwanted(
        &self,
        by: Initiator,
        user: UserId,
        unwanted: &BTreeSet<NoticeKind>,
    ) -> Result<bool, StoreError>;
    /// Sites that somebody sees who wants letters of this kind.
    async fn watched(&self, kind: NoticeKind) -> Result<Vec<SiteId>, StoreError>;
    /// Those who are to be written to of these occasions.
    async fn recipients(
        &self,
        kind: NoticeKind,
        occasions: &[Occasion],
    ) -> Result<Vec<Recipient>, StoreError>;
    /// Whether anybody was written to of this kind about a site since an
    /// instant of the application's clock.
    async fn written_since(
        &self,
        kind: NoticeKind,
        site: SiteId,
        since: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Notes that they were written to and hands the letters over, each in one
    /// transaction. Whoever was written to of the occasion before, or does not
    /// want such letters any more, is left out. Returns how many were written.
    async fn write(&self, now: Timestamp, notices: &[WrittenNotice]) -> Result<u64, StoreError>;
}
