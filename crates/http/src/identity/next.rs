use serde::Deserialize;

use crate::urls;

/// Where somebody wanted to go before they had to sign in: a path of ours, or
/// nothing. Whatever else an address asks for is dropped, so nobody can be
/// sent elsewhere by a link to our sign-in page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) struct Next(Option<String>);

impl From<String> for Next {
    fn from(text: String) -> Self {
        // Browsers read a backslash as a slash, and drop tabs and line breaks.
        let stays_here = text.starts_with('/')
            && !text.starts_with("//")
            && !text.contains(|c: char| c == '\\' || c.is_control())
            && text.len() <= 2_000;
        let leads_on = ![urls::SIGN_IN, urls::SIGN_OUT, urls::LIVE]
            .iter()
            .any(|no_page| text.starts_with(no_page));
        Self((stays_here && leads_on).then_some(text))
    }
}

impl Next {
    /// The path, if there is one.
    pub(super) fn path(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, safe: bool) {
        let next = Next::from(text.to_owned());
        assert_eq!(next.path(), safe.then_some(text), "{text:?}");
    }

    #[test]
    fn only_paths_of_ours_are_followed() {
        check("/overview?region=north", true);
        check("/", true);
        check("", false);
        check("overview", false);
        check("https://evil.example/", false);
        check("//evil.example/", false);
        check("/\\evil.example/", false);
        check("/\t/evil.example/", false);
        check("/\n/evil.example/", false);
        check("javascript:alert(1)", false);
        check("/sign-out", false);
        check("/sign-in?next=/sign-in", false);
        check("/live?view=overview", false);
    }
}
