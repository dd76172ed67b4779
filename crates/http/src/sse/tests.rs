//! The registry with made-up sessions and views, under a clock that stands
//! still until everybody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use greengrid_app::error::StoreError;
use greengrid_app::live::{Heard, Notice, OpenSession, OpenSessions, Topic};
use greengrid_app::monitoring::{OverviewQuery, OverviewView};
use greengrid_domain::identity::{Role, UserId};
use maud::{Markup, html};
use parking_lot::Mutex;
use tokio::sync::broadcast;
use tokio::time::{Instant, advance};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::channel::Source;
use super::registry::{Holder, Registry, StreamLimits};
use super::stream::Tab;
use super::view::{Audience, View};
use crate::fault::Fault;

const OPS: Person = Person { session: "a1", user: 1, role: Role::Ops };
const OTHER_OPS: Person = Person { session: "b2", user: 2, role: Role::Ops };
const CUSTOMER: Person = Person { session: "c3", user: 3, role: Role::Customer };

#[derive(Clone, Copy)]
struct Person {
    session: &'static str,
    user: u128,
    role: Role,
}

impl Person {
    fn id(self) -> UserId {
        Uuid::from_u128(self.user).into()
    }

    fn session(self) -> OpenSession {
        OpenSession { hash: self.session.to_owned(), user: self.id(), role: self.role }
    }
}

/// Sessions as the test wants them.
struct Sessions {
    open: Mutex<Vec<OpenSession>>,
    down: AtomicBool,
}

#[async_trait]
impl OpenSessions for Sessions {
    async fn still_open(&self, hashes: &[String]) -> Result<Vec<OpenSession>, StoreError> {
        if self.down.load(Ordering::Relaxed) {
            return Err(StoreError::new("no connection"));
        }
        let open = self.open.lock();
        Ok(open.iter().filter(|s| hashes.contains(&s.hash)).cloned().collect())
    }
}

/// What the next renderings do.
#[derive(Clone)]
enum Does {
    Show(&'static str),
    Fail,
    Panic,
    Vanish,
}

struct Views {
    does: Mutex<Does>,
    renderings: AtomicUsize,
}

impl Views {
    fn show(&self, text: &'static str) {
        *self.does.lock() = Does::Show(text);
    }

    fn count(&self) -> usize {
        self.renderings.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Source for Views {
    async fn topics(&self, view: &View, _: Audience) -> Result<Vec<Topic>, Fault> {
        Ok(match view {
            View::Quarantine => vec![Topic::Quarantine],
            View::Import(job) => vec![Topic::Import(*job)],
            _ => vec![Topic::Fleet],
        })
    }

    async fn render(&self, _: &View, _: Audience) -> Result<Markup, Fault> {
        self.renderings.fetch_add(1, Ordering::SeqCst);
        let does = self.does.lock().clone();
        match does {
            Does::Show(text) => Ok(html! {
                main id="main" { h1 { "Overview" } p id="state" { (text) } }
            }),
            Does::Fail => Err(Fault::Internal("the store failed".into())),
            Does::Panic => panic!("made to"),
            Does::Vanish => Err(Fault::NotFound),
        }
    }
}

struct World {
    registry: Registry,
    views: Arc<Views>,
    sessions: Arc<Sessions>,
    bus: broadcast::Sender<Heard>,
    cancel: CancellationToken,
}

impl World {
    fn new() -> Self {
        let open = [OPS, OTHER_OPS, CUSTOMER].map(Person::session).to_vec();
        let sessions = Arc::new(Sessions { open: Mutex::new(open), down: AtomicBool::default() });
        let views = Arc::new(Views {
            does: Mutex::new(Does::Show("one")),
            renderings: AtomicUsize::default(),
        });
        let registry = Registry::new(Arc::clone(&sessions) as _, StreamLimits::default());
        let (bus, heard) = broadcast::channel(16);
        let cancel = CancellationToken::new();
        tokio::spawn(registry.clone().run(heard, cancel.clone()));
        Self { registry, views, sessions, bus, cancel }
    }

    async fn try_open(&self, person: Person, view: View) -> Result<Tab, Fault> {
        let source: Arc<dyn Source> = Arc::clone(&self.views) as _;
        let holder = Holder { session: person.session, user: person.id(), role: person.role };
        self.registry.open(&source, holder, view).await
    }

    /// A tab that has shown the present state of the overview.
    async fn tab(&self, person: Person) -> Tab {
        let mut tab = self.try_open(person, overview()).await.expect("a stream");
        assert!(text(tab.next().await).starts_with("retry: "));
        assert!(shows(tab.next().await.as_ref(), "main"));
        tab
    }

    fn tell(&self, notice: Notice) {
        self.bus.send(Heard::Notice(notice)).expect("the registry listens");
    }

    /// Changes what the fleet looks like.
    fn change(&self, text: &'static str) {
        self.views.show(text);
        self.tell(Notice::Changed(Topic::Fleet));
    }
}

fn overview() -> View {
    View::Overview(OverviewQuery::default())
}

fn text(frame: Option<Bytes>) -> String {
    String::from_utf8(frame.expect("the stream goes on").to_vec()).unwrap()
}

fn shows(frame: Option<&Bytes>, what: &str) -> bool {
    frame.is_some_and(|frame| text(Some(frame.clone())).contains(what))
}

/// Waits, as the clock goes, until something is so.
async fn until(what: impl Fn() -> bool) {
    while !what() {
        advance(Duration::from_millis(1)).await;
        tokio::task::yield_now().await;
    }
}

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
