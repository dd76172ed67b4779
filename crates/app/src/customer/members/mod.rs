//! Who belongs to a site.

mod contracts;
mod letters;
mod service;

pub use contracts::{MembershipStore, NewMember, Removed, Shared, SiteMember};
pub use service::{MembershipError, Memberships, ShareSite, SitePeople};
