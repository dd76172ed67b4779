//! What inverters made, and what they say.

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{device_id, enter, plant, refusal};
use crate::standins::control::{Fault, Refused, State};

/// Five minutes of one inverter, of one day at most. By night there is nothing.
pub(in crate::standins) async fn histdata(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path((id, device)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let known = ["from", "to", "channel", "timezone"];
    let query = enter(&state, &headers, query.as_deref(), "histdata", &known)?;
    let (position, plant) = plant(&state, &id)?;
    let inverter = (0..plant.inverters.len()).find(|at| device_id(*at) == device);
    let unknown = || refusal(StatusCode::NOT_FOUND, 1002, "device not found");
    let inverter = inverter.ok_or_else(unknown)?;
    let instant = |name: &str| -> Result<Timestamp, Refused> {
        let text = query.value(name).filter(|text| text.ends_with('Z'));
        let instant = text.and_then(|text| text.parse().ok());
        instant.ok_or_else(|| refusal(StatusCode::BAD_REQUEST, 1004, name))
    };
    let (from, to) = (instant("from")?, instant("to")?);
    if to.duration_since(from) > SignedDuration::from_hours(24) || to <= from {
        return Err(refusal(StatusCode::BAD_REQUEST, 3301, "range of at most 24 hours"));
    }
    if query.value("channel") != Some("EnergyExported") {
        return Err(refusal(StatusCode::BAD_REQUEST, 1004, "channel"));
    }
    let now = state.clock.now();
    let step = SignedDuration::from_mins(5);
    let data: Vec<Value> = state
        .samples(Brand::Fronius, position, from, to.min(now))
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

/// Sums: of everything, or of the months of a year.
pub(in crate::standins) async fn aggrdata(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = enter(&state, &headers, query.as_deref(), "aggrdata", &["period", "channel"])?;
    let (_, plant) = plant(&state, &id)?;
    if query.value("channel") != Some("EnergyProductionTotal") {
        return Err(refusal(StatusCode::BAD_REQUEST, 1004, "channel"));
    }
    let year = plant.zone.day(state.clock.now()).year();
    let wrong = state.has(Brand::Fronius, Fault::WrongTotals);
    let entry = |date: &str, wh: i64| {
        let channel = json!({ "channelName": "EnergyProductionTotal", "channelType": "Energy",
                              "unit": "Wh", "value": wh });
        json!({ "logDateTime": date, "channels": [channel] })
    };
    let data = match query.value("period") {
        Some("total") => {
            vec![entry("total", if wrong { 1 } else { plant.capacity_wp * 2_500 })]
        }
        Some(asked) if asked == year.to_string() => (1..=6)
            .map(|month| entry(&format!("{year}-{month:02}"), plant.capacity_wp * 80))
            .collect(),
        _ => return Err(refusal(StatusCode::BAD_REQUEST, 1004, "period")),
    };
    Ok(Json(json!({ "pvSystemId": id, "deviceId": null, "data": data })).into_response())
}

pub(in crate::standins) async fn messages(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path((id, _)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    enter(&state, &headers, query.as_deref(), "messages", &["from", "to", "stateseverity"])?;
    plant(&state, &id)?;
    let raised = state.since(Brand::Fronius, Fault::Alarm).map(|at| {
        json!({ "pvSystemId": id, "deviceId": device_id(0), "stateType": "Error",
                "stateSeverity": "Error", "stateCode": 475,
                "logDateTime": at.strftime("%FT%TZ").to_string(), "text": "Isolation error" })
    });
    Ok(Json(raised.into_iter().collect::<Vec<_>>()).into_response())
}
