//! What a page carries so that its browser opens a stream.

use maud::{Markup, html};

/// Id of the element that holds a tab's stream.
pub(super) const STREAM_ID: &str = "stream";

/// The element that opens the stream at an address made by
/// [`View::url`](super::View::url). It stands outside the parts that patches
/// replace; replacing it with one of another address moves the tab there.
pub(crate) fn live_element(url: &str) -> Markup {
    html! { div id=(STREAM_ID) hidden data-init=(get(url)) {} }
}

/// The Datastar action that opens the stream and keeps it open.
///
/// - `retry: 'always'` also returns after a clean end (a restart of ours) and
///   after a proxy's 502; the default gives up.
/// - `retryMaxCount: Infinity`, because the default gives up after some two
///   minutes without a network. The wait doubles up to `retryMaxWait`.
/// - `openWhenHidden: false`: hidden tabs close their stream and get the
///   present state when they return, so a dozen tabs fit into the six
///   connections a browser opens to one host.
/// - `payload: {}`: no signals in the address, where logs would keep them.
fn get(url: &str) -> String {
    // Addresses are percent-encoded, so no quote can end the string early.
    debug_assert!(!url.contains(['\'', '\\', '\n', '$', '@']), "{url}");
    format!(
        "@get('{url}', {{retry: 'always', retryInterval: 1000, retryMaxWait: 10000, \
         retryMaxCount: Infinity, openWhenHidden: false, payload: {{}}}})"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_asks_again_for_ever_and_tells_no_signals() {
        let markup = live_element("/live?view=overview&region=north").into_string();

        assert!(markup.starts_with("<div id=\"stream\" hidden data-init=\"@get('/live?view="));
        assert!(markup.contains("view=overview&amp;region=north"));
        for option in ["retry: 'always'", "retryMaxCount: Infinity", "payload: {}"] {
            assert!(markup.contains(option), "{option}");
        }
    }
}
