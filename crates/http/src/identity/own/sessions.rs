//! Where one is signed in.

use axum::extract::{Path, State};
use axum::response::Redirect;
use greengrid_app::identity::{Changed, SessionKey, SessionSummary};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;

use crate::auth::Viewer;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::query::Address;
use crate::state::AppState;
use crate::urls;

use super::views::Done;

/// Somebody's sessions as the page shows them.
pub(super) struct Devices {
    /// Each, and whether it is the one that asks.
    pub(super) list: Vec<(SessionSummary, bool)>,
    /// Sessions go by the wall clock, whatever clock the fleet has.
    pub(super) now: Timestamp,
    pub(super) zone: SiteZone,
}

pub(super) async fn devices(state: &AppState, viewer: &Viewer) -> Result<Devices, Fault> {
    let sessions = state.identity.own_sessions(&viewer.actor).await?;
    let list = sessions
        .into_iter()
        .map(|session| {
            let own = session.key.to_string() == viewer.session;
            (session, own)
        })
        .collect();
    let zone = PageClock::of_fleet(&*state.clock, &state.directory.snapshot()).zone;
    Ok(Devices { list, now: Timestamp::now(), zone })
}

pub(super) async fn end(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(session): Path<String>,
) -> Result<Redirect, Fault> {
    let key: SessionKey = session.parse().map_err(|_| Fault::NotFound)?;
    match state.identity.end_own_session(&viewer.actor, &key).await? {
        Changed::Missing => Err(Fault::NotFound),
        Changed::Done | Changed::AlreadySo => {
            state.live.end_session(&session);
            Ok(on())
        }
    }
}

pub(super) async fn end_others(
    viewer: Viewer,
    State(state): State<AppState>,
) -> Result<Redirect, Fault> {
    let keep: SessionKey = viewer.session.parse().map_err(|_| Fault::NotFound)?;
    state.identity.end_other_sessions(&viewer.actor, &keep).await?;
    Ok(on())
}

fn on() -> Redirect {
    Redirect::to(&Address::new(urls::ACCOUNT).with("done", Some(Done::Sessions)).finish())
}
