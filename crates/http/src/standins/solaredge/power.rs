//! Power and energy of quarter hours.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::sites::successor;
use super::{bad, enter, local, plant};
use crate::standins::control::{Fault, Refused, State};
use crate::standins::plant::Plant;
use crate::standins::query::Query;

/// Quarter hours of each inverter: power in kW, energy in Wh, and nothing but
/// null for a quarter hour that is not over, or dark.
pub(in crate::standins) async fn telemetry(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(
        &state,
        &headers,
        query.as_deref(),
        Some(id),
        "telemetry",
        &["resolution", "from", "to"],
    )?;
    let (position, plant) = plant(&state, id)?;
    let (from, to) = span(&query, plant)?;
    let quarters = quarters(&state, position, from, to);
    let no_energy = state.has(Brand::SolarEdge, Fault::ZeroEnergy);
    let replaced = state.since(Brand::SolarEdge, Fault::Replaced);
    let mut inverters = serde_json::Map::new();
    for (inverter, (serial, _)) in plant.inverters.iter().enumerate() {
        let series = |factor: f64, is_its: &dyn Fn(Timestamp) -> bool| -> Vec<Value> {
            steps(from, to)
                .map(|start| {
                    let watts = quarters.get(&(inverter, start)).filter(|watts| **watts > 0.0);
                    let watts = watts.filter(|_| is_its(start));
                    json!({ "timestamp": local(plant, start),
                            "value": watts.map(|watts| watts * factor) })
                })
                .collect()
        };
        let of = |unit: &str, values: Vec<Value>| json!({ "unit": unit, "resolution": "QUARTER_HOUR", "values": values });
        let mut insert = |serial: &str, is_its: &dyn Fn(Timestamp) -> bool| {
            let wh = if no_energy { 0.0 } else { 0.25 };
            let one = json!({ "power": of("KW", series(1e-3, is_its)),
                              "energy": of("WH", series(wh, is_its)) });
            inverters.insert(serial.to_owned(), one);
        };
        match replaced.filter(|_| inverter == 0) {
            None => insert(serial, &|_| true),
            Some(at) => {
                insert(serial, &|start| start < at);
                insert(&successor(serial), &|start| start >= at);
            }
        }
    }
    Ok(Json(json!({ "inverters": inverters })).into_response())
}

/// Quarter hours of the whole site.
pub(in crate::standins) async fn power(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let known = ["resolution", "from", "to", "unit"];
    let query = enter(&state, &headers, query.as_deref(), Some(id), "power", &known)?;
    if query.value("unit").is_some_and(|unit| unit != "W") {
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

/// The span asked for: naive times at the site, at most twelve hours apart by
/// its clocks.
fn span(query: &Query, plant: &Plant) -> Result<(Timestamp, Timestamp), Refused> {
    if query.value("resolution") != Some("QUARTER_HOUR") {
        return Err(bad("resolution must be QUARTER_HOUR"));
    }
    let civil = |name: &str| -> Result<DateTime, Refused> {
        let text = query.value(name).ok_or_else(|| bad(&format!("{name} is missing")))?;
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
    for sample in state.samples(Brand::SolarEdge, position, from, to.min(now)) {
        let second = sample.start.as_second().div_euclid(900) * 900;
        let Ok(start) = Timestamp::from_second(second) else { continue };
        if start + QUARTER <= now {
            *sums.entry((sample.inverter, start)).or_insert(0.0) += sample.watts / 3.0;
        }
    }
    sums
}
