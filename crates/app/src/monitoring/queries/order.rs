//! The order of rows, which does not change under the reader.

use std::collections::HashMap;

use greengrid_domain::fleet::SiteId;

/// A site with its place in the new order, counted from 1; `None` for one that is
/// no longer in it.
pub(super) type Place = (SiteId, Option<usize>);

/// Rows in the order a reader has before them, and how many of them would move
/// if the new order were applied.
pub(super) struct Kept {
    pub(super) rows: Vec<Place>,
    /// How many would move or go.
    pub(super) moved: usize,
}

/// Keeps the reader's order: sites that left the ranking stay where they are,
/// new ones come at the end.
pub(super) fn keep(ranked: &[SiteId], before: &[SiteId]) -> Kept {
    let ranks: HashMap<SiteId, usize> =
        ranked.iter().enumerate().map(|(at, site)| (*site, at + 1)).collect();
    let mut rows: Vec<Place> = Vec::with_capacity(ranked.len());
    let mut seen = std::collections::HashSet::new();
    for site in before.iter().chain(ranked) {
        if seen.insert(*site) {
            rows.push((*site, ranks.get(site).copied()));
        }
    }
    let order: Vec<usize> = rows.iter().filter_map(|(_, rank)| *rank).collect();
    let gone = rows.len() - order.len();
    Kept { moved: order.len() - longest_rising(&order) + gone, rows }
}

/// Length of the longest subsequence that rises: those rows can stay where
/// they are (patience sorting).
fn longest_rising(order: &[usize]) -> usize {
    let mut piles: Vec<usize> = Vec::new();
    for rank in order {
        let at = piles.partition_point(|top| top < rank);
        match piles.get_mut(at) {
            Some(top) => *top = *rank,
            None => piles.push(*rank),
        }
    }
    piles.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ranked: &[i32], before: &[i32], rows: &[(i32, Option<usize>)], moved: usize) {
        let ids = |ids: &[i32]| ids.iter().map(|id| SiteId::from(*id)).collect::<Vec<_>>();
        let kept = keep(&ids(ranked), &ids(before));
        let expected: Vec<_> = rows.iter().map(|(id, rank)| (SiteId::from(*id), *rank)).collect();
        assert_eq!(kept.rows, expected, "{ranked:?} after {before:?}");
        assert_eq!(kept.moved, moved, "{ranked:?} after {before:?}");
    }

    #[test]
    fn rows_stay_where_the_reader_has_them() {
        check(&[1, 2, 3], &[], &[(1, Some(1)), (2, Some(2)), (3, Some(3))], 0);
        check(&[3, 1, 2], &[1, 2, 3], &[(1, Some(2)), (2, Some(3)), (3, Some(1))], 1);
        check(&[1, 3], &[1, 2, 3], &[(1, Some(1)), (2, None), (3, Some(2))], 1);
        check(&[9, 1], &[1], &[(1, Some(2)), (9, Some(1))], 1);
        check(&[], &[], &[], 0);
    }
}
