//! Numbers that look random and are not: each is a function of the seed and
//! of what it stands for, so any stretch of time comes out the same whenever
//! and in whatever order it is made.

/// One 64-bit number from another, well mixed (the finaliser of `SplitMix64`,
/// Steele et al. 2014).
const fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The seed of one thing among others under a common seed.
pub(super) const fn derive(seed: u64, what: u64) -> u64 {
    mix(seed ^ mix(what))
}

/// A number from 0 up to, and without, 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
pub(super) fn unit(seed: u64, position: i64) -> f64 {
    (derive(seed, position.cast_unsigned()) >> 11) as f64 / (1u64 << 53) as f64
}

/// A number around 0 with a standard deviation of 1, at most 3.4 away: the
/// sum of four uniform ones.
pub(super) fn normal(seed: u64, position: i64) -> f64 {
    let bits = derive(seed, position.cast_unsigned());
    let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
    let sum = f64::from(u32::try_from(sum).unwrap_or(u32::MAX));
    (sum / 65_536.0 - 2.0) * 3.0_f64.sqrt()
}

/// A curve between 0 and 1 that wanders smoothly, with a bend about once in
/// each whole step of `x` (value noise).
#[expect(clippy::cast_possible_truncation, reason = "positions in time are far below 2^63")]
pub(super) fn wander(seed: u64, x: f64) -> f64 {
    let left = x.floor();
    let within = x - left;
    let left = left as i64;
    let ease = within * within * (3.0 - 2.0 * within);
    let (a, b) = (unit(seed, left), unit(seed, left + 1));
    a + (b - a) * ease
}

/// Draws one number after another from a seed.
pub(super) struct Draws {
    seed: u64,
    drawn: i64,
}

impl Draws {
    /// Draws that belong to one thing under a common seed.
    pub(super) const fn of(seed: u64, what: u64) -> Self {
        Self { seed: derive(seed, what), drawn: 0 }
    }

    /// From 0 up to, and without, 1.
    pub(super) fn unit(&mut self) -> f64 {
        self.drawn += 1;
        unit(self.seed, self.drawn)
    }

    /// Between two bounds.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number from 0 up to, and without, a bound.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "bounds are small counts"
    )]
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.unit() * bound as f64) as usize
    }

    /// One of several.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_fill_their_range_evenly() {
        let mut draws = Draws::of(7, 1);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[draws.below(10)] += 1;
        }

        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn normal_numbers_have_their_spread() {
        let sum: f64 = (0..10_000).map(|at| normal(3, at).powi(2)).sum();

        assert!((0.95..1.05).contains(&(sum / 10_000.0)), "{sum}");
    }

    #[test]
    fn a_wandering_curve_has_no_jumps() {
        let mut last = wander(1, -3.0);
        for step in -3000..3000 {
            let next = wander(1, f64::from(step) / 1000.0);

            assert!((next - last).abs() < 0.002);
            last = next;
        }
    }
}
