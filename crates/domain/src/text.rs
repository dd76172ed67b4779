//! Text that people type.

/// One line as it is kept: control characters, line breaks and the marks that
/// change the direction of text are dropped, runs of white space become one
/// space, the ends are trimmed.
///
/// A lone carriage return inside a live patch would start a new protocol line,
/// and a direction mark can make text read as something else; neither belongs
/// in a name.
#[must_use]
pub fn single_line(raw: &str) -> String {
    let visible: String = raw
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_direction_mark(*c))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text of several lines as it is kept: as [`single_line`], but line breaks and
/// the spaces within a line stay. At most one empty line follows another.
#[must_use]
pub fn lines(raw: &str) -> String {
    let broken = raw.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let mut kept = String::with_capacity(broken.len());
    let mut empty = 0;
    for line in broken.split('\n') {
        let spaced = line.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
        let line: String = spaced.filter(|c| !c.is_control() && !is_direction_mark(*c)).collect();
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept.trim().to_owned()
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: &str) {
        assert_eq!(single_line(input), expected);
    }

    #[test]
    fn names_lose_what_cannot_be_seen() {
        check("  Harbour\tCold \r\n Store ", "Harbour Cold Store");
        check("a\rselector body", "a selector body");
        check("evil\u{202e}txt\0", "eviltxt");
        check("Zürich 東京", "Zürich 東京");
    }

    proptest! {
        #[test]
        fn no_control_character_survives(raw in any::<String>()) {
            let line = single_line(&raw);
            prop_assert!(!line.chars().any(char::is_control));
            prop_assert_eq!(single_line(&line), line.clone());
        }
    }
}
