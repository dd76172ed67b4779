//! SolarEdge Monitoring API v2.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::control::{Fault, Refused, State, bad_gateway};
use super::plant::Plant;
use super::site_access;

pub(super) const KEY: &str = "stand-in-fleet-key";

/// Site numbers count from here.
pub(super) const FIRST: usize = 410_000;

/// Parameters as they came, in order.
type Query = Vec<(String, String)>;

pub(super) async fn sites(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, None, &["page", "sites-in-page"])?;
    let number = |name: &str, usual: usize| match value(&query, name) {
        Some(text) => text.parse().map_err(|_| bad(&format!("{name} must be a number"))),
        None => Ok(usual),
    };
    let (page, size) = (number("page", 1)?, number("sites-in-page", 100)?);
    if !(1..=1_000).contains(&size) || page < 1 {
        return Err(bad("sites-in-page must be between 1 and 1000"));
    }
    let all: Vec<Value> = state
        .plants(Brand::SolarEdge)
        .map(|(position, plant)| {
            json!({ "siteId": FIRST + position, "name": plant.name, "activationStatus": "ACTIVE" })
        })
        .collect();
    let shown: Vec<&Value> = all.iter().skip((page - 1) * size).take(size).collect();
    Ok(Json(json!({ "sites": { "count": all.len(), "site": shown } })).into_response())
}

pub(super) async fn site(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, Some(id), &[])?;
    let (_, plant) = plant(&state, id)?;
    let updated = plant.zone.local(state.clock.now()).strftime("%FT%T%:z").to_string();
    #[expect(clippy::cast_precision_loss, reason = "watts of a site")]
    let kw = plant.capacity_wp as f64 / 1_000.0;
    Ok(Json(json!({
        "siteId": id, "name": plant.name, "accountId": 1, "peakPower": kw,
        "lastUpdateTime": updated, "location": { "timezone": plant.zone.name() },
        "activationStatus": "ACTIVE",
    }))
    .into_response())
}

pub(super) async fn devices(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, Some(id), &["types"])?;
    let known = ["INVERTER", "METER", "BATTERY"];
    if query.iter().any(|(_, kind)| !known.contains(&kind.as_str())) {
        return Err(bad("types must be INVERTER, METER or BATTERY"));
    }
    let (_, plant) = plant(&state, id)?;
    let devices: Vec<Value> = plant
        .inverters
        .iter()
        .map(|(serial, model)| {
            json!({ "type": "INVERTER", "serialNumber": serial, "manufacturer": "SolarEdge",
                    "model": model, "active": true, "name": "Inverter" })
        })
        .collect();
    Ok(Json(devices).into_response())
}

/// Quarter hours of each inverter: power in kW, energy in Wh, and nothing but
/// null for a quarter hour that is not over, or dark.
pub(super) async fn telemetry(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, Some(id), &["resolution", "from", "to"])?;
    let (position, plant) = plant(&state, id)?;
    let (from, to) = span(&query, plant)?;
    let quarters = quarters(&state, position, from, to);
    let mut inverters = serde_json::Map::new();
    for (inverter, (serial, _)) in plant.inverters.iter().enumerate() {
        let series = |factor: f64| -> Vec<Value> {
            steps(from, to)
                .map(|start| {
                    let watts = quarters.get(&(inverter, start)).filter(|watts| **watts > 0.0);
                    json!({ "timestamp": local(plant, start),
                            "value": watts.map(|watts| watts * factor) })
                })
                .collect()
        };
        let of = |unit: &str, values: Vec<Value>| json!({ "unit": unit, "resolution": "QUARTER_HOUR", "values": values });
        let one = json!({ "power": of("KW", series(1e-3)), "energy": of("WH", series(0.25)) });
        inverters.insert(serial.clone(), one);
    }
    Ok(Json(json!({ "inverters": inverters })).into_response())
}

/// Quarter hours of the whole site.
pub(super) async fn power(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, Some(id), &["resolution", "from", "to", "unit"])?;
    if value(&query, "unit").is_some_and(|unit| unit != "W") {
        return Err(bad("unit must be W"));
    }
    let (position, plant) = plant(&state, id)?;
    let (from, to) = span(&query, plant)?;
    let quarters = quarters(&state, position, from, to);
    let values: Vec<Value> = steps(from, to)
        .map(|start| {
            let parts = (0..plant.inverters.len()).filter_map(|it| quarters.get(&(it, start)));
            let watts: f64 = parts.sum();
            json!({ "timestamp": local(plant, start), "value": (watts > 0.0).then_some(watts) })
        })
        .collect();
    Ok(Json(json!({ "unit": "W", "resolution": "QUARTER_HOUR", "values": values })).into_response())
}

