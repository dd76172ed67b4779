use super::NewPasswordError;

/// How hard a password is to guess, from 0 (among the first a thief tries) to
/// 4, as zxcvbn estimates it: by its dictionaries of common passwords, names
/// and words, by keyboard runs, repeats and dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strength(u8);

impl Strength {
    /// The least that is accepted: more than 10^8 guesses.
    pub const ENOUGH: Self = Self(3);
    /// The most there is.
    pub const MOST: u8 = 4;

    /// The strength of a password as typed. `about` is what a thief knows of
    /// the person: their name, their address.
    #[must_use]
    pub fn of(password: &str, about: &[&str]) -> Self {
        let parts: Vec<&str> = about
            .iter()
            .flat_map(|text| text.split([' ', '@', '.', '-', '+', '_']))
            .chain(about.iter().copied())
            .chain(["greengrid"])
            .filter(|part| part.chars().count() > 2)
            .collect();
        Self(zxcvbn::zxcvbn(password, &parts).score().into())
    }

    /// From 0 to [`MOST`](Self::MOST).
    #[must_use]
    pub const fn score(self) -> u8 {
        self.0
    }

    /// The strength in a word or two.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self.0 {
            0 | 1 => "easy to guess",
            2 => "still easy to guess",
            3 => "good",
            _ => "very good",
        }
    }

    /// Fails unless it is [`ENOUGH`](Self::ENOUGH).
    pub fn check(self) -> Result<(), NewPasswordError> {
        if self >= Self::ENOUGH { Ok(()) } else { Err(NewPasswordError::Guessable) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str, about: &[&str], good: bool) {
        let strength = Strength::of(password, about);
        assert_eq!(strength.check().is_ok(), good, "{password}: {strength:?}");
    }

    #[test]
    fn common_passwords_are_refused_however_long() {
        check("passwordpassword", &[], false);
        check("123456789012", &[], false);
        check("qwertyuiop12", &[], false);
        check("aaaaaaaaaaaaaaaa", &[], false);
        check("correct horse battery", &[], true);
        check("sunny-morning-200", &[], true);
    }

    #[test]
    fn what_a_thief_knows_of_the_person_is_no_secret() {
        let about = ["Marguerite Villanueva", "m.villanueva@example.org"];

        check("margueritevillanueva", &about, false);
        check("m.villanueva@example.org", &about, false);
        check("greengridgreengrid", &[], false);
        check("tin whistle harbour", &about, true);
    }
}
