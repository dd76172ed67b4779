use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::actor::Actor;
use greengrid_domain::identity::Scope;
use greengrid_domain::observability::signal;
use tracing::Instrument as _;

use super::backend::AuthSession;
use super::permissions::Access;
use super::{SessionMark, Theme, Viewer, address, caller, origin, sessions};
use crate::fault::{Fault, Shown};
use crate::state::AppState;
use crate::{sse, urls};

/// Lets a request through to its handler if its row of the permission table
/// allows it. What cannot be decided is refused. Whoever has to sign in first
/// is sent there: a browser from a page, and Datastar, which would show nothing
/// of a refusal, by a patch.
pub(crate) async fn guard(
    access: Access,
    state: AppState,
    mut request: Request,
    next: Next,
) -> Response {
    let policy = tracing::debug_span!(target: signal::STEP, "step", name = "policy: who asks, and whether they may");
    match admit(access, &state, &mut request).instrument(policy).await {
        Ok(()) => {
            let session = request.extensions().get::<Viewer>().map(SessionMark::of);
            let mut response = next.run(request).await;
            if let Some(session) = session {
                response.extensions_mut().insert(session);
            }
            response
        }
        Err(Fault::SignedOut) if wants_page(&request) => {
            let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
            Redirect::to(&urls::sign_in(asked)).into_response()
        }
        Err(Fault::SignedOut) if caller::is_datastar(request.headers()) => {
            sse::only(sse::redirect(urls::SIGN_IN))
        }
        Err(fault) => fault.into_response(),
    }
}

async fn admit(access: Access, state: &AppState, request: &mut Request) -> Result<(), Fault> {
    match access {
        Access::Open | Access::SecretAddress => Ok(()),
        Access::Token(scope) => {
            let secret = bearer(request.headers()).ok_or(Fault::NoToken)?;
            let actor = token(secret, scope, state).await?;
            request.extensions_mut().insert(actor);
            Ok(())
        }
        Access::TokenOrLoopback(scope) => match bearer(request.headers()) {
            Some(secret) => {
                let actor = token(secret, scope, state).await?;
                request.extensions_mut().insert(actor);
                Ok(())
            }
            None if address::is_loopback(request.extensions(), request.headers()) => Ok(()),
            None => Err(Fault::NoToken),
        },
        Access::Public | Access::SignedIn | Access::Allowed(_) => {
            let public = state.settings.public_origin();
            if !request.method().is_safe()
                && !origin::is_ours(request.headers(), request.uri(), public)
            {
                return Err(Fault::ForeignOrigin);
            }
            let viewer = viewer(request);
            match (access, &viewer) {
                (Access::SignedIn | Access::Allowed(_), None) => return Err(Fault::SignedOut),
                (Access::Allowed(permission), Some(viewer)) => viewer.actor.require(permission)?,
                _ => {}
            }
            if let Some(viewer) = viewer {
                request.extensions_mut().insert(viewer);
            }
            Ok(())
        }
    }
}

/// The program that holds a token with this scope.
async fn token(secret: &str, scope: Scope, state: &AppState) -> Result<Actor, Fault> {
    let token = state.identity.authenticate_token(secret).await?.ok_or(Fault::NoToken)?;
    if !token.scopes.contains(&scope) {
        return Err(Fault::NoScope(scope));
    }
    Ok(Actor::Token { id: token.id, scopes: token.scopes })
}

/// Whoever is signed in, if anybody.
fn viewer(request: &Request) -> Option<Viewer> {
    let auth = request.extensions().get::<AuthSession>()?;
    let user = auth.user.as_ref()?.user.clone();
    let session = sessions::key(auth.session.id()?).to_string();
    let theme = Theme::of(request.headers());
    Some(Viewer { actor: Actor::of(&user), user, theme, session })
}

/// The secret of an `Authorization: Bearer …` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

fn wants_page(request: &Request) -> bool {
    request.method() == Method::GET && !caller::is_datastar(request.headers())
}

/// The session layer answers with an empty 500 when it cannot reach its store.
/// This names that failure, so that it gets a page like every other.
pub(super) async fn name_session_failure(response: Response) -> Response {
    let unnamed = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.extensions().get::<Shown>().is_none();
    if unnamed { Fault::SessionsAway.into_response() } else { response }
}
