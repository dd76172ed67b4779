//! A site at one moment: its power, its limits, and what is wrong with it.

use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Measurement;
use greengrid_domain::units::Power;
use jiff::Timestamp;

use super::faults::{Fault, FaultKind};
use super::fleet::DemoSite;
use super::noise::{derive, normal, unit};
use super::steps::step_of;

/// A site in the middle of a step.
pub(super) struct Moment<'a> {
    pub(super) site: &'a DemoSite,
    pub(super) step: i64,
    /// Middle of the step.
    pub(super) at: Timestamp,
    pub(super) sun_is_up: bool,
    /// AC power of the whole site before limits, in watts, nothing being wrong.
    pub(super) power_w: f64,
    /// Irradiance on its modules.
    pub(super) plane_wm2: f64,
    /// Temperature of the air.
    pub(super) ambient_c: f64,
}

impl Moment<'_> {
    /// A fault of some kind that is there now.
    pub(super) fn fault(&self, of: impl Fn(&FaultKind) -> bool) -> Option<&Fault> {
        self.site.faults.iter().find(|fault| of(&fault.kind) && fault.is_on(self.at))
    }

    /// Whether its inverters are awake.
    pub(super) fn reports(&self) -> bool {
        self.sun_is_up || self.site.details.reports_at_night
    }

    /// AC power of one inverter in watts, with its limits and what is wrong.
    pub(super) fn inverter_power(&self, inverter: usize) -> f64 {
        let share = self.site.inverters[inverter].share;
        let array = &self.site.details.array;
        let own = 1.0 + 0.005 * normal(derive(self.site.seed, 9 + inverter as u64), self.step);
        let mut power = self.power_w * share * own;
        for fault in self.site.faults.iter().filter(|fault| fault.is_on(self.at)) {
            power *= remaining(fault, self, inverter);
        }
        let rating = array.ac_limit.map_or(f64::INFINITY, |limit| limit.kw() * 1000.0);
        let export = array.export_limit.map_or(f64::INFINITY, |limit| limit.kw() * 1000.0);
        let mut limit = rating.min(export) * share;
        if let Some(held) = self.fault(|kind| matches!(kind, FaultKind::Curtailment { .. }))
            && let FaultKind::Curtailment { limit: part } = held.kind
        {
            let wobble = 1.0 + 0.002 * normal(derive(self.site.seed, 77), self.step);
            limit = limit.min(rating * share * part * wobble);
        }
        let at_night = self.fault(|kind| matches!(kind, FaultKind::NightProduction { .. }));
        if let (false, Some(FaultKind::NightProduction { watts })) =
            (self.sun_is_up, at_night.map(|fault| fault.kind))
        {
            return watts * share * (1.0 + 0.01 * normal(self.site.seed, self.step));
        }
        let wakes_at = array.capacity.kwp() * share;
        if power < wakes_at { 0.0 } else { power.min(limit) }
    }

    /// The status in the words of the brand.
    pub(super) fn status(&self, inverter: usize, power: Power) -> &'static str {
        let off = self.fault(|kind| match kind {
            FaultKind::SiteOff => true,
            FaultKind::InverterOff { inverter: off } => *off == inverter,
            _ => false,
        });
        let held = self.fault(|kind| matches!(kind, FaultKind::Curtailment { .. }));
        let state = match (off, held, power.watts()) {
            (Some(_), ..) => 0,
            (None, _, 0) => 1,
            (None, Some(_), _) => 2,
            _ => 3,
        };
        let words = match self.site.details.brand {
            Brand::SolarEdge => ["FAULT", "SLEEPING", "THROTTLED", "MPPT"],
            Brand::Fronius => ["10", "8", "7", "7"],
            Brand::Enphase | Brand::Other => ["power", "normal", "normal", "normal"],
        };
        words[state]
    }
}

/// Share of an inverter's power that a fault leaves.
fn remaining(fault: &Fault, moment: &Moment<'_>, inverter: usize) -> f64 {
    match fault.kind {
        FaultKind::SiteOff => 0.0,
        FaultKind::InverterOff { inverter: off } => f64::from(off != inverter),
        FaultKind::StringLoss { share } => 1.0 - share,
        FaultKind::Soiling { per_day, at_most } => {
            let days = moment.at.duration_since(fault.from).as_secs_f64() / 86_400.0;
            1.0 - (days * per_day).min(at_most)
        }
        FaultKind::AfternoonShade { from_hour, share } => {
            let hour = moment.site.details.zone.local(moment.at).hour();
            if hour >= from_hour { 1.0 - share } else { 1.0 }
        }
        FaultKind::Curtailment { .. }
        | FaultKind::CommGap
        | FaultKind::StuckValue
        | FaultKind::NightProduction { .. }
        | FaultKind::CounterReset => 1.0,
    }
}

/// A new inverter starts counting from nothing.
pub(super) fn reset_counters(moment: &Moment<'_>, counters: &mut [u64]) {
    let began =
        moment.site.faults.iter().any(|fault| {
            fault.kind == FaultKind::CounterReset && step_of(fault.from) == moment.step
        });
    if began {
        counters.fill(0);
    }
}

/// Loggers lose values now and then, or send one in the wrong unit. The counter
/// is always there: it is what tells how far the site has come.
pub(super) fn spoil(moment: &Moment<'_>, inverter: usize, measurement: &mut Measurement) {
    let seed = derive(moment.site.seed, 0x5_0000 + inverter as u64);
    let chance = unit(seed, moment.step) / moment.site.glitches;
    if chance < 0.7 {
        measurement.power = None;
        measurement.energy = None;
    } else if chance < 1.0 {
        measurement.power = measurement.power.map(|power| Power::from_watts(power.watts() / 1000));
    }
}

/// Rounded to a tenth, as loggers send it.
#[expect(clippy::cast_possible_truncation, reason = "degrees and W/m² lie far inside a float")]
pub(super) fn narrow(value: f64) -> f32 {
    ((value * 10.0).round() / 10.0) as f32
}
