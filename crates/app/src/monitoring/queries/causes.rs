//! A long list of sites that need action, by what is wrong with them.

use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::units::Money;

use super::order::Place;
use crate::monitoring::StoredAssessment;
use crate::monitoring::models::{CauseGroup, OverviewQuery, OverviewView};

/// A list of more sites than this is told by cause.
const LONG: usize = 25;
/// Sites of each cause that are then shown.
const OF_EACH: usize = 5;

type Found<'a> = &'a (Arc<Site>, StoredAssessment);

/// The causes of a long list, in the order in which its reader meets them; none
/// of a list that is short, was asked for by kind, or has one cause only.
pub(super) fn of(query: &OverviewQuery, listed: &[Found<'_>], order: &[Place]) -> Vec<CauseGroup> {
    if query.view != OverviewView::Action || query.kind.is_some() || listed.len() <= LONG {
        return Vec::new();
    }
    let mut by_kind: HashMap<AnomalyKind, Vec<Found<'_>>> = HashMap::new();
    for found in listed {
        if let Some(kind) = kind(found) {
            by_kind.entry(kind).or_default().push(found);
        }
    }
    if by_kind.len() < 2 {
        return Vec::new();
    }
    let place: HashMap<SiteId, usize> =
        order.iter().enumerate().map(|(at, (site, _))| (*site, at)).collect();
    let first = |of: &[Found<'_>]| of.iter().filter_map(|(site, _)| place.get(&site.id)).min();
    let mut groups: Vec<_> = by_kind.into_iter().collect();
    groups.sort_by_key(|(kind, of)| (first(of), *kind));
    groups.into_iter().filter_map(|(kind, of)| group(kind, &of)).collect()
}

/// The first sites of each cause, in the reader's order and in that of their
/// losses; and those that are no longer in the list.
pub(super) fn few_of_each(listed: &[Found<'_>], order: Vec<Place>) -> Vec<Place> {
    let kinds: HashMap<SiteId, AnomalyKind> =
        listed.iter().filter_map(|found| Some((found.0.id, kind(found)?))).collect();
    let mut most = Counts::default();
    let worst: Vec<SiteId> = listed
        .iter()
        .filter(|found| kind(found).is_some_and(|kind| most.count(kind) <= OF_EACH))
        .map(|(site, _)| site.id)
        .collect();
    let mut before = Counts::default();
    let shown = |(site, _): &Place| {
        let early = kinds.get(site).is_none_or(|kind| before.count(*kind) <= OF_EACH);
        early || worst.contains(site)
    };
    order.into_iter().filter(shown).collect()
}

#[derive(Default)]
struct Counts(HashMap<AnomalyKind, usize>);

impl Counts {
    /// Counts one more, and how many that makes.
    fn count(&mut self, kind: AnomalyKind) -> usize {
        let count = self.0.entry(kind).or_default();
        *count += 1;
        *count
    }
}

fn kind((_, stored): Found<'_>) -> Option<AnomalyKind> {
    stored.assessment.finding.as_ref().map(|finding| finding.kind)
}

fn group(kind: AnomalyKind, of: &[Found<'_>]) -> Option<CauseGroup> {
    let findings = || of.iter().filter_map(|(_, stored)| stored.assessment.finding.as_ref());
    Some(CauseGroup {
        kind,
        sites: of.len(),
        worst: of.iter().map(|(_, stored)| stored.assessment.status).min()?,
        lost_per_day: findings().map(|finding| finding.lost_per_day).sum(),
        money_per_day: Money::sums(findings().map(|finding| finding.money_per_day)),
        next_step: findings().next()?.next_step,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::queries::order;
    use crate::monitoring::queries::tests::assessment;
    use crate::testing::site;

    /// Sites from 1 on that lose ever less; every second is an outage, the others
    /// have lost a string.
    fn found(sites: i32) -> Vec<(Arc<Site>, StoredAssessment)> {
        let one = |number| {
            let assessment = assessment(number, 1_000 - i64::from(number));
            (Arc::new(site(number)), StoredAssessment { assessment, raised_at: None, owner: None })
        };
        (1..=sites).map(one).collect()
    }

    fn told(
        found: &[(Arc<Site>, StoredAssessment)],
        query: &OverviewQuery,
    ) -> (Vec<(AnomalyKind, usize)>, Vec<i32>) {
        let listed: Vec<Found<'_>> = found.iter().collect();
        let ranked: Vec<SiteId> = listed.iter().map(|(site, _)| site.id).collect();
        let rows = order::keep(&ranked, &query.order).rows;
        let causes = of(query, &listed, &rows);
        let few = few_of_each(&listed, rows).into_iter().map(|(site, _)| site.into());
        (causes.iter().map(|group| (group.kind, group.sites)).collect(), few.collect())
    }

    #[test]
    fn a_short_list_is_told_site_by_site() {
        assert_eq!(told(&found(25), &OverviewQuery::default()).0, []);
        let of_kind = OverviewQuery { kind: Some(AnomalyKind::Outage), ..OverviewQuery::default() };
        assert_eq!(told(&found(60), &of_kind).0, []);
        let watched = OverviewQuery { view: OverviewView::Watch, ..OverviewQuery::default() };
        assert_eq!(told(&found(60), &watched).0, []);
        let same: Vec<_> =
            found(80).into_iter().filter(|(site, _)| i32::from(site.id) % 2 == 0).collect();
        assert_eq!(told(&same, &OverviewQuery::default()).0, [], "one cause says nothing new");
    }

    #[test]
    fn a_long_list_is_told_by_cause_with_the_worst_of_each() {
        let (causes, few) = told(&found(61), &OverviewQuery::default());

        assert_eq!(causes, [(AnomalyKind::StringLoss, 31), (AnomalyKind::Outage, 30)]);
        assert_eq!(few, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn the_reader_keeps_the_sites_and_the_order_of_causes() {
        let order: Vec<SiteId> = [40, 41, 99].map(SiteId::from).to_vec();
        let (causes, few) = told(&found(61), &OverviewQuery { order, ..OverviewQuery::default() });

        assert_eq!(causes, [(AnomalyKind::Outage, 30), (AnomalyKind::StringLoss, 31)]);
        assert_eq!(few, [40, 41, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "and the worst besides");
    }
}
