use jiff::SignedDuration;

/// For how long what cannot be delivered is tried: RFC 5321, section 4.5.4.1,
/// asks for four to five days at least.
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// The wait after the first failure.
const FIRST: SignedDuration = SignedDuration::from_secs(30);

/// The longest wait.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// How long to wait after so many tries that failed, the first being 1: twice
/// as long each time, up to an hour. `roll` lies between 0 and 1 and takes off
/// up to half, so that what failed together does not come again together.
#[must_use]
pub fn pause(tries: u32, roll: f64) -> SignedDuration {
    let doublings = tries.saturating_sub(1).min(16);
    let whole = (FIRST * (1 << doublings)).min(LONGEST);
    let part = 0.5 + 0.5 * roll.clamp(0.0, 1.0);
    SignedDuration::try_from_secs_f64(whole.as_secs_f64() * part).unwrap_or(whole)
}

/// Nobody is left alone for longer than this because they asked for it.
const ASKED_AT_MOST: SignedDuration = SignedDuration::from_hours(24);

/// How long to wait where whoever is to be told asked for a wait: so long, but no
/// shorter than we would have waited anyway, and no longer than a day.
#[must_use]
pub fn as_asked(pause: SignedDuration, asked: SignedDuration) -> SignedDuration {
    asked.min(ASKED_AT_MOST).max(pause)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(tries: u32, roll: f64, seconds: i64) {
        assert_eq!(pause(tries, roll).as_secs(), seconds, "{tries} {roll}");
    }

    #[test]
    fn waits_double_up_to_an_hour() {
        check(1, 1.0, 30);
        check(1, 0.0, 15);
        check(2, 1.0, 60);
        check(5, 1.0, 480);
        check(8, 1.0, 3_600);
        check(1_000, 1.0, 3_600);
        check(1_000, 0.0, 1_800);
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_that_before_could_be(tries in 1_u32..100, roll in 0.0..1.0_f64) {
            prop_assert!(pause(tries + 1, roll) >= pause(tries, roll));
            prop_assert!(pause(tries, roll) <= LONGEST);
            prop_assert!(pause(tries, roll) >= FIRST / 2);
        }
    }
}
