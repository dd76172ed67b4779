//! Silence, repeats and counters.

use super::*;

#[test]
fn a_counter_that_fell_is_an_event_of_one_quarter_hour() {
    let replaced = World::under(mixed)
        .counting()
        .during("06-12T09:00", "06-12T09:15", |point| point.counter_resets = 1)
        .from("06-12T09:00", |point| point.register_wh = Some(3_000));

    let reset = replaced.finds("06-12T12:00", AnomalyKind::CounterReset);

    near(reset.finding.since, "06-12T09:00", 0);
    near(reset.until.unwrap(), "06-12T09:15", 0);
    assert_eq!(reset.finding.lost, Energy::ZERO);
    assert_eq!(reset.evidence.facts[1].value, "3\u{a0}kWh");
}

#[test]
fn a_counter_that_fell_days_ago_is_no_news() {
    World::under(clear)
        .counting()
        .during("06-10T09:00", "06-10T09:15", |point| point.counter_resets = 1)
        .stays_quiet(&["06-11T10:00", "06-12T12:00"]);
}

#[test]
fn readings_that_arrive_again_for_an_hour_are_repeats() {
    let twice =
        World::under(clouds).during("06-12T08:00", "06-12T09:00", |point| point.repeats = 3);

    let open = twice.finds("06-12T09:30", AnomalyKind::Duplicates);
    let over = twice.finds("06-12T14:00", AnomalyKind::Duplicates);

    near(open.finding.since, "06-12T08:00", 0);
    assert_eq!((open.until, open.finding.lost), (None, Energy::ZERO));
    near(over.until.unwrap(), "06-12T09:00", 0);
    assert_eq!(over.evidence.facts[0].value, "12");
}

#[test]
fn single_retries_are_as_they_should_be() {
    let once = |point: &mut Point| point.repeats = 1;
    World::under(clear)
        .during("06-12T08:00", "06-12T08:15", once)
        .during("06-12T11:00", "06-12T11:15", once)
        .stays_quiet(&["06-12T08:30", "06-12T12:00"]);
}

#[test]
fn silence_by_day_is_a_gap_after_an_hour_and_costs_what_was_expected() {
    for (kwp, cadence_s) in [(100.0, 300), (8.0, 900)] {
        let gone = World::of(kwp, cadence_s, mixed, true).silent("06-12T09:30", "06-13T00:00");

        gone.stays_quiet(&["06-12T10:00", "06-12T10:29"]);
        gone.finds("06-12T10:30", AnomalyKind::CommGap);
        let gap = gone.finds("06-12T12:00", AnomalyKind::CommGap);

        near(gap.finding.since, "06-12T09:30", 0);
        assert_eq!(gap.until, None);
        about(gap.finding.lost, gone.expected("06-12T09:30", "06-12T12:00"), 0.01);
        about(gap.finding.lost_per_day, gone.expected("06-11T12:00", "06-12T12:00"), 0.01);
    }
}

#[test]
fn silence_at_night_is_a_gap_only_where_readings_are_due() {
    let mut by_night = World::under(clear);
    by_night.stays_quiet(&["06-12T02:00", "06-12T05:40", "06-11T23:00"]);
    by_night.site.reports_at_night = true;

    assert_eq!(kinds(&by_night.look("06-12T02:00")), [AnomalyKind::CommGap]);
}

#[test]
fn a_site_that_never_reported_says_so() {
    let never = World::under(clear).silent("05-01T00:00", "06-13T00:00");

    let gap = never.finds("06-12T10:40", AnomalyKind::CommGap);

    assert_eq!(gap.finding.cause, "No readings have arrived yet.");
}

#[test]
fn silence_is_followed_back_beyond_the_days_that_are_looked_at() {
    let long = World::under(clear).silent("06-07T12:00", "06-13T00:00").knowing("06-08T12:00");

    let gap = long.finds("06-12T12:00", AnomalyKind::CommGap);

    near(gap.finding.since, "06-07T12:00", 5);
    about(gap.finding.lost, long.expected("06-07T12:00", "06-12T12:00"), 0.05);
}

#[test]
fn a_counter_that_caught_up_shows_that_nothing_was_lost() {
    let back = World::under(clear).counting().silent("06-12T08:00", "06-12T11:00");
    let lossy = World::under(clear)
        .losing("06-12T08:00", "06-12T11:00", 0.4)
        .counting()
        .silent("06-12T08:00", "06-12T11:00");

    let gap = back.knowing("06-12T10:00").finds("06-12T14:00", AnomalyKind::CommGap);
    near(gap.finding.since, "06-12T08:00", 0);
    near(gap.until.unwrap(), "06-12T11:00", 0);
    assert_eq!(gap.finding.lost, Energy::ZERO);
    assert!(gap.finding.cause.contains("nothing was lost"), "{}", gap.finding.cause);

    let expected = lossy.expected("06-12T08:00", "06-12T11:00");
    let gap = lossy.knowing("06-12T10:00").finds("06-12T14:00", AnomalyKind::CommGap);
    about(gap.finding.lost, 0.6 * expected, 0.1);
}

#[test]
fn a_link_that_comes_and_goes_flaps_until_it_is_steady() {
    let mut flaky = World::under(clear);
    for hour in 8..12 {
        flaky = flaky
            .silent(&format!("06-12T{hour:02}:00"), &format!("06-12T{hour:02}:15"))
            .silent(&format!("06-12T{hour:02}:30"), &format!("06-12T{hour:02}:45"));
    }

    flaky.stays_quiet(&["06-12T09:00"]);
    let gap = flaky.finds("06-12T11:30", AnomalyKind::CommGap);
    near(gap.finding.since, "06-12T08:30", 30);
    about(gap.finding.lost_per_day, 0.5 * flaky.expected("06-11T11:30", "06-12T11:30"), 0.1);
    assert!(gap.finding.cause.contains("come and go"), "{}", gap.finding.cause);

    let steady = flaky.knowing("06-12T11:30").finds("06-12T16:00", AnomalyKind::CommGap);
    near(steady.until.unwrap(), "06-12T11:45", 0);
}

#[test]
fn a_reading_missed_now_and_then_is_no_gap() {
    let mut now_and_then = World::under(clouds);
    for hour in 6..20 {
        let start = format!("06-12T{hour:02}:15");
        now_and_then = now_and_then.during(&start, &format!("06-12T{hour:02}:30"), |point| {
            point.covered_s = 600;
            point.produced_wh *= 2.0 / 3.0;
        });
    }
    now_and_then.stays_quiet(&["06-12T10:00", "06-12T15:00", "06-12T20:00"]);
}

#[test]
fn a_gap_whose_readings_arrive_late_is_taken_back_and_one_that_is_half_filled_is_not() {
    let seen = World::under(clear).silent("06-12T09:00", "06-12T14:00").knowing("06-12T11:00");
    let known = |world: World| World { tracked: seen.tracked.clone(), ..world };

    let gap = known(World::under(clear)).finds("06-12T15:00", AnomalyKind::CommGap);
    assert_eq!(gap.until, Some(gap.finding.since));
    assert_eq!(gap.finding.cause, "The readings of that time arrived late. None is missing.");

    let half = known(World::under(clear).silent("06-12T11:00", "06-12T14:00"));
    let gap = half.finds("06-12T15:00", AnomalyKind::CommGap);
    near(gap.until.unwrap(), "06-12T14:00", 0);
}
