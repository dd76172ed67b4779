use std::cmp::Reverse;
use std::collections::BTreeMap;

use greengrid_domain::monitoring::{AnomalyEvent, AnomalyId};
use jiff::Timestamp;

use super::model::{AlertDeed, Deed, Turn, Turns};

/// Sorts what happened, the oldest first, into what began, what is over and what
/// people did.
pub(super) fn sort(since: Timestamp, turns: Vec<Turn>, deeds: Vec<AlertDeed>, cut: bool) -> Turns {
    let mut sorted = Turns { since, cut, ..Turns::default() };
    let mut lives: BTreeMap<AnomalyId, (bool, Turn)> = BTreeMap::new();
    for turn in turns {
        match turn.event {
            AnomalyEvent::Raised
            | AnomalyEvent::BecameLoud
            | AnomalyEvent::Reopened
            | AnomalyEvent::CameBack
            | AnomalyEvent::Ended
            | AnomalyEvent::Withdrawn
                if turn.by.is_none() =>
            {
                let began = !is_end(turn.event);
                lives
                    .entry(turn.anomaly)
                    .and_modify(|(_, last)| *last = turn.clone())
                    .or_insert((began, turn));
            }
            AnomalyEvent::RaisedQuietly => {}
            _ => sorted.done.push(Deed::Anomaly(turn)),
        }
    }
    for (began_here, last) in lives.into_values() {
        match (began_here, is_end(last.event)) {
            (_, false) => sorted.began.push(last),
            (true, true) => sorted.brief += 1,
            (false, true) => sorted.over.push(last),
        }
    }
    for turns in [&mut sorted.began, &mut sorted.over] {
        turns.sort_by_key(|turn| (Reverse(turn.money_per_day.amount), turn.at));
    }
    sorted.done.extend(deeds.into_iter().map(Deed::Alerts));
    sorted.done.sort_by_key(Deed::at);
    sorted.done.reverse();
    sorted
}

const fn is_end(event: AnomalyEvent) -> bool {
    matches!(event, AnomalyEvent::Ended | AnomalyEvent::Withdrawn)
}
