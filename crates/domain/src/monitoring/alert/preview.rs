use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{AlertFact, AlertRule, Inhibition, Inhibitors};

/// From so many messages within one hour on, a rule floods its readers.
pub const FLOOD: usize = 20;

/// What a rule would have sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preview {
    /// Anomalies that it would have told of.
    pub anomalies: usize,
    /// Messages to each of its recipients, with what was gathered in one.
    pub messages: usize,
    /// Anomalies that it would have told of, had no other kept them quiet.
    pub inhibited: usize,
    /// Messages to each in the busiest hour.
    pub busiest_hour: usize,
}

impl Preview {
    /// Whether its readers would have stopped reading.
    #[must_use]
    pub const fn floods(&self) -> bool {
        self.busiest_hour >= FLOOD
    }
}

/// What a rule would have sent of these anomalies: each as it was, when it was
/// first heard of, and when it was over, if it was. What another kept quiet when
/// it was due counts as not told, although it may have been later.
#[must_use]
pub fn preview(
    rule: &AlertRule,
    heard: &[(AlertFact, Timestamp, Option<Timestamp>)],
    inhibitions: &[Inhibition],
) -> Preview {
    let all = heard.iter().map(|(fact, at, over)| (fact, *at, *over));
    let inhibitors = Inhibitors::among(inhibitions, all);
    let mut inhibited = 0;
    let mut due: Vec<Timestamp> = heard
        .iter()
        .filter(|(fact, ..)| rule.filter.holds(fact))
        .map(|(fact, at, over)| (fact, rule.due(fact, *at), *over))
        .filter(|(_, due, over)| over.is_none_or(|over| over > *due))
        .filter(|(fact, due, _)| {
            let quiet = inhibitors.of(fact, *due).is_some();
            inhibited += usize::from(quiet);
            !quiet
        })
        .map(|(_, due, _)| due)
        .collect();
    due.sort_unstable();
    let mut sent: Vec<Timestamp> = Vec::new();
    let mut open: Option<Timestamp> = None;
    for at in &due {
        // What falls due before the next message may go is in it.
        if open.is_some_and(|next| *at <= next && rule.gather.is_positive()) {
            continue;
        }
        sent.push(*at);
        open = at.checked_add(rule.gather).ok();
    }
    let mut hours: BTreeMap<i64, usize> = BTreeMap::new();
    for at in &sent {
        *hours.entry(at.as_second().div_euclid(3_600)).or_default() += 1;
    }
    Preview {
        anomalies: due.len(),
        messages: sent.len(),
        inhibited,
        busiest_hour: hours.into_values().max().unwrap_or(0),
    }
}
