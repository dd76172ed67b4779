use super::*;
use proptest::prelude::*;
use strum::IntoEnumIterator;

fn at(minutes: i64) -> Timestamp {
    Timestamp::constant(1_781_254_800, 0) + SignedDuration::from_mins(minutes)
}

fn after(failures: &[(i64, Cause)]) -> Record {
    let start = Record::default().succeeded(at(0));
    failures.iter().fold(start, |record, (minutes, cause)| record.failed(at(*minutes), *cause))
}

fn check(failures: &[(i64, Cause)], now: i64, expected: Health) {
    assert_eq!(after(failures).health(at(now)), expected, "{failures:?} at {now}");
}

#[test]
fn a_failure_shows_at_once_and_worsens_while_it_lasts() {
    let out = |minutes| (minutes, Cause::Unreachable);

    check(&[], 0, Health::Healthy);
    check(&[out(15)], 15, Health::Degraded);
    check(&[out(15), out(16), out(18)], 18, Health::Failing);
    check(&[out(15), out(16), out(18)], 15 + 6 * 60, Health::Down);
}

#[test]
fn what_only_a_person_can_mend_is_down_at_once() {
    check(&[(15, Cause::CredentialRejected)], 15, Health::Down);
    check(&[(15, Cause::Retired)], 15, Health::Down);
    check(&[(15, Cause::QuotaSpent)], 15, Health::Degraded);
}

#[test]
fn one_success_heals_and_keeps_a_pause() {
    let mended = after(&[(15, Cause::VendorFault), (16, Cause::VendorFault)]).succeeded(at(17));
    let paused = Record { paused: true, ..mended };

    assert_eq!(mended.health(at(17)), Health::Healthy);
    assert_eq!((mended.failures, mended.failing_since), (0, None));
    assert_eq!(paused.succeeded(at(20)).health(at(20)), Health::Paused);
}

#[test]
fn an_answer_without_news_is_a_success_that_does_not_hide() {
    let stale = after(&[(15, Cause::TimedOut)]).found_nothing_new(at(30));

    assert_eq!(stale.health(at(30)), Health::Degraded);
    assert_eq!(stale.cause, Some(Cause::NoFreshData));
    assert_eq!(stale.last_success, Some(at(30)));
}

#[test]
fn every_cause_says_what_is_wrong_what_to_do_and_who_has_to() {
    for cause in Cause::iter() {
        for text in [cause.words(), cause.remedy()] {
            assert!(text.len() > 20 && !text.ends_with('.'), "{cause}: {text}");
        }
        let waits = matches!(cause.party(), Party::Nobody | Party::Vendor | Party::Engineering);
        assert!(!waits || cause.passes(), "{cause} lasts, and nobody has to act");
        assert_eq!(cause.to_string().parse(), Ok(cause));
    }
}

proptest! {
    #[test]
    fn health_never_improves_by_failing_again(
        minutes in proptest::collection::vec(1_i64..600, 1..12),
    ) {
        let mut record = Record::default();
        let (mut now, mut worst) = (0, Health::Healthy);
        for step in minutes {
            now += step;
            record = record.failed(at(now), Cause::VendorFault);
            let health = record.health(at(now));
            prop_assert!(health >= worst);
            worst = health;
        }
    }
}

#[test]
fn every_remark_has_words_and_is_told_longer_than_it_takes_to_look_again() {
    for remark in Remark::iter() {
        assert!(remark.words().len() > 10 && !remark.words().ends_with('.'), "{remark}");
        assert!(remark.lasts() >= SignedDuration::from_hours(3), "{remark}");
        assert_eq!(remark.to_string().parse(), Ok(remark));
    }
}
