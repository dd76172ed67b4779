use super::Spark;
use super::rules::Point;
use crate::time::Interval;
use jiff::Timestamp;

impl Spark {
    /// Draws points that begin at local midnight, up to now.
    #[must_use]
    pub fn of(points: &[Point], now: Timestamp) -> Self {
        let from = points.first().map_or(now, |point| point.interval.start());
        let current = Interval::containing(now);
        let halves = points.chunks(2);
        let expected = halves
            .clone()
            .map(|half| watts(half.iter().map(|point| point.expected.wh).sum::<f64>(), half.len()));
        let actual = halves
            .take_while(|half| half.first().is_some_and(|point| point.interval <= current))
            .map(|half| {
                let covered: i32 = half.iter().map(|point| i32::from(point.covered_s)).sum();
                let produced: f64 = half.iter().map(|point| point.produced_wh).sum();
                (covered > 0).then(|| rounded(produced * 3600.0 / f64::from(covered)))
            });
        Self { from, actual: actual.collect(), expected: expected.collect() }
    }
}

fn watts(wh: f64, quarters: usize) -> i32 {
    rounded(wh * 4.0 / super::stats::count(quarters.max(1)))
}

#[expect(clippy::cast_possible_truncation, reason = "a float-to-int cast saturates")]
fn rounded(watts: f64) -> i32 {
    watts.round() as i32
}
