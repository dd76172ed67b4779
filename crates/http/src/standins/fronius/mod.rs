//! Fronius Solar.web Query API.

mod data;
mod systems;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use greengrid_domain::fleet::Brand;
use jiff::SignedDuration;
use serde_json::json;

use super::control::{Fault, Refused, State, bad_gateway};
use super::plant::Plant;
use super::query::Query;

pub(super) const KEY_ID: &str = "FKIA0000000000000000000000000STANDIN";
pub(super) const KEY_VALUE: &str = "7f7c5f8e-0000-4000-8000-00000000f00d";

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/swqapi/pvsystems", get(systems::systems))
        .route("/swqapi/pvsystems/{id}", get(systems::system))
        .route("/swqapi/pvsystems/{id}/devices", get(systems::devices))
        .route("/swqapi/pvsystems/{id}/devices/{device}/histdata", get(data::histdata))
        .route("/swqapi/pvsystems/{id}/aggrdata", get(data::aggrdata))
        .route("/swqapi/pvsystems/{id}/messages/{language}", get(data::messages))
}

fn enter(
    state: &State,
    headers: &HeaderMap,
    query: Option<&str>,
    call: &str,
    known: &[&str],
) -> Result<Query, Refused> {
    let fault = state.called(Brand::Fronius, call);
    let given = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
    if headers.get("accesskeyid").is_none() {
        return Err(refusal(StatusCode::UNAUTHORIZED, 1101, "no access key"));
    }
    if !given("accesskeyid", KEY_ID) || !given("accesskeyvalue", KEY_VALUE) {
        return Err(refusal(StatusCode::UNAUTHORIZED, 1102, "access key not found"));
    }
    match fault {
        Some(Fault::BadGateway) => return Err(bad_gateway()),
        Some(Fault::Maintenance) => {
            let until = state.clock.now() + SignedDuration::from_mins(30);
            let words = format!("The maintenance window lasts until {until:.0}");
            return Err(refusal(StatusCode::SERVICE_UNAVAILABLE, 1012, &words));
        }
        Some(Fault::Minute | Fault::Month) => {
            let words = "Maximum admitted 1000 per hour. Retry after: 00:00:20";
            return Err(refusal(StatusCode::TOO_MANY_REQUESTS, 1011, words));
        }
        Some(Fault::Key) => return Err(refusal(StatusCode::UNAUTHORIZED, 1104, "expired")),
        Some(Fault::Gone) => return Err(Refused::with(StatusCode::GONE)),
        Some(Fault::Nonsense) => {
            return Err(refusal(StatusCode::OK, 9_000, "internal failure"));
        }
        Some(Fault::Forbidden) => {
            return Err(refusal(StatusCode::FORBIDDEN, 1003, "no permission for this resource"));
        }
        _ => {}
    }
    Query::of(query).only(known).map_err(|name| refusal(StatusCode::BAD_REQUEST, 1004, &name))
}

pub(super) fn system_id(position: usize) -> String {
    format!("20f1c2aa-0000-4000-8000-{position:012x}")
}

fn device_id(position: usize) -> String {
    format!("d0000000-0000-4000-8000-{position:012x}")
}

fn plant<'a>(state: &'a State, id: &str) -> Result<(usize, &'a Plant), Refused> {
    let position = id.rsplit('-').next().and_then(|tail| usize::from_str_radix(tail, 16).ok());
    let position = position.filter(|position| system_id(*position) == id);
    let found = position.and_then(|at| Some((at, state.plant(Brand::Fronius, at)?)));
    found.ok_or_else(|| refusal(StatusCode::NOT_FOUND, 1002, "PV system not found"))
}

fn refusal(status: StatusCode, number: u32, message: &str) -> Refused {
    let body = json!({ "responseError": number, "responseMessage": message });
    Refused::with((status, [(header::CONTENT_TYPE, "application/json")], body.to_string()))
}
