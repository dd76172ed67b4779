//! The way of one request, put together from the signals of its own spans and
//! of what followed from it.

use std::collections::HashSet;

use greengrid_domain::observability::signal::Signal;
use jiff::SignedDuration;

use super::watch::{Entry, WATCH};

/// What happens this long after a request was told of may follow from it.
const FOLLOWS: SignedDuration = SignedDuration::from_secs(10);

/// The signals of a request in the order in which they began, and after them
/// those of work and of live pages that followed from what it told everybody.
///
/// What ran in the request carries its id. What followed ran elsewhere, for
/// many requests at once; it belongs to this one by what it was about: a patch
/// by its topic, a projection because readings were appended.
pub(super) fn read(id: &str) -> Vec<Entry> {
    let all = |signal| WATCH.newest(signal);
    let own = |entry: &Entry| entry.trace.as_deref() == Some(id);
    let mut entries: Vec<Entry> = [Signal::Request, Signal::Step, Signal::Database, Signal::Notice]
        .into_iter()
        .flat_map(all)
        .filter(own)
        .collect();
    entries.sort_by_key(|entry| (entry.at, std::cmp::Reverse(entry.took)));
    let Some(begun) = entries.first().map(|entry| entry.at) else { return entries };

    let mut topics: HashSet<String> = entries
        .iter()
        .filter(|entry| entry.signal == Signal::Notice)
        .flat_map(|entry| entry.get("topics").lines().map(str::to_owned))
        .collect();
    let ours = |entry: &Entry| entry.at >= begun && entry.at.duration_since(begun) < FOLLOWS;
    let mut after: Vec<Entry> = Vec::new();
    if entries.iter().any(is_append) {
        // One each: the first round of each kind of work after the append.
        let mut kinds = HashSet::new();
        let mut work: Vec<Entry> = all(Signal::Work).into_iter().filter(ours).collect();
        work.sort_by_key(|entry| entry.at);
        for entry in work {
            if kinds.insert(entry.get("work").to_owned()) {
                after.push(entry);
            }
        }
        let told =
            all(Signal::Notice).into_iter().filter(ours).filter(|entry| entry.trace.is_none());
        topics.extend(
            told.flat_map(|entry| {
                entry.get("topics").lines().map(str::to_owned).collect::<Vec<_>>()
            }),
        );
    }
    // The first patch of each view that was told of.
    let mut views = HashSet::new();
    let mut patches: Vec<Entry> = all(Signal::Stream)
        .into_iter()
        .filter(ours)
        .filter(|entry| topics.contains(entry.get("topic")))
        .collect();
    patches.sort_by_key(|entry| entry.at);
    patches.retain(|entry| {
        views.insert((entry.get("view").to_owned(), entry.get("topic").to_owned()))
    });
    after.extend(patches);
    after.sort_by_key(|entry| entry.at);
    entries.extend(after);
    entries
}

/// Whether a step hands readings to the one who writes for everybody.
fn is_append(entry: &Entry) -> bool {
    entry.signal == Signal::Step && entry.get("name").starts_with("row: wait for the writer")
}
