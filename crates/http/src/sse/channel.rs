use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::StatusCode;
use bytes::Bytes;
use futures::FutureExt as _;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::Role;
use greengrid_domain::observability::signal;
use maud::{Markup, PreEscaped};
use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, sleep};

use super::delta::{self, Delta};
use super::patch;
use super::view::{Audience, View};
use crate::fault::Fault;

/// Wait before a failed rendering is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// A channel rests this many times as long as its last rendering took, so a
/// costly view takes at most a quarter of a core.
const REST: u32 = 3;

/// Where the state of views comes from.
#[async_trait]
pub(super) trait Source: Send + Sync + 'static {
    /// What has to change for the view to look different.
    async fn topics(&self, view: &View, audience: Audience) -> Result<Vec<Topic>, Fault>;
    /// The elements to replace, as the audience sees them now.
    async fn render(&self, view: &View, audience: Audience) -> Result<Markup, Fault>;
    /// What people of this role are shown beside the view, on the same stream.
    fn beside(&self, _view: &View, _role: Role) -> Option<View> {
        None
    }
}

/// What a view looks like to an audience.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Not rendered yet.
    Waiting,
    /// The bytes that bring a tab up to date.
    Frame(Frame),
    /// It is not there, or not for this audience.
    Gone(StatusCode),
}

/// A state in bytes as they go over the wire.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// Counts the states of a channel.
    pub(super) number: u64,
    /// The whole state.
    pub(super) whole: Bytes,
    /// What is different from the state before, where that can be told.
    pub(super) delta: Option<Bytes>,
}

type Key = (View, Audience);

/// One view for one audience: rendered once for all who watch it.
struct Channel {
    key: Key,
    source: Arc<dyn Source>,
    /// Holds a permit when the state may have changed since it was rendered.
    dirty: Notify,
    /// Whether its topics have to be asked for anew.
    moved: AtomicBool,
    /// Changes told since it was last rendered, and of what the last one was.
    told: Mutex<(u32, Option<Topic>)>,
    state: watch::Sender<State>,
}

/// All channels that somebody watches.
pub(super) struct Channels {
    index: Mutex<Index>,
    /// Shortest time between two renderings of a channel.
    gap: Duration,
    /// As many channels render at a time as there are processors.
    renderings: Semaphore,
}

#[derive(Default)]
struct Index {
    by_key: HashMap<Key, Arc<Channel>>,
    by_topic: HashMap<Topic, Vec<Arc<Channel>>>,
}

impl Channels {
    pub(super) fn new(gap: Duration) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { index: Mutex::default(), gap, renderings: Semaphore::new(processors) }
    }

    /// Watches a view, and starts its channel if nobody did so far. The first
    /// state seen is the present one.
    pub(super) async fn watch(
        self: &Arc<Self>,
        source: &Arc<dyn Source>,
        view: View,
        audience: Audience,
    ) -> Result<watch::Receiver<State>, Fault> {
        let key = (view, audience);
        if let Some(channel) = self.index.lock().by_key.get(&key) {
            return Ok(channel.watch());
        }
        let topics = source.topics(&key.0, audience).await?;

        let mut index = self.index.lock();
        if let Some(channel) = index.by_key.get(&key) {
            return Ok(channel.watch());
        }
        let channel = Arc::new(Channel {
            told: Mutex::new((0, followed(&key.0, &topics))),
            key: key.clone(),
            source: Arc::clone(source),
            dirty: Notify::new(),
            moved: AtomicBool::new(false),
            state: watch::Sender::new(State::Waiting),
        });
        let states = channel.watch();
        channel.dirty.notify_one();
        index.by_key.insert(key, Arc::clone(&channel));
        index.list(&channel, topics);
        tokio::spawn(Arc::clone(self).run(channel));
        Ok(states)
    }

    /// Has the views of a topic rendered anew. What a person may see also
    /// decides on which topics their views depend.
    pub(super) fn changed(&self, topic: Topic) {
        for channel in self.index.lock().by_topic.get(&topic).into_iter().flatten() {
            {
                let mut told = channel.told.lock();
                told.0 = told.0.saturating_add(1);
                // The beat of the system's page tells nothing of what changed.
                if topic != Topic::System || told.1.is_none() {
                    told.1 = Some(topic);
                }
            }
            if matches!(topic, Topic::Person(_)) {
                channel.moved.store(true, Ordering::Release);
            }
            channel.dirty.notify_one();
        }
    }

    /// Has all views rendered anew, and their topics asked for.
    pub(super) fn all_changed(&self) {
        for channel in self.index.lock().by_key.values() {
            channel.moved.store(true, Ordering::Release);
            channel.dirty.notify_one();
        }
    }

    /// Whether somebody watches what shows this topic.
    pub(super) fn are_watching(&self, topic: Topic) -> bool {
        self.index.lock().by_topic.contains_key(&topic)
    }

    /// How many channels there are.
    pub(super) fn count(&self) -> usize {
        self.index.lock().by_key.len()
    }

    /// Renders the channel whenever it is dirty, until nobody watches it.
    async fn run(self: Arc<Self>, channel: Arc<Channel>) {
        let mut shown = Shown::default();
        loop {
            tokio::select! {
                biased;
                () = channel.state.closed() => {
                    if self.remove_unwatched(&channel) {
                        return;
                    }
                    continue;
                }
                () = channel.dirty.notified() => {}
            }
            if shown.number > 0 {
                sleep(channel.key.0.patience()).await;
            }
            let started = Instant::now();
            let told = std::mem::take(&mut *channel.told.lock());
            let rendered = self.render(&channel).await;
            let rest = match rendered {
                Ok(html) => {
                    if let Some(frame) = shown.next(html) {
                        channel.signal(&frame, told, started.elapsed());
                        channel.state.send_replace(State::Frame(frame));
                    }
                    channel
                        .key
                        .0
                        .gap(self.gap)
                        .saturating_sub(started.elapsed())
                        .max(started.elapsed() * REST)
                }
                Err(fault) if fault.status().is_client_error() => {
                    self.index.lock().remove(&channel);
                    channel.state.send_replace(State::Gone(fault.status()));
                    return;
                }
                Err(fault) => {
                    failed(&channel.key.0, &fault);
                    channel.dirty.notify_one();
                    AFTER_FAILURE
                }
            };
            sleep(rest).await;
        }
    }

    async fn render(&self, channel: &Arc<Channel>) -> Result<String, Fault> {
        let (view, audience) = &channel.key;
        let work = async {
            if channel.moved.swap(false, Ordering::AcqRel) {
                let topics = channel.source.topics(view, *audience).await?;
                self.index.lock().relist(channel, topics);
            }
            let _turn = self.renderings.acquire().await;
            Ok(channel.source.render(view, *audience).await?.into_string())
        };
        // A view that panics must not leave its tabs with a stream that is
        // silent for ever.
        AssertUnwindSafe(work)
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Fault::Internal("a live view panicked".into())))
    }

    /// Removes the channel unless somebody has begun to watch it meanwhile.
    fn remove_unwatched(&self, channel: &Arc<Channel>) -> bool {
        let mut index = self.index.lock();
        let unwatched = channel.state.receiver_count() == 0;
        if unwatched {
            index.remove(channel);
        }
        unwatched
    }
}

