use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use datastar::prelude::PatchElements;
use futures::stream;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use uuid::Uuid;

use super::channel::{Frame, State};
use super::hub::{Ending, Seat};
use super::patch;
use crate::urls;

/// What keeps proxies from closing a stream on which nothing happens.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// How long a browser waits at least before it comes back.
const RETURN: Duration = Duration::from_secs(1);
/// How long a tab gets only what changed, at least.
const WHOLE_EVERY: Duration = Duration::from_mins(1);

/// The stream of one tab: what its page shows, and what every page of its
/// person shows beside that.
pub(super) struct Tab {
    seat: Seat,
    main: Line,
    beside: Option<Line>,
    keep_alive: Interval,
    opened: bool,
    over: bool,
}

/// One view as a tab follows it.
struct Line {
    states: watch::Receiver<State>,
    /// Number of the state that the tab has.
    has: Option<u64>,
    /// From when on the tab gets a whole state again.
    whole_at: Instant,
}

impl Line {
    fn new(mut states: watch::Receiver<State>) -> Self {
        states.mark_changed();
        Self { states, has: None, whole_at: Instant::now() }
    }

    /// Waits for another state; `None` when there will be none.
    async fn changed(&mut self) -> Option<State> {
        self.states.changed().await.ok()?;
        Some(self.states.borrow_and_update().clone())
    }

    /// The bytes that bring this tab from the state it has to another. Answers
    /// to forms patch the page too, so now and then all of it is sent, in case
    /// one of them left something behind.
    fn take(&mut self, frame: Frame) -> Bytes {
        let follows = self.has == Some(frame.number - 1) && Instant::now() < self.whole_at;
        self.has = Some(frame.number);
        match frame.delta {
            Some(delta) if follows => delta,
            _ => {
                self.whole_at = Instant::now() + some(WHOLE_EVERY);
                frame.whole
            }
        }
    }
}

impl Tab {
    pub(super) fn new(
        seat: Seat,
        main: watch::Receiver<State>,
        beside: Option<watch::Receiver<State>>,
        keep_alive: Duration,
    ) -> Self {
        let mut keep_alive = interval_at(Instant::now() + keep_alive, keep_alive);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (main, beside) = (Line::new(main), beside.map(Line::new));
        Self { seat, main, beside, keep_alive, opened: false, over: false }
    }

    /// The answer that carries the stream.
    pub(super) fn into_response(self) -> Response {
        let frames = stream::unfold(self, |mut tab| async move {
            let frame = tab.next().await?;
            Some((Ok::<_, Infallible>(frame), tab))
        });
        answer(Body::from_stream(frames))
    }

    /// What to send next: the newest state if it was not sent yet, a comment
    /// when nothing happens. The end of the session comes before both.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        if !self.opened {
            self.opened = true;
            return Some(opening());
        }
        loop {
            tokio::select! {
                biased;
                why = self.seat.ended() => {
                    self.over = true;
                    return farewell(why).map(patch::encode);
                }
                state = self.main.changed() => match state {
                    Some(State::Frame(frame)) => return Some(self.main.take(frame)),
                    Some(State::Waiting) => {}
                    Some(State::Gone(_)) => {
                        self.over = true;
                        return Some(patch::encode(patch::redirect(urls::ROOT)));
                    }
                    None => {
                        self.over = true;
                        return None;
                    }
                },
                state = next_beside(&mut self.beside) => match (state, &mut self.beside) {
                    (Some(State::Frame(frame)), Some(line)) => return Some(line.take(frame)),
                    (Some(State::Waiting), _) => {}
                    // The page itself goes on without it.
                    _ => self.beside = None,
                },
                _ = self.keep_alive.tick() => return Some(COMMENT),
            }
        }
    }
}

/// The next state of what is shown beside a page; never where nothing is.
async fn next_beside(line: &mut Option<Line>) -> Option<State> {
    match line {
        Some(line) => line.changed().await,
        None => std::future::pending().await,
    }
}

/// A stream that consists of one patch.
pub(crate) fn only(patch: PatchElements) -> Response {
    answer(Body::from(patch::encode(patch)))
}

fn answer(body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE.as_str(), "text/event-stream"),
        (CACHE_CONTROL.as_str(), "no-store"),
        // Asks nginx to pass on each event at once.
        ("x-accel-buffering", "no"),
    ];
    (headers, body).into_response()
}

/// Tells the browser how long to wait before it comes back.
fn opening() -> Bytes {
    format!("retry: {}\n\n", some(RETURN).as_millis()).into()
}

/// From once to twice as long, so that not all tabs do a thing at once.
fn some(time: Duration) -> Duration {
    time + time.mul_f64(f64::from(Uuid::new_v4().as_bytes()[0]) / 256.0)
}

/// What a tab is told when its session's streams end.
fn farewell(why: Ending) -> Option<PatchElements> {
    match why {
        Ending::SignedOut => Some(patch::redirect(urls::SIGN_IN)),
        Ending::RoleChanged => Some(patch::redirect(urls::ROOT)),
        Ending::Restart => None,
    }
}
