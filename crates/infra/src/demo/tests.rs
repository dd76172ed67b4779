use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::*;

const SEED: u64 = 1;

fn world(sites: usize) -> World {
    World::new(Arc::new(DemoFleet::plan(SEED, sites)), HISTORY_DAYS)
}

fn local(at: DateTime) -> Timestamp {
    let berlin: greengrid_domain::time::SiteZone = "Europe/Berlin".parse().unwrap();
    berlin.start_of(at.date()) + at.duration_since(at.date().at(0, 0, 0, 0))
}

fn readings(world: &World, site: usize, from: Timestamp, to: Timestamp) -> Vec<Generated> {
    let mut counters = world.first_counters(site, from);
    let mut all = Vec::new();
    let sky = world.sky(from, to);
    world.readings(site, &sky, from, to, &mut counters, |reading| all.push(reading));
    all
}

fn position(world: &World, name: &str) -> usize {
    world.fleet().sites.iter().position(|site| site.details.name.as_str() == name).unwrap()
}

/// Readings of a named site between two local times of the days before the
/// opening, and of the same site were nothing wrong with it.
fn told(name: &str, from: DateTime, to: DateTime) -> (Vec<Generated>, Vec<Generated>) {
    let world = world(200);
    let site = position(&world, name);
    let mut healthy = world.fleet().as_ref().clone();
    healthy.sites[site].faults.clear();
    let healthy = World::new(Arc::new(healthy), HISTORY_DAYS);
    (
        readings(&world, site, local(from), local(to)),
        readings(&healthy, site, local(from), local(to)),
    )
}

fn energy(readings: &[Generated], of: impl Fn(&Generated) -> bool) -> f64 {
    readings
        .iter()
        .filter(|reading| of(reading))
        .filter_map(|reading| reading.measurement.energy)
        .sum::<greengrid_domain::units::Energy>()
        .kwh()
}

/// Share of its healthy energy that the site still gives.
fn left(name: &str, from: DateTime, to: DateTime) -> f64 {
    let (told, healthy) = told(name, from, to);
    energy(&told, |_| true) / energy(&healthy, |_| true)
}

const NOON: DateTime = OPENING_DAY.at(12, 0, 0, 0);
const EVENING: DateTime = OPENING_DAY.at(21, 0, 0, 0);

fn yesterday(hour: i8) -> DateTime {
    OPENING_DAY.saturating_sub(1.day()).at(hour, 0, 0, 0)
}

#[test]
fn the_same_seed_gives_the_same_fleet_and_another_gives_another() {
    assert_eq!(DemoFleet::plan(SEED, 200), DemoFleet::plan(SEED, 200));
    assert_ne!(DemoFleet::plan(SEED, 200), DemoFleet::plan(SEED + 1, 200));
}

#[test]
fn the_fleet_looks_like_one() {
    let fleet = DemoFleet::plan(SEED, 200);
    let of = |f: &dyn Fn(&DemoSite) -> bool| fleet.sites.iter().filter(|site| f(site)).count();
    let names: HashSet<_> = fleet.sites.iter().map(|site| site.details.name.as_str()).collect();
    let kwp: f64 = fleet.sites.iter().map(|site| site.details.array.capacity.kwp()).sum();

    assert_eq!((fleet.sites.len(), names.len()), (200, 200));
    assert!((9_000.0..10_200.0).contains(&kwp), "{kwp}");
    for region in 0..3 {
        assert!(of(&|site| site.region == region) > 35);
    }
    for brand in ["solaredge", "fronius", "enphase"] {
        assert!(of(&|site| site.details.brand.to_string() == brand) > 35, "{brand}");
    }
    assert!((8..=18).contains(&of(&|site| site.inverters.len() > 1)));
    assert!(of(&|site| site.details.array.capacity.kwp() <= 12.0) > 80);
    assert!(of(&|site| site.faces.len() > 1) >= 3);
    for placed in &PLACED {
        assert!(fleet.named(placed.site).is_some(), "{}", placed.site);
    }
}

#[test]
fn ten_thousand_sites_have_names_of_their_own() {
    let fleet = DemoFleet::plan(SEED, 10_000);
    let names: HashSet<_> = fleet.sites.iter().map(|site| site.details.name.as_str()).collect();

    assert_eq!(names.len(), 10_000);
    assert_eq!(fleet.sites[9_999].code.as_str(), "GG-10000");
}

