use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::monitoring::testing::detection;
use crate::monitoring::{AnomalyKind, AnomalyNews};

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-06-12T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

fn person(number: u128) -> UserId {
    Uuid::from_u128(number).into()
}

fn note(text: &str) -> Note {
    text.parse().unwrap()
}

fn ended(minutes: i64) -> AnomalyNews {
    let mut seen = detection(AnomalyKind::Outage, "2026-06-12T08:00:00Z");
    seen.until = Some(at(minutes));
    AnomalyNews::Ended(seen)
}

fn goes_on() -> AnomalyNews {
    AnomalyNews::Updated(detection(AnomalyKind::Outage, "2026-06-12T08:00:00Z"))
}

fn began_again() -> AnomalyNews {
    AnomalyNews::Reopened(detection(AnomalyKind::Outage, "2026-06-12T08:00:00Z"))
}

fn hear(life: Life, news: &AnomalyNews, minutes: i64) -> (Life, Option<AnomalyEvent>) {
    life.hear(news, at(minutes), Energy::from_wh(4_000))
}

#[test]
fn who_gets_it_has_seen_it() {
    let life = Life::new().assign(person(2), person(1), at(5)).unwrap();

    assert_eq!(life.stage, Stage::Acknowledged { by: person(1), at: at(5) });
    assert_eq!(life.phase(at(6)), Phase::Assigned);
    assert_eq!(life.clone().assign(person(2), person(3), at(7)), Err(LifeError::AlreadyTheirs));
    assert_eq!(life.hand_back().unwrap().phase(at(8)), Phase::Acknowledged);
}

#[test]
fn the_second_to_acknowledge_is_told_that_somebody_was_faster() {
    let life = Life::new().acknowledge(person(1), at(1)).unwrap();

    assert_eq!(life.acknowledge(person(2), at(1)), Err(LifeError::AlreadySeen));
}

#[test]
fn a_snooze_passes_by_itself_and_cannot_be_for_ever() {
    let life = Life::new().snooze(person(1), at(0), at(60)).unwrap();

    assert_eq!(life.phase(at(59)), Phase::Snoozed);
    assert_eq!(life.phase(at(60)), Phase::Acknowledged);
    let refused = |until| Life::new().snooze(person(1), at(0), until).unwrap_err();
    assert_eq!(refused(at(0)), LifeError::SnoozeOutOfRange);
    assert_eq!(
        refused(at(0) + MOST_SNOOZED + SignedDuration::from_secs(1)),
        LifeError::SnoozeOutOfRange
    );
}

#[test]
fn a_measured_end_resolves_and_says_what_came_back() {
    let (life, told) = hear(Life::new(), &ended(30), 45);

    let recovery = Recovery { at: at(30), per_day: Energy::from_wh(5_000), came_back: None };
    assert_eq!(life.recovery, Some(recovery));
    assert_eq!(life.phase(at(45)), Phase::Recovered);
    assert_eq!(told, Some(AnomalyEvent::Ended));
}

#[test]
fn a_repair_is_proved_by_the_measured_end_or_opened_again() {
    let fixed = Life::new().resolve(person(1), at(0), note("Fuse replaced")).unwrap();

    let (proved, _) = hear(fixed.clone(), &ended(20), 30);
    let (early, untold) = hear(fixed.clone(), &goes_on(), 36 * 60);
    let (late, told) = hear(fixed.clone(), &goes_on(), 36 * 60 + 1);

    assert_eq!(proved.phase(at(30)), Phase::Fixed);
    assert!(proved.recovery.is_some());
    assert_eq!((early, untold), (fixed, None));
    assert_eq!((late.phase(at(3000)), late.reopened), (Phase::Open, 1));
    assert_eq!(told, Some(AnomalyEvent::Reopened));
}

#[test]
fn what_begins_again_comes_back_to_whoever_had_it() {
    let life = Life::new().assign(person(2), person(2), at(0)).unwrap();
    let (life, _) = hear(life, &ended(20), 30);

    let (life, told) = hear(life, &began_again(), 90);

    assert_eq!(life.phase(at(90)), Phase::Assigned);
    assert_eq!((life.reopened, life.recovery), (1, None));
    assert_eq!(told, Some(AnomalyEvent::Reopened));
}

