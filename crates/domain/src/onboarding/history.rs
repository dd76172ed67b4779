use jiff::Timestamp;

use super::FieldKey;
use crate::observability::Initiator;

/// What kind of thing happened in a case.
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
pub enum Happened {
    /// The case began.
    Opened,
    /// A field was changed.
    Changed,
    /// Room was made for another roof face or inverter.
    RoomMade,
    /// A roof face or inverter was taken away.
    RoomTaken,
    /// The case came to another stage.
    Moved,
    /// What opens the vendor’s interface came in; never what it is.
    AccessGiven,
    /// A link was made for the customer to give access.
    LinkMade,
    /// A message was sent.
    MessageSent,
    /// The connection was tested.
    Tested,
    /// The first data were compared.
    Verified,
    /// Findings were accepted as they are.
    Accepted,
    /// Somebody wrote a note.
    Noted,
    /// A file was attached.
    Attached,
    /// A file was taken away.
    Detached,
    /// The case got another owner.
    Assigned,
    /// Somebody said for whom it waits.
    Waits,
    /// It is stuck.
    Stuck,
    /// It is no longer stuck.
    Freed,
    /// The site went live.
    WentLive,
}

/// Something that happened in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub what: Happened,
    /// In which field.
    pub key: Option<FieldKey>,
    /// What was there before.
    pub before: Option<String>,
    /// What is there since; of a note its words.
    pub after: Option<String>,
}

impl Happening {
    /// Something without a before.
    pub fn new(what: Happened, after: impl Into<String>) -> Self {
        Self { what, key: None, before: None, after: Some(after.into()) }
    }
}

/// A line of the history of a case, which nobody can change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub by: Initiator,
    /// What.
    pub happening: Happening,
}
