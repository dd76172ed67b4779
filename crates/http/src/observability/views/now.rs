use std::time::Duration;

use greengrid_app::observability::PoolUse;
use greengrid_domain::observability::signal::Signal;
use jiff::{SignedDuration, Timestamp};

use crate::observability::watch::{Entry, WATCH};
use crate::sse::StreamCount;
use crate::state::AppState;

/// Over this time rates are told.
const SPAN: SignedDuration = SignedDuration::from_secs(10);

/// What the program does at the moment.
pub(in crate::observability) struct Now<'a> {
    pub(super) filter: Option<&'a str>,
    pub(super) requests: Panel,
    pub(super) database: Panel,
    pub(super) patches: Panel,
    pub(super) work: Panel,
    pub(super) streams: StreamCount,
    pub(super) pools: Vec<PoolUse>,
}

/// The signals of one kind.
pub(super) struct Panel {
    /// Newest first.
    pub(super) entries: Vec<Entry>,
    /// In the last ten seconds.
    pub(super) recent: usize,
    /// Half of those of the last ten seconds took no longer.
    pub(super) median: Option<Duration>,
    /// Nineteen of twenty took no longer.
    pub(super) slow: Option<Duration>,
    /// Of those of the last ten seconds, requests that failed by our fault.
    pub(super) failed: usize,
}

impl<'a> Now<'a> {
    pub(in crate::observability) fn read(state: &AppState, filter: Option<&'a str>) -> Self {
        let now = Timestamp::now();
        Self {
            filter,
            requests: Panel::read(Signal::Request, filter, now),
            database: Panel::read(Signal::Database, filter, now),
            patches: Panel::read(Signal::Stream, filter, now),
            work: Panel::read(Signal::Work, filter, now),
            streams: state.live.count(),
            pools: state.vitals.pools(),
        }
    }
}

impl Panel {
    fn read(signal: Signal, filter: Option<&str>, now: Timestamp) -> Self {
        let all = WATCH.newest(signal);
        let recent: Vec<&Entry> =
            all.iter().filter(|entry| now.duration_since(entry.at) < SPAN).collect();
        let mut took: Vec<Duration> = recent.iter().filter_map(|entry| entry.took).collect();
        took.sort_unstable();
        let share = |of: usize| took.get((took.len() * of / 100).min(took.len().saturating_sub(1)));
        let failed =
            recent.iter().filter(|entry| entry.get("http.status").starts_with('5')).count();
        let (median, slow) = (share(50).copied(), share(95).copied());
        let recent = recent.len();
        let shown = |entry: &Entry| filter.is_none_or(|text| entry.tells(text));
        Self { entries: all.into_iter().filter(shown).collect(), recent, median, slow, failed }
    }
}
