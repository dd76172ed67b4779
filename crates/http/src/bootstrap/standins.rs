use std::sync::Arc;

use axum::Router;
use greengrid_app::clock::Clock;
use greengrid_domain::units::Power;
use greengrid_infra::SystemClock;
use greengrid_infra::demo::{DemoClock, DemoFleet, World};
use jiff::Timestamp;

use crate::standins::{self, Physics, Plant, Sample};

/// Sites of customers who are about to join.
pub(super) const APPLICANTS: usize = 24;

/// Calls of a key in a minute that stand-ins allow: as the smallest plans do.
const SMALLEST_PLAN: usize = 10;

/// The same for the demo, in which many cases share one key: as large ones do.
const LARGE_PLAN: usize = 300;

/// The demo's sites, and those of customers about to join, as their vendors
/// know them: the latter come after the former.
struct DemoPhysics {
    world: World,
    joining: World,
    members: usize,
    plants: Vec<Plant>,
}

impl DemoPhysics {
    fn new(seed: u64, sites: usize) -> Self {
        let fleet = Arc::new(DemoFleet::plan(seed, sites));
        let joining = Arc::new(DemoFleet::applicants(seed, APPLICANTS));
        let plants = fleet
            .sites
            .iter()
            .chain(&joining.sites)
            .map(|site| Plant {
                brand: site.details.brand,
                name: site.details.name.as_str().to_owned(),
                zone: site.details.zone.clone(),
                capacity_wp: site.details.array.capacity.wp(),
                inverters: site
                    .inverters
                    .iter()
                    .map(|inverter| (inverter.serial.as_str().to_owned(), inverter.model))
                    .collect(),
            })
            .collect();
        let members = fleet.sites.len();
        Self { world: World::new(fleet, 0), joining: World::new(joining, 0), members, plants }
    }
}

impl Physics for DemoPhysics {
    fn plants(&self) -> &[Plant] {
        &self.plants
    }

    fn samples(&self, plant: usize, from: Timestamp, to: Timestamp) -> Vec<Sample> {
        if from >= to {
            return Vec::new();
        }
        let (world, position) = match plant.checked_sub(self.members) {
            Some(position) => (&self.joining, position),
            None => (&self.world, plant),
        };
        let sky = world.sky(from, to);
        let mut counters = vec![0; self.plants[plant].inverters.len()];
        let mut samples = Vec::new();
        world.readings(position, &sky, from, to, &mut counters, |reading| {
            let watts = reading.measurement.power.map(Power::kw).map(|kw| kw * 1_000.0);
            if let Some(watts) = watts.filter(|_| reading.arrives_at <= Some(to)) {
                let (inverter, start) = (reading.inverter, reading.measured_at);
                samples.push(Sample { inverter, start, watts });
            }
        });
        samples
    }
}

/// Stand-ins for the vendors of a demo fleet. Their clock begins at an instant,
/// or is that of this machine.
pub fn stand_ins(seed: u64, sites: usize, begins: Option<Timestamp>) -> Router {
    let clock: Arc<dyn Clock> = match begins {
        Some(begins) => {
            let clock = DemoClock::standing(begins, 1.0);
            clock.run();
            Arc::new(clock)
        }
        None => Arc::new(SystemClock),
    };
    stand_ins_allowing(SMALLEST_PLAN, seed, sites, clock)
}

/// The same by a clock that is given, with a plan that allows so many calls in a
/// minute.
pub fn stand_ins_allowing(
    per_minute: usize,
    seed: u64,
    sites: usize,
    clock: Arc<dyn Clock>,
) -> Router {
    standins::router(Arc::new(DemoPhysics::new(seed, sites)), clock, per_minute)
}

/// The stand-ins that a demo brings along.
pub fn stand_ins_of_demo(seed: u64, sites: usize, clock: Arc<dyn Clock>) -> Router {
    standins::router(Arc::new(DemoPhysics::new(seed, sites)), clock, LARGE_PLAN)
}
