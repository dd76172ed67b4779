//! The registry with made-up sessions and views, under a clock that stands
//! still until everybody waits.

mod sessions;
mod states;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use greengrid_app::error::StoreError;
use greengrid_app::live::{Heard, Notice, OpenSession, OpenSessions, Topic};
use greengrid_app::monitoring::OverviewQuery;
use greengrid_domain::identity::{Role, UserId};
use maud::{Markup, html};
use parking_lot::Mutex;
use tokio::sync::broadcast;
use tokio::time::advance;
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
