use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::parameters::{
    GRID_SITES, GRID_WITHIN, LIMIT_SITES, LIMIT_STEP, LIMIT_WITHIN, STORM_KINDS, STORM_SHARE,
    STORM_SITES, STORM_WITHIN, VENDOR_SHARE, VENDOR_SITES, VENDOR_WITHIN,
};
use super::{Cause, FleetSize, Incident, Suspect};
use crate::fleet::Brand;
use crate::monitoring::{AnomalyId, AnomalyKind, Evidence};
use crate::units::{Energy, Money};

/// Folds open anomalies into incidents, the earliest first. No anomaly is in
/// two of them, and their order does not matter. What has several explanations
/// goes to the one that says most: a vendor's outage before a grid fault
/// before a storm before a limit.
#[must_use]
pub fn fold(open: &[Suspect], fleet: &FleetSize) -> Vec<Incident> {
    let mut free: Vec<&Suspect> = open.iter().collect();
    free.sort_by_key(|suspect| (suspect.since, suspect.site, suspect.anomaly));
    free.dedup_by_key(|suspect| suspect.anomaly);
    let mut incidents = Vec::new();
    for find in [vendor_down, grid_fault, storm, export_limit] {
        let found: Vec<(Cause, Vec<&Suspect>)> = find(&free, fleet);
        let taken: BTreeSet<AnomalyId> =
            found.iter().flat_map(|(_, members)| members.iter().map(|m| m.anomaly)).collect();
        free.retain(|suspect| !taken.contains(&suspect.anomaly));
        incidents.extend(found.into_iter().map(|(cause, members)| Incident::of(cause, &members)));
    }
    incidents.sort_by(|a, b| (a.began, &a.cause).cmp(&(b.began, &b.cause)));
    incidents
}

/// The share at which the evidence of a curtailment says a site is held: its
/// number called “Held at”, in per cent.
#[must_use]
pub fn held_share(evidence: &Evidence) -> Option<f64> {
    let fact = evidence.facts.iter().find(|fact| fact.label.eq_ignore_ascii_case("held at"))?;
    let (number, _) = fact.value.split_once('%')?;
    let share = number.trim().parse::<f64>().ok()? / 100.0;
    (0.0..=1.5).contains(&share).then_some(share)
}

type Found<'a> = Vec<(Cause, Vec<&'a Suspect>)>;

fn vendor_down<'a>(free: &[&'a Suspect], fleet: &FleetSize) -> Found<'a> {
    let silent = free.iter().copied().filter(|s| s.kind == AnomalyKind::CommGap);
    // Brands without an interface of ours share nothing.
    let branded = silent.filter(|s| s.brand != Brand::Other);
    groups(branded, |suspect| suspect.brand)
        .into_iter()
        .flat_map(|(brand, members)| {
            let of = fleet.by_brand.get(&brand).copied().unwrap_or(0);
            bursts(&members, VENDOR_WITHIN)
                .into_iter()
                .filter(move |burst| enough(burst, VENDOR_SITES, VENDOR_SHARE, of))
                .map(move |burst| (Cause::VendorDown(brand), burst))
        })
        .collect()
}

fn grid_fault<'a>(free: &[&'a Suspect], _: &FleetSize) -> Found<'a> {
    let off = free.iter().copied().filter(|s| s.kind == AnomalyKind::Outage);
    groups(off, |suspect| suspect.region.clone())
        .into_iter()
        .flat_map(|(region, members)| {
            bursts(&members, GRID_WITHIN)
                .into_iter()
                .filter(|burst| sites(burst) >= GRID_SITES)
                .map(move |burst| (Cause::GridFault(region.clone()), burst))
        })
        .collect()
}

