//! What streams of this module's pages replace: the same `#main` that the
//! page itself came with.

use greengrid_app::actor::Actor;
use greengrid_app::customer::HistoryQuery;
use greengrid_domain::fleet::SiteCode;
use maud::Markup;

use super::views::{self, SiteView, Typed};
use crate::fault::Fault;
use crate::state::AppState;

/// A person's own sites as they now are.
pub(crate) async fn sites(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    Ok(views::list(&state.own_sites.list(actor).await?))
}

/// One of a person's own sites as it now is.
pub(crate) async fn site(
    code: &SiteCode,
    history: HistoryQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    site_main(code, history, None, state, actor).await
}

pub(super) async fn site_main(
    code: &SiteCode,
    query: HistoryQuery,
    typed: Option<&Typed>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let page = state.own_sites.page(actor, code, query).await?;
    let fleet = state.directory.snapshot();
    let site = fleet.site_by_code(code).ok_or(Fault::NotFound)?;
    Ok(match &page {
        Some(page) => views::site(&SiteView { page, query, typed }),
        None => views::not_yet(site),
    })
}
