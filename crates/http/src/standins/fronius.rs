//! Fronius Solar.web Query API.

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::control::{Fault, Refused, State, bad_gateway};
use super::plant::Plant;

pub(super) const KEY_ID: &str = "FKIA0000000000000000000000000STANDIN";
pub(super) const KEY_VALUE: &str = "7f7c5f8e-0000-4000-8000-00000000f00d";

type Query = Vec<(String, String)>;

pub(super) async fn systems(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, &["offset", "limit"])?;
    let number = |name: &str, usual: usize| match value(&query, name) {
        Some(text) => text.parse().map_err(|_| refusal(StatusCode::BAD_REQUEST, 1004, name)),
        None => Ok(usual),
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", 50)?);
    if !(1..=1_000).contains(&limit) {
        return Err(refusal(StatusCode::BAD_REQUEST, 1004, "limit must be 1 to 1000"));
    }
    let all: Vec<(usize, &Plant)> = state.plants(Brand::Fronius).collect();
    let shown: Vec<Value> = all
        .iter()
        .skip(offset)
        .take(limit)
        .map(|(at, plant)| system_of(&state, *at, plant))
        .collect();
    let next = (offset + limit < all.len()).then_some("next");
    Ok(Json(json!({
        "pvSystems": shown,
        "links": { "prev": null, "next": next, "totalItemsCount": all.len() },
    }))
    .into_response())
}

pub(super) async fn system(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, &[])?;
    let (position, plant) = plant(&state, &id)?;
    Ok(Json(system_of(&state, position, plant)).into_response())
}

pub(super) async fn devices(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, &[])?;
    let (_, plant) = plant(&state, &id)?;
    let devices: Vec<Value> = plant
        .inverters
        .iter()
        .enumerate()
        .map(|(at, (serial, model))| {
            json!({ "deviceType": "Inverter", "deviceId": device_id(at), "serialNumber": serial,
                    "deviceName": model, "isActive": true,
                    "activationDate": "2020-01-01T00:00:00Z", "deactivationDate": null })
        })
        .collect();
    Ok(Json(json!({ "devices": devices })).into_response())
}

/// Five minutes of one inverter, of one day at most. By night there is nothing.
pub(super) async fn histdata(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path((id, device)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query, &["from", "to", "channel", "timezone"])?;
    let (position, plant) = plant(&state, &id)?;
    let inverter = (0..plant.inverters.len()).find(|at| device_id(*at) == device);
    let unknown = || refusal(StatusCode::NOT_FOUND, 1002, "device not found");
    let inverter = inverter.ok_or_else(unknown)?;
    let instant = |name: &str| -> Result<Timestamp, Refused> {
        let text = value(&query, name).filter(|text| text.ends_with('Z'));
        let instant = text.and_then(|text| text.parse().ok());
        instant.ok_or_else(|| refusal(StatusCode::BAD_REQUEST, 1004, name))
    };
    let (from, to) = (instant("from")?, instant("to")?);
    if to.duration_since(from) > SignedDuration::from_hours(24) || to <= from {
        return Err(refusal(StatusCode::BAD_REQUEST, 3301, "range of at most 24 hours"));
    }
    if value(&query, "channel") != Some("EnergyExported") {
        return Err(refusal(StatusCode::BAD_REQUEST, 1004, "channel"));
    }
    let now = state.clock.now();
    let step = SignedDuration::from_mins(5);
    let data: Vec<Value> = state
        .physics
        .samples(position, from, to.min(now))
        .into_iter()
        .filter(|sample| sample.inverter == inverter && sample.watts > 0.0)
        .filter(|sample| sample.start + step <= now)
        .map(|sample| {
            let channel = json!({ "channelName": "EnergyExported", "channelType": "Energy",
                                  "unit": "Wh", "value": sample.watts / 12.0 });
            json!({ "logDateTime": sample.start.strftime("%FT%TZ").to_string(),
                    "logDuration": 300, "channels": [channel] })
        })
        .collect();
    if data.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(json!({ "pvSystemId": id, "deviceId": device, "data": data })).into_response())
}

pub(super) async fn messages(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path((id, _)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query, &["from", "to", "stateseverity"])?;
    plant(&state, &id)?;
    Ok(Json(json!([])).into_response())
}

fn enter(
    state: &State,
    headers: &HeaderMap,
    query: Option<String>,
    known: &[&str],
) -> Result<Query, Refused> {
    let fault = state.called(Brand::Fronius);
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
        None => {}
    }
    let query = query.unwrap_or_default();
    let query: Query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    match query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(refusal(StatusCode::BAD_REQUEST, 1004, name)),
        None => Ok(query),
    }
}

fn system_of(state: &State, position: usize, plant: &Plant) -> Value {
    json!({
        "pvSystemId": system_id(position), "name": plant.name, "peakPower": plant.capacity_wp,
        "address": { "country": null, "city": null }, "timeZone": plant.zone.name(),
        "lastImport": state.clock.now().strftime("%FT%TZ").to_string(),
    })
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

fn value<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn refusal(status: StatusCode, number: u32, message: &str) -> Refused {
    let body = json!({ "responseError": number, "responseMessage": message });
    Refused::with((status, [(header::CONTENT_TYPE, "application/json")], body.to_string()))
}
