//! The one place where markup becomes an event of a stream.

use std::borrow::Cow;

use bytes::Bytes;
use datastar::DatastarEvent;
use datastar::prelude::{ElementPatchMode, PatchElements};
use maud::{Markup, html};

use super::client::STREAM_ID;

/// Replaces, by their ids, the elements that `fragment` holds.
///
/// Control characters other than tab and line feed are dropped: a lone
/// carriage return would begin a new line of the protocol, with which text
/// could name another element to patch.
pub(crate) fn replace(fragment: Markup) -> PatchElements {
    let html = fragment.into_string();
    let html = match without_controls(&html) {
        Cow::Borrowed(_) => html,
        Cow::Owned(cleaned) => cleaned,
    };
    PatchElements::new(html)
}

/// Puts the elements that `fragment` holds, whole, in the places of those with
/// the same ids: also where streams leave the page alone (`data-ignore-morph`).
pub(crate) fn put(fragment: Markup) -> PatchElements {
    replace(fragment).mode(ElementPatchMode::Replace)
}

/// Puts the elements that `fragment` holds at the end of the one with this id.
pub(super) fn append(id: &str, fragment: Markup) -> PatchElements {
    replace(fragment).selector(format!("#{id}")).mode(ElementPatchMode::Append)
}

/// Takes the element with this id out of the page.
pub(crate) fn gone(id: &str) -> PatchElements {
    PatchElements::new_remove(format!("#{id}"))
}

/// Sends the tab to another page of ours. An element whose `data-init` does
/// it takes the place of the one that holds the stream, because the content
/// security policy forbids scripts that come with a patch.
pub(crate) fn redirect(address: &'static str) -> PatchElements {
    replace(html! {
        div id=(STREAM_ID) hidden data-init={ "window.location.assign('" (address) "')" } {}
    })
}

/// The bytes of a patch as they go over the wire.
pub(super) fn encode(patch: PatchElements) -> Bytes {
    let patch: DatastarEvent = patch.into();
    patch.to_string().into()
}

fn without_controls(html: &str) -> Cow<'_, str> {
    let forbidden = |c: char| c.is_control() && c != '\n' && c != '\t';
    if html.contains(forbidden) {
        Cow::Owned(html.chars().filter(|c| !forbidden(*c)).collect())
    } else {
        Cow::Borrowed(html)
    }
}

#[cfg(test)]
mod tests {
    use maud::PreEscaped;
    use proptest::prelude::*;

    use super::*;

    /// The lines of an event as a browser splits them: at LF, CR and CRLF.
    fn lines(event: &str) -> Vec<&str> {
        event.split(['\n', '\r']).collect()
    }

    fn check(event: &str) {
        let body = event.strip_suffix("\n\n").expect("an event ends with an empty line");
        let lines = lines(body);
        assert_eq!(lines[0], "event: datastar-patch-elements");
        for line in &lines[1..] {
            assert!(line.starts_with("data: elements "), "{line:?} is not ours");
        }
    }

    fn encoded(raw: &str) -> String {
        String::from_utf8(encode(replace(PreEscaped(raw.to_owned()))).to_vec()).unwrap()
    }

    #[test]
    fn a_carriage_return_cannot_name_another_element() {
        let event = encoded("<p id=\"chat\">hello\rdata: selector #admin\rdata: mode remove</p>");

        check(&event);
        assert_eq!(lines(&event).iter().filter(|line| line.starts_with("data:")).count(), 1);
    }

    #[test]
    fn lines_and_tabs_of_content_survive() {
        let event = encoded("<pre id=\"log\">one\n\ttwo</pre>");

        assert_eq!(
            event,
            "event: datastar-patch-elements\n\
             data: elements <pre id=\"log\">one\n\
             data: elements \ttwo</pre>\n\n"
        );
    }

    #[test]
    fn what_is_put_is_not_merged_with_what_was_there() {
        let event = encode(put(PreEscaped("<p id=\"chart\">new</p>".to_owned())));

        let event = std::str::from_utf8(&event).unwrap();
        assert!(event.contains("data: mode replace\n"), "{event}");
    }

    #[test]
    fn a_redirect_needs_no_script_element() {
        let event = encode(redirect("/sign-in"));
        let event = std::str::from_utf8(&event).unwrap();

        check(event);
        assert!(event.contains("data-init=\"window.location.assign('/sign-in')\""));
        assert!(!event.contains("<script"));
    }

    proptest! {
        #[test]
        fn no_content_forges_a_line_of_the_protocol(
            raw in "(?s)(.|\r|\n|\r\n|event: |data: |selector |mode |id: |retry: ){0,60}"
        ) {
            check(&encoded(&format!("<p id=\"x\">{raw}</p>")));
        }
    }
}
