use async_trait::async_trait;
use greengrid_domain::identity::{TotpSecret, UserId};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::Initiator;

use crate::error::StoreError;
use crate::identity::Changed;

/// Somebody's second factor as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// What their app shares with us.
    pub secret: TotpSecret,
    /// Whether they have shown that the app works; until then nothing asks for
    /// it.
    pub confirmed: bool,
    /// The last step of the clock whose code was used.
    pub used_step: Option<i64>,
    /// Recovery codes that were not used yet.
    pub codes_left: u32,
}

/// Keeps second factors: the secret sealed, of recovery codes only the SHA-256.
/// Every change writes its audit entry in the same transaction.
#[async_trait]
pub trait FactorStore: Send + Sync {
    /// Somebody's factor.
    async fn find(&self, user: UserId) -> Result<Option<Factor>, StoreError>;

    /// Keeps a secret that is not confirmed yet, in the place of an earlier
    /// one. A confirmed one stays: [`Changed::AlreadySo`].
    async fn begin(&self, user: UserId, secret: &TotpSecret) -> Result<Changed, StoreError>;

    /// Confirms the secret by a step whose code was shown, with new recovery
    /// codes.
    async fn confirm(
        &self,
        user: UserId,
        step: i64,
        codes: &[[u8; 32]],
        letter: &Letter,
        by: Initiator,
    ) -> Result<Changed, StoreError>;

    /// Notes that the code of a step was used; false when it, or a later one,
    /// was used before.
    async fn use_step(&self, user: UserId, step: i64) -> Result<bool, StoreError>;

    /// Notes that a recovery code was used, with an audit entry; false when
    /// there is none, or it was used before.
    async fn use_code(&self, user: UserId, code: &[u8; 32]) -> Result<bool, StoreError>;

    /// Puts new recovery codes in the place of all earlier ones.
    async fn renew_codes(
        &self,
        user: UserId,
        codes: &[[u8; 32]],
        by: Initiator,
    ) -> Result<Changed, StoreError>;

    /// Ends a factor.
    async fn remove(
        &self,
        user: UserId,
        letter: &Letter,
        by: Initiator,
    ) -> Result<Changed, StoreError>;
}
