use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use greengrid_app::live::OpenSession;
use greengrid_domain::identity::{Role, UserId};
use parking_lot::Mutex;
use tokio::sync::watch;

/// Why all streams of a session end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The session is over: on to the sign-in page.
    SignedOut,
    /// The person has another role now: on to what they may see.
    RoleChanged,
    /// The program stops: come back, to another instance or after a restart.
    Restart,
}

/// Why a tab gets no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The session has as many as it may.
    TooManyTabs,
    /// The program stops.
    Stopping,
}

/// One session with its tabs.
#[derive(Debug)]
struct Hub {
    session: String,
    user: UserId,
    role: Role,
    /// Changed only while the table is locked.
    tabs: AtomicUsize,
    ending: watch::Sender<Option<Ending>>,
}

/// All sessions that have a tab open here.
#[derive(Debug, Default)]
pub(super) struct Hubs(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    stopping: bool,
    hubs: HashMap<String, Arc<Hub>>,
}

impl Hubs {
    /// Opens one more tab of a session.
    pub(super) fn join(
        self: &Arc<Self>,
        session: &str,
        user: UserId,
        role: Role,
        limit: usize,
    ) -> Result<Seat, Refused> {
        let mut table = self.0.lock();
        if table.stopping {
            return Err(Refused::Stopping);
        }
        let current = table.hubs.get(session).filter(|h| h.user == user && h.role == role);
        let hub = if let Some(hub) = current {
            Arc::clone(hub)
        } else {
            let hub = Arc::new(Hub {
                session: session.to_owned(),
                user,
                role,
                tabs: AtomicUsize::new(0),
                ending: watch::Sender::new(None),
            });
            if let Some(old) = table.hubs.insert(session.to_owned(), Arc::clone(&hub)) {
                old.ending.send_replace(Some(Ending::RoleChanged));
            }
            hub
        };
        if hub.tabs.load(Ordering::Relaxed) >= limit {
            return Err(Refused::TooManyTabs);
        }
        hub.tabs.fetch_add(1, Ordering::Relaxed);
        let ending = hub.ending.subscribe();
        Ok(Seat { hubs: Arc::clone(self), hub, ending })
    }

    /// Ends a session's streams.
    pub(super) fn end(&self, session: &str, why: Ending) {
        if let Some(hub) = self.0.lock().hubs.remove(session) {
            hub.ending.send_replace(Some(why));
        }
    }

    /// Ends all streams.
    pub(super) fn end_all(&self, why: Ending) {
        for (_, hub) in self.0.lock().hubs.drain() {
            hub.ending.send_replace(Some(why));
        }
    }

    /// Ends all streams and opens no others.
    pub(super) fn stop(&self) {
        self.0.lock().stopping = true;
        self.end_all(Ending::Restart);
    }

    /// The sessions that have a tab open.
    pub(super) fn sessions(&self) -> Vec<String> {
        self.0.lock().hubs.keys().cloned().collect()
    }

    /// Whether this person has a tab open.
    pub(super) fn has(&self, user: UserId) -> bool {
        self.0.lock().hubs.values().any(|hub| hub.user == user)
    }

    /// Ends those of the sessions asked for that are not open any more, or
    /// belong to somebody else or another role than they did.
    pub(super) fn settle(&self, asked: &[String], open: &[OpenSession]) {
        let open: HashMap<&str, (UserId, Role)> =
            open.iter().map(|s| (s.hash.as_str(), (s.user, s.role))).collect();
        for session in asked {
            match open.get(session.as_str()) {
                None => self.end(session, Ending::SignedOut),
                Some(&(user, role)) => {
                    let hub = self.0.lock().hubs.get(session).cloned();
                    if hub.is_some_and(|hub| hub.user != user || hub.role != role) {
                        self.end(session, Ending::RoleChanged);
                    }
                }
            }
        }
    }

    /// How many sessions and tabs there are.
    pub(super) fn count(&self) -> (usize, usize) {
        let table = self.0.lock();
        let tabs = table.hubs.values().map(|hub| hub.tabs.load(Ordering::Relaxed)).sum();
        (table.hubs.len(), tabs)
    }
}

/// The place of one tab in its session's hub; dropping it gives the place
/// back.
#[derive(Debug)]
pub(super) struct Seat {
    hubs: Arc<Hubs>,
    hub: Arc<Hub>,
    ending: watch::Receiver<Option<Ending>>,
}

impl Seat {
    /// Waits until the session's streams have to end.
    pub(super) async fn ended(&mut self) -> Ending {
        match self.ending.wait_for(Option::is_some).await {
            Ok(why) => why.unwrap_or(Ending::Restart),
            // The hub lives as long as its seats, so this cannot be.
            Err(_) => Ending::Restart,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.hubs.0.lock();
        let last = self.hub.tabs.fetch_sub(1, Ordering::Relaxed) == 1;
        let listed = table.hubs.get(&self.hub.session);
        if last && listed.is_some_and(|hub| Arc::ptr_eq(hub, &self.hub)) {
            table.hubs.remove(&self.hub.session);
        }
    }
}
