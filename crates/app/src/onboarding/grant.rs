//! How access to a vendor's interface is given: by keys, or by approving.

use greengrid_domain::fleet::Brand;
use greengrid_domain::onboarding::{CaseId, KeyPart, Problem};
use jiff::Timestamp;

use super::OnboardingError;
use crate::ingestion::vendors::{Credentials, GivenPart, TypedKeyError, VendorError};

/// Why access could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// Parts whose shape is not right; their text is in none of these.
    #[error("the key cannot be right as typed")]
    Parts(Vec<(KeyPart, Problem)>),
    /// Something else.
    #[error(transparent)]
    Other(#[from] OnboardingError),
}

impl From<TypedKeyError> for GrantError {
    fn from(error: TypedKeyError) -> Self {
        match error {
            TypedKeyError::Parts(wrong) => Self::Parts(wrong),
            TypedKeyError::NoKey(_) => {
                OnboardingError::Lacking("an approval on the vendor’s page".to_owned()).into()
            }
        }
    }
}

/// How access is given.
#[derive(Debug, Clone)]
pub enum Grant {
    /// By typing keys.
    Parts(Vec<GivenPart>),
    /// By approving on the vendor’s page.
    Approved {
        /// What came of it.
        credentials: Credentials,
        /// What the vendor calls the site it is for, where it says so.
        site: Option<String>,
    },
}

/// What the page behind a customer’s link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerPage {
    /// The case.
    pub case: CaseId,
    /// What the site is called.
    pub site: String,
    /// Its brand.
    pub brand: Brand,
    /// Whether they can approve on the vendor’s page.
    pub may_approve: bool,
    /// Until when the link is good.
    pub good_until: Timestamp,
}

/// Who approves, and for which case: kept sealed on the way to the vendor and
/// back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// For which case.
    pub case: CaseId,
    /// Whose page it began on: a colleague’s, or that of a link’s hash.
    pub from: ApprovalFrom,
    /// Until when they may come back.
    pub until: Timestamp,
}

/// On whose page an approval began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalFrom {
    /// A colleague’s.
    Colleague(greengrid_domain::identity::UserId),
    /// A customer’s, by the hash of their link.
    Link([u8; 32]),
}

/// The pages of vendors on which owners approve that we read their data.
#[async_trait::async_trait]
pub trait Approvals: Send + Sync {
    /// Whether owners can approve for a brand: it has such a page, and we are
    /// registered with it.
    fn offers(&self, brand: Brand) -> bool;
    /// Where to send somebody to approve; none where the brand has no such
    /// page, or we are not registered with it.
    fn begin(&self, brand: Brand, approval: &Approval, back_to: &str) -> Option<String>;
    /// What somebody who comes back was sent away with; none where it is not
    /// from us.
    fn returned(&self, state: &str) -> Option<Approval>;
    /// Trades the vendor’s code for access.
    async fn trade(
        &self,
        brand: Brand,
        code: &str,
        back_to: &str,
    ) -> Result<Credentials, VendorError>;
}
