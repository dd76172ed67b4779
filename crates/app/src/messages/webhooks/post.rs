use greengrid_domain::messages::{LetterKey, WebhookId};
use hex::encode;
use sha2::{Digest, Sha256};

/// What a webhook is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// What makes it this message and no other: a webhook is told once under
    /// one key.
    pub key: LetterKey,
    /// What happened.
    pub kind: PostKind,
    /// The whole body: JSON with `type`, `timestamp` and `data`.
    pub body: String,
}

/// What happened, as receivers tell messages apart.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
pub enum PostKind {
    /// Anomalies began.
    #[strum(serialize = "alert.raised")]
    AlertRaised,
    /// Nobody has said anything to anomalies.
    #[strum(serialize = "alert.escalated")]
    AlertEscalated,
    /// Anomalies are over.
    #[strum(serialize = "alert.ended")]
    AlertEnded,
    /// Somebody tries whether messages arrive.
    #[strum(serialize = "test")]
    Test,
}

impl PostKind {
    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlertRaised => "Alert",
            Self::AlertEscalated => "Nobody answered",
            Self::AlertEnded => "It is over",
            Self::Test => "Test",
        }
    }
}

impl Post {
    /// The id under which a webhook gets it, with every try: it follows from
    /// the key, so a repeat is known as such.
    #[must_use]
    pub fn message_id(&self, to: WebhookId) -> String {
        let hash = Sha256::digest(format!("{to} {}", self.key));
        format!("msg_{}", encode(&hash[..16]))
    }
}
