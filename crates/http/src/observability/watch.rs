//! What is kept of signals while somebody watches.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use greengrid_domain::observability::signal::Signal;
use jiff::Timestamp;
use parking_lot::Mutex;
use strum::EnumCount;

/// Signals of each kind that are kept at most.
const KEPT: usize = 500;
/// Looks of [`Watch::look`] for which a page keeps the watch going that has
/// just been asked for.
const PATIENCE: u32 = 20;

/// The one watch of this program: subscribers of `tracing` are one too.
pub(super) static WATCH: Watch = Watch::new();

/// A signal as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Counts the signals of this program.
    pub(super) number: u64,
    /// When it began.
    pub(super) at: Timestamp,
    /// How long it took, where it took a while.
    pub(super) took: Option<Duration>,
    pub(super) signal: Signal,
    /// Id of the request during which it happened.
    pub(super) trace: Option<Arc<str>>,
    /// What else it tells; shared, since every look copies hundreds of entries.
    pub(super) fields: Arc<[(&'static str, String)]>,
}

impl Entry {
    /// What it tells under a name; empty where it does not.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    /// Whether it tells this text, in whatever case.
    pub(super) fn tells(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.fields.iter().any(|(_, value)| value.to_lowercase().contains(&text))
            || self.trace.as_deref().is_some_and(|trace| trace.contains(&text))
    }
}

/// Bounded memories of signals, filled only while somebody watches.
pub(super) struct Watch {
    /// How many more looks the watch goes on without anybody.
    patience: AtomicU32,
    count: AtomicU64,
    seen: AtomicU64,
    rings: [Mutex<VecDeque<Entry>>; Signal::COUNT],
}

impl Watch {
    const fn new() -> Self {
        Self {
            patience: AtomicU32::new(0),
            count: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            rings: [const { Mutex::new(VecDeque::new()) }; Signal::COUNT],
        }
    }

    /// Whether signals are kept at the moment. All that a signal costs while
    /// nobody watches.
    pub(super) fn is_on(&self) -> bool {
        self.patience.load(Ordering::Relaxed) > 0
    }

    /// Begins to keep signals, for somebody who is about to watch.
    pub(super) fn begin(&self) {
        self.patience.store(PATIENCE, Ordering::Relaxed);
    }

    /// Goes on while somebody watches, and ends a little after; whether there
    /// is anything new since the last look.
    pub(super) fn look(&self, watched: bool) -> bool {
        if watched {
            self.begin();
        } else if self.is_on() && self.patience.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.forget();
        }
        let count = self.count.load(Ordering::Relaxed);
        self.seen.swap(count, Ordering::Relaxed) != count
    }

    pub(super) fn keep(&self, mut entry: Entry) {
        entry.number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut ring = self.rings[entry.signal as usize].lock();
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(entry);
    }

    /// The newest signals of a kind, newest first.
    pub(super) fn newest(&self, signal: Signal) -> Vec<Entry> {
        self.rings[signal as usize].lock().iter().rev().cloned().collect()
    }

    fn forget(&self) {
        for ring in &self.rings {
            *ring.lock() = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64) -> Entry {
        Entry {
            number,
            at: Timestamp::UNIX_EPOCH,
            took: None,
            signal: Signal::Work,
            trace: None,
            fields: [("work", format!("Round {number}"))].into(),
        }
    }

    #[test]
    fn a_panel_that_is_left_open_keeps_no_more_than_it_shows() {
        let watch = Watch::new();
        watch.begin();

        for number in 0..100_000 {
            watch.keep(entry(number));
        }

        let kept = watch.newest(Signal::Work);
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept[0].number, 99_999);
        assert!(watch.newest(Signal::Request).is_empty());
    }

    #[test]
    fn what_was_kept_is_forgotten_when_nobody_watches_any_more() {
        let watch = Watch::new();
        assert!(!watch.is_on());
        watch.begin();
        watch.keep(entry(1));
        assert!(watch.look(true));
        assert!(!watch.look(true));

        for _ in 0..PATIENCE {
            assert!(watch.is_on());
            watch.look(false);
        }

        assert!(!watch.is_on());
        assert!(watch.newest(Signal::Work).is_empty());
    }

    #[test]
    fn a_filter_finds_what_a_signal_tells() {
        assert!(entry(7).tells("round 7"));
        assert!(!entry(7).tells("<b>"));
    }
}
