//! What tabs get, and when.

use greengrid_app::monitoring::OverviewView;
use tokio::time::Instant;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_change_is_rendered_once_and_its_bytes_are_shared() {
    let world = World::new();
    let mut tabs = [world.tab(OPS).await, world.tab(OPS).await, world.tab(OTHER_OPS).await];

    world.change("two");

    let mut frames = Vec::new();
    for tab in &mut tabs {
        let frame = tab.next().await.expect("the stream goes on");
        assert!(shows(Some(&frame), "two"));
        frames.push(frame);
    }
    assert_eq!(world.views.count(), 2);
    assert!(frames.iter().all(|frame| frame.as_ptr() == frames[0].as_ptr()));
}

#[tokio::test(start_paused = true)]
async fn a_burst_becomes_four_states_a_second() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;
    advance(Duration::from_secs(1)).await;
    let before = world.views.count();

    for _ in 0..1000 {
        world.change("busy");
        advance(Duration::from_millis(1)).await;
        tokio::task::yield_now().await;
    }
    let during = world.views.count() - before;
    world.change("last");

    until(|| world.views.count() > before + during).await;
    assert!((4..=5).contains(&during), "{during} renderings in a second");
    assert!(shows(tab.next().await.as_ref(), "last"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_tab_gets_the_newest_state_and_no_other() {
    let world = World::new();
    let mut slow = world.tab(OPS).await;
    let mut quick = world.tab(OPS).await;

    for state in ["two", "three", "four"] {
        world.change(state);
        assert!(shows(quick.next().await.as_ref(), state));
    }

    let frame = slow.next().await;
    assert!(shows(frame.as_ref(), "four") && shows(frame.as_ref(), "main"));
    assert_eq!(slow.next().await, Some(Bytes::from_static(b":\n\n")));
}

#[tokio::test(start_paused = true)]
async fn what_looks_the_same_is_not_sent_again() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    world.change("one");

    until(|| world.views.count() == 2).await;
    assert_eq!(tab.next().await, Some(Bytes::from_static(b":\n\n")));
}

#[tokio::test(start_paused = true)]
async fn other_topics_disturb_nobody() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    world.views.show("two");
    world.tell(Notice::Changed(Topic::Quarantine));
    world.tell(Notice::Changed(Topic::Site(7.into())));

    assert_eq!(tab.next().await, Some(Bytes::from_static(b":\n\n")));
    assert_eq!(world.views.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_sends_a_comment_every_ten_seconds() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    let started = Instant::now();
    for _ in 0..3 {
        assert_eq!(tab.next().await, Some(Bytes::from_static(b":\n\n")));
    }

    assert_eq!(started.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn what_is_personal_is_rendered_for_each_person() {
    let world = World::new();
    let mine =
        View::Overview(OverviewQuery { view: OverviewView::Mine, ..OverviewQuery::default() });

    let _one = world.try_open(OPS, mine.clone()).await.expect("a stream");
    let _same = world.try_open(OPS, mine.clone()).await.expect("a stream");
    let _other = world.try_open(OTHER_OPS, mine).await.expect("a stream");

    assert_eq!(world.views.count(), 2);
    assert_eq!(world.registry.count().channels, 2);
}

#[tokio::test(start_paused = true)]
async fn a_view_that_nobody_watches_is_not_rendered() {
    let world = World::new();
    let tab = world.tab(OPS).await;

    drop(tab);

    until(|| world.registry.count().channels == 0).await;
    assert_eq!(world.registry.count().sessions, 0);
    world.change("two");
    advance(Duration::from_secs(1)).await;
    assert_eq!(world.views.count(), 1);
    world.tab(OPS).await;
}

#[tokio::test(start_paused = true)]
async fn a_gap_in_what_was_heard_has_everything_rendered_anew() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    world.views.show("two");
    world.bus.send(Heard::Reconnected).expect("the registry listens");
    assert!(shows(tab.next().await.as_ref(), "two"));

    // More than the channel holds, none of it about this view.
    world.views.show("three");
    for _ in 0..100 {
        world.tell(Notice::Changed(Topic::Quarantine));
    }
    assert!(shows(tab.next().await.as_ref(), "three"));
}

#[tokio::test(start_paused = true)]
async fn a_view_that_fails_or_panics_comes_back() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    for trouble in [Does::Fail, Does::Panic] {
        *world.views.does.lock() = trouble;
        let before = world.views.count();
        world.tell(Notice::Changed(Topic::Fleet));
        until(|| world.views.count() > before).await;

        let again = if before == 1 { "recovered" } else { "recovered again" };
        world.views.show(again);

        assert!(shows(tab.next().await.as_ref(), again));
    }
}

#[tokio::test(start_paused = true)]
async fn a_tab_that_keeps_up_gets_only_what_changed() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    world.change("two");

    assert_eq!(
        text(tab.next().await),
        "event: datastar-patch-elements\ndata: elements <p id=\"state\">two</p>\n\n"
    );
}

#[tokio::test(start_paused = true)]
async fn now_and_then_a_tab_gets_the_whole_state() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    let started = Instant::now();
    let mut states = ["even", "odd"].iter().cycle();
    let mut whole = false;
    while !whole {
        advance(Duration::from_secs(5)).await;
        world.change(states.next().unwrap());
        let mut frame = tab.next().await;
        while frame.as_deref() == Some(b":\n\n") {
            frame = tab.next().await;
        }
        whole = shows(frame.as_ref(), "main");
    }

    assert!((60..=130).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_directory_read_anew_is_shown() {
    let world = World::new();
    let mut tab = world.tab(OPS).await;

    world.views.show("two");
    world.registry.fleet_changed();

    assert!(shows(tab.next().await.as_ref(), "two"));
}
