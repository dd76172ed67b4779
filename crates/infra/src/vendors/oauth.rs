use std::sync::Arc;

use greengrid_app::clock::Clock;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::vendors::{
    OAuthClient, OAuthTokens, SecretText, TokenVault, VendorError,
};
use greengrid_domain::ingestion::Cause;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::http::Answer;

/// How long before its end an access token is renewed: calls under way and
/// clocks that differ must not run into it.
const EARLY: SignedDuration = SignedDuration::from_mins(10);

/// How long the refresh tokens of every vendor live: a month.
pub(super) const REFRESH_LIVES: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Tokens of one credential that are renewed in time, by one caller at a time.
/// A fresh pair is used only once it is durable: the vendor has killed the old
/// one, and a pair lost in a crash could only be had from the owner again.
pub struct Session {
    pub(super) client: OAuthClient,
    vault: Arc<dyn TokenVault>,
    clock: Arc<dyn Clock>,
    /// A pair that could not be kept yet, with the one it takes the place of.
    unkept: Mutex<Option<(OAuthTokens, OAuthTokens)>>,
}

/// What a token endpoint gives.
#[derive(Debug, Deserialize)]
pub(super) struct Granted {
    access_token: String,
    refresh_token: String,
    /// Seconds.
    expires_in: i64,
}

/// What a token endpoint says when it gives nothing (RFC 6749, 5.2).
#[derive(Debug, Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

impl Refusal {
    /// What it means for whoever asked for a new pair.
    fn meaning(&self) -> VendorError {
        let cause = match self.error.as_str() {
            // The refresh token was used, revoked or is too old.
            "invalid_grant" => Cause::CredentialExpired,
            "invalid_client" | "unauthorized_client" => Cause::CredentialRejected,
            _ => Cause::ContractChanged,
        };
        VendorError::new(cause).saying(self.error_description.as_deref().unwrap_or(&self.error))
    }
}

/// What a token endpoint gave, or why not.
pub(super) fn granted(answer: &Answer) -> Result<Granted, VendorError> {
    match answer.maybe::<Refusal>() {
        _ if answer.is_ok() => answer.json(),
        Some(refused) => Err(refused.meaning()),
        None => Err(answer.refused()),
    }
}

impl Granted {
    /// As tokens from an instant on.
    pub(super) fn tokens(self, now: Timestamp) -> OAuthTokens {
        let lives = SignedDuration::from_secs(self.expires_in.clamp(0, 365 * 86_400));
        OAuthTokens {
            access: SecretText::new(&self.access_token),
            access_until: now + lives,
            refresh: SecretText::new(&self.refresh_token),
            refresh_until: now + REFRESH_LIVES,
        }
    }
}

impl Session {
    /// The session of a client whose tokens are in the vault.
    pub(super) fn new(
        client: OAuthClient,
        vault: Arc<dyn TokenVault>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { client, vault, clock, unkept: Mutex::new(None) }
    }

    /// An access token that is good for a while. `renew` asks the vendor for a
    /// new pair with the refresh token it is given.
    pub(super) async fn access<F>(
        &self,
        renew: impl FnOnce(SecretText) -> F,
    ) -> Result<SecretText, VendorError>
    where
        F: Future<Output = Result<Granted, VendorError>>,
    {
        let mut unkept = self.unkept.lock().await;
        if let Some((spent, fresh)) = &*unkept {
            self.vault.rotate(spent, fresh.clone()).await.map_err(unreadable)?;
            *unkept = None;
        }
        let tokens = self.vault.current().await.map_err(unreadable)?;
        let now = self.clock.now();
        if tokens.access_until - EARLY > now {
            return Ok(tokens.access);
        }
        if tokens.refresh_until <= now {
            return Err(VendorError::new(Cause::CredentialExpired));
        }
        let granted = renew(tokens.refresh.clone()).await?;
        let fresh = granted.tokens(now);
        match self.vault.rotate(&tokens, fresh.clone()).await {
            Ok(in_force) => Ok(in_force.access),
            Err(error) => {
                *unkept = Some((tokens, fresh));
                Err(unreadable(error))
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for `map_err`")]
fn unreadable(error: StoreError) -> VendorError {
    tracing::error!(error = &error as &dyn std::error::Error, "tokens could not be read or kept");
    VendorError::new(Cause::CredentialUnreadable)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::vendors::testing::{MemoryVault, client, now, tokens};
    use greengrid_app::testing::FixedClock;

    fn session(vault: &Arc<MemoryVault>, clock: &Arc<FixedClock>) -> Session {
        Session::new(client(), Arc::clone(vault) as _, Arc::clone(clock) as _)
    }

    fn granted(number: usize) -> Granted {
        Granted {
            access_token: format!("access-{number}"),
            refresh_token: format!("refresh-{number}"),
            expires_in: 7_200,
        }
    }

    #[tokio::test]
    async fn a_pair_is_renewed_early_once_and_kept_before_it_is_used() {
        let vault = Arc::new(MemoryVault::holding(tokens("access-0", "refresh-0", 7_200)));
        let clock = Arc::new(FixedClock::at(now()));
        let session = session(&vault, &clock);
        let asked = AtomicUsize::new(0);
        let renew = async |refresh: SecretText| {
            assert_eq!(refresh.expose(), format!("refresh-{}", asked.load(Ordering::Relaxed)));
            Ok(granted(asked.fetch_add(1, Ordering::Relaxed) + 1))
        };

        let early = session.access(&renew).await.unwrap();
        clock.advance(SignedDuration::from_mins(111));
        let both = tokio::join!(session.access(&renew), session.access(&renew));

        assert_eq!(early.expose(), "access-0");
        assert_eq!(both.0.unwrap().expose(), "access-1");
        assert_eq!(both.1.unwrap().expose(), "access-1");
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert_eq!(vault.held().refresh.expose(), "refresh-1");
    }

    #[tokio::test]
    async fn a_pair_that_could_not_be_kept_is_neither_used_nor_lost() {
        let vault = Arc::new(MemoryVault::holding(tokens("access-0", "refresh-0", 60)));
        let session = session(&vault, &Arc::new(FixedClock::at(now())));
        vault.fail(true);
        let never = async |_| -> Result<Granted, VendorError> { panic!("asked twice") };

        let failed = session.access(async |_| Ok(granted(1))).await.unwrap_err();
        vault.fail(false);
        let kept = session.access(never).await.unwrap();

        assert_eq!(failed.cause, Cause::CredentialUnreadable);
        assert_eq!(kept.expose(), "access-1");
        assert_eq!(vault.held().refresh.expose(), "refresh-1");
    }

    #[tokio::test]
    async fn a_refresh_token_past_its_end_asks_the_owner_and_not_the_vendor() {
        let vault = Arc::new(MemoryVault::holding(tokens("access-0", "refresh-0", 60)));
        let clock = Arc::new(FixedClock::at(now()));
        let session = session(&vault, &clock);
        clock.advance(REFRESH_LIVES);
        let never = async |_| -> Result<Granted, VendorError> { panic!("asked") };

        let error = session.access(never).await.unwrap_err();

        assert_eq!(error.cause, Cause::CredentialExpired);
    }
}
