//! What the sites measure at any time.

use std::sync::Arc;

use greengrid_domain::ingestion::Measurement;
use greengrid_domain::monitoring::clear_sky;
use greengrid_domain::monitoring::pv::PvSystem;
use greengrid_domain::monitoring::sun::Instant;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::faults::{FaultKind, held_back};
use super::fleet::DemoFleet;
use super::moment::{Moment, narrow, reset_counters, spoil};
use super::noise::{derive, normal, wander};
use super::steps::{STEP_S, middle, start, step_of, step_up};
use super::weather::{RegionSky, Weather};
use super::{OPENING_DAY, home_zone};

/// A reading as an inverter's logger makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// Which inverter of the site, counted from 0.
    pub inverter: usize,
    /// Start of the five minutes it speaks for.
    pub measured_at: Timestamp,
    /// Its values.
    pub measurement: Measurement,
    /// When it reaches the program; `None` while its gateway is silent for an
    /// unknown time.
    pub arrives_at: Option<Timestamp>,
}

/// The sun and the weather of a stretch of time, shared by all sites.
pub struct Sky {
    first: i64,
    steps: Vec<(Instant, [RegionSky; 3])>,
}

/// The demo's world: its fleet under its weather.
#[derive(Clone)]
pub struct World {
    fleet: Arc<DemoFleet>,
    begins: Timestamp,
    weather: Weather,
    systems: Arc<Vec<Vec<(f64, PvSystem)>>>,
}

impl World {
    /// The world of a fleet, with so many days of history before the demo
    /// opens.
    #[must_use]
    pub fn new(fleet: Arc<DemoFleet>, history_days: u16) -> Self {
        let first_day = OPENING_DAY.saturating_sub(i64::from(history_days).days());
        let systems = fleet
            .sites
            .iter()
            .map(|site| {
                let place = site.details.location;
                site.faces
                    .iter()
                    .map(|(share, array)| (*share, PvSystem::new(array, place)))
                    .collect()
            })
            .collect();
        Self {
            begins: home_zone().start_of(first_day),
            weather: Weather::of(fleet.seed),
            systems: Arc::new(systems),
            fleet,
        }
    }

    /// The fleet that lives in it.
    #[must_use]
    pub fn fleet(&self) -> &Arc<DemoFleet> {
        &self.fleet
    }

    /// When the history begins: at midnight.
    #[must_use]
    pub const fn begins(&self) -> Timestamp {
        self.begins
    }

    /// The sky from one instant up to another.
    #[must_use]
    pub fn sky(&self, from: Timestamp, to: Timestamp) -> Sky {
        let first = step_of(from);
        let steps = (first..=step_of(to).max(first))
            .map(|step| {
                let at = middle(step);
                (Instant::at(at), [0, 1, 2].map(|region| self.weather.over(region, at)))
            })
            .collect();
        Sky { first, steps }
    }

    /// The end of the last step that is over at an instant.
    #[must_use]
    pub fn last_step(at: Timestamp) -> Timestamp {
        start(step_of(at))
    }

