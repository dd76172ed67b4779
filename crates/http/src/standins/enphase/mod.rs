//! Enphase API v4.

mod approval;
mod production;
mod systems;

use axum::Json;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use greengrid_domain::fleet::Brand;
use serde_json::json;

use super::control::{Fault, Refused, State, bad_gateway};
use super::oauth::Grant;
use super::plant::Plant;
use super::query::Query;

pub(super) const APP_KEY: &str = "stand-in-app-key";

/// The tokens that an approval gave at first, for access and to renew them.
pub(super) fn first_tokens(grant: u32) -> (String, String) {
    let tokens = Grant(grant, 0);
    (format!("stand-in-access-{tokens}"), format!("stand-in-refresh-{tokens}"))
}

/// The first of them.
pub(super) const FIRST_REFRESH: &str = "stand-in-refresh-0";

/// System numbers count from here.
pub(super) const FIRST: usize = 700_000;

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/login", get(approval::sign_in).post(approval::sign_in))
        .route("/oauth/authorize", get(approval::authorize))
        .route("/oauth/token", post(approval::token))
        .route("/api/v4/systems", get(systems::systems))
        .route("/api/v4/systems/event_types", get(systems::event_types))
        .route("/api/v4/systems/{id}/summary", get(systems::summary))
        .route("/api/v4/systems/{id}/devices", get(systems::devices))
        .route("/api/v4/systems/{id}/alarms", get(systems::alarms))
        .route("/api/v4/systems/{id}/telemetry/production_micro", get(production::production_micro))
}

/// Lets a call in: with the key and the token in force, within the minute.
fn enter(
    state: &State,
    headers: &HeaderMap,
    query: Option<&str>,
    call: &str,
    known: &[&str],
) -> Result<Query, Refused> {
    let fault = state.called(Brand::Enphase, call);
    let given = headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok());
    let tokens = given.and_then(|given| given.strip_prefix("Bearer stand-in-access-"));
    let signed_in = tokens.and_then(Grant::read).is_some_and(|it| state.is_in_force(it.0, it.1));
    let has_key = headers.get("key").is_some_and(|key| key == APP_KEY);
    if !signed_in || !has_key || fault == Some(Fault::Key) {
        let details = "User is not authorized";
        return Err(refusal(StatusCode::UNAUTHORIZED, "Not Authorized", details));
    }
    let limited = |period: &str| {
        let body = json!({
            "message": "Too Many Requests", "details": "Usage limit exceeded for plan Watt",
            "code": 429, "period": period, "limit": 10,
        });
        Refused::with((StatusCode::TOO_MANY_REQUESTS, Json(body)))
    };
    match fault {
        Some(Fault::BadGateway) => return Err(bad_gateway()),
        Some(Fault::Maintenance) => {
            let body =
                json!({ "errorCode": 7, "errorMessages": ["Data is temporarily unavailable"] });
            return Err(Refused::with((StatusCode::INTERNAL_SERVER_ERROR, Json(body))));
        }
        Some(Fault::Minute) => return Err(limited("minute")),
        Some(Fault::Month) => return Err(limited("month")),
        Some(Fault::Gone) => {
            let body = json!({ "reason": "501", "message": ["Not Implemented"] });
            return Err(Refused::with((StatusCode::NOT_IMPLEMENTED, Json(body))));
        }
        Some(Fault::Nonsense) => return Err(Refused::with(Json(json!({ "hello": "world" })))),
        Some(Fault::Forbidden) => {
            let details = "Not authorized to access this resource";
            return Err(refusal(StatusCode::FORBIDDEN, "Forbidden", details));
        }
        _ => {}
    }
    Query::of(query).only(known).map_err(|name| unprocessable(&format!("unknown parameter {name}")))
}

fn plant(state: &State, id: usize) -> Result<(usize, &Plant), Refused> {
    let position = id.checked_sub(FIRST);
    let found = position.and_then(|at| Some((at, state.plant(Brand::Enphase, at)?)));
    let details = format!("System not found for {{:id=>\"{id}\"}}");
    found.ok_or_else(|| refusal(StatusCode::NOT_FOUND, "Not Found", &details))
}

fn unprocessable(details: &str) -> Refused {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Entity", details)
}

fn refusal(status: StatusCode, message: &str, details: &str) -> Refused {
    let body = json!({ "message": message, "details": details, "code": status.as_u16() });
    Refused::with((status, Json(body)))
}
