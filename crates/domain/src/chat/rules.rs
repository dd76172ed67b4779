use super::{PostBody, pieces};

/// Characters from which on a post is read by somebody first.
const LONG: usize = 1_200;
/// Lines from which on it is.
const MANY_LINES: usize = 30;
/// Visible posts after which somebody is no longer new.
const KNOWN_AFTER: u32 = 3;
/// Letters from which on saying the same again is a repeat: "thanks" may be
/// said as often as one likes.
const WORTH_REPEATING: usize = 12;

/// Words that no post of a team needs.
const BLOCKED: &[&str] = &[
    "arsehole",
    "asshole",
    "bastard",
    "bitch",
    "bollocks",
    "bullshit",
    "cunt",
    "dickhead",
    "fuck",
    "fucker",
    "fucking",
    "motherfucker",
    "piss",
    "prick",
    "scheisse",
    "shit",
    "slut",
    "twat",
    "wanker",
    "whore",
    "viagra",
    "casino",
    "porn",
];

/// Why a post is held back until somebody has read it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum HeldFor {
    /// A link, from somebody who has hardly posted yet.
    LinkFromNew,
    /// The same was said a moment ago.
    Repeat,
    /// A word that is blocked.
    BlockedWord,
    /// Longer than a conversation bears.
    Long,
}

impl HeldFor {
    /// The reason in words, for the author and for those who decide.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::LinkFromNew => "it holds a link, and its author is new here",
            Self::Repeat => "the same was said a moment ago",
            Self::BlockedWord => "it holds a word that is blocked",
            Self::Long => "it is very long",
        }
    }
}

/// What is known of somebody who posts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// How many of their posts were ever visible.
    pub visible: u32,
    /// What they said in the last minutes, in any room.
    pub recent: Vec<String>,
}

/// Whether a post has to wait until somebody has read it, and why.
#[must_use]
pub fn judge(body: &PostBody, author: &Author) -> Option<HeldFor> {
    let text = body.as_str();
    let folded = folded(text);
    let repeats = || author.recent.iter().any(|earlier| self::folded(earlier) == folded);
    if folded.split(' ').any(|word| BLOCKED.contains(&word)) {
        Some(HeldFor::BlockedWord)
    } else if folded.chars().count() >= WORTH_REPEATING && repeats() {
        Some(HeldFor::Repeat)
    } else if author.visible < KNOWN_AFTER && pieces::has_link(text) {
        Some(HeldFor::LinkFromNew)
    } else if text.chars().count() >= LONG || text.lines().count() >= MANY_LINES {
        Some(HeldFor::Long)
    } else {
        None
    }
}

/// Text as words in lower case, with the usual signs for letters undone.
fn folded(text: &str) -> String {
    let letters: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Author {
        Author { visible: 10, recent: Vec::new() }
    }

    fn check(text: &str, author: &Author, expected: Option<HeldFor>) {
        assert_eq!(judge(&text.parse().unwrap(), author), expected, "{text}");
    }

    #[test]
    fn ordinary_talk_goes_through() {
        check("Breaker Q2 again, 15:30 at Eastgate?", &Author::default(), None);
        check("See https://status.example.com", &known(), None);
        check("The class assessment of Scunthorpe is due.", &Author::default(), None);
    }

    #[test]
    fn links_of_new_people_wait() {
        for text in ["see https://evil.example", "go to www.evil.example", "HTTP://evil.example"] {
            check(text, &Author { visible: 2, recent: Vec::new() }, Some(HeldFor::LinkFromNew));
        }
    }

    #[test]
    fn blocked_words_wait_however_they_are_written() {
        for text in ["what a shit inverter", "Fuck!", "5H1T", "play at our CASINO now"] {
            check(text, &known(), Some(HeldFor::BlockedWord));
        }
    }

    #[test]
    fn what_was_just_said_waits_but_thanks_does_not() {
        let said = |text: &str| Author { visible: 10, recent: vec![text.to_owned()] };

        check("Buy  cheap panels!!", &said("buy cheap panels"), Some(HeldFor::Repeat));
        check("thanks", &said("Thanks!"), None);
    }

    #[test]
    fn what_is_very_long_waits() {
        check(&"word ".repeat(300), &known(), Some(HeldFor::Long));
        check(&"a\n".repeat(40), &known(), Some(HeldFor::Long));
        check(&"word ".repeat(100), &known(), None);
    }
}
