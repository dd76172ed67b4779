use greengrid_app::actor::Permission;
use greengrid_domain::identity::Role;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use crate::components::{icon, unread};
use crate::urls;

/// Where a page belongs in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub(crate) enum Nav {
    /// The morning overview.
    Overview,
    /// The list of sites and the page of one.
    Sites,
    /// How right the rules were.
    Scorecard,
    /// New sites.
    Onboarding,
    /// Import of files.
    Import,
    /// How the connections to vendors do.
    Connections,
    /// What could not be taken.
    Quarantine,
    /// The rooms of the team.
    Chat,
    /// People, tokens, audit trail.
    Admin,
    /// A customer's own sites.
    My,
}

/// How a place of the navigation looks.
pub(super) struct Place {
    pub(super) label: &'static str,
    pub(super) href: &'static str,
    icon: &'static str,
    /// The letter that follows `g` on the keyboard.
    pub(super) key: char,
    permission: Permission,
}

impl Nav {
    pub(super) const fn place(self) -> Place {
        let (label, href, icon, key, permission) = match self {
            Self::Overview => {
                ("Overview", urls::OVERVIEW, "overview", 'o', Permission::ViewOverview)
            }
            Self::Sites => ("Sites", urls::SITES, "sites", 's', Permission::ViewSites),
            Self::Scorecard => {
                ("Scorecard", urls::SCORECARD, "eye", 'r', Permission::ViewScorecard)
            }
            Self::Onboarding => {
                ("Onboarding", urls::ONBOARDING, "onboarding", 'n', Permission::ViewOnboarding)
            }
            Self::Import => ("Import", urls::IMPORT, "download", 'i', Permission::ImportFiles),
            Self::Connections => {
                ("Vendors", urls::CONNECTIONS, "cloud", 'c', Permission::ViewConnections)
            }
            Self::Quarantine => {
                ("Quarantine", urls::QUARANTINE, "quality", 'q', Permission::HandleQuarantine)
            }
            Self::Chat => ("Chat", urls::CHAT, "chat", 't', Permission::Chat),
            Self::Admin => ("Accounts", urls::ADMIN, "users", 'a', Permission::Administer),
            Self::My => ("My sites", urls::OWN_SITES, "home", 'm', Permission::ViewOwnSites),
        };
        Place { label, href, icon, key, permission }
    }

    /// The places a role may go to.
    pub(super) fn of(role: Role) -> impl Iterator<Item = Self> {
        Self::iter().filter(move |nav| nav.place().permission.granted_to(role))
    }
}

/// The navigation in the top bar.
pub(super) fn main_nav(role: Role, current: Nav, unread: i64) -> Markup {
    html! {
        nav .nav aria-label="Main" {
            @for nav in Nav::of(role) {
                @let place = nav.place();
                a href=(place.href) aria-current=[(nav == current).then_some("page")] data-go=(place.key) {
                    span { (place.label) }
                    @if nav == Nav::Chat { (unread::count(unread::Place::Top, unread)) }
                }
            }
        }
    }
}

/// The same at the lower edge of small screens.
pub(super) fn tab_bar(role: Role, current: Nav, unread: i64) -> Markup {
    html! {
        nav .tabbar aria-label="Main, small screen" {
            @for nav in Nav::of(role) {
                @let place = nav.place();
                a href=(place.href) aria-current=[(nav == current).then_some("page")] {
                    (icon(place.icon)) span { (place.label) }
                    @if nav == Nav::Chat { (unread::count(unread::Place::Bottom, unread)) }
                }
            }
        }
    }
}
