use std::collections::BTreeSet;

use greengrid_domain::customer::NoticeKind;
use strum::IntoEnumIterator;

/// The kinds that a form leaves unchecked, which are those not wanted. Boxes
/// that are checked come as pairs of the same key, which forms of serde do not
/// take.
pub(super) fn unwanted(body: &[u8]) -> BTreeSet<NoticeKind> {
    let wanted: BTreeSet<NoticeKind> = form_urlencoded::parse(body)
        .filter(|(key, _)| key == "wanted")
        .filter_map(|(_, kind)| kind.parse().ok())
        .collect();
    NoticeKind::iter().filter(|kind| !wanted.contains(kind)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_unchecked_is_not_wanted() {
        assert_eq!(unwanted(b""), NoticeKind::iter().collect());
        assert_eq!(
            unwanted(b"wanted=fault&wanted=unusual_day&wanted=money"),
            BTreeSet::from([NoticeKind::MonthlySummary])
        );
    }
}
