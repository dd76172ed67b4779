//! Who gets a stream, and when it ends.

use tokio::time::Instant;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_session_has_as_many_tabs_as_it_may() {
    let world = World::new();
    let mut tabs = Vec::new();
    for _ in 0..32 {
        tabs.push(world.tab(OPS).await);
    }

    let refused = world.try_open(OPS, overview()).await;
    assert!(matches!(refused, Err(Fault::TooManyTabs)));

    tabs.pop();
    world.tab(OPS).await;
    world.tab(OTHER_OPS).await;
}

#[tokio::test(start_paused = true)]
async fn signing_out_ends_the_streams_of_that_session_alone() {
    let world = World::new();
    let mut tabs = [world.tab(OPS).await, world.tab(OPS).await];
    let mut other = world.tab(OTHER_OPS).await;

    let started = Instant::now();
    world.tell(Notice::SessionEnded(OPS.session.to_owned()));

    for tab in &mut tabs {
        assert!(shows(tab.next().await.as_ref(), "window.location.assign('/sign-in')"));
        assert_eq!(tab.next().await, None);
    }
    assert!(started.elapsed() < Duration::from_secs(2));
    world.change("two");
    assert!(shows(other.next().await.as_ref(), "two"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_end_of_a_session() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;
    let mut other = world.tab(OTHER_OPS).await;

    world.change("secret");
    assert!(shows(other.next().await.as_ref(), "secret"));
    world.registry.end_session(OPS.session);

    let last = tab.next().await;
    assert!(shows(last.as_ref(), "/sign-in") && !shows(last.as_ref(), "secret"));
    assert_eq!(tab.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn losing_the_role_or_the_account_ends_the_streams() {
    let world = World::new();
    let mut demoted = world.tab(OPS).await;
    let mut deactivated = world.tab(OTHER_OPS).await;

    let started = Instant::now();
    let demotion = OpenSession { role: Role::Cs, ..OPS.session() };
    *world.sessions.open.lock() = vec![demotion];
    world.tell(Notice::UserChanged(OPS.id()));
    world.tell(Notice::UserChanged(OTHER_OPS.id()));

    assert!(shows(demoted.next().await.as_ref(), "window.location.assign('/')"));
    assert_eq!(demoted.next().await, None);
    assert!(shows(deactivated.next().await.as_ref(), "/sign-in"));
    assert_eq!(deactivated.next().await, None);
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_that_nobody_heard_of_is_found_by_the_sweep() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;
    advance(Duration::from_secs(1)).await;

    let started = Instant::now();
    world.sessions.open.lock().clear();

    let mut last = tab.next().await;
    if last.as_deref() == Some(b":\n\n") {
        last = tab.next().await;
    }
    assert!(shows(last.as_ref(), "/sign-in"));
    assert!(started.elapsed() <= Duration::from_secs(11));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ended_while_its_stream_opened_is_found_at_once() {
    let world = World::new();
    world.sessions.open.lock().clear();

    let started = Instant::now();
    let mut tab = world.try_open(OPS, overview()).await.expect("a stream");

    let mut frame = tab.next().await;
    while !shows(frame.as_ref(), "/sign-in") {
        assert!(frame.is_some(), "the tab is told why");
        frame = tab.next().await;
    }
    assert_eq!(tab.next().await, None);
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn streams_end_when_nobody_can_tell_whether_they_may_go_on() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    let started = Instant::now();
    world.sessions.down.store(true, Ordering::Relaxed);

    while tab.next().await.is_some() {}
    let held = started.elapsed().as_secs();
    assert!((60..90).contains(&held), "ended after {held} s");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_or_not_allowed_is_refused() {
    let world = World::new();

    let forbidden = world.try_open(CUSTOMER, overview()).await;
    assert!(matches!(forbidden, Err(Fault::Forbidden)));

    *world.views.does.lock() = Does::Vanish;
    let missing = world.try_open(OPS, View::Import(Uuid::nil())).await;
    assert!(matches!(missing, Err(Fault::NotFound)));
    assert_eq!(world.registry.count().tabs, 0);
}

#[tokio::test(start_paused = true)]
async fn a_view_that_vanishes_sends_its_tabs_home() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    *world.views.does.lock() = Does::Vanish;
    world.tell(Notice::Changed(Topic::Fleet));

    assert!(shows(tab.next().await.as_ref(), "window.location.assign('/')"));
    assert_eq!(tab.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_two_hundred_streams_and_opens_no_others() {
    let world = World::new();
    let mut tabs = Vec::new();
    for number in 0..200_u128 {
        let session: &'static str = Box::leak(format!("s{number}").into_boxed_str());
        let person = Person { session, user: number / 4, role: Role::Ops };
        world.sessions.open.lock().push(person.session());
        tabs.push(world.tab(person).await);
    }
    assert_eq!(world.registry.count().tabs, 200);

    world.cancel.cancel();

    for tab in &mut tabs {
        assert_eq!(tab.next().await, None);
    }
    let late = world.try_open(OPS, overview()).await;
    assert!(matches!(late, Err(Fault::Stopping)));
}
