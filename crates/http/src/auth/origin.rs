use axum::http::{HeaderMap, Uri, header};

/// Whether a request that changes something was started by one of our own
/// pages, or by something that is no browser.
///
/// `Sec-Fetch-Site` is set by the browser alone and decides where it exists.
/// Older browsers, and all of them over plain HTTP in a network, still name
/// their `Origin` with every such request. A request with neither comes from
/// no browser; with a cookie it is refused all the same, because then somebody
/// stripped the headers on the way.
pub(super) fn is_ours(headers: &HeaderMap, uri: &Uri, public: Option<&str>) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| {
            public.is_some_and(|public| origin.eq_ignore_ascii_case(public))
                || authority(origin).is_some_and(|authority| {
                    public.is_none()
                        && host(headers, uri)
                            .is_some_and(|host| authority.eq_ignore_ascii_case(host))
                })
        }),
        None => !headers.contains_key(header::COOKIE),
    }
}

fn authority(origin: &str) -> Option<&str> {
    origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
}

fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    uri.authority()
        .map(axum::http::uri::Authority::as_str)
        .or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[(&'static str, &str)], public: Option<&str>, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert("host", "green.example:8443".parse().unwrap());
        for (name, value) in lines {
            headers.insert(*name, value.parse().unwrap());
        }

        let ours = is_ours(&headers, &Uri::from_static("/sign-in"), public);

        assert_eq!(ours, expected, "{lines:?}");
    }

    #[test]
    fn the_browser_says_where_a_request_began() {
        check(&[("sec-fetch-site", "same-origin")], None, true);
        check(&[("sec-fetch-site", "none")], None, true);
        check(&[("sec-fetch-site", "same-site")], None, false);
        check(&[("sec-fetch-site", "cross-site")], None, false);
        check(
            &[("sec-fetch-site", "cross-site"), ("origin", "https://green.example:8443")],
            None,
            false,
        );
    }

    #[test]
    fn without_that_the_origin_decides() {
        check(&[("origin", "https://green.example:8443")], None, true);
        check(&[("origin", "http://green.example:8443")], None, true);
        check(&[("origin", "https://green.example")], None, false);
        check(&[("origin", "https://evil.example")], None, false);
        check(&[("origin", "null")], None, false);
    }

    #[test]
    fn a_known_public_address_is_taken_literally() {
        let public = Some("https://green.example");
        check(&[("origin", "https://green.example")], public, true);
        check(&[("origin", "http://green.example")], public, false);
        check(&[("origin", "https://green.example:8443")], public, false);
    }

    #[test]
    fn a_program_without_a_cookie_is_no_browser() {
        check(&[], None, true);
        check(&[("cookie", "greengrid=x")], None, false);
    }
}
