use super::*;

#[tokio::test]
async fn past_days_get_their_sky_and_teach_the_shape_of_the_day() {
    // Site 6 stands in the shade of a tree each afternoon, and always has.
    let tree = |number, interval: Interval| {
        let hour = site(number).details.zone.local(interval.start()).hour();
        if number == 6 && hour >= 16 { 0.5 } else { 1.0 }
    };
    let world = World::with_past(tree).await;

    while world.assessor.catch_up(5).await.unwrap() > 0 {}
    world.assessor.learn().await.unwrap();
    world.assessor.assess().await.unwrap();

    let south = site(1).details.region;
    let noon = Interval::containing(at("05T13:00:00"));
    let sky = world.store.region_intervals(Some(&south), noon, noon.next()).await.unwrap();
    assert_eq!(sky[0].sites, 6);
    assert!(sky[0].clearness.is_some());
    let learned = world.store.baselines(&[1.into(), 6.into()]).await.unwrap();
    let evening = |at: usize| learned[at].hours[17] / learned[at].hours[11];
    assert!((evening(1) / evening(0) - 0.5).abs() < 0.08, "{learned:?}");
    assert_eq!(world.status(6).await, (Status::OnTrack, None));
}

#[tokio::test]
async fn of_a_day_that_lasts_nothing_is_past_and_older_days_do_not_wait_for_it() {
    let world = World::with_past(all).await;
    while world.assessor.catch_up(5).await.unwrap() > 0 {}
    let south = site(1).details.region;
    let yesterday = TODAY.yesterday().unwrap();

    world.store.put_due(&[(south.clone(), TODAY)]).await.unwrap();
    assert_eq!(world.assessor.catch_up(1).await.unwrap(), 0);

    let due = [(south.clone(), TODAY), (south, yesterday)];
    world.store.put_due(&due).await.unwrap();
    assert_eq!(world.assessor.catch_up(1).await.unwrap(), 1);
    assert!(world.store.take_due(9).await.unwrap().is_empty());
}
