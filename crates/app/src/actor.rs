//! Who acts, and what they may do.

use greengrid_domain::identity::{Role, Scope, TokenId, User, UserId};
use greengrid_domain::observability::Initiator;

/// Something a person or program may or may not do. The one place that says
/// which role holds which permission is [`Permission::granted_to`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Permission {
    /// See the morning overview of the fleet.
    ViewOverview,
    /// See any site with its readings.
    ViewSites,
    /// Take over a site that needs action, or hand it back.
    TakeAction,
    /// Acknowledge, assign, snooze, resolve, dismiss and reopen anomalies.
    HandleAnomalies,
    /// Write notes to anomalies.
    WriteNotes,
    /// Plan work, and take it back.
    PlanMaintenance,
    /// See how right each rule was.
    ViewScorecard,
    /// Bring in files of sites and readings.
    ImportFiles,
    /// See and replay what could not be taken.
    HandleQuarantine,
    /// See how the connections to vendors do, and what they spend.
    ViewConnections,
    /// Make, test, pause and back-fill connections.
    ManageConnections,
    /// See the cases of new customers.
    ViewOnboarding,
    /// Work on the cases of new customers, up to the site going live.
    ManageOnboarding,
    /// Keep alert rules and silences.
    ManageAlerts,
    /// See which letters were written, and how far they are.
    ViewLetters,
    /// Send letters again that did not arrive.
    SendLetters,
    /// See one's own sites.
    ViewOwnSites,
    /// Read and write in the rooms of the team.
    Chat,
    /// Decide about the posts of others.
    ModerateChat,
    /// Watch the program work.
    ViewSystem,
    /// Share one's own sites, and state what their energy is worth. Which of
    /// them, [`SiteRole`](greengrid_domain::customer::SiteRole) says.
    ShareOwnSites,
    /// Choose one's letters, take one's data out, close one's account.
    ManageOwnData,
    /// See users, tokens and the audit trail.
    Administer,
}

impl Permission {
    /// Whether a person of this role holds the permission.
    #[must_use]
    pub const fn granted_to(self, role: Role) -> bool {
        match self {
            Self::ViewOverview
            | Self::TakeAction
            | Self::HandleAnomalies
            | Self::PlanMaintenance
            | Self::ViewScorecard
            | Self::ImportFiles
            | Self::HandleQuarantine
            | Self::ManageConnections
            | Self::ManageAlerts
            | Self::ModerateChat
            | Self::SendLetters => matches!(role, Role::Ops | Role::Admin),
            Self::ViewSites
            | Self::ViewOnboarding
            | Self::ViewConnections
            | Self::ViewLetters
            | Self::WriteNotes
            | Self::Chat
            | Self::ViewSystem => {
                matches!(role, Role::Ops | Role::Cs | Role::Admin)
            }
            Self::ViewOwnSites | Self::ShareOwnSites | Self::ManageOwnData => {
                matches!(role, Role::Customer)
            }
            Self::ManageOnboarding => matches!(role, Role::Cs | Role::Admin),
            Self::Administer => matches!(role, Role::Admin),
        }
    }
}

/// Whoever starts a use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    User {
        /// Who.
        id: UserId,
        /// With which role.
        role: Role,
    },
    /// A program with a token.
    Token {
        /// Which token.
        id: TokenId,
        /// What it may be used for.
        scopes: Vec<Scope>,
    },
    /// Whoever holds this role: for pages that are rendered once for all of
    /// them. Sees what they all see and does nothing.
    Anyone(Role),
    /// Somebody at the server's command line, who may do anything.
    CommandLine,
    /// The program itself.
    System,
}

/// Permission was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not allowed with your role")]
pub struct Denied;

impl Actor {
    /// The actor that a signed-in person is.
    #[must_use]
    pub const fn of(user: &User) -> Self {
        Self::User { id: user.id, role: user.role }
    }

    /// Whether the actor holds a permission.
    #[must_use]
    pub const fn may(&self, permission: Permission) -> bool {
        match self {
            Self::User { role, .. } | Self::Anyone(role) => permission.granted_to(*role),
            Self::Token { .. } => false,
            Self::CommandLine | Self::System => true,
        }
    }

    /// Fails unless the actor holds the permission.
    pub const fn require(&self, permission: Permission) -> Result<(), Denied> {
        if self.may(permission) { Ok(()) } else { Err(Denied) }
    }

    /// How the actor is named in the audit trail.
    #[must_use]
    pub const fn initiator(&self) -> Initiator {
        match self {
            Self::User { id, .. } => Initiator::User(*id),
            Self::Token { id, .. } => Initiator::Token(*id),
            Self::CommandLine => Initiator::CommandLine,
            Self::Anyone(_) | Self::System => Initiator::System,
        }
    }

    /// The person, if it is one.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            _ => None,
        }
    }
}
