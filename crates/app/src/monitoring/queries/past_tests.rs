use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::Status;
use jiff::SignedDuration;
use rust_decimal::Decimal;

use super::tests::{LOSSES, World, assessment, now, person};
use super::{OverviewQuery, PastError};
use crate::monitoring::{PastFleet, StoredAssessment};

fn stood(euros: &[i64]) -> PastFleet {
    let stored = |(number, euros): (i32, &i64)| StoredAssessment {
        assessment: assessment(number, *euros),
        raised_at: Some(now() - SignedDuration::from_hours(9)),
        owner: None,
    };
    PastFleet { sites: (1..).zip(euros).map(stored).collect(), ..PastFleet::default() }
}

#[tokio::test]
async fn the_past_is_shown_as_it_stood_and_not_as_it_stands() {
    let world = World::new(LOSSES).await;
    let then = now() - SignedDuration::from_hours(4);
    world.past.put(then, stood(&[0, 60, 0, 0, 30, 0]));

    let query = OverviewQuery::default();
    let overview = world.monitoring.overview_at(&person(Role::Ops), &query, then).await.unwrap();

    let ranked: Vec<i32> = overview.rows.iter().map(|row| row.site.id.into()).collect();
    assert_eq!(ranked, [2, 5]);
    assert_eq!(overview.as_of, then);
    assert_eq!(overview.summary.lost_per_day[0].amount, Decimal::from(90));
    assert_eq!(overview.rows[0].assessment.status, Status::ActToday);
}

#[tokio::test]
async fn what_was_not_recorded_and_what_is_to_come_is_not_made_up() {
    let world = World::new(LOSSES).await;
    let then = now() - SignedDuration::from_hours(4);
    let at = async |at| {
        let query = OverviewQuery::default();
        world.monitoring.overview_at(&person(Role::Ops), &query, at).await.err()
    };

    let nothing = at(then).await;
    world.past.put(then, stood(&[1]));
    let before = at(then - SignedDuration::from_secs(1)).await;
    let ahead = at(now() + SignedDuration::from_secs(1)).await;

    assert!(matches!(nothing, Some(PastError::NotRecorded { since: None })));
    assert!(matches!(before, Some(PastError::NotRecorded { since: Some(_) })));
    assert!(matches!(ahead, Some(PastError::NotYet)));
}
