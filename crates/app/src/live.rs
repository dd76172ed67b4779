//! What changed, told to every instance.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::onboarding::CaseId;
use uuid::Uuid;

use crate::error::StoreError;

/// Something that pages can show and that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Where the fleet stands: overview, list of sites.
    Fleet,
    /// One site: its readings, devices and standing.
    Site(SiteId),
    /// How right the rules were.
    Scorecard,
    /// One import of files.
    Import(Uuid),
    /// People, tokens and the audit trail.
    Accounts,
    /// What waits in quarantine.
    Quarantine,
    /// Connections to vendors, their health and what they spend.
    Connections,
    /// The board of cases.
    Onboarding,
    /// One case.
    Case(CaseId),
    /// What is said in one room, by its mark.
    Room(Uuid),
    /// In which rooms there is something new.
    Rooms,
    /// What one person has read, and what became of their posts.
    Reader(UserId),
    /// Posts that wait for a decision.
    Moderation,
    /// What the program does at the moment; told within an instance only.
    System,
    /// Letters, and how far they are.
    Letters,
    /// Webhooks, and how far messages to them are.
    Webhooks,
    /// Morning reports.
    Reports,
    /// Alert rules, silences, and what was noticed by them.
    Alerts,
    /// What one person may see, and what is theirs alone.
    Person(UserId),
}

/// Something every instance has to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Notice {
    /// A topic changed: render it anew for those who look at it.
    Changed(Topic),
    /// Events were appended: projectors have work.
    Appended,
    /// Sites, regions or devices changed: reload the directory.
    FleetChanged,
    /// A session ended; the text is the hex form of its hashed id.
    SessionEnded(String),
    /// A person's role, password or activity changed: check their sessions.
    UserChanged(UserId),
}

/// The text of a notice is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a notice")]
pub struct NotANotice;

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(Topic::Fleet) => f.write_str("changed fleet"),
            Self::Changed(Topic::Site(id)) => write!(f, "changed site {id}"),
            Self::Changed(Topic::Scorecard) => f.write_str("changed scorecard"),
            Self::Changed(Topic::Import(id)) => write!(f, "changed import {id}"),
            Self::Changed(Topic::Accounts) => f.write_str("changed accounts"),
            Self::Changed(Topic::Quarantine) => f.write_str("changed quarantine"),
            Self::Changed(Topic::Connections) => f.write_str("changed connections"),
            Self::Changed(Topic::Onboarding) => f.write_str("changed onboarding"),
            Self::Changed(Topic::Case(id)) => write!(f, "changed case {id}"),
            Self::Changed(Topic::Room(mark)) => write!(f, "changed room {mark}"),
            Self::Changed(Topic::Rooms) => f.write_str("changed rooms"),
            Self::Changed(Topic::Reader(id)) => write!(f, "changed reader {id}"),
            Self::Changed(Topic::Moderation) => f.write_str("changed moderation"),
            Self::Changed(Topic::System) => f.write_str("changed system"),
            Self::Changed(Topic::Letters) => f.write_str("changed letters"),
            Self::Changed(Topic::Alerts) => f.write_str("changed alerts"),
            Self::Changed(Topic::Webhooks) => f.write_str("changed webhooks"),
            Self::Changed(Topic::Reports) => f.write_str("changed reports"),
            Self::Changed(Topic::Person(id)) => write!(f, "changed person {id}"),
            Self::Appended => f.write_str("appended"),
            Self::FleetChanged => f.write_str("fleet"),
            Self::SessionEnded(hash) => write!(f, "session {hash}"),
            Self::UserChanged(id) => write!(f, "user {id}"),
        }
    }
}

