use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use greengrid_app::error::StoreError;
use hkdf::Hkdf;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::Sha256;

/// Separate the keys from all others that are derived from the same secret.
const VENDORS: &[u8] = b"greengrid vendor credentials 1";
const FACTORS: &[u8] = b"greengrid second factors 1";
const WEBHOOKS: &[u8] = b"greengrid webhooks 1";

/// Says how the bytes after it are sealed.
const VERSION: u8 = 1;
const NONCE: usize = 12;

/// Seals what must not be readable in the database: AES-256-GCM under a key
/// derived from the server's secret, bound to the row it belongs to.
#[derive(Clone)]
pub struct Sealer(Aes256Gcm);

/// Sealed bytes could not be opened: they were sealed under another secret or
/// for another row, or are damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed under another secret, or damaged")]
pub struct SealError;

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// A sealer of what opens vendors, by this secret, which has 32 random
    /// characters or more.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self::derived(secret, VENDORS)
    }

    /// A sealer of what people's authenticator apps share with us.
    #[must_use]
    pub fn of_factors(secret: &[u8]) -> Self {
        Self::derived(secret, FACTORS)
    }

    /// A sealer of what signs messages to webhooks.
    #[must_use]
    pub fn of_webhooks(secret: &[u8]) -> Self {
        Self::derived(secret, WEBHOOKS)
    }

    fn derived(secret: &[u8], purpose: &[u8]) -> Self {
        let mut key = [0; 32];
        // Fails only for keys longer than 8,160 bytes.
        let derived = Hkdf::<Sha256>::new(None, secret).expand(purpose, &mut key);
        debug_assert!(derived.is_ok());
        Self(Aes256Gcm::new(&key.into()))
    }

    /// Seals bytes for the row of this name.
    pub fn seal(&self, row: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE];
        OsRng.try_fill_bytes(&mut nonce).map_err(StoreError::new)?;
        let sealed = self
            .0
            .encrypt(Nonce::from_slice(&nonce), Payload { msg: plain, aad: row })
            .map_err(|_| StoreError::new("could not be sealed"))?;
        Ok([&[VERSION], &nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for the row of this name.
    pub fn open(&self, row: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(SealError) };
        let (nonce, text) = rest.split_at_checked(NONCE).ok_or(SealError)?;
        self.0
            .decrypt(Nonce::from_slice(nonce), Payload { msg: text, aad: row })
            .map_err(|_| SealError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    #[test]
    fn what_was_sealed_opens_for_its_own_row_and_secret_only() {
        let sealer = Sealer::new(SECRET);
        let kept = sealer.seal(b"row 1", b"the key").unwrap();
        let other = Sealer::new(b"another secret of thirty-two char");
        let mut damaged = kept.clone();
        *damaged.last_mut().unwrap() ^= 1;

        assert_eq!(sealer.open(b"row 1", &kept).unwrap(), b"the key");
        assert_eq!(sealer.open(b"row 2", &kept), Err(SealError));
        assert_eq!(other.open(b"row 1", &kept), Err(SealError));
        assert_eq!(Sealer::of_factors(SECRET).open(b"row 1", &kept), Err(SealError));
        assert_eq!(Sealer::of_webhooks(SECRET).open(b"row 1", &kept), Err(SealError));
        assert_eq!(sealer.open(b"row 1", &damaged), Err(SealError));
        assert_eq!(sealer.open(b"row 1", &[]), Err(SealError));
    }

    #[test]
    fn the_same_text_never_looks_the_same_twice() {
        let sealer = Sealer::new(SECRET);

        let twice = [sealer.seal(b"", b"key").unwrap(), sealer.seal(b"", b"key").unwrap()];

        assert_ne!(twice[0], twice[1]);
        assert!(!twice[0].windows(3).any(|part| part == b"key"));
    }
}