fn storm<'a>(free: &[&'a Suspect], fleet: &FleetSize) -> Found<'a> {
    let lossy = free.iter().copied().filter(|s| {
        matches!(
            s.kind,
            AnomalyKind::Outage
                | AnomalyKind::CommGap
                | AnomalyKind::Underperformance
                | AnomalyKind::StringLoss
                | AnomalyKind::InverterFault
        )
    });
    groups(lossy, |suspect| suspect.region.clone())
        .into_iter()
        .flat_map(|(region, members)| {
            let of = fleet.by_region.get(&region).copied().unwrap_or(0);
            bursts(&members, STORM_WITHIN)
                .into_iter()
                .filter(move |burst| {
                    let kinds: BTreeSet<AnomalyKind> = burst.iter().map(|s| s.kind).collect();
                    kinds.len() >= STORM_KINDS && enough(burst, STORM_SITES, STORM_SHARE, of)
                })
                .map(move |burst| (Cause::Storm(region.clone()), burst))
        })
        .collect()
}

fn export_limit<'a>(free: &[&'a Suspect], _: &FleetSize) -> Found<'a> {
    let held = free.iter().copied().filter(|s| s.kind == AnomalyKind::Curtailment);
    groups(held, |suspect| suspect.brand)
        .into_iter()
        .flat_map(|(brand, members)| {
            bursts(&members, LIMIT_WITHIN)
                .into_iter()
                .flat_map(alike)
                .filter(|burst| sites(burst) >= LIMIT_SITES)
                .map(move |burst| (Cause::ExportLimit(brand, typical_share(&burst)), burst))
        })
        .collect()
}

/// Splits sites held together by the share at which they are held.
fn alike(mut burst: Vec<&Suspect>) -> Vec<Vec<&Suspect>> {
    let share = |suspect: &Suspect| suspect.held_at;
    burst.sort_by(|a, b| share(a).partial_cmp(&share(b)).unwrap_or(std::cmp::Ordering::Equal));
    let near = |a: &&Suspect, b: &&Suspect| match (share(a), share(b)) {
        (Some(a), Some(b)) => b - a <= LIMIT_STEP,
        (None, None) => true,
        _ => false,
    };
    burst.chunk_by(near).map(<[_]>::to_vec).collect()
}

/// The share in the middle, in whole per cent.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 150 and a float-to-int cast saturates"
)]
fn typical_share(burst: &[&Suspect]) -> Option<u8> {
    let mut shares: Vec<f64> = burst.iter().filter_map(|suspect| suspect.held_at).collect();
    shares.sort_by(f64::total_cmp);
    shares.get(shares.len() / 2).map(|share| (share * 100.0).round() as u8)
}

fn groups<'a, K: Ord>(
    suspects: impl Iterator<Item = &'a Suspect>,
    key: impl Fn(&Suspect) -> K,
) -> BTreeMap<K, Vec<&'a Suspect>> {
    let mut groups: BTreeMap<K, Vec<&'a Suspect>> = BTreeMap::new();
    for suspect in suspects {
        groups.entry(key(suspect)).or_default().push(suspect);
    }
    groups
}

/// Splits anomalies in the order of their beginning wherever longer than
/// `within` passes from one to the next.
fn bursts<'a>(members: &[&'a Suspect], within: SignedDuration) -> Vec<Vec<&'a Suspect>> {
    let near = |a: &&Suspect, b: &&Suspect| b.since.duration_since(a.since) <= within;
    members.chunk_by(near).map(<[_]>::to_vec).collect()
}

fn sites(burst: &[&Suspect]) -> usize {
    burst.iter().map(|suspect| suspect.site).collect::<BTreeSet<_>>().len()
}

#[expect(clippy::cast_precision_loss, reason = "counts of sites")]
fn enough(burst: &[&Suspect], least: usize, share: f64, of: usize) -> bool {
    let sites = sites(burst);
    sites >= least && sites as f64 >= share * of as f64
}

impl Incident {
    /// The incident that these anomalies make, counted once.
    #[must_use]
    pub fn of(cause: Cause, members: &[&Suspect]) -> Self {
        let mut anomalies: Vec<AnomalyId> = members.iter().map(|member| member.anomaly).collect();
        anomalies.sort_unstable();
        Self {
            cause,
            began: members.iter().map(|member| member.since).min().unwrap_or_default(),
            anomalies,
            sites: sites(members),
            lost_per_day: members.iter().map(|member| member.lost_per_day).sum::<Energy>(),
            money_per_day: Money::sums(members.iter().map(|member| member.money_per_day)),
        }
    }
}
