//! Numbers and quantities as people write them.

use super::Problem;

/// A number with whatever stands behind it, as in `9,9 kWp`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) value: f64,
    /// The unit in lower case, without spaces; empty where there is none.
    pub(super) unit: String,
}

/// Reads a number in the ways it is written: comma or point for decimals,
/// points, commas, spaces or apostrophes between thousands, and a unit behind
/// it or a currency before it.
pub(super) fn read(text: &str) -> Result<Written, Problem> {
    let text = text.trim().replace(['\u{2212}', '\u{2013}'], "-");
    let body = text.trim_start_matches(['€', '$']).trim_start();
    let end = body.find(|c: char| !is_of_number(c)).unwrap_or(body.len());
    let (digits, unit) = (body[..end].trim(), body[end..].trim());
    if !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(Problem::new(format!("“{}” is no number", short(&text))));
    }
    let unit: String = unit.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    if unit.chars().any(|c| c.is_ascii_digit()) {
        return Err(letters(&text));
    }
    let value = plain(digits).parse().map_err(|_| letters(&text))?;
    Ok(Written { value, unit })
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '-' | '+')
}

/// With a point for the decimals and nothing else.
fn plain(digits: &str) -> String {
    let bare: String =
        digits.chars().filter(|c| !matches!(c, '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    let (points, commas) = (bare.matches('.').count(), bare.matches(',').count());
    match (points, commas) {
        (0, 1) => bare.replace(',', "."),
        // The last of two kinds is the decimal sign.
        (1.., 1..) if bare.rfind(',') > bare.rfind('.') => bare.replace('.', "").replace(',', "."),
        (1.., 1..) | (0, 2..) => bare.replace(',', ""),
        (2.., 0) => bare.replace('.', ""),
        _ => bare,
    }
}

fn letters(text: &str) -> Problem {
    let likely: String = text
        .chars()
        .map(|c| match c {
            'O' | 'o' => '0',
            'l' | 'I' => '1',
            other => other,
        })
        .collect();
    let problem = Problem::new(format!("“{}” holds letters among its digits", short(text)));
    if read_strictly(&likely) { problem.suggest(likely) } else { problem }
}

fn read_strictly(text: &str) -> bool {
    let end = text.find(|c: char| !is_of_number(c)).unwrap_or(text.len());
    !text[end..].contains(|c: char| c.is_ascii_digit())
        && plain(text[..end].trim()).parse::<f64>().is_ok()
}

/// Text short enough to be said back.
pub(super) fn short(text: &str) -> String {
    let mut start: String = text.chars().take(24).collect();
    if text.chars().count() > 24 {
        start.push('…');
    }
    start
}

/// A number without needless zeros, as one would type it.
pub(super) fn typed(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: f64, unit: &str) {
        let read = read(text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        assert!((read.value - value).abs() < 1e-9, "{text}: {read:?}");
        assert_eq!(read.unit, unit, "{text}");
    }

    #[test]
    fn numbers_are_read_in_all_their_spellings() {
        check("9.9", 9.9, "");
        check("9,9 kWp", 9.9, "kwp");
        check(" 9,9kWp ", 9.9, "kwp");
        check("1.234,5", 1234.5, "");
        check("1,234.5 W", 1234.5, "w");
        check("1 234,5", 1234.5, "");
        check("1'234'567", 1_234_567.0, "");
        check("€0.21", 0.21, "");
        check("21 ct", 21.0, "ct");
        check("−45°", -45.0, "°");
    }

    #[test]
    fn what_is_no_number_is_told() {
        for text in ["", "abc", "kWp", "<script>", "٩٫٩"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("9O.5").unwrap_err().suggestion.as_deref(), Some("90.5"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,40}") {
            if let Ok(read) = read(&text) {
                proptest::prop_assert!(read.value.is_finite());
            }
        }
    }
}
