use std::str::FromStr;

use crate::text::lines;

/// What a person writes to an anomaly: plain text of up to 2,000 characters,
/// without control characters but for line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(String);

/// Why a note was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Nothing that can be seen.
    #[error("write a word or two")]
    Empty,
    /// More than fits.
    #[error("write at most 2,000 characters; this has {0}")]
    TooLong(usize),
}

impl Note {
    /// Most characters of a note.
    pub const MOST: usize = 2_000;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Note {
    type Err = NoteError;
    fn from_str(raw: &str) -> Result<Self, NoteError> {
        let text = lines(raw);
        match text.chars().count() {
            0 => Err(NoteError::Empty),
            long if long > Self::MOST => Err(NoteError::TooLong(long)),
            _ => Ok(Self(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_note_keeps_its_lines_and_loses_what_cannot_be_seen() {
        let note: Note = "  Fuse replaced.\r\nTested\r\0 twice.\n\n\n\nDone.  ".parse().unwrap();

        assert_eq!(note.as_str(), "Fuse replaced.\nTested\n twice.\n\nDone.");
    }

    #[test]
    fn an_empty_note_and_one_of_2001_characters_are_refused() {
        assert_eq!(" \u{202e}\0 ".parse::<Note>(), Err(NoteError::Empty));
        assert_eq!("é".repeat(2_001).parse::<Note>(), Err(NoteError::TooLong(2_001)));
        assert!("é".repeat(2_000).parse::<Note>().is_ok());
    }

    proptest! {
        #[test]
        fn no_control_character_but_line_breaks_survives(raw in any::<String>()) {
            if let Ok(note) = raw.parse::<Note>() {
                prop_assert!(!note.as_str().chars().any(|c| c.is_control() && c != '\n'));
                prop_assert_eq!(note.as_str().parse::<Note>(), Ok(note.clone()));
            }
        }
    }
}
