use std::collections::{BTreeSet, HashMap};

use greengrid_domain::monitoring::expected::Sky;
use greengrid_domain::time::Interval;

/// Quarter hours over which a known sky stands in for an unknown one: at the
/// edges of the day, and until the newest readings are in.
const NEAR: i64 = 4;

/// A region with the sky its sites told.
#[derive(Debug, Default)]
pub(super) struct RegionState {
    /// Positions of its sites.
    pub(super) members: Vec<usize>,
    /// Clearness where enough sites told it.
    pub(super) told: HashMap<Interval, f64>,
    /// Intervals whose sums have to be drawn anew.
    pub(super) due: BTreeSet<Interval>,
}

impl RegionState {
    /// The sky of an interval as seen at another, and whether sites told it.
    pub(super) fn sky(&self, interval: Interval, current: Interval, usual: f64) -> (Sky, bool) {
        if interval > current {
            return (Sky::Clear, false);
        }
        let exact = self.told.get(&interval).copied();
        let near = || {
            (1..=NEAR)
                .flat_map(|by| [interval.offset(-by), interval.offset(by)])
                .find_map(|near| self.told.get(&near).copied())
        };
        match exact.or_else(near) {
            Some(clearness) => {
                let before = self.told.get(&interval.offset(-1));
                let change = before.map_or(0.0, |before| clearness - before);
                (Sky::Told { clearness, change }, exact.is_some())
            }
            None => (Sky::Usual(usual), false),
        }
    }

    /// Forgets what lies before the windows.
    pub(super) fn forget_before(&mut self, first: Interval) {
        self.told.retain(|interval, _| *interval >= first);
        self.due = self.due.split_off(&first);
    }
}