#[test]
fn what_was_dismissed_stays_dismissed() {
    let life = Life::new().dismiss(person(1), at(0), Dismissal::KnownShading, None).unwrap();

    for news in [goes_on(), ended(20), began_again(), AnomalyNews::Withdrawn("It was not.".into())]
    {
        let (heard, _) = hear(life.clone(), &news, 5_000);
        assert!(heard.is_dismissed(), "{news:?}");
    }
    assert_eq!(
        Life::new().dismiss(person(1), at(0), Dismissal::Other, None),
        Err(LifeError::ReasonMissing)
    );
}

#[test]
fn a_withdrawn_anomaly_is_nobodys_to_reopen() {
    let news = AnomalyNews::Withdrawn("The counter has caught up.".to_owned());
    let (life, told) = hear(Life::new(), &news, 10);

    assert_eq!(told, Some(AnomalyEvent::Withdrawn));
    assert_eq!(life.clone().reopen(), Err(LifeError::Withdrawn));
    assert_eq!(life.acknowledge(person(1), at(11)), Err(LifeError::Withdrawn));
}

#[test]
fn what_is_over_takes_a_reopening_and_nothing_else() {
    let over = Life::new().resolve(person(1), at(0), note("Done")).unwrap();

    assert_eq!(over.clone().acknowledge(person(1), at(1)), Err(LifeError::Over));
    assert_eq!(over.clone().snooze(person(1), at(1), at(2)), Err(LifeError::Over));
    assert_eq!(over.clone().reopen().unwrap().phase(at(2)), Phase::Open);
    assert_eq!(Life::new().reopen(), Err(LifeError::NotOver));
}

fn actions() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Acknowledge),
        (1_u128..4).prop_map(|to| Action::Assign(person(to))),
        Just(Action::HandBack),
        (-10_i64..200).prop_map(|minutes| Action::Snooze { until: at(minutes) }),
        Just(Action::Resolve { reason: note("Done") }),
        Just(Action::Dismiss { why: Dismissal::Snow, note: None }),
        Just(Action::Reopen { reason: note("Not done") }),
    ]
}

fn news() -> impl Strategy<Value = AnomalyNews> {
    prop_oneof![
        Just(goes_on()),
        (0_i64..100).prop_map(ended),
        Just(began_again()),
        Just(AnomalyNews::Withdrawn("Explained.".to_owned())),
    ]
}

/// A life as it may be after any number of steps.
fn lives() -> impl Strategy<Value = Life> {
    let step = prop_oneof![actions().prop_map(Ok), news().prop_map(Err)];
    proptest::collection::vec(step, 0..8).prop_map(|steps| {
        steps.into_iter().zip(0..).fold(Life::new(), |life, (step, minute)| match step {
            Ok(action) => life.clone().act(&action, person(1), at(minute)).unwrap_or(life),
            Err(news) => hear(life, &news, minute).0,
        })
    })
}

proptest! {
    #[test]
    fn hearing_the_same_twice_changes_nothing_more(life in lives(), news in news()) {
        let (once, _) = hear(life, &news, 300);
        let (twice, told) = hear(once.clone(), &news, 300);

        prop_assert_eq!(twice, once);
        prop_assert_eq!(told, None);
    }

    #[test]
    fn a_refused_action_is_refused_for_a_reason_that_holds(life in lives(), action in actions()) {
        match life.clone().act(&action, person(1), at(50)) {
            Ok(after) => {
                let snoozed = matches!(action, Action::Snooze { .. });
                prop_assert!(after != life || snoozed);
            }
            Err(LifeError::Over) => prop_assert!(!life.is_live()),
            Err(LifeError::Withdrawn) => prop_assert_eq!(life.phase(at(50)), Phase::Withdrawn),
            Err(LifeError::NotOver) => prop_assert!(life.is_live()),
            Err(LifeError::Nobodys) => prop_assert_eq!(life.assigned, None),
            Err(_) => {}
        }
    }

    #[test]
    fn only_the_detector_proves_a_recovery(life in lives(), action in actions()) {
        if let Ok(after) = life.clone().act(&action, person(1), at(50)) {
            prop_assert!(after.recovery.is_none() || after.recovery == life.recovery);
        }
    }

    #[test]
    fn what_recovered_has_its_proof(life in lives()) {
        if life.phase(at(500)) == Phase::Recovered {
            prop_assert!(life.recovery.is_some());
        }
    }
}
