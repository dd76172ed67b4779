use super::Target;
use crate::fleet::SiteCode;
use crate::identity::UserId;

/// Characters after the sign that count; names are no longer.
const LONGEST: usize = 40;
/// Completions that are offered at most.
pub const OFFERED: usize = 8;

/// The beginning of a mention, as somebody types it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// `@` and the beginning of somebody's first or last name.
    Person(String),
    /// `#` and a part of a site's code, or the beginning of a word of its name.
    Site(String),
}

/// What a mention that was begun can become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What it names.
    pub target: Target,
    /// The whole mention, with its sign.
    pub text: String,
    /// What else helps to tell it from others: the name of a site.
    pub about: Option<String>,
}

impl Begun {
    /// Reads what stands from the sign up to where somebody types; `None` if it
    /// cannot become a mention.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let mut rest = typed.chars();
        let sign = rest.next()?;
        let begin = rest.as_str();
        if begin.chars().count() > LONGEST || begin.contains(['\n', '@', '#']) {
            return None;
        }
        let begin = begin.to_lowercase();
        match sign {
            '@' => Some(Self::Person(begin)),
            '#' => Some(Self::Site(begin)),
            _ => None,
        }
    }

    /// The people, and the sites with their names, that it can become, the most
    /// likely first: whose name or code begins so, then those of which a later
    /// word does.
    pub fn completions<'a>(
        &self,
        people: &[(UserId, String)],
        sites: impl Iterator<Item = (&'a SiteCode, &'a str)>,
    ) -> Vec<Completion> {
        let mut found: Vec<(u8, Completion)> = match self {
            Self::Person(begin) => people
                .iter()
                .filter_map(|(id, name)| {
                    let completion = Completion {
                        target: Target::Person(*id),
                        text: format!("@{name}"),
                        about: None,
                    };
                    Some((rank(begin, name)?, completion))
                })
                .collect(),
            Self::Site(begin) => sites
                .filter_map(|(code, name)| {
                    let rank = code_rank(begin, code).or_else(|| rank(begin, name))?;
                    let completion = Completion {
                        target: Target::Site(code.clone()),
                        text: format!("#{code}"),
                        about: Some(name.to_owned()),
                    };
                    Some((rank, completion))
                })
                .collect(),
        };
        found.sort_by(|(a, one), (b, other)| (a, &one.text).cmp(&(b, &other.text)));
        found.truncate(OFFERED);
        found.into_iter().map(|(_, completion)| completion).collect()
    }
}

/// How well the beginning of a code fits: 0 from its first letter on, 1 within.
fn code_rank(begin: &str, code: &SiteCode) -> Option<u8> {
    let code = code.as_str().to_lowercase();
    if code.starts_with(begin) { Some(0) } else { code.contains(begin).then_some(1) }
}

/// How well the beginning of a name fits: 0 for its first word, 2 for a later
/// one.
fn rank(begin: &str, name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    if name.starts_with(begin) {
        return Some(0);
    }
    let later = name.match_indices(' ').any(|(at, _)| name[at + 1..].starts_with(begin));
    later.then_some(2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::{Known, mentions};
    use super::*;

    fn people() -> Vec<(UserId, String)> {
        ["Diana Reyes", "Rui Silva", "Ana Reyes", "Ana Bell"]
            .iter()
            .zip(1..)
            .map(|(name, number)| (Uuid::from_u128(number).into(), (*name).to_owned()))
            .collect()
    }

    fn sites() -> Vec<(SiteCode, &'static str)> {
        [("gg-0142", "Harbour Cold Store"), ("gg-0001", "School at the Mill")]
            .map(|(code, name)| (code.parse().unwrap(), name))
            .to_vec()
    }

    fn completions(begun: &Begun) -> Vec<Completion> {
        let sites = sites();
        begun.completions(&people(), sites.iter().map(|(code, name)| (code, *name)))
    }

    fn check(typed: &str, expected: &[&str]) {
        let found = completions(&Begun::read(typed).expect("the beginning of a mention"));
        let texts: Vec<&str> = found.iter().map(|completion| completion.text.as_str()).collect();
        assert_eq!(texts, expected, "{typed}");
    }

    #[test]
    fn people_are_found_by_any_of_their_names_and_first_names_come_first() {
        check("@", &["@Ana Bell", "@Ana Reyes", "@Diana Reyes", "@Rui Silva"]);
        check("@an", &["@Ana Bell", "@Ana Reyes"]);
        check("@R", &["@Rui Silva", "@Ana Reyes", "@Diana Reyes"]);
        check("@rui s", &["@Rui Silva"]);
        check("@ui", &[]);
    }

    #[test]
    fn sites_are_found_by_code_and_by_name() {
        check("#gg", &["#gg-0001", "#gg-0142"]);
        check("#142", &["#gg-0142"]);
        check("#Cold", &["#gg-0142"]);
        check("#mil", &["#gg-0001"]);
        check("#old", &[]);
    }

    #[test]
    fn what_cannot_become_a_mention_is_not_looked_for() {
        for typed in ["", "x", "me", "@a\nb", "@a@b", &format!("@{}", "x".repeat(41))] {
            assert_eq!(Begun::read(typed), None, "{typed}");
        }
    }

    struct Team(Vec<(UserId, String)>);

    impl Known for Team {
        fn people(&self) -> &[(UserId, String)] {
            &self.0
        }
        fn has_site(&self, code: &SiteCode) -> bool {
            sites().iter().any(|(known, _)| known == code)
        }
    }

    proptest! {
        #[test]
        fn what_is_offered_is_a_mention_of_just_that(typed in "[@#][a-z0-9 -]{0,3}") {
            let Some(begun) = Begun::read(&typed) else { return Ok(()) };
            for completion in completions(&begun) {
                let found = mentions(&completion.text, &Team(people()));
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(&found[0].target, &completion.target);
            }
        }
    }
}
