use std::collections::HashMap;

use greengrid_app::actor::Actor;
use greengrid_app::identity::{AccountError, Person};
use greengrid_domain::identity::{ApiToken, TokenId, UserId};
use greengrid_domain::observability::{AuditEntry, AuditSubject, Initiator};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;

use crate::components::PageClock;
use crate::state::AppState;

/// How many entries of the audit trail the page shows.
const ENTRIES: u32 = 50;

/// What the page shows.
pub(super) struct Accounts {
    pub(super) people: Vec<Person>,
    pub(super) tokens: Vec<ApiToken>,
    pub(super) trail: Vec<AuditEntry>,
    /// Accounts go by the wall clock, whatever clock the fleet has.
    pub(super) now: Timestamp,
    pub(super) zone: SiteZone,
}

impl Accounts {
    pub(super) async fn read(state: &AppState, actor: &Actor) -> Result<Self, AccountError> {
        let identity = &state.identity;
        let (people, tokens, trail) = tokio::try_join!(
            identity.users(actor),
            identity.tokens(actor),
            identity.audit(actor, ENTRIES)
        )?;
        let zone = PageClock::of_fleet(&*state.clock, &state.directory.snapshot()).zone;
        Ok(Self { people, tokens, trail, now: Timestamp::now(), zone })
    }

    /// Names for the keys in the audit trail.
    pub(super) fn names(&self) -> Names<'_> {
        Names {
            people: self.people.iter().map(|p| (p.user.id, p.user.name.as_str())).collect(),
            tokens: self.tokens.iter().map(|token| (token.id, token.name.as_str())).collect(),
        }
    }
}

/// Who and what stands behind a key.
pub(super) struct Names<'a> {
    people: HashMap<UserId, &'a str>,
    tokens: HashMap<TokenId, &'a str>,
}

impl Names<'_> {
    pub(super) fn initiator(&self, initiator: Initiator) -> &str {
        match initiator {
            Initiator::User(id) => self.people.get(&id).copied().unwrap_or("Somebody"),
            Initiator::Token(id) => self.tokens.get(&id).copied().unwrap_or("A token"),
            Initiator::CommandLine => "Command line",
            Initiator::System => "GreenGrid",
        }
    }

    /// What an entry is about, in words.
    pub(super) fn subject<'e>(&'e self, entry: &'e AuditEntry) -> &'e str {
        let id = || entry.subject_id.parse::<uuid::Uuid>().ok();
        let name = match entry.subject {
            AuditSubject::User => id().and_then(|id| self.people.get(&id.into()).copied()),
            AuditSubject::Token => id().and_then(|id| self.tokens.get(&id.into()).copied()),
            // The hash of a session's id tells nobody anything.
            AuditSubject::Session => Some(""),
            _ => None,
        };
        name.unwrap_or(&entry.subject_id)
    }
}
