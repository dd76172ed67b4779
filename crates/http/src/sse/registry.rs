use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use greengrid_app::live::{Heard, Notice, OpenSessions, Topic};
use greengrid_domain::identity::{Role, UserId};
use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::channel::{Channels, Source, State};
use super::hub::{Ending, Hubs, Refused};
use super::stream::Tab;
use super::view::View;
use crate::fault::Fault;
use crate::observability;

/// How long a tab's answer waits for the first state of its view.
const FIRST_STATE: Duration = Duration::from_secs(2);
/// Shortest time between two questions which sessions are still open.
const CHECK_GAP: Duration = Duration::from_millis(250);
/// How often the page of the system is shown anew.
const LOOK: Duration = Duration::from_millis(500);
/// For how long streams stay open while nobody can tell whether they may.
const UNCHECKED: Duration = Duration::from_mins(1);

/// Bounds of live streams.
#[derive(Debug, Clone, Copy, bon::Builder)]
pub struct StreamLimits {
    /// Streams of one session at most.
    #[builder(default = 32)]
    pub tabs_per_session: usize,
    /// Shortest time between two states of a view.
    #[builder(default = Duration::from_millis(250))]
    pub state_gap: Duration,
    /// Time after which a silent stream sends a comment.
    #[builder(default = Duration::from_secs(10))]
    pub keep_alive: Duration,
    /// Time after which all sessions are checked although nothing was heard.
    #[builder(default = Duration::from_secs(10))]
    pub sweep: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self::builder().build()
    }
}

/// All live streams of this instance.
#[derive(Clone)]
pub struct Registry(Arc<Shared>);

struct Shared {
    limits: StreamLimits,
    sessions: Arc<dyn OpenSessions>,
    hubs: Arc<Hubs>,
    channels: Arc<Channels>,
    /// Holds a permit when the sessions should be checked.
    recheck: Notify,
}

/// What the streams of an instance amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamCount {
    /// Sessions with a tab open.
    pub sessions: usize,
    /// Open tabs.
    pub tabs: usize,
    /// Views that are rendered, each for one audience.
    pub channels: usize,
}

/// Whose tab it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder<'a> {
    pub(super) session: &'a str,
    pub(super) user: UserId,
    pub(super) role: Role,
}

impl Registry {
    /// A registry without streams. It hears of nothing until [`run`](Self::run).
    #[must_use]
    pub fn new(sessions: Arc<dyn OpenSessions>, limits: StreamLimits) -> Self {
        Self(Arc::new(Shared {
            limits,
            sessions,
            hubs: Arc::default(),
            channels: Arc::new(Channels::new(limits.state_gap)),
            recheck: Notify::new(),
        }))
    }

    /// Passes on what is heard to the streams, and ends those whose session
    /// has ended. Runs until cancelled; then all streams end.
    pub async fn run(self, heard: broadcast::Receiver<Heard>, cancel: CancellationToken) {
        let work =
            async { tokio::join!(self.hear(heard), self.check_sessions(), self.watch_system()) };
        let _ = cancel.run_until_cancelled(work).await;
        self.stop();
    }

    /// Ends all streams and opens no others.
    pub fn stop(&self) {
        self.0.hubs.stop();
    }

    /// Ends the streams of a session at once; the text is the hex form of its
    /// hashed id.
    pub fn end_session(&self, session: &str) {
        self.0.hubs.end(session, Ending::SignedOut);
    }

    /// Has all views rendered anew, because the directory of sites was read
    /// anew.
    pub fn fleet_changed(&self) {
        self.0.channels.all_changed();
    }

    /// What there is at this moment.
    #[must_use]
    pub fn count(&self) -> StreamCount {
        let (sessions, tabs) = self.0.hubs.count();
        StreamCount { sessions, tabs, channels: self.0.channels.count() }
    }

    /// Opens the stream of a tab. Waits a moment for the first state, so that
    /// a view that is not there is refused like its page.
    pub(super) async fn open(
        &self,
        source: &Arc<dyn Source>,
        holder: Holder<'_>,
        view: View,
    ) -> Result<Tab, Fault> {
        let Holder { session, user, role } = holder;
        if !view.permission().granted_to(role) {
            return Err(Fault::Forbidden);
        }
        let limits = &self.0.limits;
        let seat =
            self.0.hubs.join(session, user, role, limits.tabs_per_session).map_err(|refused| {
                match refused {
                    Refused::TooManyTabs => Fault::TooManyTabs,
                    Refused::Stopping => Fault::Stopping,
                }
            })?;
        // The session may have ended between the look at it and this moment.
        self.0.recheck.notify_one();

        let audience = view.audience(user, role);
        let channels = &self.0.channels;
        let beside = source.beside(&view, role);
        let mut states = channels.watch(source, view, audience).await?;
        let first = states.wait_for(|state| !matches!(state, State::Waiting));
        if let Ok(Ok(state)) = timeout(FIRST_STATE, first).await
            && let State::Gone(status) = *state
        {
            return Err(match status {
                StatusCode::FORBIDDEN => Fault::Forbidden,
                _ => Fault::NotFound,
            });
        }
        let beside = match beside {
            Some(view) => {
                let audience = view.audience(user, role);
                Some(channels.watch(source, view, audience).await?)
            }
            None => None,
        };
        Ok(Tab::new(seat, states, beside, limits.keep_alive))
    }

    async fn hear(&self, mut heard: broadcast::Receiver<Heard>) {
        loop {
            match heard.recv().await {
                Ok(Heard::Notice(notice)) => self.notice(notice),
                Ok(Heard::Reconnected) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    self.0.channels.all_changed();
                    self.0.recheck.notify_one();
                }
                Err(broadcast::error::RecvError::Closed) => return,
            }
        }
    }

    /// Has signals kept while somebody looks at the system, and shows new ones.
    async fn watch_system(&self) {
        loop {
            sleep(LOOK).await;
            let watched = self.0.channels.are_watching(Topic::System);
            if observability::look(watched) && watched {
                self.0.channels.changed(Topic::System);
            }
        }
    }

    fn notice(&self, notice: Notice) {
        match notice {
            Notice::Changed(topic) => self.0.channels.changed(topic),
            Notice::SessionEnded(session) => self.end_session(&session),
            Notice::UserChanged(user) => {
                if self.0.hubs.has(user) {
                    self.0.recheck.notify_one();
                }
            }
            // Pages show the directory, which first has to be read anew: see
            // `fleet_changed`.
            Notice::FleetChanged | Notice::Appended => {}
        }
    }

    /// Asks which sessions are still open: when there is reason to, and every
    /// few seconds in case the reason was not heard. When nobody can tell for
    /// a minute, all streams end; the browsers come back and ask again.
    async fn check_sessions(&self) {
        let mut known = Instant::now();
        loop {
            let _ = timeout(self.0.limits.sweep, self.0.recheck.notified()).await;
            let asked = self.0.hubs.sessions();
            if asked.is_empty() {
                known = Instant::now();
                continue;
            }
            match self.0.sessions.still_open(&asked).await {
                Ok(open) => {
                    known = Instant::now();
                    self.0.hubs.settle(&asked, &open);
                }
                Err(error) => {
                    unchecked(&error);
                    self.0.recheck.notify_one();
                    if known.elapsed() > UNCHECKED {
                        self.0.hubs.end_all(Ending::Restart);
                    }
                    sleep(Duration::from_secs(1)).await;
                }
            }
            sleep(CHECK_GAP).await;
        }
    }
}

fn unchecked(error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(error, "cannot tell which sessions are still open");
}
