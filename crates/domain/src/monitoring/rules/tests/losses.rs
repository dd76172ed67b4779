//! Shares that go missing: strings, shade, dust and limits.

use super::*;
use crate::monitoring::profile;

/// What is left of the sun with the sun past the south-west.
fn shaded(point: &Point) -> f64 {
    if point.sun.azimuth_deg > 225.0 { point.produced_wh * 0.5 } else { point.produced_wh }
}

#[test]
fn a_share_that_goes_missing_is_found_with_its_beginning() {
    let check = |kwp: f64, sky, left: f64, since: &str, now: &str| {
        let world = World::of(kwp, 300, sky, true).losing(since, "06-13T00:00", left);

        let loss = world.finds(now, AnomalyKind::StringLoss);

        near(loss.finding.since, since, 90);
        assert_eq!(loss.until, None);
        about(loss.finding.lost, (1.0 - left) * world.expected(since, now), 0.25);
        let day = world.expected("06-11T13:00", "06-12T13:00");
        about(loss.finding.lost_per_day, (1.0 - left) * day, 0.25);
        assert_eq!(loss.finding.next_step, NextStep::SendTechnician);
    };

    check(100.0, clear, 0.90, "06-10T13:00", "06-12T13:00");
    check(100.0, mixed, 0.67, "06-10T00:00", "06-12T13:00");
    check(100.0, clear, 0.67, "06-11T10:00", "06-12T13:00");
    check(8.0, clear, 0.50, "06-11T10:00", "06-12T13:00");
    check(100.0, clouds, 0.50, "06-10T00:00", "06-12T13:00");
}

#[test]
fn what_is_within_the_scatter_of_days_is_no_loss() {
    for sky in [clear, clouds, mixed] {
        World::under(sky)
            .losing("06-09T00:00", "06-13T00:00", 0.97)
            .stays_quiet(&["06-11T13:00", "06-12T13:00"]);
    }
    World::under(clear)
        .losing("06-04T00:00", "06-13T00:00", 0.955)
        .stays_quiet(&["06-11T13:00", "06-12T13:00"]);
}

#[test]
fn a_site_that_has_shown_little_is_not_accused_of_a_loss() {
    let mut fresh = World::under(clear).losing("06-09T00:00", "06-13T00:00", 0.8);
    fresh.baseline.confidence = 0.2;

    fresh.stays_quiet(&["06-12T13:00"]);
}

#[test]
fn devices_name_the_inverter_that_is_off() {
    let mut world = World::under(clear).losing("06-10T00:00", "06-13T00:00", 0.75);
    world.inverters = Some(InvertersOff { which: Some(2), off: 1, of: 4 });

    let loss = world.finds("06-12T13:00", AnomalyKind::StringLoss);

    assert_eq!(loss.finding.cause, "Inverter 2 of 4 is off. The other three are normal.");
}

#[test]
fn shade_after_noon_is_told_from_a_string() {
    let world = World::under(clear).giving("06-09T00:00", "06-13T00:00", shaded);

    let shade = world.finds("06-12T21:30", AnomalyKind::Underperformance);

    near(shade.finding.since, "06-09T13:00", 14 * 60);
    assert!(shade.finding.cause.contains("missing after noon"), "{}", shade.finding.cause);
    assert_eq!(shade.finding.next_step, NextStep::AskForPhoto);
}

#[test]
fn shade_that_has_always_been_there_is_no_loss() {
    let mut world = World::under(clear).giving("05-01T00:00", "06-13T00:00", shaded);
    let days = world.days(at("06-10T00:00"));
    world.baseline = profile::learn(&world.baseline, world.site.location, &profile::GAINS, &days);

    let found = world.look("06-12T21:30");

    assert_eq!(kinds(&found), [], "{found:#?}");
}

