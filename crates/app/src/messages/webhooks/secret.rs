use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::Sha256;

use crate::error::StoreError;

/// Says what the text after it is.
const PREFIX: &str = "whsec_";

/// The key that signs what a webhook is told: 24 to 64 bytes (Standard Webhooks
/// 1.0, “Signature scheme”). Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// The text is no secret of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the secret of a webhook")]
pub struct WebhookSecretError;

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl FromStr for WebhookSecret {
    type Err = WebhookSecretError;

    fn from_str(text: &str) -> Result<Self, WebhookSecretError> {
        let key = text.strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok());
        Self::from_bytes(key.ok_or(WebhookSecretError)?)
    }
}

impl WebhookSecret {
    /// One that nobody can foresee.
    pub fn fresh() -> Result<Self, StoreError> {
        let mut key = [0; 32];
        OsRng.try_fill_bytes(&mut key).map_err(StoreError::new)?;
        Ok(Self(key.to_vec()))
    }

    /// The key that these bytes are.
    pub fn from_bytes(key: Vec<u8>) -> Result<Self, WebhookSecretError> {
        if (24..=64).contains(&key.len()) { Ok(Self(key)) } else { Err(WebhookSecretError) }
    }

    /// The key, to be sealed.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// As its receiver has to be given it: `whsec_…`.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The signature of a message, as the header `webhook-signature` has it:
    /// HMAC-SHA256 of its id, the second at which it is sent, and its body,
    /// joined by dots.
    #[must_use]
    pub fn sign(&self, id: &str, second: i64, body: &str) -> String {
        // Keys of any length are good.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{second}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The signatures of a message by several secrets, as the header has them while
/// one follows another (Standard Webhooks 1.0, “Signature scheme”): a receiver
/// that knows any of them finds its own.
#[must_use]
pub fn signatures(secrets: &[WebhookSecret], id: &str, second: i64, body: &str) -> String {
    let each: Vec<String> = secrets.iter().map(|secret| secret.sign(id, second, body)).collect();
    each.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specification() {
        // The example of the specification has a key of 18 bytes.
        let secret = WebhookSecret(STANDARD.decode("plJ3nmyCDGBKInavdOK15jsl").unwrap());
        let body = r#"{"event_type":"ping","data":{"success":true}}"#;

        let signature = secret.sign("msg_loFOjxBNrRLzqYUf", 1_731_705_121, body);

        assert_eq!(signature, "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
    }

    #[test]
    fn a_secret_survives_its_text_and_is_never_shown() {
        let secret = WebhookSecret::fresh().unwrap();

        assert_eq!(secret.to_text().parse(), Ok(secret.clone()));
        assert_ne!(WebhookSecret::fresh().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
        assert!("whsec_c2hvcnQ=".parse::<WebhookSecret>().is_err());
        assert!("secret".parse::<WebhookSecret>().is_err());
    }
}
