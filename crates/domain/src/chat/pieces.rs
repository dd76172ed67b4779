use crate::fleet::SiteCode;
use crate::identity::UserId;
use crate::monitoring::AnomalyId;

/// Characters of a UUID in its usual form.
const UUID: usize = 36;

/// What a post names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A person of the team: `@Diana Reyes`, or `@Diana` where that is plain.
    Person(UserId),
    /// A site: `#gg-0142`.
    Site(SiteCode),
    /// An anomaly: `!` and its key, as its page offers it.
    Anomaly(AnomalyId),
}

/// Where in a text something is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// First byte.
    pub at: usize,
    /// Bytes, the sign in front included.
    pub length: usize,
    /// What.
    pub target: Target,
}

/// What can be named.
pub trait Known {
    /// The people, with their names.
    fn people(&self) -> &[(UserId, String)];
    /// Whether there is this site.
    fn has_site(&self, code: &SiteCode) -> bool;
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Nothing but text.
    Text(&'a str),
    /// An address of the web, with its scheme.
    Link(&'a str),
    /// Something named, as it was written.
    Mention(&'a str, &'a Target),
}

/// What a text names of what is known. Anomalies are taken on trust: only who
/// looks at one learns whether there is one.
pub fn mentions(text: &str, known: &impl Known) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut before = ' ';
    for (at, sign) in text.char_indices() {
        let free = found.last().is_none_or(|last| last.at + last.length <= at);
        if free && !before.is_alphanumeric() && matches!(sign, '@' | '#' | '!') {
            let rest = &text[at + 1..];
            let named = match sign {
                '@' => person(rest, known.people()),
                '#' => site(rest, known),
                _ => anomaly(rest),
            };
            if let Some((target, length)) = named {
                found.push(Mention { at, length: length + 1, target });
            }
        }
        before = sign;
    }
    found
}

/// A text in its parts, in order and without a gap. A mention that does not
/// fit the text counts as text.
#[must_use]
pub fn pieces<'a>(text: &'a str, mentions: &'a [Mention]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for mention in mentions {
        let end = mention.at + mention.length;
        if mention.at < from || text.get(mention.at..end).is_none() {
            continue;
        }
        with_links(&text[from..mention.at], &mut pieces);
        pieces.push(Piece::Mention(&text[mention.at..end], &mention.target));
        from = end;
    }
    with_links(&text[from..], &mut pieces);
    pieces
}

/// Whether a text sends its readers elsewhere.
pub(super) fn has_link(text: &str) -> bool {
    let text = text.to_lowercase();
    ["http://", "https://", "www."].iter().any(|start| text.contains(start))
}

fn with_links<'a>(text: &'a str, pieces: &mut Vec<Piece<'a>>) {
    let mut rest = text;
    while let Some(at) = [rest.find("http://"), rest.find("https://")].into_iter().flatten().min() {
        let length = rest[at..]
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '`' | '\\'))
            .unwrap_or(rest.len() - at);
        // What ends a sentence is not part of an address.
        let link = rest[at..at + length].trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let whole = link.split_once("://").is_some_and(|(_, host)| !host.is_empty());
        let (link, end) = if whole { (Some(link), at + link.len()) } else { (None, at + length) };
        let before = if link.is_some() { &rest[..at] } else { &rest[..end] };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.extend(link.map(Piece::Link));
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
}

/// The person whose whole name stands here, or whose first name does and who
/// is the only one of it.
fn person(rest: &str, people: &[(UserId, String)]) -> Option<(Target, usize)> {
    let whole = people
        .iter()
        .filter(|(_, name)| begins(rest, name))
        .max_by_key(|(_, name)| name.len())
        .map(|(id, name)| (*id, name.len()));
    let first = || {
        let mut called = people.iter().filter_map(|(id, name)| {
            let first = name.split(' ').next()?;
            begins(rest, first).then_some((*id, first.len()))
        });
        called.next().filter(|_| called.next().is_none())
    };
    let (id, length) = whole.or_else(first)?;
    Some((Target::Person(id), length))
}