/// What a view follows: its first state may be the one in which that shows, when
/// it changed before anybody could look.
fn followed(view: &View, topics: &[Topic]) -> Option<Topic> {
    let follows = matches!(view, View::System(_, Some(_)));
    topics.iter().copied().find(|topic| follows && *topic != Topic::System)
}

impl Channel {
    fn watch(&self) -> watch::Receiver<State> {
        let mut states = self.state.subscribe();
        states.mark_changed();
        states
    }

    /// Tells whoever watches the program of a patch, but for those that show
    /// just that.
    fn signal(&self, frame: &Frame, (changes, topic): (u32, Option<Topic>), took: Duration) {
        let watches = matches!(self.key.0, View::System(..) | View::Trace(_));
        if watches && matches!(topic, None | Some(Topic::System)) {
            return;
        }
        tracing::debug!(
            target: signal::STREAM,
            view = self.key.0.name(),
            topic = topic.map(|topic| Notice::Changed(topic).to_string()),
            recipients = self.state.receiver_count(),
            bytes = frame.delta.as_ref().unwrap_or(&frame.whole).len(),
            coalesced = changes.saturating_sub(1),
            took_us = signal::micros(took),
        );
    }
}

/// The state that a channel shows.
#[derive(Default)]
struct Shown {
    number: u64,
    html: String,
}

impl Shown {
    /// The frame of the next state, unless it looks as the last one did.
    fn next(&mut self, html: String) -> Option<Frame> {
        if html == self.html {
            return None;
        }
        let delta = delta::delta(&self.html, &html).map(encoded);
        self.number += 1;
        self.html.clone_from(&html);
        let whole = patch::encode(patch::replace(PreEscaped(html)));
        Some(Frame { number: self.number, whole, delta })
    }
}

/// A delta as events: first what comes at the ends of lists, in which
/// something else may have changed too.
fn encoded(delta: Delta) -> Bytes {
    let appended = delta
        .appended
        .into_iter()
        .map(|(list, rows)| patch::encode(patch::append(&list, PreEscaped(rows))));
    let mut events: Vec<Bytes> = appended.collect();
    if !delta.replaced.is_empty() || events.is_empty() {
        events.push(patch::encode(patch::replace(PreEscaped(delta.replaced))));
    }
    match events.as_slice() {
        [one] => one.clone(),
        several => several.concat().into(),
    }
}

impl Index {
    fn list(&mut self, channel: &Arc<Channel>, topics: Vec<Topic>) {
        for topic in topics {
            self.by_topic.entry(topic).or_default().push(Arc::clone(channel));
        }
    }

    fn unlist(&mut self, channel: &Arc<Channel>) {
        self.by_topic.retain(|_, channels| {
            channels.retain(|listed| !Arc::ptr_eq(listed, channel));
            !channels.is_empty()
        });
    }

    fn relist(&mut self, channel: &Arc<Channel>, topics: Vec<Topic>) {
        self.unlist(channel);
        self.list(channel, topics);
    }

    fn remove(&mut self, channel: &Arc<Channel>) {
        self.by_key.remove(&channel.key);
        self.unlist(channel);
    }
}

fn failed(view: &View, error: &(dyn std::error::Error + 'static)) {
    tracing::error!(?view, error, "a live view failed to render");
}
