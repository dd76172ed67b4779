use super::*;
use proptest::prelude::*;

const LONGEST: SignedDuration = SignedDuration::from_hours(12);
const STEP: i64 = 15;

fn at(minutes: i64) -> Timestamp {
    Timestamp::constant(1_781_222_400, 0) + SignedDuration::from_mins(minutes)
}

fn hours(count: i64) -> i64 {
    count * 60
}

fn window(from: i64, to: i64) -> Window {
    Window { from: at(from), to: at(to) }
}

fn complete(asked: Window) -> Reached {
    Reached { asked, complete_to: asked.to, newest: Some(asked.to) }
}

fn nothing(asked: Window) -> Reached {
    Reached { asked, complete_to: asked.from, newest: None }
}

#[test]
fn fresh_readings_go_before_what_was_missed() {
    let progress = Progress::from(at(0));
    let now = at(hours(30));

    let fresh = progress.fresh(now, LONGEST).unwrap();
    let after = progress.fetched(Purpose::Fresh, complete(fresh), now);

    assert_eq!(fresh, window(hours(18), hours(30)));
    assert_eq!(after.checkpoint, at(0));
    assert_eq!(after.spare(now, LONGEST), Some((Purpose::Gap, window(0, hours(12)))));
    let half = after.fetched(Purpose::Gap, complete(window(0, hours(12))), now);
    assert_eq!(half.spare(now, LONGEST), Some((Purpose::Gap, window(hours(12), hours(18)))));
    let whole = half.fetched(Purpose::Gap, complete(window(hours(12), hours(18))), now);
    assert_eq!((whole.checkpoint, whole.ahead), (now, None));
}

#[test]
fn no_gap_is_shorter_than_a_quarter_hour() {
    let now = at(hours(30)) + SignedDuration::from_millis(7_300);

    let fresh = Progress::from(at(0)).fresh(now, LONGEST).unwrap();

    assert_eq!(fresh.from, at(hours(18) + 15));
}

#[test]
fn a_night_without_readings_settles_once_the_morning_came() {
    let evening = Progress { newest: Some(at(0)), ..Progress::from(at(0)) };
    let now = at(hours(9));
    let night = evening.fetched(Purpose::Fresh, nothing(window(0, hours(9))), now);
    let morning = Reached {
        asked: window(0, hours(10)),
        complete_to: at(hours(10)),
        newest: Some(at(hours(10))),
    };

    assert_eq!(night.checkpoint, at(0));
    let day = night.fetched(Purpose::Fresh, morning, at(hours(10)));
    assert_eq!(day.checkpoint, at(hours(10)));
}

#[test]
fn silence_is_given_up_after_two_days() {
    let progress = Progress::from(at(0));
    let now = at(hours(72));

    let after = progress.fetched(Purpose::Gap, nothing(window(0, hours(12))), now);

    assert_eq!(after.checkpoint, at(hours(12)));
}

#[test]
fn two_days_are_read_again_once_a_day() {
    let mut progress = Progress { newest: Some(at(0)), ..Progress::from(at(0)) };
    let now = at(hours(24));
    progress = progress.fetched(Purpose::Fresh, complete(window(0, hours(24))), now);
    let mut windows = Vec::new();
    while let Some((purpose, window)) = progress.spare(now, LONGEST) {
        assert_eq!(purpose, Purpose::Reread);
        windows.push(window);
        progress = progress.fetched(purpose, complete(window), now);
    }

    assert_eq!(windows.len(), 4);
    assert_eq!((windows[0].from, windows[3].to), (at(hours(-24)), now));
    assert_eq!(progress.spare(at(hours(47)), LONGEST), None);
    assert!(progress.spare(at(hours(48)), LONGEST).is_some());
}

