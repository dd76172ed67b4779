//! Enphase API v4.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use jiff::{SignedDuration, Timestamp};
use maud::html;
use serde_json::{Value, json};

use super::control::{Fault, Refused, State, bad_gateway};
use super::oauth::{Asked, Grant, invalid, page, refused};
use super::plant::Plant;

pub(super) const APP_KEY: &str = "stand-in-app-key";

/// The tokens that an approval gave at first, for access and to renew them.
pub(super) fn first_tokens(grant: u32) -> (String, String) {
    let tokens = Grant(grant, 0);
    (format!("stand-in-access-{tokens}"), format!("stand-in-refresh-{tokens}"))
}
pub(super) const FIRST_REFRESH: &str = "stand-in-refresh-0";
/// `stand-in:stand-in-secret`.
const BASIC: &str = "Basic c3RhbmQtaW46c3RhbmQtaW4tc2VjcmV0";

/// System numbers count from here.
pub(super) const FIRST: usize = 700_000;

const STEP: SignedDuration = SignedDuration::from_mins(5);

type Query = Vec<(String, String)>;

/// Gives new tokens for the refresh token in force, which ends thereby.
pub(super) async fn token(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if headers.get(header::AUTHORIZATION).is_none_or(|basic| basic != BASIC) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let query = query.unwrap_or_default();
    let query: Query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let granted = match value(&query, "grant_type") {
        Some("refresh_token") => {
            let spent = value(&query, "refresh_token")
                .and_then(|token| token.strip_prefix("stand-in-refresh-").and_then(Grant::read));
            spent.and_then(|spent| state.renew(spent.0, spent.1))
        }
        Some("authorization_code") => {
            let code = value(&query, "code").and_then(|code| code.strip_prefix("stand-in-code-"));
            code.and_then(|grant| grant.parse().ok()).and_then(|grant| state.trade(grant))
        }
        _ => return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    };
    let Some((grant, number)) = granted else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let tokens = Grant(grant, number);
    Json(json!({
        "access_token": format!("stand-in-access-{tokens}"), "token_type": "bearer",
        "refresh_token": format!("stand-in-refresh-{tokens}"), "expires_in": 86_393,
        "scope": "read write",
    }))
    .into_response()
}

/// The page on which an owner approves. Both answers lead back.
pub(super) async fn authorize(
    FromState(state): FromState<State>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(asked) = Asked::read(query.as_deref()).known() else { return invalid() };
    let code = format!("stand-in-code-{}", state.new_grant());
    let approve = html! { p { a #approve href=(asked.back(&[("code", &code)])) { "Approve" } } };
    page("Enphase", &asked, &approve)
}

pub(super) async fn systems(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, &["page", "size"])?;
    let number = |name: &str, usual: usize| match value(&query, name) {
        Some(text) => text.parse().map_err(|_| unprocessable(&format!("{name} is invalid"))),
        None => Ok(usual),
    };
    let (page, size) = (number("page", 1)?, number("size", 10)?);
    if page < 1 || !(1..=100).contains(&size) {
        return Err(unprocessable("size must be at most 100"));
    }
    let all: Vec<Value> =
        state.plants(Brand::Enphase).map(|(at, plant)| system_of(&state, at, plant)).collect();
    let shown: Vec<&Value> = all.iter().skip((page - 1) * size).take(size).collect();
    Ok(Json(json!({
        "total": all.len(), "current_page": page, "size": size, "count": shown.len(),
        "items": "systems", "systems": shown,
    }))
    .into_response())
}

pub(super) async fn summary(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, &[])?;
    let (_, plant) = plant(&state, id)?;
    let now = state.clock.now().as_second();
    Ok(Json(json!({
        "system_id": id, "size_w": plant.capacity_wp, "status": "normal", "last_report_at": now,
        "source": "microinverters", "modules": plant.inverters.len(),
    }))
    .into_response())
}