pub(super) async fn alerts(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, Some(id), &["only-open", "alerts-in-page"])?;
    plant(&state, id)?;
    Ok(Json(json!([])).into_response())
}

/// Lets a call in: with the key, or with what an owner approved for the site it
/// is about; within the minute, with known parameters.
fn enter(
    state: &State,
    headers: &HeaderMap,
    query: Option<String>,
    site: Option<usize>,
    known: &[&str],
) -> Result<Query, Refused> {
    let fault = state.called(Brand::SolarEdge);
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
        Some(Fault::Nonsense) => return Err(Refused::with(Json(json!({ "hello": "world" })))),
        Some(Fault::Key | Fault::NewField) | None => {}
    }
    let query = query.unwrap_or_default();
    let query: Query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    match query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(bad(&format!("unknown parameter {name}"))),
        None => Ok(query),
    }
}

/// Fleet Access opens everything; Site Access one site, and no list.
fn admit(state: &State, headers: &HeaderMap, site: Option<usize>) -> Result<(), Refused> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok());
    let Some(token) = bearer.and_then(|given| given.strip_prefix("Bearer ")) else {
        let good = headers.get("x-api-key").is_some_and(|key| key == KEY);
        return if good {
            Ok(())
        } else {
            Err(problem(StatusCode::UNAUTHORIZED, "Invalid API key"))
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

/// The span asked for: naive times at the site, at most twelve hours apart by
/// its clocks.
fn span(query: &Query, plant: &Plant) -> Result<(Timestamp, Timestamp), Refused> {
    if value(query, "resolution") != Some("QUARTER_HOUR") {
        return Err(bad("resolution must be QUARTER_HOUR"));
    }
    let civil = |name: &str| -> Result<DateTime, Refused> {
        let text = value(query, name).ok_or_else(|| bad(&format!("{name} is missing")))?;
        if text.len() != 19 {
            return Err(bad(&format!("{name} must look like 2026-06-12T08:00:00")));
        }
        text.parse().map_err(|_| bad(&format!("{name} is no time")))
    };
    let (from, to) = (civil("from")?, civil("to")?);
    let apart = to.duration_since(from);
    if apart <= SignedDuration::ZERO || apart > SignedDuration::from_hours(12) {
        return Err(bad("the period must be at most 12 hours"));
    }
    let instant = |civil: DateTime| {
        let midnight = plant.zone.start_of(civil.date());
        let zone = plant.zone.local(midnight).time_zone().clone();
        civil.to_zoned(zone).map(|zoned| zoned.timestamp()).map_err(|_| bad("no such time"))
    };
    Ok((instant(from)?, instant(to)?))
}

const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// The quarter hours that start in a span.
fn steps(from: Timestamp, to: Timestamp) -> impl Iterator<Item = Timestamp> {
    let second = from.as_second().div_euclid(900) * 900;
    let first = Timestamp::from_second(second).unwrap_or(from);
    let first = if first < from { first + QUARTER } else { first };
    std::iter::successors(Some(first), |start| Some(*start + QUARTER))
        .take_while(move |at| *at < to)
}

/// Mean watts of each inverter in each quarter hour that is over.
fn quarters(
    state: &State,
    position: usize,
    from: Timestamp,
    to: Timestamp,
) -> BTreeMap<(usize, Timestamp), f64> {
    let now = state.clock.now();
    let mut sums = BTreeMap::new();
    for sample in state.physics.samples(position, from, to.min(now)) {
        let second = sample.start.as_second().div_euclid(900) * 900;
        let Ok(start) = Timestamp::from_second(second) else { continue };
        if start + QUARTER <= now {
            *sums.entry((sample.inverter, start)).or_insert(0.0) += sample.watts / 3.0;
        }
    }
    sums
}

fn local(plant: &Plant, at: Timestamp) -> String {
    plant.zone.local(at).strftime("%FT%T%:z").to_string()
}

fn value<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
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
