use jiff::Timestamp;

use crate::identity::{TokenId, UserId};

/// Who brought a change about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Initiator {
    /// A signed-in person.
    User(UserId),
    /// A program with a token.
    Token(TokenId),
    /// Somebody at the command line of the server.
    CommandLine,
    /// The program itself.
    System,
}

/// What kind of thing an entry is about.
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
#[strum(serialize_all = "snake_case")]
pub enum AuditSubject {
    /// A person's account.
    User,
    /// A session: sign-in and sign-out.
    Session,
    /// A token.
    Token,
    /// A site or its devices.
    Site,
    /// A region.
    Region,
    /// An import of files.
    Import,
    /// A quarantined payload.
    Quarantine,
    /// A read model.
    Projection,
    /// A connection to a vendor, or what opens it.
    Connection,
    /// An anomaly, or what was learned from it.
    Anomaly,
    /// An incident.
    Incident,
    /// A window of planned work.
    Maintenance,
    /// A customer’s onboarding.
    Case,
    /// A post in the team's conversation.
    Post,
    /// A letter that the program wrote.
    Letter,
    /// A webhook, or a message to one.
    Webhook,
    /// An alert rule.
    AlertRule,
    /// A silence of alerts.
    AlertSilence,
    /// An inhibition of alerts by others.
    AlertInhibition,
}

/// One change of state, as it is kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub initiator: Initiator,
    /// What it is about.
    pub subject: AuditSubject,
    /// The key of what it is about.
    pub subject_id: String,
    /// What was done, as an imperative in snake case: `change_role`.
    pub action: String,
    /// The state before, as JSON text, where there was one.
    pub before: Option<String>,
    /// The state after, as JSON text, where there is one.
    pub after: Option<String>,
}
