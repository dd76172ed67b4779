//! What people ask a page for in the query part of its address: read without
//! ever failing, since addresses are typed, bookmarked and cut off.

use std::fmt::Display;
use std::str::FromStr;

use form_urlencoded::Serializer;
use greengrid_domain::text::single_line;

/// Longest text to search for, in characters.
const MAX_TEXT: usize = 100;

/// The pairs of a query, and what of them made no sense.
pub(crate) struct Asked {
    pairs: Vec<(String, String)>,
    /// What was left out, each in a sentence for the reader.
    pub(crate) ignored: Vec<String>,
}

impl Asked {
    /// Reads the query part of an address.
    pub(crate) fn read(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes())
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        Self { pairs, ignored: Vec::new() }
    }

    /// The value of a key; of several the last counts.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
    }

    /// The value of a key as a type of ours. One that does not exist counts as
    /// not given, and is told to the reader.
    pub(crate) fn parse<T: FromStr>(&mut self, key: &str) -> Option<T> {
        let value = self.get(key)?.trim().to_owned();
        let parsed = value.parse().ok();
        if parsed.is_none() {
            let value = single_line(&value.chars().take(40).collect::<String>());
            self.ignored.push(format!("There is no {key} “{value}”, so it was left out."));
        }
        parsed
    }

    /// Text to search for, in one line.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let text = single_line(&self.get(key)?.chars().take(MAX_TEXT).collect::<String>());
        (!text.is_empty()).then_some(text)
    }
}

/// Puts an address together, leaving out what is not given.
pub(crate) struct Address {
    path: String,
    pairs: Serializer<'static, String>,
    empty: bool,
}

impl Address {
    /// Begins with a path.
    pub(crate) fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), pairs: Serializer::new(String::new()), empty: true }
    }

    /// Adds a pair where there is a value.
    pub(crate) fn with(mut self, key: &str, value: Option<impl Display>) -> Self {
        if let Some(value) = value {
            self.pairs.append_pair(key, &value.to_string());
            self.empty = false;
        }
        self
    }

    /// The address.
    pub(crate) fn finish(mut self) -> String {
        let query = self.pairs.finish();
        if self.empty { self.path } else { format!("{}?{query}", self.path) }
    }
}

#[cfg(test)]
mod tests {
    use greengrid_domain::fleet::Brand;

    use super::*;

    #[test]
    fn what_makes_no_sense_is_left_out_and_told() {
        let mut asked = Asked::read("brand=volt%3Cb%3E&region=&q=%0d%20Harbour");

        assert_eq!(asked.parse::<Brand>("brand"), None);
        assert_eq!(asked.parse::<Brand>("region"), None);
        assert_eq!(asked.text("q").as_deref(), Some("Harbour"));
        assert_eq!(asked.ignored, ["There is no brand “volt<b>”, so it was left out."]);
    }

    #[test]
    fn an_address_holds_only_what_is_given() {
        let address = Address::new("/sites").with("q", Some("a & b")).with("page", None::<u32>);

        assert_eq!(address.finish(), "/sites?q=a+%26+b");
        assert_eq!(Address::new("/sites").finish(), "/sites");
    }
}
