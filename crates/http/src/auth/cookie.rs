use axum::http::{HeaderValue, header};
use axum::response::Response;
use sha2::{Digest, Sha512};
use tower_sessions::cookie::Key;

use crate::settings::Settings;

/// The name of the session cookie. Browsers accept the `__Host-` prefix only
/// for a secure cookie of exactly this host, so no neighbour can plant one.
pub(super) const fn name(secure: bool) -> &'static str {
    if secure { "__Host-greengrid" } else { "greengrid" }
}

/// The key with which the cookie is encrypted.
pub(super) fn key(settings: &Settings) -> Key {
    let mut hash = Sha512::new_with_prefix(b"greengrid session cookie 1\0");
    hash.update(settings.secret.expose());
    Key::from(&hash.finalize())
}

/// Gives a removal cookie the attributes of the cookie it removes. The session
/// layer leaves them out, and browsers ignore a `__Host-` cookie without them.
pub(super) fn complete_removal(secure: bool, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let emptied = format!("{}=;", name(secure));
    let is_removal = |line: &HeaderValue| line.as_bytes().starts_with(emptied.as_bytes());
    if headers.get_all(header::SET_COOKIE).iter().any(is_removal) {
        let lines: Vec<HeaderValue> = headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter(|l| !is_removal(l))
            .cloned()
            .collect();
        headers.remove(header::SET_COOKIE);
        for line in lines {
            headers.append(header::SET_COOKIE, line);
        }
        headers.append(header::SET_COOKIE, removal(secure));
    }
    response
}

const fn removal(secure: bool) -> HeaderValue {
    HeaderValue::from_static(if secure {
        "__Host-greengrid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
    } else {
        "greengrid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_removal_carries_what_the_prefix_demands() {
        let response = Response::builder()
            .header("set-cookie", "theme=dark; Path=/")
            .header("set-cookie", "__Host-greengrid=; Path=/; Max-Age=0")
            .body(Body::empty())
            .unwrap();

        let response = complete_removal(true, response);

        let lines: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(lines[0], "theme=dark; Path=/");
        assert_eq!(lines[1], removal(true));
        assert_eq!(lines.len(), 2);
    }
}
