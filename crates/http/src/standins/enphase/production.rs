//! What microinverters make.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, RawQuery, State as FromState};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{enter, plant, unprocessable};
use crate::standins::control::{Refused, State};

const STEP: SignedDuration = SignedDuration::from_mins(5);

/// Five minutes of all microinverters, a day from where it is asked, each
/// stamped with its end. By night the list is empty.
pub(in crate::standins) async fn production_micro(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query =
        enter(&state, &headers, query.as_deref(), "production", &["start_at", "granularity"])?;
    let (position, plant) = plant(&state, id)?;
    let start = query.value("start_at").and_then(|text| text.parse().ok());
    let start = start.and_then(|second| Timestamp::from_second(second).ok());
    let start = start.ok_or_else(|| unprocessable("start_at must be an epoch"))?;
    let length = match query.value("granularity") {
        Some("day") | None => SignedDuration::from_hours(24),
        Some("week") => SignedDuration::from_hours(7 * 24),
        Some("15mins") => SignedDuration::from_mins(15),
        Some(_) => return Err(unprocessable("granularity must be week, day or 15mins")),
    };
    let now = state.clock.now();
    let end = (start + length).min(now);
    let mut sums: BTreeMap<Timestamp, f64> = BTreeMap::new();
    for sample in state.samples(Brand::Enphase, position, start, end) {
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
