/// A text cut at the words that somebody looks for: each part, and whether it is
/// one of them. Whole words count, in whatever case, as in the search itself.
#[must_use]
pub fn highlight(text: &str, wanted: &str) -> Vec<(String, bool)> {
    let lower = |word: &str| word.to_lowercase();
    let wanted: Vec<String> = words(wanted).map(lower).collect();
    let mut parts: Vec<(String, bool)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let is_word = rest.starts_with(char::is_alphanumeric);
        let end = rest.find(|c: char| c.is_alphanumeric() != is_word).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let hit = is_word && wanted.contains(&part.to_lowercase());
        match parts.last_mut() {
            Some((last, was)) if *was == hit => last.push_str(part),
            _ => parts.push((part.to_owned(), hit)),
        }
        rest = after;
    }
    parts
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_words_are_marked_and_markup_is_text() {
        let parts = highlight("<b>Breaker</b> of breakers, breaker!", "\"breaker\" -x");

        let marked: Vec<&str> =
            parts.iter().filter_map(|(part, hit)| hit.then_some(part.as_str())).collect();
        assert_eq!(marked, ["Breaker", "breaker"]);
        assert_eq!(parts[0].0, "<b>");
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in any::<String>(), wanted in any::<String>()) {
            let whole: String = highlight(&text, &wanted).into_iter().map(|(part, _)| part).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