/// Whether a text begins with this name as a whole word, in whatever case.
fn begins(text: &str, name: &str) -> bool {
    let same = text.get(..name.len()).is_some_and(|start| {
        start.chars().flat_map(char::to_lowercase).eq(name.chars().flat_map(char::to_lowercase))
    });
    same && !name.is_empty()
        && !text[name.len()..].chars().next().is_some_and(char::is_alphanumeric)
}

fn site(rest: &str, known: &impl Known) -> Option<(Target, usize)> {
    let length = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')))
        .unwrap_or(rest.len());
    // A full stop after a code is the end of a sentence.
    let code = rest[..length].trim_end_matches(['.', '-', '_']);
    let site: SiteCode = code.parse().ok()?;
    known.has_site(&site).then_some((Target::Site(site), code.len()))
}

fn anomaly(rest: &str) -> Option<(Target, usize)> {
    let id: uuid::Uuid = rest.get(..UUID)?.parse().ok()?;
    Some((Target::Anomaly(id.into()), UUID))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    struct Team(Vec<(UserId, String)>);

    impl Known for Team {
        fn people(&self) -> &[(UserId, String)] {
            &self.0
        }
        fn has_site(&self, code: &SiteCode) -> bool {
            code.as_str().starts_with("gg-")
        }
    }

    fn user(number: u128) -> UserId {
        Uuid::from_u128(number).into()
    }

    fn team() -> Team {
        let names = ["Diana Reyes", "Rui Silva", "Rui Silva Santos", "Ana Bell", "Ana Moreau"];
        let people = names.iter().zip(1..).map(|(name, number)| (user(number), (*name).to_owned()));
        Team(people.collect())
    }

    fn check(text: &str, expected: &[(&str, Target)]) {
        let found = mentions(text, &team());
        let seen: Vec<(&str, Target)> =
            found.iter().map(|m| (&text[m.at..m.at + m.length], m.target.clone())).collect();
        assert_eq!(seen, expected, "{text}");
    }

    fn site(code: &str) -> Target {
        Target::Site(code.parse().unwrap())
    }

    #[test]
    fn people_are_named_by_their_longest_name() {
        check("@Rui Silva Santos, please", &[("@Rui Silva Santos", Target::Person(user(3)))]);
        check("ask @rui silva.", &[("@rui silva", Target::Person(user(2)))]);
        check("@Diana?", &[("@Diana", Target::Person(user(1)))]);
    }

    #[test]
    fn a_first_name_of_two_names_nobody() {
        check("@Ana", &[]);
        check("@Ana Bell", &[("@Ana Bell", Target::Person(user(4)))]);
        check("@Dianaa me@Diana.example", &[]);
    }

    #[test]
    fn sites_and_anomalies_are_named() {
        let id = "0197a3b2-0000-7000-8000-000000000001";
        let anomaly = Target::Anomaly(id.parse::<Uuid>().unwrap().into());
        check("#gg-0142. and #nowhere", &[("#gg-0142", site("gg-0142"))]);
        check(&format!("see !{id}!"), &[(&format!("!{id}"), anomaly)]);
        check("wow!!! #1", &[]);
    }

    #[test]
    fn links_are_cut_out_without_what_ends_the_sentence() {
        let text = "See https://a.example/x?y=1&z=2, and @Diana (http://b.example). https://";
        let found = mentions(text, &team());

        let pieces = pieces(text, &found);

        let links: Vec<&str> = pieces
            .iter()
            .filter_map(|piece| if let Piece::Link(link) = piece { Some(*link) } else { None })
            .collect();
        assert_eq!(links, ["https://a.example/x?y=1&z=2", "http://b.example"]);
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(
            text in "(?s)(@Diana|@Rui Silva|#gg-1|https?://|[a-z.!é \n\"<>]|.){0,30}"
        ) {
            let found = mentions(&text, &team());
            let whole: String = pieces(&text, &found)
                .iter()
                .map(|piece| match piece {
                    Piece::Text(part) | Piece::Link(part) | Piece::Mention(part, _) => *part,
                })
                .collect();
            prop_assert_eq!(whole, text);
        }
    }
}
