use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// A fresh secret: 256 random bits as 64 hexadecimal digits.
pub(super) fn fresh() -> Result<String, StoreError> {
    let mut random = [0; 32];
    OsRng.try_fill_bytes(&mut random).map_err(StoreError::new)?;
    Ok(hex::encode(random))
}

/// What is kept of a secret. It is 256 random bits, so one fast hash is enough
/// to hide it.
pub(super) fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
