use greengrid_app::actor::Permission;
use greengrid_domain::identity::Role;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use crate::components::{icon, unread};
use crate::urls;

/// Where a page belongs in the navigation, in the order of how often people go
/// there: the first ones stand in the open, the rest under "More".
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub(crate) enum Nav {
    /// The morning overview.
    Overview,
    /// The list of sites and the page of one.
    Sites,
    /// New sites.
    Onboarding,
    /// The rooms of the team.
    Chat,
    /// Alert rules.
    Alerts,
    /// Morning reports.
    Reports,
    /// How right the rules were.
    Scorecard,
    /// How the connections to vendors do.
    Connections,
    /// Import of files.
    Import,
    /// What could not be taken.
    Quarantine,
    /// Letters to people.
    Mailbox,
    /// The program at work.
    System,
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
            Self::Alerts => ("Alerts", urls::ALERTS, "send", 'e', Permission::ManageAlerts),
            Self::Reports => ("Reports", urls::REPORTS, "doc", 'p', Permission::ViewOverview),
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
            Self::Mailbox => ("Mailbox", urls::MAILBOX, "mail", 'l', Permission::ViewLetters),
            Self::System => ("System", urls::SYSTEM, "system", 'y', Permission::ViewSystem),
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

/// How many places stand side by side before the others fold under "More".
const SIDE_BY_SIDE: usize = 4;

/// The places of a role that stand in the open, and those under "More". One
/// place alone is not worth a fold.
fn folded(role: Role) -> (Vec<Nav>, Vec<Nav>) {
    let mut open: Vec<Nav> = Nav::of(role).collect();
    let more =
        if open.len() > SIDE_BY_SIDE + 1 { open.split_off(SIDE_BY_SIDE) } else { Vec::new() };
    (open, more)
}

/// The navigation in the top bar.
pub(super) fn main_nav(role: Role, current: Option<Nav>, unread: i64) -> Markup {
    let content = |place: &Place| html! { span { (place.label) } };
    let count = unread::count(unread::Place::Top, unread);
    places(role, current, "nav", "Main", content, &count)
}

/// The same at the lower edge of small screens.
pub(super) fn tab_bar(role: Role, current: Option<Nav>, unread: i64) -> Markup {
    let content = |place: &Place| html! { (icon(place.icon)) span { (place.label) } };
    let count = unread::count(unread::Place::Bottom, unread);
    places(role, current, "tabbar", "Main, small screen", content, &count)
}

fn places(
    role: Role,
    current: Option<Nav>,
    class: &str,
    label: &str,
    content: fn(&Place) -> Markup,
    unread: &Markup,
) -> Markup {
    let (open, more) = folded(role);
    let link = |nav: Nav| {
        let place = nav.place();
        html! {
            a href=(place.href) aria-current=[(Some(nav) == current).then_some("page")] data-go=(place.key) {
                (content(&place))
                @if nav == Nav::Chat { (unread) }
            }
        }
    };
    html! {
        nav class=(class) aria-label=(label) {
            @for nav in open { (link(nav)) }
            @if !more.is_empty() {
                details .menu .more data-here[current.is_some_and(|current| more.contains(&current))] {
                    summary { (icon("more")) span { "More" }
                        @if let Some(here) = current.filter(|current| more.contains(current)) { span .sr { ", here: " (here.place().label) } }
                    }
                    div .menu__box { @for nav in more { (link(nav)) } }
                }
            }
        }
    }
}