#[test]
fn nothing_from_before_what_is_wanted_is_read_again() {
    for wanted in [0, -hours(12), -hours(24), -hours(300)] {
        let mut progress = Progress::of_new(at(wanted), at(0));
        for now in (0..hours(100)).step_by(60) {
            if let Some(fresh) = progress.fresh(at(now), LONGEST) {
                progress = progress.fetched(Purpose::Fresh, complete(fresh), at(now));
            }
            while let Some((purpose, window)) = progress.spare(at(now), LONGEST) {
                assert!(window.from >= at(wanted), "{window:?} of what is wanted from {wanted}");
                progress = progress.fetched(purpose, complete(window), at(now));
            }
        }
        assert!(progress.reread_at > at(hours(48)), "nothing was read again");
    }
}

#[test]
fn back_filling_keeps_what_is_ahead() {
    let progress = Progress::from(at(hours(10)));

    let wanted = progress.back_filled_from(at(0));

    assert_eq!(wanted.head(), at(hours(10)));
    let gap = window(0, hours(10));
    assert_eq!(wanted.spare(at(hours(11)), LONGEST), Some((Purpose::Gap, gap)));
    let done = wanted.fetched(Purpose::Gap, complete(gap), at(hours(11)));
    assert_eq!((done.checkpoint, done.ahead), (at(hours(10)), None));
    assert_eq!(progress.back_filled_from(at(hours(20))), progress);
}

/// What happens next to a connection.
#[derive(Debug, Clone)]
enum Step {
    /// Time passes.
    Wait(i64),
    /// The site stops sending to its vendor, or sends all it kept.
    Offline(bool),
    Fresh,
    Spare,
    BackFill(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => (1_i64..2_000).prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::Offline),
        3 => Just(Step::Fresh),
        3 => Just(Step::Spare),
        1 => (0_i64..5_000).prop_map(Step::BackFill),
    ];
    proptest::collection::vec(step, 1..120)
}

proptest! {
    /// A vendor that reports in order, with outages of up to two days:
    /// whatever is before the checkpoint has been fetched.
    #[test]
    fn the_checkpoint_never_skips_data(steps in steps()) {
        let mut progress = Progress::from(at(0));
        let (mut now, mut sent_to, mut offline_since) = (0_i64, 0_i64, None::<i64>);
        let mut fetched = std::collections::BTreeSet::new();
        for step in steps {
            let work = match step {
                Step::Wait(minutes) => {
                    now += minutes;
                    None
                }
                Step::Offline(offline) => {
                    offline_since = offline.then_some(offline_since.unwrap_or(now));
                    None
                }
                Step::BackFill(from) => {
                    progress = progress.back_filled_from(at(from.min(now)));
                    None
                }
                Step::Fresh => {
                    progress.fresh(at(now), LONGEST).map(|window| (Purpose::Fresh, window))
                }
                Step::Spare => progress.spare(at(now), LONGEST),
            };
            // Nobody stays away for longer than is waited for.
            if offline_since.is_some_and(|since| now - since > hours(40)) {
                offline_since = None;
            }
            if offline_since.is_none() {
                sent_to = now;
            }
            let Some((purpose, asked)) = work else { continue };
            prop_assert!(asked.to.duration_since(asked.from) <= LONGEST);
            let known: Vec<i64> = (0..sent_to / STEP)
                .map(|step| step * STEP)
                .filter(|start| asked.contains(at(*start)) && start + STEP <= sent_to)
                .collect();
            let newest = known.last().map(|start| at(start + STEP));
            fetched.extend(known);
            let complete_to = newest.map_or(asked.from, |end| end.min(asked.to));
            let reached = Reached { asked, complete_to, newest };
            progress = progress.fetched(purpose, reached, at(now));
            let before = (0..=now / STEP)
                .map(|step| step * STEP)
                .filter(|start| at(start + STEP) <= progress.checkpoint);
            for start in before {
                prop_assert!(fetched.contains(&start), "{start} was skipped at {now}");
            }
            prop_assert!(progress.ahead.is_none_or(|ahead| ahead.from > progress.checkpoint));
        }
    }
}
