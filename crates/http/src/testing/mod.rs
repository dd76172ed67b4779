//! Hand-made models for tests of views: a bright morning with one site of
//! every kind.

mod anomalies;
mod fleet;
mod pages;

use greengrid_app::actor::Actor;
use greengrid_domain::identity::{Role, User};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use uuid::Uuid;

use crate::auth::{Theme, Viewer};
use crate::components::PageClock;

pub(crate) use anomalies::{case, incident_line};
pub(crate) use fleet::{curve, days, overview, row, sites_page};
pub(crate) use pages::save;

/// 10:42:18 at the sites.
pub(crate) fn now() -> Timestamp {
    "2026-06-12T08:42:18Z".parse().unwrap()
}

pub(crate) fn zone() -> SiteZone {
    "Europe/Berlin".parse().unwrap()
}

pub(crate) fn clock() -> PageClock {
    PageClock { now: now(), zone: zone(), speed: 1.0, demo: true }
}

pub(crate) fn viewer(role: Role, theme: Theme) -> Viewer {
    let user = User {
        id: Uuid::nil().into(),
        email: "diana@example.org".parse().unwrap(),
        name: "Diana Reyes".parse().unwrap(),
        role,
        active: true,
    };
    Viewer { actor: Actor::of(&user), user, theme, session: "ab".to_owned() }
}
