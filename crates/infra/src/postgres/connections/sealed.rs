use greengrid_app::error::StoreError;
use greengrid_app::ingestion::vendors::{Credentials, OAuthClient, OAuthTokens, SecretText};
use greengrid_domain::ingestion::CredentialId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vendors::Sealer;

/// Credentials as they are sealed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Plain {
    SolaredgeKey { key: String },
    SolaredgeOauth { client: Client, tokens: Tokens },
    Fronius { key_id: String, key_value: String },
    Enphase { app_key: String, client: Client, tokens: Tokens },
}

#[derive(Serialize, Deserialize)]
struct Client {
    id: String,
    secret: String,
}

#[derive(Serialize, Deserialize)]
struct Tokens {
    access: String,
    /// Seconds since 1970, as the next.
    access_until: i64,
    refresh: String,
    refresh_until: i64,
}

/// Seals credentials for the row of this key.
pub(super) fn seal(
    sealer: &Sealer,
    id: CredentialId,
    credentials: &Credentials,
) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(&Plain::from(credentials)).map_err(StoreError::new)?;
    sealer.seal(Uuid::from(id).as_bytes(), &plain)
}

/// Opens credentials of the row of this key; none when they were sealed under
/// another secret.
pub(super) fn open(
    sealer: &Sealer,
    id: CredentialId,
    kept: &[u8],
) -> Result<Option<Credentials>, StoreError> {
    let Ok(plain) = sealer.open(Uuid::from(id).as_bytes(), kept) else { return Ok(None) };
    let plain: Plain = serde_json::from_slice(&plain).map_err(StoreError::new)?;
    plain.try_into().map(Some)
}

impl From<&Credentials> for Plain {
    fn from(credentials: &Credentials) -> Self {
        let text = |secret: &SecretText| secret.expose().to_owned();
        match credentials {
            Credentials::SolarEdgeKey(key) => Self::SolaredgeKey { key: text(key) },
            Credentials::SolarEdgeOAuth { client, tokens } => {
                Self::SolaredgeOauth { client: client.into(), tokens: tokens.into() }
            }
            Credentials::Fronius { key_id, key_value } => {
                Self::Fronius { key_id: key_id.clone(), key_value: text(key_value) }
            }
            Credentials::Enphase { app_key, client, tokens } => Self::Enphase {
                app_key: text(app_key),
                client: client.into(),
                tokens: tokens.into(),
            },
        }
    }
}

impl TryFrom<Plain> for Credentials {
    type Error = StoreError;

    fn try_from(plain: Plain) -> Result<Self, StoreError> {
        let secret = |text: String| SecretText::new(&text);
        Ok(match plain {
            Plain::SolaredgeKey { key } => Self::SolarEdgeKey(secret(key)),
            Plain::SolaredgeOauth { client, tokens } => {
                Self::SolarEdgeOAuth { client: client.into(), tokens: tokens.try_into()? }
            }
            Plain::Fronius { key_id, key_value } => {
                Self::Fronius { key_id, key_value: secret(key_value) }
            }
            Plain::Enphase { app_key, client, tokens } => Self::Enphase {
                app_key: secret(app_key),
                client: client.into(),
                tokens: tokens.try_into()?,
            },
        })
    }
}

impl From<&OAuthClient> for Client {
    fn from(client: &OAuthClient) -> Self {
        Self { id: client.id.clone(), secret: client.secret.expose().to_owned() }
    }
}

impl From<Client> for OAuthClient {
    fn from(client: Client) -> Self {
        Self { id: client.id, secret: SecretText::new(&client.secret) }
    }
}

impl From<&OAuthTokens> for Tokens {
    fn from(tokens: &OAuthTokens) -> Self {
        Self {
            access: tokens.access.expose().to_owned(),
            access_until: tokens.access_until.as_second(),
            refresh: tokens.refresh.expose().to_owned(),
            refresh_until: tokens.refresh_until.as_second(),
        }
    }
}

impl TryFrom<Tokens> for OAuthTokens {
    type Error = StoreError;

    fn try_from(tokens: Tokens) -> Result<Self, StoreError> {
        let instant = |second| Timestamp::from_second(second).map_err(StoreError::new);
        Ok(Self {
            access: SecretText::new(&tokens.access),
            access_until: instant(tokens.access_until)?,
            refresh: SecretText::new(&tokens.refresh),
            refresh_until: instant(tokens.refresh_until)?,
        })
    }
}
