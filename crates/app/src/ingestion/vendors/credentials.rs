use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::StoreError;

/// A secret that opens something elsewhere. It is shown nowhere: not in logs,
/// not in messages, not by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// A secret, without white space around it: people paste it in.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The secret itself, for the call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// What an OAuth server knows this program as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthClient {
    /// Public name.
    pub id: String,
    /// Its secret.
    pub secret: SecretText,
}

/// A pair of OAuth tokens. Using the refresh token ends it: the pair that comes
/// back takes the place of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthTokens {
    /// Opens the interface.
    pub access: SecretText,
    /// When it stops doing so.
    pub access_until: Timestamp,
    /// Gives the next pair, once.
    pub refresh: SecretText,
    /// When it stops doing so; the owner then has to approve anew.
    pub refresh_until: Timestamp,
}

/// What opens a vendor's interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// SolarEdge Fleet Access: one key for all sites of an installer.
    SolarEdgeKey(SecretText),
    /// SolarEdge Site Access: the owner of one site has approved.
    SolarEdgeOAuth {
        /// As whom we ask.
        client: OAuthClient,
        /// What was approved.
        tokens: OAuthTokens,
    },
    /// Fronius Solar.web Query API.
    Fronius {
        /// `FKIA…`, 36 characters.
        key_id: String,
        /// Its value, a GUID.
        key_value: SecretText,
    },
    /// Enphase v4: every call carries both the key and a token.
    Enphase {
        /// Key of our application.
        app_key: SecretText,
        /// As whom we ask.
        client: OAuthClient,
        /// What was approved.
        tokens: OAuthTokens,
    },
}

impl Credentials {
    /// The tokens that rotate, where these credentials have any.
    #[must_use]
    pub const fn tokens(&self) -> Option<&OAuthTokens> {
        match self {
            Self::SolarEdgeOAuth { tokens, .. } | Self::Enphase { tokens, .. } => Some(tokens),
            Self::SolarEdgeKey(_) | Self::Fronius { .. } => None,
        }
    }

    /// The same with another pair of tokens; unchanged where there are none.
    #[must_use]
    pub fn with_tokens(self, fresh: OAuthTokens) -> Self {
        match self {
            Self::SolarEdgeOAuth { client, .. } => Self::SolarEdgeOAuth { client, tokens: fresh },
            Self::Enphase { app_key, client, .. } => {
                Self::Enphase { app_key, client, tokens: fresh }
            }
            other => other,
        }
    }
}

/// Keeps the tokens of one credential. Rotation is a matter of life and death
/// for it: the vendor kills the old pair when it gives the new one.
#[async_trait]
pub trait TokenVault: Send + Sync {
    /// The pair in force.
    async fn current(&self) -> Result<OAuthTokens, StoreError>;
    /// Puts a fresh pair in the place of `spent`, durably, before anybody uses
    /// it. Gives the pair in force afterwards: another one, where somebody else
    /// has rotated in the meantime.
    async fn rotate(
        &self,
        spent: &OAuthTokens,
        fresh: OAuthTokens,
    ) -> Result<OAuthTokens, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let credentials =
            Credentials::Fronius { key_id: "FKIA1".to_owned(), key_value: SecretText::new(" s3 ") };

        assert!(!format!("{credentials:?}").contains("s3"));
        let Credentials::Fronius { key_value, .. } = credentials else { unreachable!() };
        assert_eq!(key_value.expose(), "s3");
    }
}
