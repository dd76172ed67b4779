//! SolarEdge Monitoring API v2, and what is left of v1.

mod facts;
mod power;
mod sites;

use axum::Json;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use greengrid_domain::fleet::Brand;
use jiff::Timestamp;
use serde_json::json;

use super::control::{Fault, Refused, State, bad_gateway};
use super::plant::Plant;
use super::query::Query;
use super::site_access;

pub(super) const KEY: &str = "stand-in-fleet-key";

/// Site numbers count from here.
pub(super) const FIRST: usize = 410_000;

/// Parameters as they came, in order.
pub(super) fn routes() -> Router<State> {
    let of_site = Router::new()
        .route("/", get(sites::site))
        .route("/devices", get(sites::devices))
        .route("/overview", get(facts::overview))
        .route("/energy", get(facts::energy))
        .route("/alerts", get(facts::alerts))
        .route("/power", get(power::power))
        .route("/inverters/telemetry", get(power::telemetry));
    Router::new()
        .route("/v2/sites", get(sites::sites))
        .route("/v2/alerts", get(facts::fleet_alerts))
        .nest("/v2/sites/{id}", of_site)
        .route("/sites/list", get(ended))
        .route("/site/{*rest}", get(ended))
        .route("/equipment/{*rest}", get(ended))
}

/// What is left of v1.
async fn ended() -> Refused {
    problem(StatusCode::GONE, "This API has been retired")
}

/// Keys of v1 have 32 capital letters and digits.
fn is_of_v1(key: &str) -> bool {
    key.len() == 32 && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Lets a call in: with the key, or with what an owner approved for the site it
/// is about; within the minute, with known parameters.
fn enter(
    state: &State,
    headers: &HeaderMap,
    query: Option<&str>,
    site: Option<usize>,
    call: &str,
    known: &[&str],
) -> Result<Query, Refused> {
    let fault = state.called(Brand::SolarEdge, call);
    admit(state, headers, site)?;
    if fault == Some(Fault::Key) {
        return Err(problem(StatusCode::UNAUTHORIZED, "Invalid API key"));
    }
    match fault {
        Some(Fault::BadGateway) => return Err(bad_gateway()),
        Some(Fault::Maintenance) => {
            return Err(problem(StatusCode::SERVICE_UNAVAILABLE, "Temporarily unavailable"));
        }
        Some(Fault::Gone) => return Err(problem(StatusCode::GONE, "This API has been retired")),
        Some(Fault::Minute) => {
            let limits = [("x-ratelimit-remaining-minute", "0"), ("retry-after", "20")];
            let body = problem(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded");
            return Err(Refused::with((limits, body)));
        }
        Some(Fault::Month) => {
            let limits = [("x-ratelimit-remaining-minute", "9")];
            let body = problem(StatusCode::TOO_MANY_REQUESTS, "Monthly credits exhausted");
            return Err(Refused::with((limits, body)));
        }
        Some(Fault::Forbidden) => {
            return Err(problem(StatusCode::FORBIDDEN, "The scope of this key does not allow it"));
        }
        Some(Fault::Nonsense) => return Err(Refused::with(Json(json!({ "hello": "world" })))),
        _ => {}
    }
    Query::of(query).only(known).map_err(|name| bad(&format!("unknown parameter {name}")))
}

/// Fleet Access opens everything; Site Access one site, and no list.
fn admit(state: &State, headers: &HeaderMap, site: Option<usize>) -> Result<(), Refused> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok());
    let Some(token) = bearer.and_then(|given| given.strip_prefix("Bearer ")) else {
        let key = headers.get("x-api-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
        return match key {
            KEY => Ok(()),
            old if is_of_v1(old) => {
                Err(problem(StatusCode::UNAUTHORIZED, "The access token is missing"))
            }
            _ => Err(problem(StatusCode::UNAUTHORIZED, "Invalid API key")),
        };
    };
    match (site_access::opened(state, token), site) {
        (None, _) => Err(problem(StatusCode::UNAUTHORIZED, "Invalid or expired access token")),
        (Some(_), None) => Err(problem(StatusCode::FORBIDDEN, "This endpoint needs an API key")),
        (Some(opened), Some(site)) if opened == site => Ok(()),
        (Some(_), Some(_)) => Err(problem(StatusCode::FORBIDDEN, "No access to this site")),
    }
}

fn plant(state: &State, id: usize) -> Result<(usize, &Plant), Refused> {
    let position = id.checked_sub(FIRST);
    let found = position.and_then(|at| Some((at, state.plant(Brand::SolarEdge, at)?)));
    found.ok_or_else(|| problem(StatusCode::NOT_FOUND, "Site not found"))
}

fn local(plant: &Plant, at: Timestamp) -> String {
    plant.zone.local(at).strftime("%FT%T%:z").to_string()
}

fn bad(detail: &str) -> Refused {
    problem(StatusCode::BAD_REQUEST, detail)
}

fn problem(status: StatusCode, detail: &str) -> Refused {
    let body = json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(),
        "detail": detail, "properties": { "traceId": "stand-in" },
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    Refused::with((status, kind, body.to_string()))
}