    /// The counters of a site's inverters at an instant before anything was
    /// recorded, in watt-hours: a usual yield for each year since
    /// commissioning.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive count of watt-hours far below 2^63"
    )]
    pub fn first_counters(&self, site: usize, at: Timestamp) -> Vec<u64> {
        let site = &self.fleet.sites[site];
        let zone = &site.details.zone;
        let age = site
            .details
            .commissioned_on
            .map_or(SignedDuration::ZERO, |day| at.duration_since(zone.start_of(day)));
        let years = age.as_secs_f64().max(0.0) / (365.25 * 86_400.0);
        let wh = site.details.array.capacity.kwp() * 970_000.0 * years;
        site.inverters.iter().map(|inverter| (wh * inverter.share) as u64).collect()
    }

    /// What a site's inverters measure in the steps that start from one
    /// instant up to, and without, another, which the sky has to cover. The
    /// counters hold what the inverters showed before and are moved on.
    pub fn readings(
        &self,
        site: usize,
        sky: &Sky,
        from: Timestamp,
        to: Timestamp,
        counters: &mut [u64],
        mut take: impl FnMut(Generated),
    ) {
        let Some(planned) = self.fleet.sites.get(site) else { return };
        let begins = planned.details.commissioned_on.map(|day| planned.details.zone.start_of(day));
        let from = begins.map_or(from, |begins| begins.max(from));
        for step in step_up(from)..step_up(to) {
            let Some(moment) = self.moment(site, sky, step) else { continue };
            reset_counters(&moment, counters);
            let measured_at = start(step);
            let usually = SignedDuration::from_secs(STEP_S + planned.arrives_after_s);
            let arrives_at = held_back(&planned.faults, measured_at, measured_at + usually);
            if !moment.reports() {
                continue;
            }
            for (inverter, counter) in counters.iter_mut().enumerate() {
                let measurement = self.measurement(site, &moment, inverter, counter);
                take(Generated { inverter, measured_at, measurement, arrives_at });
            }
        }
    }

    fn moment<'a>(&'a self, site: usize, sky: &Sky, step: i64) -> Option<Moment<'a>> {
        let planned = self.fleet.sites.get(site)?;
        let offset = usize::try_from(step - sky.first).ok()?;
        let (instant, regions) = sky.steps.get(offset)?;
        let region = regions.get(planned.region)?;
        let at = middle(step);
        let sun = instant.seen_from(planned.details.location);
        let mut moment = Moment {
            site: planned,
            step,
            at,
            sun_is_up: sun.elevation_deg > 0.0,
            power_w: 0.0,
            plane_wm2: 0.0,
            ambient_c: region.ambient_c,
        };
        if moment.sun_is_up {
            let own = 1.0 + 0.012 * normal(planned.seed, step);
            let clearness = self.weather.clearness(planned.region, region, at, planned.lag_s) * own;
            let light = clear_sky::irradiance(instant, sun, clearness);
            for (share, system) in &self.systems[site] {
                moment.power_w += share * system.unlimited_power(sun, &light, region.ambient_c);
                moment.plane_wm2 += share * system.plane_of_array(sun, &light);
            }
            // Dust, wind on the modules and the like come and go over days.
            let days = f64::from(i32::try_from(step).unwrap_or(0)) / 288.0;
            let drift = 1.0 + 0.02 * (wander(derive(planned.seed, 1), days / 3.0) - 0.5);
            moment.power_w *= planned.gain * drift;
        }
        Some(moment)
    }

    /// What one inverter sends for a step.
    fn measurement(
        &self,
        site: usize,
        moment: &Moment<'_>,
        inverter: usize,
        counter: &mut u64,
    ) -> Measurement {
        let mut power_w = moment.inverter_power(inverter);
        let stuck = moment.fault(|kind| *kind == FaultKind::StuckValue);
        if let Some(stuck) = stuck.filter(|_| moment.sun_is_up) {
            // The sky at hand may not reach back to where it got stuck.
            let then = step_of(stuck.from);
            if let Some(then) = self.moment(site, &self.sky(start(then), start(then)), then) {
                power_w = then.inverter_power(inverter);
            }
        }
        let power = Power::from_watts_rounded(power_w);
        let energy = Energy::from_wh_rounded(power.kw() * 1000.0 / 12.0);
        *counter += u64::try_from(energy.wh()).unwrap_or(0);
        let mut measurement = Measurement {
            power: Some(power),
            energy: Some(energy),
            energy_total: Some(MeterRegister::from_wh(*counter)),
            irradiance_wm2: (moment.site.pyranometer && inverter == 0)
                .then(|| narrow(moment.plane_wm2)),
            temperature_c: Some(narrow(moment.ambient_c + 8.0 + 24.0 * moment.plane_wm2 / 1000.0)),
            voltage_v: None,
            status_code: Some(moment.status(inverter, power).to_owned()),
        };
        spoil(moment, inverter, &mut measurement);
        measurement
    }
}
