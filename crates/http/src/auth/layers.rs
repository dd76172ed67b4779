use axum::Router;
use axum::middleware::map_response;
use axum_login::AuthManagerLayerBuilder;
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::SameSite;

use super::backend::Backend;
use super::sessions::{DATA_KEY, Sessions};
use super::{cookie, guard};
use crate::state::AppState;

/// Puts the session layers around routes for people.
///
/// The cookie lasts as long as the browser stays open; how long the session
/// does is the store's business alone.
pub(crate) fn with_sessions(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    let secure = state.settings.is_https();
    let sessions = SessionManagerLayer::new(Sessions::new(state.identity.sessions()))
        .with_name(cookie::name(secure))
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/")
        .with_private(cookie::key(&state.settings));
    let auth = AuthManagerLayerBuilder::new(Backend::new(state.identity.clone()), sessions)
        .with_data_key(DATA_KEY)
        .build();
    routes.layer(auth).layer(map_response(guard::name_session_failure)).layer(map_response(
        move |response| std::future::ready(cookie::complete_removal(secure, response)),
    ))
}
