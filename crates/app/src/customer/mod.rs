//! What the owner of a site sees and decides.

mod closing;
mod contracts;
mod history;
mod members;
mod models;
mod notices;
mod service;
mod takeout;
#[cfg(test)]
mod tests;
mod trouble;

pub use closing::{Closing, ClosingError, ClosingStore};
pub use contracts::{HistoryDay, HistoryMonth, HistoryStore};
pub use members::{
    MembershipError, MembershipStore, Memberships, NewMember, Removed, ShareSite, Shared,
    SiteMember, SitePeople,
};
pub use models::{
    Bucket, BucketStart, Comparison, History, HistoryQuery, OwnSite, OwnSitePage, Sum, Sums,
    Trouble, WorthOverTime,
};
pub use notices::{
    NoticeError, NoticeRounds, NoticeStore, Notices, Occasion, Recipient, UnsubscribeKey,
    WrittenNotice,
};
pub use service::{OwnSiteError, OwnSites, StateAssumptions};
pub use takeout::{
    Archive, Archives, Requested, Takeout, TakeoutError, TakeoutJob, TakeoutRounds, TakeoutState,
    TakeoutStore, Takeouts,
};