#[test]
fn a_loss_ends_with_the_first_good_days() {
    let repaired =
        World::under(clear).losing("06-05T00:00", "06-10T00:00", 0.7).knowing("06-08T13:00");

    let loss = repaired.finds("06-12T13:00", AnomalyKind::StringLoss);

    near(loss.finding.since, "06-05T00:00", 0);
    near(loss.until.unwrap(), "06-10T00:00", 0);
    assert_eq!(loss.finding.lost_per_day, Energy::ZERO);
    about(loss.finding.lost, 0.3 * repaired.expected("06-05T00:00", "06-10T00:00"), 0.1);
    assert_eq!(loss.finding.cause, repaired.look("06-08T13:00")[0].finding.cause);
    assert!(loss.finding.cause.starts_with("30\u{a0}%"), "{}", loss.finding.cause);
}

#[test]
fn a_lone_site_that_lost_most_of_itself_is_told_from_overcast_by_following_the_sun() {
    let lost = World::alone(clear).losing("06-09T00:00", "06-13T00:00", 0.25);
    let found = lost.look("06-12T17:00");
    assert_eq!(kinds(&found), [AnomalyKind::Underperformance], "{found:#?}");

    World::alone(clear)
        .during("06-09T00:00", "06-13T00:00", |point| {
            let hour = usize::try_from(point.interval.index() / 4 % 3).unwrap();
            point.produced_wh *= [0.18, 0.22, 0.26][hour];
        })
        .stays_quiet(&["06-12T17:00"]);
}

#[test]
fn a_second_string_of_a_site_that_already_misses_one_is_a_string_too() {
    let world = World::under(clear)
        .losing("06-03T00:00", "06-13T00:00", 0.8)
        .losing("06-10T00:00", "06-13T00:00", 0.52)
        .knowing("06-06T13:00");

    let found = world.look("06-12T13:00");

    // More than half is missing by now, and half of what there was.
    assert_eq!(kinds(&found), [AnomalyKind::StringLoss, AnomalyKind::StringLoss], "{found:#?}");
}

#[test]
fn a_further_loss_on_top_of_one_that_is_open_is_another() {
    let world = World::under(clear)
        .losing("06-03T00:00", "06-13T00:00", 0.8)
        .losing("06-10T00:00", "06-13T00:00", 0.6)
        .knowing("06-06T13:00");

    let found = world.look("06-12T13:00");

    assert_eq!(kinds(&found), [AnomalyKind::StringLoss, AnomalyKind::StringLoss], "{found:#?}");
    near(found[0].finding.since, "06-03T00:00", 0);
    near(found[0].until.unwrap(), "06-10T00:00", 0);
    near(found[1].finding.since, "06-10T00:00", 90);
    assert_eq!(found[1].until, None);
    assert!(found[1].finding.lost_per_day > found[0].finding.lost_per_day);
}

#[test]
fn an_open_loss_that_goes_on_as_it_was_has_nothing_on_top() {
    let world =
        World::under(mixed).losing("06-03T00:00", "06-13T00:00", 0.8).knowing("06-06T13:00");

    let loss = world.finds("06-12T13:00", AnomalyKind::StringLoss);

    near(loss.finding.since, "06-03T00:00", 0);
    assert_eq!(loss.until, None);
}

/// Dust takes so much more every day, from a day on.
fn dusty(world: World, from: &str, a_day: f64) -> World {
    let since = at(from);
    world.giving(from, "06-13T00:00", |point| {
        let days = point.interval.start().duration_since(since).as_secs_f64() / 86_400.0;
        point.produced_wh * (1.0 - a_day * days)
    })
}

#[test]
fn dust_that_settles_for_weeks_is_a_slow_loss() {
    let world = dusty(World::under(clear), "05-15T00:00", 0.006);

    let found = world.look("06-12T13:00");

    let slow = found.iter().find(|d| d.finding.kind == AnomalyKind::SoilingDrift).unwrap();
    near(slow.finding.since, "05-15T00:00", 4 * 24 * 60);
    assert_eq!(slow.until, None);
    assert_eq!(slow.finding.next_step, NextStep::BookCleaning);
    let day = world.expected("06-11T13:00", "06-12T13:00");
    about(slow.finding.lost_per_day, 0.17 * day, 0.25);
}

