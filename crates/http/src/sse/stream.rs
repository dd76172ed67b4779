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

/// The stream of one tab.
pub(super) struct Tab {
    seat: Seat,
    states: watch::Receiver<State>,
    keep_alive: Interval,
    opened: bool,
    over: bool,
    /// Number of the state that the tab has.
    has: Option<u64>,
    /// From when on the tab gets a whole state again.
    whole_at: Instant,
}

impl Tab {
    pub(super) fn new(
        seat: Seat,
        mut states: watch::Receiver<State>,
        keep_alive: Duration,
    ) -> Self {
        states.mark_changed();
        let mut keep_alive = interval_at(Instant::now() + keep_alive, keep_alive);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let whole_at = Instant::now();
        Self { seat, states, keep_alive, opened: false, over: false, has: None, whole_at }
    }

    /// The answer that carries the stream.
    pub(super) fn into_response(self) -> Response {
        let frames = stream::unfold(self, |mut tab| async move {
            let frame = tab.next().await?;
            Some((Ok::<_, Infallible>(frame), tab))
        });
        answer(Body::from_stream(frames))
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
                changed = self.states.changed() => {
                    let state = self.states.borrow_and_update().clone();
                    match state {
                        State::Frame(frame) if changed.is_ok() => return Some(self.take(frame)),
                        State::Waiting if changed.is_ok() => {}
                        State::Gone(_) => {
                            self.over = true;
                            return Some(patch::encode(patch::redirect(urls::ROOT)));
                        }
                        _ => {
                            self.over = true;
                            return None;
                        }
                    }
                }
                _ = self.keep_alive.tick() => return Some(COMMENT),
            }
        }
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
