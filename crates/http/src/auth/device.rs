use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use serde::Serialize;
use woothee::parser::Parser;

use super::ClientAddress;
use crate::state::AppState;

/// Where a session keeps from which device it was opened; the list of sessions
/// reads it there.
pub(super) const DATA_KEY: &str = "device";

/// Longest name of a browser that is kept, in characters; longer ones are cut.
const LONGEST: usize = 400;

/// From where somebody signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Device {
    address: IpAddr,
    /// What the browser says of itself.
    agent: Option<String>,
}

impl FromRequestParts<AppState> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, state).await?;
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self { address, agent: agent.map(|agent| agent.chars().take(LONGEST).collect()) })
    }
}

/// What a browser says of itself, in words: “Firefox on Linux”.
pub(crate) fn device_words(agent: &str) -> Option<String> {
    let found = Parser::new().parse(agent)?;
    let os = known(found.os).map(|os| match os {
        "Mac OSX" => "a Mac",
        "iPhone" => "an iPhone",
        "iPad" => "an iPad",
        other => other,
    });
    match (known(found.name), os) {
        (Some(browser), Some(os)) => Some(format!("{browser} on {os}")),
        (Some(only), None) | (None, Some(only)) => Some(only.to_owned()),
        (None, None) => None,
    }
}

fn known(name: &str) -> Option<&str> {
    (!matches!(name, "UNKNOWN" | "")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(agent: &str, expected: Option<&str>) {
        assert_eq!(device_words(agent).as_deref(), expected, "{agent}");
    }

    #[test]
    fn browsers_are_called_what_people_call_them() {
        check(
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            Some("Firefox on Linux"),
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
             Gecko) Version/17.4 Safari/605.1.15",
            Some("Safari on a Mac"),
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
            Some("Safari on an iPhone"),
        );
        check("curl-like nonsense <script>", None);
    }
}