pub(super) async fn devices(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, &[])?;
    let (_, plant) = plant(&state, id)?;
    let micros: Vec<Value> = plant
        .inverters
        .iter()
        .map(|(serial, model)| {
            json!({ "id": 1, "serial_number": serial, "model": model, "status": "normal",
                    "active": true, "product_name": model })
        })
        .collect();
    Ok(Json(json!({ "system_id": id, "devices": { "micros": micros } })).into_response())
}

/// Five minutes of all microinverters, a day from where it is asked, each
/// stamped with its end. By night the list is empty.
pub(super) async fn production_micro(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, &["start_at", "granularity"])?;
    let (position, plant) = plant(&state, id)?;
    let start = value(&query, "start_at").and_then(|text| text.parse().ok());
    let start = start.and_then(|second| Timestamp::from_second(second).ok());
    let start = start.ok_or_else(|| unprocessable("start_at must be an epoch"))?;
    let length = match value(&query, "granularity") {
        Some("day") | None => SignedDuration::from_hours(24),
        Some("week") => SignedDuration::from_hours(7 * 24),
        Some("15mins") => SignedDuration::from_mins(15),
        Some(_) => return Err(unprocessable("granularity must be week, day or 15mins")),
    };
    let now = state.clock.now();
    let end = (start + length).min(now);
    let mut sums: BTreeMap<Timestamp, f64> = BTreeMap::new();
    for sample in state.physics.samples(position, start, end) {
        if sample.watts > 0.0 && sample.start + STEP <= now {
            *sums.entry(sample.start).or_default() += sample.watts;
        }
    }
    let many = plant.inverters.len();
    let intervals: Vec<Value> = sums
        .into_iter()
        .map(|(start, watts)| {
            json!({ "end_at": (start + STEP).as_second(), "devices_reporting": many,
                    "powr": watts.round(), "enwh": (watts / 12.0).round() })
        })
        .collect();
    Ok(Json(json!({
        "system_id": id, "granularity": "day", "total_devices": many,
        "start_at": start.as_second(), "end_at": end.as_second(), "items": "intervals",
        "intervals": intervals, "meta": { "status": "normal" },
    }))
    .into_response())
}

pub(super) async fn alarms(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, &["start_time", "end_time"])?;
    plant(&state, id)?;
    Ok(Json(json!({ "alarms": [] })).into_response())
}

/// Lets a call in: with the key and the token in force, within the minute.
fn enter(
    state: &State,
    headers: &HeaderMap,
    query: Option<String>,
    known: &[&str],
) -> Result<Query, Refused> {
    let fault = state.called(Brand::Enphase);
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
        Some(Fault::Key | Fault::NewField) | None => {}
    }
    let query = query.unwrap_or_default();
    let query: Query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    match query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(unprocessable(&format!("unknown parameter {name}"))),
        None => Ok(query),
    }
}

fn system_of(state: &State, position: usize, plant: &Plant) -> Value {
    json!({
        "system_id": FIRST + position, "name": plant.name, "timezone": plant.zone.name(),
        "status": "normal", "last_report_at": state.clock.now().as_second(),
        "energy_lifetime": -1, "energy_today": -1, "system_size": -1,
    })
}

fn plant(state: &State, id: usize) -> Result<(usize, &Plant), Refused> {
    let position = id.checked_sub(FIRST);
    let found = position.and_then(|at| Some((at, state.plant(Brand::Enphase, at)?)));
    let details = format!("System not found for {{:id=>\"{id}\"}}");
    found.ok_or_else(|| refusal(StatusCode::NOT_FOUND, "Not Found", &details))
}

fn value<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn unprocessable(details: &str) -> Refused {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Entity", details)
}

fn refusal(status: StatusCode, message: &str, details: &str) -> Refused {
    let body = json!({ "message": message, "details": details, "code": status.as_u16() });
    Refused::with((status, Json(body)))
}