#[test]
fn any_stretch_of_time_comes_out_as_in_the_whole() {
    let world = world(40);
    let (from, to) = (local(yesterday(0)), local(NOON));
    let cut = local(OPENING_DAY.at(9, 35, 0, 0));
    for site in [0, 7, 23] {
        let whole = readings(&world, site, from, to);

        let mut counters = world.first_counters(site, from);
        let mut parts = Vec::new();
        for (from, to) in [(from, cut), (cut, to)] {
            let sky = world.sky(from, to);
            world.readings(site, &sky, from, to, &mut counters, |reading| parts.push(reading));
        }

        assert_eq!(whole, parts);
        assert!(whole.len() > 200);
    }
}

#[test]
fn a_healthy_day_has_a_healthy_yield() {
    let world = world(200);
    let (from, to) = (local(OPENING_DAY.at(0, 0, 0, 0)), local(OPENING_DAY.at(23, 55, 0, 0)));
    for site in (0..200).step_by(7) {
        let planned = &world.fleet().sites[site];
        if !planned.faults.is_empty() {
            continue;
        }
        let day = readings(&world, site, from, to);
        let yielded = energy(&day, |_| true) / planned.details.array.capacity.kwp();

        assert!((3.8..7.4).contains(&yielded), "{}: {yielded}", planned.details.name);
        assert!(day.iter().all(|reading| {
            reading.measurement.power.is_none_or(|power| {
                power.kw() <= planned.details.array.capacity.kwp() && power.watts() >= 0
            })
        }));
    }
}

#[test]
fn counters_add_up_the_energy() {
    let world = world(40);
    let mut day = readings(&world, 5, local(yesterday(4)), local(EVENING));
    day.retain(|reading| reading.inverter == 0);
    let known: Vec<_> = day
        .windows(2)
        .filter(|pair| pair[1].measured_at.duration_since(pair[0].measured_at).as_secs() == 300)
        .filter(|pair| pair.iter().all(|reading| reading.measurement.energy.is_some()))
        .collect();

    assert!(known.len() > 250);
    for pair in known {
        let [early, late] = [&pair[0].measurement, &pair[1].measurement];
        assert_eq!(late.energy_total.unwrap().since(early.energy_total.unwrap()), late.energy);
    }
}

#[test]
fn most_sites_are_silent_at_night_and_readings_trickle_in() {
    let world = world(200);
    let night = (local(yesterday(23)), local(OPENING_DAY.at(2, 0, 0, 0)));
    let day = (local(OPENING_DAY.at(10, 0, 0, 0)), local(OPENING_DAY.at(10, 5, 0, 0)));

    let awake = (0..200).filter(|site| !readings(&world, *site, night.0, night.1).is_empty());
    let arrivals: HashSet<_> = (0..200)
        .flat_map(|site| readings(&world, site, day.0, day.1))
        .map(|r| r.arrives_at)
        .collect();

    assert!((5..30).contains(&awake.count()));
    assert!(arrivals.len() > 120);
}

#[test]
fn a_share_of_readings_is_spoiled() {
    let world = world(200);
    let (from, to) = (local(yesterday(10)), local(NOON));
    let all: Vec<_> = (0..200).flat_map(|site| readings(&world, site, from, to)).collect();
    let incomplete =
        all.iter().filter(|reading| reading.measurement.power.is_none()).count() * 1000 / all.len();

    assert!((2..20).contains(&incomplete), "{incomplete} in a thousand");
}

#[test]
fn an_inverter_that_is_off_gives_nothing_and_says_so() {
    let (told, _) = told("Harbour Cold Store", yesterday(14), yesterday(17));
    let (off, on): (Vec<_>, Vec<_>) = told.into_iter().partition(|reading| reading.inverter == 1);

    assert!(energy(&off, |_| true) < 0.01);
    assert!(off.iter().all(|reading| reading.measurement.status_code.as_deref() == Some("FAULT")));
    assert!(energy(&on, |_| true) > 100.0);
}

#[test]
fn a_site_that_is_off_reports_zero() {
    let (told, _) = told("Alder Dairy Farm", yesterday(20), NOON);

    assert!(told.len() > 60);
    assert!(energy(&told, |_| true) < 0.01);
}

