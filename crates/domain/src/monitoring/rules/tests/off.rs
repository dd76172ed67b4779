//! Nothing is produced, or the inverter says why.

use super::*;

#[test]
fn a_site_that_is_off_is_found_within_the_hour() {
    for (kwp, cadence_s) in [(100.0, 300), (8.0, 900)] {
        let off = World::of(kwp, cadence_s, mixed, true).losing("06-12T09:30", "06-13T00:00", 0.0);

        off.stays_quiet(&["06-12T10:00"]);
        let outage = off.finds("06-12T10:15", AnomalyKind::Outage);

        near(outage.finding.since, "06-12T09:30", 0);
        assert_eq!(outage.until, None);
        about(outage.finding.lost, off.expected("06-12T09:30", "06-12T10:15"), 0.01);
    }
}

#[test]
fn an_outage_goes_on_through_the_night_and_ends_with_production() {
    let off = World::under(clear).losing("06-11T17:00", "06-12T10:00", 0.0);

    let morning = off.finds("06-12T08:00", AnomalyKind::Outage);
    let over = off.clone().knowing("06-12T08:00").finds("06-12T11:00", AnomalyKind::Outage);

    near(morning.finding.since, "06-11T17:00", 0);
    assert_eq!(morning.until, None);
    near(over.until.unwrap(), "06-12T10:00", 0);
    about(over.finding.lost, off.expected("06-11T17:00", "06-12T10:00"), 0.05);
    assert_eq!(over.finding.lost_per_day, Energy::ZERO);
}

#[test]
fn trips_of_one_day_are_one_outage() {
    let trips = World::under(clear)
        .losing("06-12T09:00", "06-12T10:00", 0.0)
        .losing("06-12T11:00", "06-12T12:00", 0.0)
        .losing("06-12T13:00", "06-12T14:00", 0.0);

    let outage = trips.finds("06-12T15:00", AnomalyKind::Outage);

    near(outage.finding.since, "06-12T09:00", 0);
    near(outage.until.unwrap(), "06-12T14:00", 0);
    assert!(outage.finding.cause.contains("off 3 times"), "{}", outage.finding.cause);
    assert_eq!(outage.evidence.facts[0].value, "3\u{a0}hours");
    about(outage.finding.lost, 3.0 * trips.expected("06-12T11:00", "06-12T12:00"), 0.1);
}

#[test]
fn an_outage_from_before_the_days_that_are_looked_at_keeps_its_beginning() {
    let long = World::under(clear).losing("06-07T12:00", "06-13T00:00", 0.0).knowing("06-07T14:00");

    let outage = long.finds("06-12T12:00", AnomalyKind::Outage);

    near(outage.finding.since, "06-07T12:00", 0);
    about(outage.finding.lost, long.expected("06-07T12:00", "06-12T12:00"), 0.05);
}

#[test]
fn a_dip_of_the_grid_dawn_dusk_and_snow_on_every_roof_are_no_outage() {
    World::under(clear)
        .losing("06-12T09:30", "06-12T10:00", 0.0)
        .stays_quiet(&["06-12T10:00", "06-12T11:00"]);
    World::under(clear)
        .giving("06-12T00:00", "06-13T00:00", |point| {
            if point.sun.elevation_deg < 8.0 { 0.0 } else { point.produced_wh }
        })
        .stays_quiet(&["06-12T07:00", "06-12T22:00"]);
    World::under(|_| 0.0).stays_quiet(&["06-12T13:00"]);
}

#[test]
fn a_site_without_neighbours_is_off_only_when_no_weather_explains_it() {
    let off = World::alone(clouds).losing("06-12T10:30", "06-13T00:00", 0.0);
    let dark = World::alone(clear).losing("06-12T10:30", "06-13T00:00", 0.06);

    let outage = off.finds("06-12T12:00", AnomalyKind::Outage);

    near(outage.finding.since, "06-12T10:30", 0);
    dark.stays_quiet(&["06-12T12:00"]);
}

#[test]
fn a_fault_that_an_inverter_reports_is_told_while_it_lasts() {
    let faulty = World::under(clear).losing("06-12T09:00", "06-12T10:00", 0.7).during(
        "06-12T09:00",
        "06-12T10:00",
        |point| point.faults = 2,
    );

    let open = faulty.finds("06-12T11:00", AnomalyKind::InverterFault);
    let over = faulty.finds("06-12T13:00", AnomalyKind::InverterFault);

    near(open.finding.since, "06-12T09:00", 0);
    assert_eq!(open.until, None);
    about(open.finding.lost, 0.3 * faulty.expected("06-12T09:00", "06-12T10:00"), 0.1);
    near(over.until.unwrap(), "06-12T10:00", 0);
}

#[test]
fn one_quarter_hour_with_a_fault_is_a_dip_of_the_grid() {
    World::under(clear)
        .during("06-12T09:00", "06-12T09:15", |point| point.faults = 1)
        .stays_quiet(&["06-12T09:30", "06-12T13:00"]);
}

#[test]
fn an_outage_that_corrected_readings_explain_is_taken_back() {
    let seen = World::under(clear).losing("06-12T09:30", "06-12T11:00", 0.0).knowing("06-12T10:30");
    let corrected = World { tracked: seen.tracked, ..World::under(clear) };

    let outage = corrected.finds("06-12T12:00", AnomalyKind::Outage);

    assert_eq!(outage.until, Some(outage.finding.since));
    assert_eq!(outage.finding.lost, Energy::ZERO);
}
