use std::time::Duration;

use greengrid_app::actor::{Actor, Permission};
use greengrid_app::chat::Window;
use greengrid_app::customer::HistoryQuery;
use greengrid_app::identity::PeopleQuery;
use greengrid_app::monitoring::{OverviewQuery, OverviewView, SitesQuery};
use greengrid_app::onboarding::BoardQuery;
use greengrid_domain::chat::Room;
use greengrid_domain::fleet::{RegionCode, SiteCode};
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::messages::{DeliveryState, LetterState};
use jiff::civil::Date;
use strum::IntoEnumIterator as _;
use uuid::Uuid;

use crate::fault::Fault;
use crate::monitoring::ScorecardQuery;
use crate::observability::Followed;
use crate::query::{Address, Asked};
use crate::{customer, fleet, identity, monitoring, onboarding, urls};

/// What a tab looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, strum::EnumDiscriminants)]
#[strum_discriminants(
    name(ViewName),
    derive(strum::EnumString, strum::IntoStaticStr, strum::EnumIter),
    strum(serialize_all = "snake_case"),
    vis(pub(self))
)]
pub(crate) enum View {
    /// The morning overview.
    Overview(OverviewQuery),
    /// The list of sites.
    Sites(SitesQuery),
    /// The page of a site.
    Site {
        /// Which.
        site: SiteCode,
        /// First local day of its curve; today unless given.
        from: Option<Date>,
        /// Last local day of its curve; the first unless given.
        to: Option<Date>,
        /// The anomaly whose case is open; the first that lasts unless given.
        anomaly: Option<Uuid>,
    },
    /// How right the rules were, and what another threshold would have done.
    Scorecard(ScorecardQuery),
    /// A customer's own sites.
    OwnSites,
    /// One of a customer's own sites with a stretch of its history.
    OwnSite {
        /// Which.
        site: SiteCode,
        /// Which stretch.
        history: HistoryQuery,
    },
    /// Who belongs to one of a customer's own sites.
    SitePeople(SiteCode),
    /// A person's file of all their data.
    OwnData,
    /// One import of files.
    Import(Uuid),
    /// What waits in quarantine.
    Quarantine,
    /// Connections to vendors.
    Connections,
    /// Alert rules, silences, and what was told.
    Alerts,
    /// Webhooks, and how they do.
    Webhooks,
    /// One webhook with its messages, of one state unless of all.
    Webhook(Uuid, Option<DeliveryState>),
    /// The shift handover, of one region unless of all.
    Handover(Option<RegionCode>),
    /// Morning reports.
    Reports,
    /// Letters, of one state unless of all.
    Letters(Option<LetterState>),
    /// People with accounts.
    Accounts(PeopleQuery),
    /// Tokens for devices and programs.
    Tokens,
    /// The board of cases.
    Onboarding(BoardQuery),
    /// One case.
    Case(Uuid),
    /// A part of a room.
    Room(Room, Window),
    /// What is new to somebody in all rooms; on the page of a room also what
    /// became of their posts.
    Inbox(Option<Room>),
    /// Posts that wait for a decision.
    Moderation,
    /// What the program does at the moment, as far as it tells this text, and
    /// the way of a reading.
    System(Option<String>, Option<Followed>),
    /// The way of the request with this id.
    Trace(String),
}

