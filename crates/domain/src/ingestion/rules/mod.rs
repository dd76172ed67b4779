use jiff::{SignedDuration, Timestamp};

use super::{Counted, DeviceHistory, Measurement, Reason, Reasons};
use crate::fleet::SiteDetails;
use crate::time::Interval;
use crate::units::{Energy, Power};

mod daylight;
mod faults;
#[cfg(test)]
mod tests;

/// How far ahead of ours a logger's clock may be: 15 minutes. Later instants
/// are not readings but mistakes.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(15);

/// The first instant of 1990, when no site of ours could have reported. Loggers
/// without a set clock start in 1970 or 1980.
const EARLIEST: Timestamp = Timestamp::constant(631_152_000, 0);

/// Power above this share of the inverters' limit is impossible. Inverters
/// exceed their rating for moments only, and capacities are often estimates.
const ABOVE_LIMIT: f64 = 1.3;

/// The shortest time to which the energy of a reading is related when it is
/// checked against the limit. Loggers send quarter hours even where a shorter
/// cadence is on record.
const ENERGY_SPAN_S: i64 = Interval::SECONDS;

/// An inverter draws at most this share of its capacity itself, and a small one
/// at most [`OWN_USE_FLOOR_W`]; power further below zero is impossible.
const OWN_USE: f64 = 0.05;
const OWN_USE_FLOOR_W: f64 = 100.0;

/// °C between the coldest place on earth and the hottest inverter.
const TEMPERATURE_C: std::ops::RangeInclusive<f32> = -60.0..=150.0;
/// W/m²: pyranometers read a little below zero at night, and cloud edges lift
/// the sun above the solar constant for moments.
const IRRADIANCE_WM2: std::ops::RangeInclusive<f32> = -30.0..=2_000.0;
/// V: AC side of the largest string and central inverters.
const VOLTAGE_V: std::ops::RangeInclusive<f32> = 0.0..=1_500.0;

/// Equal power is suspicious after this many readings over this time: real
/// power moves by more than a watt between two readings, even on a clear noon.
const STUCK_READINGS: u32 = 12;
const STUCK_FOR: SignedDuration = SignedDuration::from_hours(2);
/// ... and above this share of the capacity: nights and heavy snow are zero for
/// hours.
const STUCK_ABOVE: f64 = 0.02;
/// ... and below this share of a limit: an inverter held at its limit shows the
/// same power for hours, rightly.
const HELD_AT: f64 = 0.97;

/// Power above this share of the capacity is production; meters and own use
/// stay below.
const PRODUCING: f64 = 0.005;
const PRODUCING_FLOOR_W: f64 = 20.0;

/// Power and energy that disagree by a factor within these bounds, either way,
/// were sent in different units. A thousand, with room for a cadence other
/// than the one on record.
const THOUSANDFOLD: std::ops::RangeInclusive<f64> = 250.0..=4_000.0;

/// Why an instant cannot be that of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// More than [`CLOCK_TOLERANCE`] ahead.
    #[error("measured more than 15 minutes in the future: check the logger's clock and zone")]
    InFuture,
    /// Before 1990.
    #[error("measured before 1990: the logger's clock is not set")]
    TooOld,
}

/// Whether something can have been measured at this instant.
pub fn check_time(measured_at: Timestamp, now: Timestamp) -> Result<(), TimeError> {
    if measured_at.duration_since(now) > CLOCK_TOLERANCE {
        Err(TimeError::InFuture)
    } else if measured_at < EARLIEST {
        Err(TimeError::TooOld)
    } else {
        Ok(())
    }
}

/// A reading in its surroundings, as the rules look at it.
#[derive(Clone, Copy)]
struct Case<'a> {
    site: &'a SiteDetails,
    at: Timestamp,
    measured: &'a Measurement,
    history: &'a DeviceHistory,
}

type Rule = for<'a> fn(&Case<'a>) -> bool;

/// The quality rules. A reading carries every reason whose rule it meets.
const RULES: [(Reason, Rule); 12] = [
    (Reason::MissingValues, values_are_missing),
    (Reason::OutOfRange, a_value_is_impossible),
    (Reason::NegativeEnergy, energy_is_negative),
    (Reason::AboveLimit, is_above_limit),
    (Reason::BeforeCommissioning, is_before_commissioning),
    (Reason::CounterReset, counter_fell),
    (Reason::StuckValue, value_is_stuck),
    (Reason::NightProduction, produces_at_night),
    (Reason::WrongUnitSuspected, units_disagree),
    (Reason::InverterFault, inverter_reports_a_fault),
    (Reason::ImpossibleCounter, counter_is_impossible),
    (Reason::CounterWrap, counter_wrapped),
];

/// What speaks against a reading, by explicit rules. `history` is that of the
/// device before this reading.
#[must_use]
pub fn classify(
    site: &SiteDetails,
    at: Timestamp,
    measured: &Measurement,
    history: &DeviceHistory,
) -> Reasons {
    let case = Case { site, at, measured, history };
    RULES.iter().filter(|(_, rule)| rule(&case)).map(|(reason, _)| *reason).collect()
}