impl FromStr for Notice {
    type Err = NotANotice;
    fn from_str(text: &str) -> Result<Self, NotANotice> {
        let words: Vec<&str> = text.split(' ').collect();
        Ok(match words.as_slice() {
            ["changed", "fleet"] => Self::Changed(Topic::Fleet),
            ["changed", "site", id] => {
                Self::Changed(Topic::Site(id.parse::<i32>().map_err(|_| NotANotice)?.into()))
            }
            ["changed", "scorecard"] => Self::Changed(Topic::Scorecard),
            ["changed", "import", id] => {
                Self::Changed(Topic::Import(id.parse().map_err(|_| NotANotice)?))
            }
            ["changed", "accounts"] => Self::Changed(Topic::Accounts),
            ["changed", "quarantine"] => Self::Changed(Topic::Quarantine),
            ["changed", "connections"] => Self::Changed(Topic::Connections),
            ["changed", "onboarding"] => Self::Changed(Topic::Onboarding),
            ["changed", "case", id] => {
                Self::Changed(Topic::Case(id.parse::<Uuid>().map_err(|_| NotANotice)?.into()))
            }
            ["changed", "room", mark] => {
                Self::Changed(Topic::Room(mark.parse().map_err(|_| NotANotice)?))
            }
            ["changed", "rooms"] => Self::Changed(Topic::Rooms),
            ["changed", "reader", id] => {
                Self::Changed(Topic::Reader(id.parse::<Uuid>().map_err(|_| NotANotice)?.into()))
            }
            ["changed", "moderation"] => Self::Changed(Topic::Moderation),
            ["changed", "system"] => Self::Changed(Topic::System),
            ["changed", "letters"] => Self::Changed(Topic::Letters),
            ["changed", "alerts"] => Self::Changed(Topic::Alerts),
            ["changed", "webhooks"] => Self::Changed(Topic::Webhooks),
            ["changed", "reports"] => Self::Changed(Topic::Reports),
            ["changed", "person", id] => {
                Self::Changed(Topic::Person(id.parse::<Uuid>().map_err(|_| NotANotice)?.into()))
            }
            ["appended"] => Self::Appended,
            ["fleet"] => Self::FleetChanged,
            ["session", hash] => Self::SessionEnded((*hash).to_owned()),
            ["user", id] => Self::UserChanged(id.parse::<Uuid>().map_err(|_| NotANotice)?.into()),
            _ => return Err(NotANotice),
        })
    }
}

/// Carries notices to every instance, this one included. A notice is a hint:
/// one may be lost while the connection is, so listeners read the state anew
/// when they reconnect.
#[async_trait]
pub trait LiveBus: Send + Sync {
    /// Tells everyone, in one message for the whole batch.
    async fn publish(&self, notices: &[Notice]) -> Result<(), StoreError>;
}

/// What an instance hears from the [`LiveBus`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Somebody published this.
    Notice(Notice),
    /// The connection was lost and is back: anything may have been missed, so
    /// everything has to be read anew.
    Reconnected,
}

/// A session that is still good, and whose it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Hex form of its hashed id.
    pub hash: String,
    /// Who signed in.
    pub user: UserId,
    /// Their role at this moment.
    pub role: Role,
}

/// Tells which sessions are still good, for those who hold streams open.
#[async_trait]
pub trait OpenSessions: Send + Sync {
    /// Of the sessions with these hashes those that are still good, in one
    /// query: not ended, not expired, their person active and neither role nor
    /// password changed since they signed in. The hashes are in hex.
    async fn still_open(&self, hashes: &[String]) -> Result<Vec<OpenSession>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_survives_its_text() {
        for notice in [
            Notice::Changed(Topic::Fleet),
            Notice::Changed(Topic::Site(12.into())),
            Notice::Changed(Topic::Import(Uuid::nil())),
            Notice::Changed(Topic::Scorecard),
            Notice::Changed(Topic::Accounts),
            Notice::Changed(Topic::Quarantine),
            Notice::Changed(Topic::Connections),
            Notice::Changed(Topic::Onboarding),
            Notice::Changed(Topic::Case(Uuid::nil().into())),
            Notice::Changed(Topic::Room(Uuid::from_u128(5))),
            Notice::Changed(Topic::Rooms),
            Notice::Changed(Topic::Reader(Uuid::from_u128(6).into())),
            Notice::Changed(Topic::Moderation),
            Notice::Changed(Topic::System),
            Notice::Changed(Topic::Letters),
            Notice::Changed(Topic::Webhooks),
            Notice::Changed(Topic::Reports),
            Notice::Changed(Topic::Alerts),
            Notice::Changed(Topic::Person(Uuid::nil().into())),
            Notice::Appended,
            Notice::FleetChanged,
            Notice::SessionEnded("ab12".to_owned()),
            Notice::UserChanged(Uuid::nil().into()),
        ] {
            assert_eq!(notice.to_string().parse(), Ok(notice));
        }
        assert_eq!("changed".parse::<Notice>(), Err(NotANotice));
    }
}
