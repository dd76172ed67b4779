//! Sites and what stands there.

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use serde_json::{Value, json};

use super::{FIRST, bad, enter, plant};
use crate::standins::control::{Fault, Refused, State};

pub(in crate::standins) async fn sites(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query =
        enter(&state, &headers, query.as_deref(), None, "sites", &["page", "sites-in-page"])?;
    let number = |name: &str, usual: usize| match query.value(name) {
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

pub(in crate::standins) async fn site(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), Some(id), "site", &[])?;
    let (_, plant) = plant(&state, id)?;
    let updated =
        plant.zone.local(state.last_report(Brand::SolarEdge)).strftime("%FT%T%:z").to_string();
    #[expect(clippy::cast_precision_loss, reason = "watts of a site")]
    let kw = plant.capacity_wp as f64 / 1_000.0;
    Ok(Json(json!({
        "siteId": id, "name": plant.name, "accountId": 1, "peakPower": kw,
        "lastUpdateTime": updated, "location": { "timezone": plant.zone.name() },
        "activationStatus": "ACTIVE",
    }))
    .into_response())
}

pub(in crate::standins) async fn devices(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query.as_deref(), Some(id), "devices", &["types"])?;
    let known = ["INVERTER", "METER", "BATTERY"];
    if query.values("types").any(|kind| !known.contains(&kind)) {
        return Err(bad("types must be INVERTER, METER or BATTERY"));
    }
    let (_, plant) = plant(&state, id)?;
    // Without naming any it is the inverters.
    let wanted = |kind: &str| match query.value("types") {
        Some(_) => query.values("types").any(|asked| asked == kind),
        None => kind == "INVERTER",
    };
    let device = |kind: &str, serial: &str, model: &str, active: bool| {
        json!({ "type": kind, "serialNumber": serial, "manufacturer": "SolarEdge",
                "model": model, "active": active, "name": "Device",
                "firmwareVersion": "4.20.36" })
    };
    let replaced = state.has(Brand::SolarEdge, Fault::Replaced);
    let mut devices: Vec<Value> = Vec::new();
    if wanted("INVERTER") {
        for (at, (serial, model)) in plant.inverters.iter().enumerate() {
            devices.push(device("INVERTER", serial, model, at > 0 || !replaced));
            if at == 0 && replaced {
                devices.push(device("INVERTER", &successor(serial), model, true));
            }
        }
    }
    if wanted("METER") && !state.has(Brand::SolarEdge, Fault::NoMeter) {
        devices.push(device("METER", &format!("M-{id}"), "Meter", true));
    }
    Ok(Json(devices).into_response())
}

/// The serial number of what took the place of an inverter.
pub(super) fn successor(serial: &str) -> String {
    format!("{serial}-2")
}
