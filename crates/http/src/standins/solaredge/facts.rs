//! Sums and alerts.

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use serde_json::{Value, json};

use super::{FIRST, bad, enter, local, plant};
use crate::standins::control::{Fault, Refused, State};
use crate::standins::plant::Plant;

/// Years of which there are sums, the present one last.
const YEARS: i16 = 3;

/// What is produced in a year, kWh for each kWp.
const YIELD: f64 = 950.0;

/// From midnight at the site on; each block has a unit of its own.
pub(in crate::standins) async fn overview(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), Some(id), "overview", &[])?;
    let (position, plant) = plant(&state, id)?;
    let now = state.clock.now();
    let midnight = plant.zone.start_of(plant.zone.day(now));
    let samples = state.samples(Brand::SolarEdge, position, midnight, now);
    let wh: f64 = samples.iter().map(|sample| sample.watts / 12.0).sum();
    // What is not measured is an empty block.
    let consumption = if state.has(Brand::SolarEdge, Fault::NoMeter) {
        json!({})
    } else {
        json!({ "total": wh / 2.0, "unit": "WH", "fromPv": wh / 2.0, "fromStorage": 0.0,
                "fromGrid": 0.0 })
    };
    Ok(Json(json!({
        "production": { "total": wh / 1e3, "unit": "KWH", "toSelfConsumption": wh / 2e3,
                        "toStorage": 0.0, "toGrid": wh / 2e3 },
        "consumption": consumption,
    }))
    .into_response())
}

/// Energy of years; the lifetime is their sum.
pub(in crate::standins) async fn energy(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let known = ["resolution", "unit", "from", "to"];
    let query = enter(&state, &headers, query.as_deref(), Some(id), "energy", &known)?;
    if query.value("resolution") != Some("YEAR") {
        return Err(bad("resolution must be YEAR here"));
    }
    if query.value("unit").is_some_and(|unit| unit != "WH") {
        return Err(bad("unit must be WH here"));
    }
    let (_, plant) = plant(&state, id)?;
    let wrong = state.has(Brand::SolarEdge, Fault::WrongTotals);
    let this_year = plant.zone.day(state.clock.now()).year();
    let values: Vec<Value> = (this_year - YEARS + 1..=this_year)
        .filter_map(|year| {
            let first = jiff::civil::Date::new(year, 1, 1).ok()?;
            let wh = if wrong { 1.0 } else { of_a_year(plant) };
            Some(json!({ "timestamp": local(plant, plant.zone.start_of(first)), "value": wh }))
        })
        .collect();
    Ok(Json(json!({ "unit": "WH", "resolution": "YEAR", "values": values })).into_response())
}

#[expect(clippy::cast_precision_loss, reason = "watts of a site")]
fn of_a_year(plant: &Plant) -> f64 {
    plant.capacity_wp as f64 * YIELD
}

/// The alerts of a site.
pub(in crate::standins) async fn alerts(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(
        &state,
        &headers,
        query.as_deref(),
        Some(id),
        "alerts",
        &["only-open", "alerts-in-page"],
    )?;
    let (position, plant) = plant(&state, id)?;
    Ok(Json(raised(&state, position, plant).into_iter().collect::<Vec<_>>()).into_response())
}

/// The alerts of all sites; Fleet Access alone opens it.
pub(in crate::standins) async fn fleet_alerts(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), None, "alerts", &["only-open", "alerts-in-page"])?;
    let all: Vec<Value> = state
        .plants(Brand::SolarEdge)
        .filter_map(|(position, plant)| raised(&state, position, plant))
        .collect();
    Ok(Json(all).into_response())
}

/// The alert of a site, while something is wrong.
fn raised(state: &State, position: usize, plant: &Plant) -> Option<Value> {
    let since = local(plant, state.since(Brand::SolarEdge, Fault::Alarm)?);
    let (serial, _) = plant.inverters.first()?;
    Some(json!({
        "alertId": 9_000 + position, "siteId": FIRST + position, "category": "INVERTER",
        "type": "ISOLATION_FAULT", "impact": 7, "status": "OPEN", "firstTrigger": since,
        "lastTrigger": since, "component": { "name": "Inverter 1", "serialNumber": serial },
        "errorCodes": ["18xA2"],
    }))
}