#[test]
fn a_sudden_loss_is_not_slow() {
    for since in ["05-20T00:00", "05-28T00:00", "06-07T00:00"] {
        let found = World::under(clear).losing(since, "06-13T00:00", 0.8).look("06-12T13:00");

        assert!(!kinds(&found).contains(&AnomalyKind::SoilingDrift), "{since}: {found:#?}");
    }
}

#[test]
fn rain_ends_a_slow_loss_although_some_of_it_stays() {
    let since = at("05-12T00:00");
    let washed = World::under(clear)
        .giving("05-12T00:00", "06-09T00:00", |point| {
            let days = point.interval.start().duration_since(since).as_secs_f64() / 86_400.0;
            point.produced_wh * (1.0 - 0.007 * days)
        })
        .losing("06-09T00:00", "06-13T00:00", 0.96)
        .knowing("06-08T13:00");

    let found = washed.look("06-12T13:00");

    let slow = found.iter().find(|d| d.finding.kind == AnomalyKind::SoilingDrift).unwrap();
    near(slow.until.unwrap(), "06-09T00:00", 24 * 60);
    assert_eq!(slow.finding.lost_per_day, Energy::ZERO);
}

#[test]
fn a_flat_top_below_what_was_reached_before_is_a_limit() {
    for ripple in [0.0, 0.02] {
        let held = |point: &Point| {
            let odd = if point.interval.index() % 2 == 0 { 0.5 } else { -0.5 };
            point.produced_wh.min(11_000.0 * (1.0 + ripple * odd * 0.9))
        };
        let world = World::under(clear).giving("06-11T00:00", "06-13T00:00", held);

        let limit = world.finds("06-12T17:00", AnomalyKind::Curtailment);

        near(limit.finding.since, "06-11T10:15", 60);
        assert_eq!(limit.until, None);
        assert_eq!(limit.finding.next_step, NextStep::FixRemotely);
        assert_eq!(limit.confidence, Confidence::VeryLikely);
        let day: f64 = world.points[42 * 96..]
            .iter()
            .map(|point| (point.expected.wh - 11_000.0).max(0.0))
            .sum();
        about(limit.finding.lost_per_day, day, 0.2);
        about(limit.finding.lost, 2.0 * day, 0.2);
    }
}

#[test]
fn an_hour_of_even_haze_at_noon_is_no_limit_but_the_same_value_throughout_is() {
    let noon = |ripple: f64| {
        World::under(clear).giving("06-12T12:00", "06-12T13:30", move |point| {
            11_000.0 + ripple * if point.interval.index() % 2 == 0 { 110.0 } else { -110.0 }
        })
    };

    let found = noon(1.0).look("06-12T17:00");
    assert!(!kinds(&found).contains(&AnomalyKind::Curtailment), "{found:#?}");
    let found = noon(0.0).look("06-12T17:00");
    assert!(kinds(&found).contains(&AnomalyKind::Curtailment), "{found:#?}");
}

#[test]
fn a_limit_that_was_lifted_ends() {
    let world = World::under(clear)
        .giving("06-10T00:00", "06-12T00:00", |point| point.produced_wh.min(11_000.0))
        .knowing("06-11T17:00");

    let limit = world.finds("06-12T14:00", AnomalyKind::Curtailment);

    assert_eq!(world.site.zone.day(limit.until.unwrap()).day(), 11);
    assert_eq!(limit.finding.lost_per_day, Energy::ZERO);
}

#[test]
fn a_clear_noon_with_a_string_missing_is_no_limit() {
    for left in [0.9, 0.75, 0.6] {
        let found =
            World::under(clear).losing("06-09T00:00", "06-13T00:00", left).look("06-12T17:00");

        assert_eq!(kinds(&found), [AnomalyKind::StringLoss], "{left}: {found:#?}");
    }
}

#[test]
fn the_inverters_own_limit_is_no_curtailment() {
    let mut clipped = World::under(clear)
        .giving("05-01T00:00", "06-13T00:00", |point| point.produced_wh.min(15_000.0));
    clipped.baseline.peak_w = 60_000.0;

    let found = clipped.look("06-12T17:00");

    assert!(!kinds(&found).contains(&AnomalyKind::Curtailment), "{found:#?}");
}
