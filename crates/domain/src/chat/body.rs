use std::str::FromStr;

use crate::text::lines;

/// What a person says in a post: plain text of up to 2,000 characters, without
/// control characters but for line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostBody(String);

/// Why a text is no post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostBodyError {
    /// Nothing that can be seen.
    #[error("write a word or two")]
    Empty,
    /// More than fits.
    #[error("write at most 2,000 characters; this has {0}")]
    TooLong(usize),
}

impl PostBody {
    /// Most characters of a post.
    pub const MOST: usize = 2_000;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PostBody {
    type Err = PostBodyError;
    fn from_str(raw: &str) -> Result<Self, PostBodyError> {
        let text = lines(raw);
        let seen = text.chars().any(|c| !c.is_whitespace() && !is_invisible(c));
        match text.chars().count() {
            _ if !seen => Err(PostBodyError::Empty),
            long if long > Self::MOST => Err(PostBodyError::TooLong(long)),
            _ => Ok(Self(text)),
        }
    }
}

/// Characters that take no room: joiners, fillers, blanks of other scripts.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{2800}' | '\u{3164}'
            | '\u{ffa0}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(raw: &str, expected: Result<&str, PostBodyError>) {
        let body = raw.parse::<PostBody>();
        assert_eq!(body.as_ref().map(PostBody::as_str).map_err(|error| *error), expected);
    }

    #[test]
    fn a_post_keeps_its_lines_and_loses_what_cannot_be_seen() {
        check("  One\r\nTwo\0\r ", Ok("One\nTwo"));
        check("invoice\u{202e}fdp.exe", Ok("invoicefdp.exe"));
        check("<script>alert(1)</script>", Ok("<script>alert(1)</script>"));
    }

    #[test]
    fn what_shows_nothing_and_what_is_too_long_is_refused() {
        check("   \n \t ", Err(PostBodyError::Empty));
        check("\u{202e}\u{200b} \u{2800}", Err(PostBodyError::Empty));
        check(&"x".repeat(10_000), Err(PostBodyError::TooLong(10_000)));
        check(&"é".repeat(2_000), Ok(&"é".repeat(2_000)));
    }

    proptest! {
        #[test]
        fn no_control_character_but_line_breaks_survives(raw in any::<String>()) {
            if let Ok(body) = raw.parse::<PostBody>() {
                prop_assert!(!body.as_str().chars().any(|c| c.is_control() && c != '\n'));
                prop_assert_eq!(body.as_str().parse::<PostBody>(), Ok(body.clone()));
            }
        }
    }
}
