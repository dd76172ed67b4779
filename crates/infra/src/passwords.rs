use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHash as Phc, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{PasswordHash, PasswordHasher};
use greengrid_domain::identity::NewPassword;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use tokio::sync::Semaphore;

/// How long an attempt waits for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Passwords hashed with Argon2id, away from the threads that serve requests
/// and never more at a time than there are cores: each hash fills its memory.
#[derive(Debug, Clone)]
pub struct Argon2Passwords {
    argon2: Argon2<'static>,
    /// A hash that no password has, for those without an account.
    nobody: PasswordHash,
    turns: Arc<Semaphore>,
}

impl Argon2Passwords {
    /// As OWASP's ASVS 5.0 asks: 64 MiB, two passes, one lane.
    pub fn strong() -> Result<Self, StoreError> {
        Self::with(64 * 1024, 2)
    }

    /// So cheap that it protects nothing: for tests.
    #[cfg(any(test, feature = "testing"))]
    pub fn cheap() -> Result<Self, StoreError> {
        Self::with(Params::MIN_M_COST, 1)
    }

    fn with(memory_kib: u32, passes: u32) -> Result<Self, StoreError> {
        let params = Params::new(memory_kib, passes, 1, None).map_err(failed)?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let nobody = PasswordHash(format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p=1${}${}",
            salt()?,
            // 32 bytes, like every hash; of no password anybody could find.
            SaltString::encode_b64(&random::<32>()?).map_err(failed)?,
        ));
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobody,
            turns: Arc::new(Semaphore::new(cores)),
        })
    }

    /// Runs the work on a thread for such, when it is its turn. The turn ends
    /// with the work, even when whoever waits for it has left.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(StoreError::busy)?
            .map_err(StoreError::new)?;
        let argon2 = self.argon2.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&argon2)
        })
        .await
        .map_err(StoreError::new)?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Passwords {
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, StoreError> {
        let password = password.clone();
        let salt = salt()?;
        self.in_turn(move |argon2| {
            let hash = argon2.hash_password(password.expose().as_bytes(), &salt).map_err(failed)?;
            Ok(PasswordHash(hash.to_string()))
        })
        .await
    }

    async fn verify(
        &self,
        password: &str,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, StoreError> {
        let password = password.to_owned();
        let hash = hash.unwrap_or(&self.nobody).clone();
        self.in_turn(move |argon2| {
            let parsed = Phc::new(&hash.0).map_err(failed)?;
            match argon2.verify_password(password.as_bytes(), &parsed) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::Password) => Ok(false),
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }
}

fn salt() -> Result<SaltString, StoreError> {
    SaltString::encode_b64(&random::<16>()?).map_err(failed)
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(StoreError::new)?;
    Ok(bytes)
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::new(format!("hashing a password: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let passwords = Argon2Passwords::cheap().unwrap();
        let hash = passwords.hash(&NewPassword::new("correct horse").unwrap()).await.unwrap();

        assert!(passwords.verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horsf", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horse", None).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_costs_as_much_as_somebody() {
        let passwords = Argon2Passwords::strong().unwrap();

        let hash = passwords.hash(&NewPassword::new("correct horse").unwrap()).await.unwrap();

        let cost = |hash: &PasswordHash| hash.0.split('$').nth(3).map(str::to_owned);
        assert_eq!(cost(&hash).as_deref(), Some("m=65536,t=2,p=1"));
        assert_eq!(cost(&hash), cost(&passwords.nobody));
        assert_eq!(hash.0.len(), passwords.nobody.0.len());
    }
}
