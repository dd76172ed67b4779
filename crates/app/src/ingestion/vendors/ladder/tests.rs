use greengrid_domain::units::Power;

use super::near::edits;
use super::*;
use crate::testing::FakeVendor;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn expected() -> Expected {
    Expected {
        id: "4711".parse().unwrap(),
        name: "Hill Farm".to_owned(),
        location: Location::new(52.5, 13.4).unwrap(),
        zone: "Europe/Berlin".parse().unwrap(),
        capacity: PeakPower::from_kwp(10.0).ok(),
    }
}

async fn climbed(vendor: &FakeVendor, expected: &Expected, now: &str) -> Vec<Check> {
    let mut checks = Vec::new();
    climb(vendor, expected, at(now), |check| checks.push(check)).await;
    checks
}

fn doubtful(checks: &[Check]) -> Vec<Rung> {
    let doubt = |check: &&Check| matches!(check.outcome, Outcome::Doubtful(_));
    checks.iter().filter(doubt).map(|check| check.rung).collect()
}

const NOON: &str = "2026-06-12T10:00:00Z";

#[tokio::test]
async fn a_good_connection_passes_every_step_in_order() {
    use strum::IntoEnumIterator;
    let checks = climbed(&FakeVendor::new(), &expected(), NOON).await;

    assert!(checks.iter().all(|check| matches!(check.outcome, Outcome::Passed(_))));
    assert_eq!(checks.iter().map(|c| c.rung).collect::<Vec<_>>(), Rung::iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn it_ends_at_the_first_step_that_failed() {
    for (cause, passed) in [
        (Cause::Unreachable, 0),
        (Cause::CredentialKind, 1),
        (Cause::QuotaSpent, 1),
        (Cause::PermissionMissing, 3),
    ] {
        let vendor = FakeVendor::new();
        vendor.fail(Some(cause));

        let checks = climbed(&vendor, &expected(), NOON).await;

        assert_eq!(checks.len(), passed + 1, "{cause}");
        let Some(Check { outcome: Outcome::Failed { error, .. }, .. }) = checks.last() else {
            panic!("{cause}: {checks:?}");
        };
        assert_eq!(error.cause, cause);
    }
}

#[tokio::test]
async fn a_mistyped_site_is_answered_with_those_that_may_be_meant() {
    let expected = Expected { id: "4771".parse().unwrap(), ..expected() };

    let checks = climbed(&FakeVendor::new(), &expected, NOON).await;

    let Some(Check { rung: Rung::SiteFound, outcome: Outcome::Failed { near, .. } }) =
        checks.last()
    else {
        panic!("{checks:?}");
    };
    assert_eq!(near[0].name, "Hill Farm");
}

#[tokio::test]
async fn silence_is_a_failure_by_day_and_sleep_by_night() {
    let vendor = FakeVendor::new();
    vendor.fall_silent(at("2026-06-12T04:00:00Z"));

    let by_day = climbed(&vendor, &expected(), NOON).await;
    let by_night = climbed(&vendor, &expected(), "2026-06-12T22:30:00Z").await;

    let Some(Check { rung: Rung::DataFresh, outcome: Outcome::Failed { error, .. } }) =
        by_day.last()
    else {
        panic!("{by_day:?}");
    };
    assert_eq!(error.cause, Cause::NoFreshData);
    assert_eq!(error.said.as_deref(), Some("last reading 12 Jun 05:45"));
    assert_eq!(doubtful(&by_night), [Rung::DataFresh, Rung::UnitsPlausible]);
}

#[tokio::test]
async fn size_capacity_and_zone_that_do_not_fit_are_pointed_out() {
    let vendor = FakeVendor::new();
    vendor.send(Power::from_watts(400_000));
    let expected = Expected {
        capacity: PeakPower::from_kwp(4.0).ok(),
        zone: "Europe/London".parse().unwrap(),
        ..expected()
    };

    let checks = climbed(&vendor, &expected, NOON).await;

    assert_eq!(
        doubtful(&checks),
        [Rung::UnitsPlausible, Rung::CapacityPlausible, Rung::ZonePlausible]
    );
}

#[test]
fn nearness_counts_letters() {
    assert_eq!(edits("4711", "4711"), 0);
    assert_eq!(edits("4711", "4771"), 1);
    assert_eq!(edits("", "abc"), 3);
    assert_eq!(edits("hill farm", "hil farms"), 2);
}
