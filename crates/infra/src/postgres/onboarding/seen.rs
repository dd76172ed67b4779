//! What the first data of a case showed, as JSON.

use greengrid_app::error::StoreError;
use greengrid_domain::onboarding::{Compared, Finding, Verification};
use greengrid_domain::time::Interval;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Seen {
    at: i64,
    conclusive: bool,
    share: Option<f64>,
    findings: Vec<Found>,
    /// Index of the quarter hour, measured and clear-sky watts.
    curve: Vec<(i64, f64, f64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Found {
    Azimuth { recorded: f64, likely: f64 },
    Capacity { recorded: f64, likely: f64 },
    TimeShift { minutes: i64 },
    MeterDirection,
    MissingInverter { serials: Vec<String> },
}

pub(super) fn write(seen: &Verification) -> Result<serde_json::Value, StoreError> {
    let findings = seen
        .findings
        .iter()
        .map(|finding| match finding {
            Finding::Azimuth { recorded, likely } => {
                Found::Azimuth { recorded: *recorded, likely: *likely }
            }
            Finding::Capacity { recorded, likely } => {
                Found::Capacity { recorded: *recorded, likely: *likely }
            }
            Finding::TimeShift { minutes } => Found::TimeShift { minutes: *minutes },
            Finding::MeterDirection => Found::MeterDirection,
            Finding::MissingInverter { serials } => {
                Found::MissingInverter { serials: serials.clone() }
            }
        })
        .collect();
    let curve = seen
        .curve
        .iter()
        .map(|it| (it.interval.index(), it.measured_w.round(), it.clear_w.round()))
        .collect();
    let seen = Seen {
        at: seen.at.as_second(),
        conclusive: seen.conclusive,
        share: seen.share,
        findings,
        curve,
    };
    serde_json::to_value(seen).map_err(StoreError::new)
}

pub(super) fn read(kept: serde_json::Value) -> Result<Verification, StoreError> {
    let seen: Seen = serde_json::from_value(kept).map_err(StoreError::new)?;
    let instant = |second| Timestamp::from_second(second).map_err(StoreError::new);
    let curve: Result<Vec<Compared>, StoreError> = seen
        .curve
        .into_iter()
        .map(|(index, measured_w, clear_w)| {
            let interval = Interval::containing(instant(index * Interval::SECONDS)?);
            Ok(Compared { interval, measured_w, clear_w })
        })
        .collect();
    let findings = seen
        .findings
        .into_iter()
        .map(|found| match found {
            Found::Azimuth { recorded, likely } => Finding::Azimuth { recorded, likely },
            Found::Capacity { recorded, likely } => Finding::Capacity { recorded, likely },
            Found::TimeShift { minutes } => Finding::TimeShift { minutes },
            Found::MeterDirection => Finding::MeterDirection,
            Found::MissingInverter { serials } => Finding::MissingInverter { serials },
        })
        .collect();
    Ok(Verification {
        at: instant(seen.at)?,
        conclusive: seen.conclusive,
        share: seen.share,
        findings,
        curve: curve?,
    })
}