impl View {
    /// Reads a view from the query part of an address. Unlike that of a page
    /// it is made by us, so what makes no sense is refused.
    pub(crate) fn from_query(query: &str) -> Result<Self, Fault> {
        let mut asked = Asked::read(query);
        let lacking = |key: &str| Fault::BadRequest(format!("the address lacks {key}"));
        let view = match asked.parse("view").ok_or_else(|| lacking("view"))? {
            ViewName::Overview => {
                let (query, ignored) = monitoring::dto::read(query);
                asked.ignored.extend(ignored);
                Self::Overview(query)
            }
            ViewName::Sites => {
                let (query, ignored) = fleet::dto::read_sites(query);
                asked.ignored.extend(ignored);
                Self::Sites(query)
            }
            ViewName::Site => {
                let site = asked.parse("site").ok_or_else(|| lacking("site"))?;
                let (from, to) = (asked.parse("from"), asked.parse("to"));
                if !fits(from, to) {
                    asked.ignored.push("That many days do not fit.".to_owned());
                }
                Self::Site { site, from, to, anomaly: asked.parse("anomaly") }
            }
            ViewName::Scorecard => {
                let (query, ignored) = monitoring::read_scorecard(query);
                asked.ignored.extend(ignored);
                Self::Scorecard(query)
            }
            ViewName::OwnSites => Self::OwnSites,
            ViewName::OwnData => Self::OwnData,
            ViewName::SitePeople => {
                Self::SitePeople(asked.parse("site").ok_or_else(|| lacking("site"))?)
            }
            ViewName::OwnSite => {
                let site = asked.parse("site").ok_or_else(|| lacking("site"))?;
                Self::OwnSite { site, history: customer::dto::read_history(&mut asked) }
            }
            ViewName::Import => Self::Import(asked.parse("job").ok_or_else(|| lacking("job"))?),
            ViewName::Quarantine => Self::Quarantine,
            ViewName::Connections => Self::Connections,
            ViewName::Alerts => Self::Alerts,
            ViewName::Webhooks => Self::Webhooks,
            ViewName::Webhook => {
                let id = asked.parse("webhook").ok_or_else(|| lacking("webhook"))?;
                Self::Webhook(id, asked.parse("state"))
            }
            ViewName::Handover => Self::Handover(asked.parse("region")),
            ViewName::Reports => Self::Reports,
            ViewName::Letters => Self::Letters(asked.parse("state")),
            ViewName::Accounts => {
                let (query, ignored) = identity::accounts_query::read_people(query);
                asked.ignored.extend(ignored);
                Self::Accounts(query)
            }
            ViewName::Tokens => Self::Tokens,
            ViewName::Onboarding => {
                let (query, ignored) = onboarding::dto::read_board(query);
                asked.ignored.extend(ignored);
                Self::Onboarding(query)
            }
            ViewName::Case => Self::Case(asked.parse("case").ok_or_else(|| lacking("case"))?),
            ViewName::Room => {
                let room = asked.parse("room").ok_or_else(|| lacking("room"))?;
                let from = asked.parse("from").ok_or_else(|| lacking("from"))?;
                Self::Room(room, Window { from, until: asked.parse("until") })
            }
            ViewName::Inbox => Self::Inbox(asked.parse("room")),
            ViewName::Moderation => Self::Moderation,
            ViewName::System => {
                let text = asked.text("q");
                Self::System(text, Followed::read(&mut asked))
            }
            ViewName::Trace => {
                let id: Uuid = asked.parse("id").ok_or_else(|| lacking("id"))?;
                Self::Trace(id.to_string())
            }
        };
        if asked.ignored.is_empty() {
            Ok(view)
        } else {
            Err(Fault::BadRequest(asked.ignored.join(" ")))
        }
    }

    /// Where the stream of this view is; [`from_query`](Self::from_query)
    /// reads the query part.
    pub(crate) fn url(&self) -> String {
        let to = Address::new(urls::LIVE).with("view", Some(<&str>::from(ViewName::from(self))));
        let to = match self {
            Self::Overview(query) => {
                // Dots need no escaping, so fifty sites stay readable.
                let order: Vec<String> = query.order.iter().map(ToString::to_string).collect();
                monitoring::dto::write(query, to)
                    .with("order", (!order.is_empty()).then(|| order.join(".")))
            }
            Self::Sites(query) => fleet::dto::write_sites(query, to),
            Self::Site { site, from, to: until, anomaly } => to
                .with("site", Some(site))
                .with("from", *from)
                .with("to", *until)
                .with("anomaly", *anomaly),
            Self::Scorecard(query) => query.write(to),
            Self::Accounts(query) => identity::accounts_query::write_people(query, to),
            Self::SitePeople(site) => to.with("site", Some(site)),
            Self::OwnSite { site, history } => {
                customer::dto::write_history(*history, to.with("site", Some(site)))
            }
            Self::Import(job) => to.with("job", Some(job)),
            Self::Onboarding(query) => onboarding::dto::write_board(query, to),
            Self::Case(case) => to.with("case", Some(case)),
            Self::Room(room, window) => to
                .with("room", Some(room))
                .with("from", Some(window.from))
                .with("until", window.until),
            Self::Inbox(room) => to.with("room", room.as_ref()),
            Self::System(text, followed) => {
                Followed::write(followed.as_ref(), to.with("q", text.as_ref()))
            }
            Self::Trace(id) => to.with("id", Some(id)),
            Self::Webhook(id, state) => to.with("webhook", Some(id)).with("state", *state),
            Self::Handover(region) => to.with("region", region.as_ref()),
            Self::Alerts
            | Self::Webhooks
            | Self::Reports
            | Self::OwnSites
            | Self::OwnData
            | Self::Quarantine
            | Self::Connections
            | Self::Tokens
            | Self::Moderation => to,
            Self::Letters(state) => to.with("state", *state),
        };
        to.finish()
    }