/// Neither power nor energy of the interval.
fn values_are_missing(case: &Case<'_>) -> bool {
    case.measured.power.is_none() && case.measured.energy.is_none()
}

/// A value no device of this kind can show.
fn a_value_is_impossible(case: &Case<'_>) -> bool {
    let Measurement { power, temperature_c, irradiance_wm2, voltage_v, .. } = case.measured;
    let own_use = capacity_w(case).map(|capacity| (capacity * OWN_USE).max(OWN_USE_FLOOR_W));
    power.zip(own_use).is_some_and(|(power, own_use)| watts(power) < -own_use)
        || temperature_c.is_some_and(|value| !TEMPERATURE_C.contains(&value))
        || irradiance_wm2.is_some_and(|value| !IRRADIANCE_WM2.contains(&value))
        || voltage_v.is_some_and(|value| !VOLTAGE_V.contains(&value))
}

/// Energy of an interval below zero.
fn energy_is_negative(case: &Case<'_>) -> bool {
    case.measured.energy.is_some_and(|energy| energy < Energy::ZERO)
}

/// More than the inverters can give, as power or as energy of the interval.
fn is_above_limit(case: &Case<'_>) -> bool {
    let Some(most) = case.site.array.ac_limit.map(watts).or_else(|| capacity_w(case)) else {
        return false;
    };
    let limit = ABOVE_LIMIT * most;
    let span_s = i64::from(case.site.cadence_s).max(ENERGY_SPAN_S);
    case.measured.power.is_some_and(|power| watts(power) > limit)
        || case.measured.energy.is_some_and(|energy| mean_watts(energy, span_s) > limit)
}

/// Measured on a local day before the site's first.
fn is_before_commissioning(case: &Case<'_>) -> bool {
    case.site.commissioned_on.is_some_and(|first| case.site.zone.day(case.at) < first)
}

/// The cumulative counter goes on from less than before: reset, or a new meter.
fn counter_fell(case: &Case<'_>) -> bool {
    counted(case) == Some(Counted::Reset)
}

/// The cumulative counter shows what nothing has confirmed.
fn counter_is_impossible(case: &Case<'_>) -> bool {
    counted(case) == Some(Counted::Impossible)
}

/// The cumulative counter ran over.
fn counter_wrapped(case: &Case<'_>) -> bool {
    counted(case) == Some(Counted::Wrapped)
}

fn counted(case: &Case<'_>) -> Option<Counted> {
    case.measured.energy_total.map(|total| case.history.counted(case.at, total))
}

/// The same power for hours, while nothing holds it there.
fn value_is_stuck(case: &Case<'_>) -> bool {
    let Some(power) = case.measured.power else { return false };
    let (readings, time) = case.history.repeats(case.at, power);
    let array = &case.site.array;
    let held = [array.ac_limit, array.export_limit]
        .into_iter()
        .flatten()
        .any(|limit| watts(power) >= HELD_AT * watts(limit));
    readings >= STUCK_READINGS
        && time >= STUCK_FOR
        && watts(power) > capacity_w(case).map_or(PRODUCING_FLOOR_W, |all| STUCK_ABOVE * all)
        && !held
}

/// Production while the sun stands well below the horizon.
fn produces_at_night(case: &Case<'_>) -> bool {
    let Measurement { power, energy, .. } = *case.measured;
    let span_s = i64::from(case.site.cadence_s).max(ENERGY_SPAN_S);
    let produced = power.map(watts).or(energy.map(|energy| mean_watts(energy, span_s)));
    let little = capacity_w(case).map_or(0.0, |all| all * PRODUCING).max(PRODUCING_FLOOR_W);
    produced.is_some_and(|watts| watts > little)
        && daylight::is_deep_night(case.site.location, case.at)
}

/// Power and energy of the same interval a thousandfold apart.
fn units_disagree(case: &Case<'_>) -> bool {
    let (Some(power), Some(energy)) = (case.measured.power, case.measured.energy) else {
        return false;
    };
    if power <= Power::ZERO || energy <= Energy::ZERO {
        return false;
    }
    let factor = mean_watts(energy, i64::from(case.site.cadence_s)) / watts(power);
    THOUSANDFOLD.contains(&factor) || THOUSANDFOLD.contains(&factor.recip())
}

/// A status by which an inverter of the site's brand reports a fault.
fn inverter_reports_a_fault(case: &Case<'_>) -> bool {
    let status = case.measured.status_code.as_deref();
    status.is_some_and(|status| faults::is_fault(case.site.brand, status))
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 W")]
fn watts(power: Power) -> f64 {
    power.watts() as f64
}

/// The measure for what is much, where somebody told it.
fn capacity_w(case: &Case<'_>) -> Option<f64> {
    case.site.capacity().map(|capacity| capacity.kwp() * 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 Wh; seconds are few")]
fn mean_watts(energy: Energy, seconds: i64) -> f64 {
    energy.wh() as f64 * 3600.0 / seconds.max(1) as f64
}
