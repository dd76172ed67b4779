use std::collections::{BTreeSet, HashMap};

use greengrid_domain::monitoring::expected::{FEW_SITES, Sky};
use greengrid_domain::time::Interval;

/// Quarter hours over which a known sky stands in for an unknown one: at the
/// edges of the day, and until the newest readings are in.
const NEAR: i64 = 4;

/// Regions with more sites than this tell the same sky with and without a
/// single one of them.
const SMALL: usize = 60;

/// What the sites of a region tell of the sky in an interval, by clearness.
#[derive(Debug, Default)]
struct Told {
    /// Clearness and position of the site that tells it, in order of clearness.
    of_sites: Vec<(f32, u32)>,
}

/// Middle, distance of the middle half, and how many.
type Middle = (f64, f64, usize);

impl Told {
    /// What the others tell.
    fn without(&self, site: usize) -> Option<Middle> {
        if self.of_sites.len() > SMALL {
            return middle(&self.of_sites);
        }
        let others: Vec<(f32, u32)> = self
            .of_sites
            .iter()
            .copied()
            .filter(|(_, at)| usize::try_from(*at) != Ok(site))
            .collect();
        middle(&others)
    }
}

fn middle(told: &[(f32, u32)]) -> Option<Middle> {
    if told.len() < FEW_SITES {
        return None;
    }
    let at = |share: usize| f64::from(told[(told.len() - 1) * share / 4].0);
    let half = told.len() / 2;
    let median = if told.len() % 2 == 1 {
        f64::from(told[half].0)
    } else {
        f64::midpoint(f64::from(told[half - 1].0), f64::from(told[half].0))
    };
    Some((median, at(3) - at(1), told.len()))
}

/// A region with the sky its sites told.
#[derive(Debug, Default)]
pub(crate) struct RegionSky {
    /// Positions of its sites.
    pub(crate) members: Vec<usize>,
    told: HashMap<Interval, Told>,
    /// Intervals whose sky and sums have to be drawn anew.
    pub(crate) due: BTreeSet<Interval>,
}

impl RegionSky {
    /// Replaces what is told of an interval: clearness, and who tells it.
    pub(crate) fn tell(&mut self, interval: Interval, told: impl Iterator<Item = (f64, usize)>) {
        let mut of_sites: Vec<(f32, u32)> = told
            .filter_map(|(clearness, at)| Some((narrow(clearness), u32::try_from(at).ok()?)))
            .collect();
        if of_sites.is_empty() {
            self.told.remove(&interval);
            return;
        }
        of_sites.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.told.insert(interval, Told { of_sites });
    }

    /// The clearness all its sites tell together.
    pub(crate) fn clearness(&self, interval: Interval) -> Option<f64> {
        middle(&self.told.get(&interval)?.of_sites).map(|(clearness, ..)| clearness)
    }

    /// The sky of an interval over one of its sites, as the others tell it, seen
    /// at another interval.
    pub(crate) fn sky(
        &self,
        site: usize,
        interval: Interval,
        current: Interval,
        usual: f64,
    ) -> Sky {
        if interval > current {
            return Sky::Clear;
        }
        let of = |interval: Interval| self.told.get(&interval)?.without(site);
        let near = || {
            (1..=NEAR)
                .flat_map(|by| [interval.offset(-by), interval.offset(by)])
                .find_map(of)
                // What is only near says less, and nobody told it.
                .map(|(clearness, spread, _)| (clearness, spread + 0.1, 0))
        };
        match of(interval).or_else(near) {
            Some((clearness, spread, sites)) => {
                let before = of(interval.offset(-1)).map_or(clearness, |before| before.0);
                let sites = u16::try_from(sites).unwrap_or(u16::MAX);
                Sky::Told { clearness, change: clearness - before, spread, sites }
            }
            None => Sky::Usual(usual),
        }
    }

    /// Forgets what lies before the windows.
    pub(crate) fn forget_before(&mut self, first: Interval) {
        self.told.retain(|interval, _| *interval >= first);
        self.due = self.due.split_off(&first);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share")]
const fn narrow(value: f64) -> f32 {
    value as f32
}
