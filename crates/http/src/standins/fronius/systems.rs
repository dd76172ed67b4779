//! Systems and what stands there.

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use serde_json::{Value, json};

use super::{device_id, enter, plant, refusal, system_id};
use crate::standins::control::{Fault, Refused, State};
use crate::standins::plant::Plant;

pub(in crate::standins) async fn systems(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query.as_deref(), "systems", &["offset", "limit"])?;
    let number = |name: &str, usual: usize| match query.value(name) {
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

pub(in crate::standins) async fn system(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), "system", &[])?;
    let (position, plant) = plant(&state, &id)?;
    Ok(Json(system_of(&state, position, plant)).into_response())
}

pub(in crate::standins) async fn devices(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), "devices", &[])?;
    let (_, plant) = plant(&state, &id)?;
    let old = state.has(Brand::Fronius, Fault::OldFirmware);
    let firmware = if old { "1.38.6-1" } else { "1.41.9-1" };
    let mut devices: Vec<Value> = plant
        .inverters
        .iter()
        .enumerate()
        .map(|(at, (serial, model))| {
            json!({ "deviceType": "Inverter", "deviceId": device_id(at), "serialNumber": serial,
                    "deviceName": model, "isActive": true,
                    "firmware": { "updateAvailable": old, "installedVersion": firmware,
                                  "availableVersion": null },
                    "activationDate": "2020-01-01T00:00:00Z", "deactivationDate": null })
        })
        .collect();
    if !state.has(Brand::Fronius, Fault::NoMeter) {
        devices.push(json!({
            "deviceType": "SmartMeter", "deviceId": device_id(900), "deviceName": "Smart Meter",
            "serialNumber": format!("SM-{id}"), "isActive": true,
            "activationDate": "2020-01-01T00:00:00Z", "deactivationDate": null,
        }));
    }
    Ok(Json(json!({ "devices": devices })).into_response())
}

fn system_of(state: &State, position: usize, plant: &Plant) -> Value {
    json!({
        "pvSystemId": system_id(position), "name": plant.name, "peakPower": plant.capacity_wp,
        "address": { "country": null, "city": null }, "timeZone": plant.zone.name(),
        "lastImport": state.last_report(Brand::Fronius).strftime("%FT%TZ").to_string(),
    })
}
