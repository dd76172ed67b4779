use std::fmt;

use jiff::Timestamp;
use totp_rs::{Algorithm, Secret, TOTP};

/// Seconds for which a code is good (RFC 6238, section 5.2).
const STEP: u64 = 30;

/// The secret that an authenticator app shares with us: 160 random bits, as
/// RFC 4226, section 4, asks. From it and the time follow codes of six digits
/// (RFC 6238 with SHA-1, which is what all apps understand).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

/// These bytes are no such secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of an authenticator app has 20 bytes")]
pub struct TotpSecretError;

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl From<[u8; 20]> for TotpSecret {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<&[u8]> for TotpSecret {
    type Error = TotpSecretError;

    fn try_from(bytes: &[u8]) -> Result<Self, TotpSecretError> {
        bytes.try_into().map(Self).map_err(|_| TotpSecretError)
    }
}

impl TotpSecret {
    /// The bytes, for the one place that seals them.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 20] {
        &self.0
    }

    /// For typing into an app: 32 letters and digits (Base32).
    #[must_use]
    pub fn text(&self) -> String {
        Secret::Raw(self.0.to_vec()).to_encoded().to_string()
    }

    /// The step of the clock whose code this is, if any: the present one or,
    /// since clocks drift, one before or after. A step up to `used` does not
    /// count, so that each code opens once.
    #[must_use]
    pub fn step_of(&self, code: &str, at: Timestamp, used: Option<i64>) -> Option<i64> {
        let now = at.as_second().div_euclid(STEP.cast_signed());
        [now, now - 1, now + 1]
            .into_iter()
            .filter(|step| used.is_none_or(|used| *step > used))
            .find(|step| self.code(*step).is_some_and(|right| right == code))
    }

    /// The code of a step, which apps show from then on for thirty seconds.
    #[must_use]
    pub fn code(&self, step: i64) -> Option<String> {
        let at = u64::try_from(step).ok()?.checked_mul(STEP)?;
        let totp = TOTP::new(Algorithm::SHA1, 6, 0, STEP, self.0.to_vec()).ok()?;
        Some(totp.generate(at))
    }
}

/// What somebody types who is asked for a second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondCode {
    /// Six digits of an authenticator app.
    App(String),
    /// One of the codes for the day on which the app is lost.
    Recovery(String),
}

/// What was typed is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has six digits; a recovery code has sixteen letters and digits")]
pub struct SecondCodeError;

impl std::str::FromStr for SecondCode {
    type Err = SecondCodeError;

    /// Spaces and hyphens do not matter, nor does case.
    fn from_str(raw: &str) -> Result<Self, SecondCodeError> {
        let code: String = raw
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(40)
            .flat_map(char::to_lowercase)
            .collect();
        match code.len() {
            6 if code.bytes().all(|b| b.is_ascii_digit()) => Ok(Self::App(code)),
            16 if code.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(Self::Recovery(code)),
            _ => Err(SecondCodeError),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        let secret = TotpSecret::from(*b"12345678901234567890");

        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(secret.step_of(code, at(second), None), Some(second / 30), "{second}");
        }
        assert_eq!(secret.text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_of_a_clock_one_step_off_is_good_and_of_two_is_not() {
        let secret = TotpSecret::from(*b"12345678901234567890");
        let code = secret.code(1_000).unwrap();

        for (step, good) in
            [(998, false), (999, true), (1_000, true), (1_001, true), (1_002, false)]
        {
            assert_eq!(secret.step_of(&code, at(step * 30), None).is_some(), good, "{step}");
        }
    }

    #[test]
    fn a_code_opens_once_and_so_do_those_before_it() {
        let secret = TotpSecret::from(*b"12345678901234567890");
        let (before, code) = (secret.code(999).unwrap(), secret.code(1_000).unwrap());

        assert_eq!(secret.step_of(&code, at(30_000), Some(999)), Some(1_000));
        assert_eq!(secret.step_of(&code, at(30_000), Some(1_000)), None);
        assert_eq!(secret.step_of(&before, at(30_000), Some(1_000)), None);
    }

    #[test]
    fn what_is_typed_is_told_apart_by_its_shape() {
        assert_eq!("123 456".parse(), Ok(SecondCode::App("123456".to_owned())));
        assert_eq!(
            "ABCD-efgh-2345-wxyz".parse(),
            Ok(SecondCode::Recovery("abcdefgh2345wxyz".to_owned()))
        );
        assert_eq!("12345".parse::<SecondCode>(), Err(SecondCodeError));
        assert_eq!("12345x".parse::<SecondCode>(), Err(SecondCodeError));
        assert_eq!("".parse::<SecondCode>(), Err(SecondCodeError));
    }

    proptest! {
        #[test]
        fn nothing_typed_breaks_it(raw in "\\PC{0,60}") {
            let _ = raw.parse::<SecondCode>();
        }
    }
}