#[test]
fn a_lost_string_takes_its_share() {
    let gone = 1.0 - left("Eastgate Retail Park", OPENING_DAY.at(6, 10, 0, 0), NOON);
    let before = 1.0 - left("Eastgate Retail Park", yesterday(6), yesterday(20));

    assert!((0.36..0.40).contains(&gone), "{gone}");
    assert!(before.abs() < 1e-9, "{before}");
}

#[test]
fn curtailment_cuts_the_middle_of_the_day() {
    let gone = 1.0 - left("St Brigid’s Hospital", yesterday(5), yesterday(21));

    assert!((0.05..0.3).contains(&gone), "{gone}");
    assert!(left("St Brigid’s Hospital", yesterday(6), yesterday(8)) > 0.99);
}

#[test]
fn a_silent_gateway_delivers_nothing_or_late() {
    let (silent, _) = told("Meadow View School", yesterday(5), NOON);
    let (late, _) =
        told("Pier 9 Offices", OPENING_DAY.at(9, 30, 0, 0), OPENING_DAY.at(10, 40, 0, 0));

    assert!(silent.iter().all(|reading| reading.arrives_at.is_none()));
    assert!(late.len() >= 13);
    let opening = local(OPENING_DAY.at(10, 40, 0, 0));
    assert!(late.iter().all(|reading| reading.arrives_at > Some(opening)));
}

#[test]
fn dust_grows_day_by_day() {
    let early = OPENING_DAY.saturating_sub(20.days());
    let then = left("Quarry Lane Logistics", early.at(6, 0, 0, 0), early.at(20, 0, 0, 0));
    let now = left("Quarry Lane Logistics", yesterday(6), yesterday(20));

    assert!(then > 0.985 && (0.86..0.91).contains(&now), "{then} {now}");
}

#[test]
fn shade_comes_in_the_afternoon() {
    assert!(left("Tanner’s Row Housing", yesterday(8), yesterday(15)) > 0.999);
    assert!(left("Tanner’s Row Housing", yesterday(15), yesterday(20)) < 0.45);
}

#[test]
fn a_stuck_value_repeats() {
    let (told, _) = told("Larkfield Nursery", yesterday(16), yesterday(20));
    let values: HashSet<_> = told
        .iter()
        .filter_map(|reading| reading.measurement.energy)
        .map(greengrid_domain::units::Energy::wh)
        .collect();

    assert_eq!(values.len(), 1);
    assert!(values.iter().all(|wh| *wh > 100));
}

#[test]
fn night_production_is_reported_at_night() {
    let (told, _) = told("Holm Street 14", yesterday(23), OPENING_DAY.at(3, 0, 0, 0));

    assert!(told.iter().filter(|reading| reading.measurement.power.is_some()).count() > 40);
    assert!(energy(&told, |_| true) > 1.5);
}

#[test]
fn a_repaired_site_produces_again() {
    let day = OPENING_DAY.saturating_sub(3.days());
    let off = left("Brook Mill", day.at(6, 0, 0, 0), day.at(9, 30, 0, 0));

    assert!(off < 0.001);
    assert!(left("Brook Mill", yesterday(6), yesterday(20)) > 0.999);
}

#[test]
fn a_replaced_inverter_counts_from_nothing() {
    let (told, _) = told("Old Dairy Court", yesterday(10), yesterday(13));
    let counters: Vec<_> =
        told.iter().filter_map(|reading| reading.measurement.energy_total).collect();

    assert!(counters.windows(2).any(|pair| pair[1] < pair[0]));
    assert!(counters.last().unwrap().wh() < 200_000);
}

#[test]
fn history_is_made_in_seconds() {
    let world = world(200);
    let to = local(OPENING_DAY.at(10, 40, 0, 0));
    let from = to - SignedDuration::from_hours(24 * 10);
    let started = std::time::Instant::now();
    let sky = world.sky(from, to);
    let mut count = 0;
    for site in 0..50 {
        let mut counters = world.first_counters(site, from);
        world.readings(site, &sky, from, to, &mut counters, |_| count += 1);
    }
    eprintln!("{count} readings in {:?}", started.elapsed());

    assert!(count > 80_000);
}
