//! How anomalies are raised, change, end and come back.

use super::*;
use crate::monitoring::Finding;
use crate::monitoring::testing::{at, detection};
use crate::units::Energy;

/// What a site's days were, look by look.
#[derive(Default)]
struct Followed {
    tracked: Vec<Tracked>,
    next: u128,
}

impl Followed {
    /// Looks at a local instant and tells the news in short.
    fn look(&mut self, now: &str, found: Vec<Detection>) -> Vec<String> {
        let news = advance(&mut self.tracked, found, at(now), || {
            self.next += 1;
            uuid::Uuid::from_u128(self.next).into()
        });
        news.into_iter()
            .map(|(id, news)| {
                let what = match news {
                    AnomalyNews::Raised(_) => "raised",
                    AnomalyNews::Updated(_) => "updated",
                    AnomalyNews::Ended(_) => "ended",
                    AnomalyNews::Reopened(_) => "reopened",
                    AnomalyNews::Withdrawn(_) => "withdrawn",
                };
                format!("{what} {}", uuid::Uuid::from(id).as_u128())
            })
            .collect()
    }
}

fn outage(since: &str, until: Option<&str>) -> Detection {
    of(AnomalyKind::Outage, since, until)
}

fn of(kind: AnomalyKind, since: &str, until: Option<&str>) -> Detection {
    let since = at(since).to_string();
    Detection { until: until.map(at), ..detection(kind, &since) }
}

fn losing(wh: i64, detection: Detection) -> Detection {
    let lost = Energy::from_wh(wh);
    Detection { finding: Finding { lost, ..detection.finding }, ..detection }
}

#[test]
fn an_anomaly_is_raised_once_updated_when_it_changes_and_ended() {
    let mut site = Followed::default();
    let off = outage("06-10T09:00", None);
    let back = outage("06-10T09:00", Some("06-10T12:00"));

    assert_eq!(site.look("06-10T10:00", vec![off.clone()]), ["raised 1"]);
    assert_eq!(site.look("06-10T10:15", vec![off.clone()]), Vec::<String>::new());
    assert_eq!(site.look("06-10T10:30", vec![losing(9_000, off)]), ["updated 1"]);
    assert_eq!(site.look("06-10T12:30", vec![back.clone()]), ["ended 1"]);
    assert_eq!(site.look("06-10T12:45", vec![back]), Vec::<String>::new());
    assert_eq!(site.tracked[0].raised_at, at("06-10T10:00"));
    assert!(site.tracked[0].covers(at("06-10T11:59")));
    assert!(!site.tracked[0].covers(at("06-10T12:00")));
}

#[test]
fn what_no_rule_sees_any_more_has_ended_now() {
    let mut site = Followed::default();
    site.look("06-10T10:00", vec![outage("06-10T09:00", None)]);

    assert_eq!(site.look("06-10T11:00", Vec::new()), ["ended 1"]);
    assert_eq!(site.tracked[0].detection.until, Some(at("06-10T11:00")));
}

#[test]
fn what_comes_back_within_a_day_is_the_same_and_later_another() {
    let check = |since: &str, expected: &str| {
        let mut site = Followed::default();
        site.look("06-10T10:00", vec![outage("06-10T09:00", None)]);
        site.look("06-10T12:30", vec![outage("06-10T09:00", Some("06-10T12:00"))]);
        assert_eq!(site.look("06-11T18:00", vec![outage(since, None)]), [expected], "{since}");
    };

    check("06-11T11:00", "reopened 1");
    check("06-11T12:00", "reopened 1");
    check("06-11T12:15", "raised 2");
}

#[test]
fn another_kind_is_another_anomaly_but_a_share_has_two_names() {
    let check = |first: AnomalyKind, second: AnomalyKind, expected: &[&str]| {
        let mut site = Followed::default();
        site.look("06-10T10:00", vec![of(first, "06-10T00:00", None)]);
        let news = site.look("06-11T10:00", vec![of(second, "06-10T00:00", None)]);
        assert_eq!(news, expected, "{first} {second}");
    };
    let (string, under) = (AnomalyKind::StringLoss, AnomalyKind::Underperformance);

    check(string, under, &["updated 1"]);
    check(under, string, &["updated 1"]);
    check(AnomalyKind::Outage, string, &["raised 2", "ended 1"]);
    check(AnomalyKind::CommGap, AnomalyKind::Outage, &["raised 2", "ended 1"]);
}

#[test]
fn a_further_loss_in_the_same_look_is_a_second_anomaly() {
    let mut site = Followed::default();
    let string = |since, until| of(AnomalyKind::StringLoss, since, until);
    site.look("06-05T13:00", vec![string("06-03T00:00", None)]);
    let both = vec![string("06-03T00:00", Some("06-10T00:00")), string("06-10T00:00", None)];

    assert_eq!(site.look("06-12T13:00", both.clone()), ["ended 1", "raised 2"]);
    // The same is seen again until the hour is over.
    assert_eq!(site.look("06-12T13:15", both), Vec::<String>::new());
    let further = vec![string("06-10T00:00", None)];
    assert_eq!(site.look("06-12T14:00", further), Vec::<String>::new());
    assert!(!site.tracked[0].is_open() && site.tracked[1].is_open());
}

#[test]
fn what_ended_long_ago_is_not_raised_and_what_ended_lately_is_at_once_over() {
    let over = || vec![outage("06-08T09:00", Some("06-08T12:00"))];

    assert_eq!(Followed::default().look("06-10T12:00", over()), ["raised 1", "ended 1"]);
    assert_eq!(Followed::default().look("06-10T12:15", over()), Vec::<String>::new());
}

#[test]
fn ended_anomalies_are_forgotten_after_three_days() {
    let mut site = Followed::default();
    site.look("06-08T10:00", vec![outage("06-08T09:00", Some("06-08T09:30"))]);

    site.look("06-11T09:30", Vec::new());
    assert_eq!(site.tracked.len(), 1);
    site.look("06-11T09:45", Vec::new());
    assert_eq!(site.tracked, Vec::new());
}

#[test]
fn the_earliest_beginning_is_kept() {
    let mut site = Followed::default();
    site.look("06-10T10:00", vec![outage("06-10T09:00", None)]);
    site.look("06-10T11:00", vec![outage("06-10T10:00", None)]);
    assert_eq!(site.tracked[0].since(), at("06-10T09:00"));

    site.look("06-10T12:00", vec![outage("06-10T08:00", None)]);
    assert_eq!(site.tracked[0].since(), at("06-10T08:00"));
}

#[test]
fn what_turns_out_to_have_lasted_no_time_is_withdrawn_and_begins_afresh() {
    let mut site = Followed::default();
    site.look("06-10T10:00", vec![outage("06-10T09:00", None)]);

    let nothing = vec![outage("06-10T09:00", Some("06-10T09:00"))];
    assert_eq!(site.look("06-10T11:00", nothing.clone()), ["withdrawn 1"]);
    assert_eq!(site.look("06-10T11:15", nothing), Vec::<String>::new());
    assert_eq!(site.look("06-10T12:00", vec![outage("06-10T11:30", None)]), ["raised 2"]);
}
