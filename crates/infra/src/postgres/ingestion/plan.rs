use std::collections::HashMap;

use greengrid_app::ingestion::Verdict;

use super::stored::{Key, Stored, Values};

/// A row waiting in a group of submissions: which submission, and which of its
/// rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting<'a> {
    pub(super) job: usize,
    pub(super) index: usize,
    pub(super) row: &'a Stored,
}

/// The reading in force under a key.
#[derive(Debug, Clone)]
pub(super) struct InForce {
    pub(super) revision: i16,
    pub(super) values: Values,
}

/// A row to be written, and which submission it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Insert<'a> {
    pub(super) job: usize,
    pub(super) row: &'a Stored,
    pub(super) revision: i16,
}

/// What to write for a group, and what to answer.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// In the order of their keys.
    pub(super) inserts: Vec<Insert<'a>>,
    /// Rows with the values in force, also in the order of their keys.
    pub(super) repeats: Vec<Waiting<'a>>,
    /// For each submission, for each of its rows.
    pub(super) verdicts: Vec<Vec<Verdict>>,
}

/// Decides what becomes of each row of a group. `rows` are in the order of
/// their keys, equal keys in the order of arrival; `rows_of` gives the number
/// of rows of each submission; `known` holds what is in force already.
pub(super) fn plan<'a>(
    rows: &[Waiting<'a>],
    rows_of: &[usize],
    known: &HashMap<Key, InForce>,
) -> Plan<'a> {
    let mut plan = Plan {
        inserts: Vec::with_capacity(rows.len()),
        repeats: Vec::new(),
        verdicts: rows_of.iter().map(|rows| vec![Verdict::Duplicate; *rows]).collect(),
    };
    for same_key in rows.chunk_by(|a, b| a.row.key == b.row.key) {
        let known = known.get(&same_key[0].row.key);
        let mut current = known.map(|known| (known.revision, &known.values));
        for waiting in same_key {
            let (revision, verdict) = match current {
                None => (0, Verdict::Accepted),
                Some((_, values)) if *values == waiting.row.values => {
                    plan.repeats.push(*waiting);
                    continue;
                }
                Some((revision, _)) => (revision.saturating_add(1), Verdict::Correction),
            };
            current = Some((revision, &waiting.row.values));
            plan.verdicts[waiting.job][waiting.index] = verdict;
            plan.inserts.push(Insert { job: waiting.job, row: waiting.row, revision });
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(site: i32, power_w: i32) -> Stored {
        Stored {
            key: Key { site, micros: 0, device: 0 },
            values: Values { power_w: Some(power_w), ..Values::default() },
            quality: "valid",
            reasons: 0,
        }
    }

    /// Verdicts for rows of one site sent one after another, and the revisions
    /// written, when this power is in force already.
    fn check(
        in_force: Option<(i16, i32)>,
        powers: &[i32],
        expected: &[Verdict],
        revisions: &[i16],
    ) {
        let rows: Vec<Stored> = powers.iter().map(|power| row(1, *power)).collect();
        let waiting: Vec<Waiting<'_>> =
            rows.iter().enumerate().map(|(index, row)| Waiting { job: 0, index, row }).collect();
        let known = in_force
            .map(|(revision, power)| {
                (row(1, 0).key, InForce { revision, values: row(1, power).values })
            })
            .into_iter()
            .collect();

        let plan = plan(&waiting, &[rows.len()], &known);

        assert_eq!(plan.verdicts, [expected]);
        let repeats: Vec<usize> = plan.repeats.iter().map(|waiting| waiting.index).collect();
        let duplicates = (0..rows.len()).filter(|row| expected[*row] == Verdict::Duplicate);
        assert_eq!(repeats, duplicates.collect::<Vec<_>>());
        assert_eq!(plan.inserts.iter().map(|i| i.revision).collect::<Vec<_>>(), revisions);
    }

    #[test]
    fn repeats_and_corrections_follow_what_is_in_force() {
        use Verdict::{Accepted, Correction, Duplicate};
        check(None, &[5], &[Accepted], &[0]);
        check(None, &[5, 5, 5], &[Accepted, Duplicate, Duplicate], &[0]);
        check(None, &[5, 6, 5], &[Accepted, Correction, Correction], &[0, 1, 2]);
        check(Some((0, 5)), &[5], &[Duplicate], &[]);
        check(Some((0, 5)), &[6, 6], &[Correction, Duplicate], &[1]);
        check(Some((3, 5)), &[5, 7, 5], &[Duplicate, Correction, Correction], &[4, 5]);
    }
}