    /// What one needs to be allowed to look at it: the same as for its page.
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::Overview(_) | Self::Handover(_) | Self::Reports => Permission::ViewOverview,
            Self::Sites(_) | Self::Site { .. } => Permission::ViewSites,
            Self::Scorecard(_) => Permission::ViewScorecard,
            Self::OwnSites | Self::OwnSite { .. } | Self::SitePeople(_) => Permission::ViewOwnSites,
            Self::OwnData => Permission::ManageOwnData,
            Self::Import(_) => Permission::ImportFiles,
            Self::Quarantine => Permission::HandleQuarantine,
            Self::Connections => Permission::ViewConnections,
            Self::Alerts | Self::Webhooks | Self::Webhook(..) => Permission::ManageAlerts,
            Self::Letters(_) => Permission::ViewLetters,
            Self::Accounts(_) | Self::Tokens => Permission::Administer,
            Self::Onboarding(_) | Self::Case(_) => Permission::ViewOnboarding,
            Self::Room(..) | Self::Inbox(_) => Permission::Chat,
            Self::Moderation => Permission::ModerateChat,
            Self::System(..) | Self::Trace(_) => Permission::ViewSystem,
        }
    }

    /// What is shown beside it on every page of people with this role.
    pub(super) fn beside(&self, role: Role) -> Option<Self> {
        let room = match self {
            Self::Inbox(_) => return None,
            Self::Room(room, _) => Some(room.clone()),
            _ => None,
        };
        let beside = Self::Inbox(room);
        beside.permission().granted_to(role).then_some(beside)
    }

    /// Its name, which tells nothing of what is looked at.
    pub(super) fn name(&self) -> &'static str {
        ViewName::from(self).into()
    }

    /// How long to wait after a change before it is rendered: what is not
    /// urgent lets go first what is.
    pub(super) const fn patience(&self) -> Duration {
        match self {
            Self::Inbox(_) => Duration::from_millis(300),
            _ => Duration::ZERO,
        }
    }

    /// Shortest time between two renderings, given the usual one: people who
    /// talk should not wait for each other.
    pub(super) fn gap(&self, usual: Duration) -> Duration {
        match self {
            Self::Room(..) => usual / 10,
            _ => usual,
        }
    }

    /// Who sees the same as this person when looking at the view.
    pub(super) fn audience(&self, user: UserId, role: Role) -> Audience {
        let personal = match self {
            Self::Overview(query) => query.view == OverviewView::Mine,
            Self::OwnSites
            | Self::OwnSite { .. }
            | Self::SitePeople(_)
            | Self::OwnData
            | Self::Inbox(_) => true,
            _ => false,
        };
        if personal { Audience::Person(user, role) } else { Audience::Everyone(role) }
    }
}

/// The name of every view that a tab can look at, as addresses of streams have
/// it.
pub fn live_views() -> impl Iterator<Item = &'static str> {
    ViewName::iter().map(Into::into)
}

/// Whether a curve may span these days.
fn fits(from: Option<Date>, to: Option<Date>) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return true };
    from.until(to).is_ok_and(|span| (0..fleet::dto::MOST_DAYS).contains(&span.get_days()))
}

/// Those who see the same when they look at the same view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Audience {
    /// Everyone with this role.
    Everyone(Role),
    /// One person, because what they see is theirs alone.
    Person(UserId, Role),
}

impl Audience {
    /// The actor for whom to render. That of a whole role is nobody in
    /// particular, so nothing personal can end up on the pages of others.
    pub(super) const fn actor(self) -> Actor {
        match self {
            Self::Everyone(role) => Actor::Anyone(role),
            Self::Person(id, role) => Actor::User { id, role },
        }
    }
}

#[cfg(test)]
mod tests;
