use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{SessionKey, SessionStore};
use greengrid_domain::identity::UserId;
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, Error};
use uuid::Uuid;

/// Where the session layer keeps whose session it is.
pub(super) const DATA_KEY: &str = "auth";

/// Our store of sessions as the session layer wants it.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<dyn SessionStore>);

impl Sessions {
    pub(super) fn new(store: Arc<dyn SessionStore>) -> Self {
        Self(store)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// What the store knows the session with this id by.
pub(super) fn key(id: Id) -> SessionKey {
    SessionKey::of(&id.0.to_be_bytes())
}

#[async_trait]
impl tower_sessions::SessionStore for Sessions {
    /// Always under a new id: the layer hands in the old one after a flush,
    /// and a second sign-in must not go on under the id of the first.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        record.id = Id::default();
        let data = encode(&record.data)?;
        self.0.create(&key(record.id), user(record), &data).await.map_err(|error| backend(&error))
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0.save(&key(record.id), &encode(&record.data)?).await.map_err(|error| backend(&error))
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let Some(stored) = self.0.load(&key(*id)).await.map_err(|error| backend(&error))? else {
            return Ok(None);
        };
        let data =
            serde_json::from_str(&stored.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::now_utc() + Duration::seconds(stored.seconds_left);
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.delete(&key(*id)).await.map_err(|error| backend(&error))
    }
}

fn encode(data: &HashMap<String, Value>) -> session_store::Result<String> {
    serde_json::to_string(data).map_err(|error| Error::Encode(error.to_string()))
}

fn user(record: &Record) -> Option<UserId> {
    let id = record.data.get(DATA_KEY)?.get("user_id")?.as_str()?;
    id.parse::<Uuid>().ok().map(UserId::from)
}

/// The layer keeps only the text, so the chain is logged here.
fn backend(error: &StoreError) -> Error {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(error = %error, cause, "the store of sessions failed");
    Error::Backend(error.to_string())
}
