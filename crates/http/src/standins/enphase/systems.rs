//! Systems and what stands there.

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use serde_json::{Value, json};

use super::{FIRST, enter, plant, unprocessable};
use crate::standins::control::{Fault, Refused, State};
use crate::standins::plant::Plant;

pub(in crate::standins) async fn systems(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query.as_deref(), "systems", &["page", "size"])?;
    let number = |name: &str, usual: usize| match query.value(name) {
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

pub(in crate::standins) async fn summary(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), "summary", &[])?;
    let (position, plant) = plant(&state, id)?;
    let now = state.clock.now();
    let midnight = plant.zone.start_of(plant.zone.day(now));
    let samples = state.samples(Brand::Enphase, position, midnight, now);
    let today: f64 = samples.iter().map(|sample| sample.watts / 12.0).sum();
    let wrong = state.has(Brand::Enphase, Fault::WrongTotals);
    // Some years of a good site.
    let lifetime = if wrong { 1 } else { plant.capacity_wp * 2_500 };
    let reported = state.last_report(Brand::Enphase).as_second();
    Ok(Json(json!({
        "system_id": id, "size_w": plant.capacity_wp, "status": status(&state),
        "last_report_at": reported, "energy_lifetime": lifetime, "energy_today": today.round(),
        "source": "microinverters", "modules": plant.inverters.len(),
    }))
    .into_response())
}

pub(in crate::standins) async fn devices(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), "devices", &[])?;
    let (_, plant) = plant(&state, id)?;
    let micros: Vec<Value> = plant
        .inverters
        .iter()
        .map(|(serial, model)| {
            json!({ "id": 1, "serial_number": serial, "model": model, "status": "normal",
                    "active": true, "product_name": model })
        })
        .collect();
    let stopped = state.since(Brand::Enphase, Fault::MeterStopped);
    let meter = json!({
        "id": 2, "serial_number": format!("{id}EIM1"), "model": "Envoy", "active": true,
        "status": if stopped.is_some() { "meter" } else { "normal" },
        "product_name": "Meter",
        "last_report_at": stopped.unwrap_or_else(|| state.clock.now()).as_second(),
    });
    let meters: Vec<Value> =
        if state.has(Brand::Enphase, Fault::NoMeter) { Vec::new() } else { vec![meter] };
    let devices = json!({ "micros": micros, "meters": meters });
    Ok(Json(json!({ "system_id": id, "devices": devices })).into_response())
}

pub(in crate::standins) async fn alarms(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), "alarms", &["start_time", "end_time"])?;
    plant(&state, id)?;
    let raised = state.since(Brand::Enphase, Fault::Alarm).map(|at| {
        json!({ "id": 31, "event_type_id": 12, "cleared": false, "severity": 2,
                "alarm_start_time": at.as_second(), "alarm_end_time": null, "events": [] })
    });
    Ok(Json(json!({ "alarms": raised.into_iter().collect::<Vec<_>>() })).into_response())
}

/// What the kinds of alarms mean.
pub(in crate::standins) async fn event_types(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), "event_types", &["event_type_id"])?;
    let known = json!({
        "event_type_id": 12, "event_type_key": "envoy.ac_frequency", "stateful": true,
        "event_name": "AC frequency", "event_description": "AC frequency out of range",
        "recommended_action": "Call the installer",
    });
    Ok(Json(json!({ "event_types": [known] })).into_response())
}

fn system_of(state: &State, position: usize, plant: &Plant) -> Value {
    json!({
        "system_id": FIRST + position, "name": plant.name, "timezone": plant.zone.name(),
        "status": status(state),
        "last_report_at": state.last_report(Brand::Enphase).as_second(),
        "energy_lifetime": -1, "energy_today": -1, "system_size": -1,
    })
}

fn status(state: &State) -> &'static str {
    if state.has(Brand::Enphase, Fault::MeterStopped) { "meter" } else { "normal" }
}
