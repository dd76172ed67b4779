//! Robust statistics over few numbers.

/// The value below which this share of the numbers lies, between neighbours
/// by their distance; `None` of none. Not-a-numbers sort last.
pub(crate) fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    values.sort_unstable_by(f64::total_cmp);
    let place = share.clamp(0.0, 1.0) * count(last);
    let below = floor(place).min(last);
    let above = (below + 1).min(last);
    let (low, high) = (values[below], values[above]);
    Some(low + (high - low) * (place - count(below)))
}

/// The middle value.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The value at which half of the weight lies to either side.
pub(crate) fn weighted_median(values: &mut [(f64, f64)]) -> Option<f64> {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut passed = 0.0;
    values.iter().find_map(|(value, weight)| {
        passed += weight;
        (passed >= half && passed > 0.0).then_some(*value)
    })
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) const fn count(items: usize) -> f64 {
    items as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a slice, never negative"
)]
fn floor(place: f64) -> usize {
    place.floor() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], share: f64, expected: Option<f64>) {
        assert_eq!(quantile(&mut values.to_vec(), share), expected, "{values:?} at {share}");
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        check(&[], 0.5, None);
        check(&[3.0], 0.9, Some(3.0));
        check(&[3.0, 1.0, 2.0], 0.5, Some(2.0));
        check(&[1.0, 2.0], 0.5, Some(1.5));
        check(&[4.0, 1.0, 2.0, 3.0, 5.0], 1.0, Some(5.0));
    }
}
