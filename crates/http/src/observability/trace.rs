//! The way of one request, put together from the signals of its own spans and
//! of what followed from it.

use std::collections::HashSet;

use greengrid_app::live::{Notice, Topic};
use greengrid_domain::observability::signal::Signal;
use jiff::{SignedDuration, Timestamp};

use super::watch::{Entry, WATCH};

/// What happens this long after a request was told of may follow from it.
const FOLLOWS: SignedDuration = SignedDuration::from_secs(10);
/// What follows from readings that were handed to the writer, each after what
/// stands before it has ended.
const WORK: [&str; 3] = ["append", "projection", "detection"];

/// The signals of a request in the order in which they began, and after them
/// those of work and of live pages that followed from what it told everybody.
/// `about` is what readings of it were about, where that is known; without it
/// everything counts that was told of in the meantime.
///
/// What ran in the request carries its id. What followed ran elsewhere, for
/// many requests at once; it belongs to this one by what it was about: a patch
/// by its topic, a projection because readings were appended before it.
pub(super) fn read(id: &str, about: Option<Topic>) -> Vec<Entry> {
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
    let mut shown = begun;
    if let Some(handed) = entries.iter().find(|entry| is_append(entry)) {
        let work: Vec<Entry> = all(Signal::Work).into_iter().filter(ours).collect();
        after = chain(handed.at, &work);
        let from = after.first().map_or(handed.at, end);
        // What was shown before the last of it had begun was something else.
        shown = after.last().map_or(from, |entry| entry.at);
        let told: Vec<Entry> = all(Signal::Notice)
            .into_iter()
            .filter(|entry| ours(entry) && entry.trace.is_none() && entry.at >= from)
            .collect();
        let about = about.map(|topic| Notice::Changed(topic).to_string());
        after.extend(first_of(&told, &Notice::Appended.to_string()));
        match about {
            Some(about) => {
                after.extend(first_of(&told, &about));
                topics.insert(about);
            }
            None => topics.extend(
                told.iter().flat_map(|entry| entry.get("topics").lines().map(str::to_owned)),
            ),
        }
    }
    // The first patch of each view that was told of.
    let mut views = HashSet::new();
    let mut patches: Vec<Entry> = all(Signal::Stream)
        .into_iter()
        .filter(|entry| ours(entry) && entry.at >= shown && topics.contains(entry.get("topic")))
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

/// When something was done.
fn end(entry: &Entry) -> Timestamp {
    let took = entry.took.and_then(|took| SignedDuration::try_from(took).ok());
    took.and_then(|took| entry.at.checked_add(took).ok()).unwrap_or(entry.at)
}

/// The first round of each kind of work after what came before it.
fn chain(handed: Timestamp, work: &[Entry]) -> Vec<Entry> {
    let mut from = handed;
    let mut found = Vec::new();
    for kind in WORK {
        let next = work
            .iter()
            .filter(|entry| entry.get("work") == kind && entry.at >= from)
            .min_by_key(|entry| entry.at);
        let Some(next) = next else { break };
        from = end(next);
        found.push(next.clone());
    }
    found
}

/// The first notice that told of this.
fn first_of(told: &[Entry], what: &str) -> Option<Entry> {
    let of = |entry: &&Entry| entry.get("topics").lines().any(|topic| topic == what);
    told.iter().filter(of).min_by_key(|entry| entry.at).cloned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn work(kind: &str, at_ms: i64, took_ms: u64) -> Entry {
        Entry {
            number: 0,
            at: Timestamp::from_millisecond(at_ms).unwrap(),
            took: Some(Duration::from_millis(took_ms)),
            signal: Signal::Work,
            trace: None,
            fields: [("work", kind.to_owned())].into(),
        }
    }

    #[test]
    fn what_had_begun_before_does_not_follow_from_a_reading() {
        let work = [
            work("detection", 160, 5),
            // Began before the readings were there.
            work("append", 90, 20),
            work("append", 110, 10),
            work("projection", 115, 30),
            work("projection", 125, 30),
            work("projection", 300, 1),
            work("polling", 130, 1),
        ];

        let followed = chain(Timestamp::from_millisecond(100).unwrap(), &work);

        let told: Vec<(&str, i64)> =
            followed.iter().map(|it| (it.get("work"), it.at.as_millisecond())).collect();
        assert_eq!(told, [("append", 110), ("projection", 125), ("detection", 160)]);
        assert!(chain(Timestamp::from_millisecond(200).unwrap(), &work).is_empty());
    }
}
