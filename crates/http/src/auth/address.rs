use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use greengrid_domain::network::{Networks, NetworksError};

use crate::state::AppState;

/// Which machines may tell us for whom they ask: load balancers in front of
/// us. Written as addresses or networks, `10.0.0.0/8, 192.0.2.7, ::1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Networks);

/// Why a list of trusted proxies was refused.
pub type TrustedProxiesError = NetworksError;

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(list: &str) -> Result<Self, TrustedProxiesError> {
        list.parse().map(Self)
    }
}

/// Where a request came from, as [`client_address`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let trusted = &state.settings.trusted_proxies;
        Ok(Self(client_address(&parts.extensions, &parts.headers, trusted)))
    }
}

/// Where a request came from: the machine that connected to us or, while that
/// is a trusted proxy, the one it says it asks for.
///
/// `X-Forwarded-For` is read from its right end: each proxy appends whom it
/// heard from, so everything left of the first untrusted hop is only what that
/// hop claims.
pub(crate) fn client_address(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted: &TrustedProxies,
) -> IpAddr {
    let peer = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip().to_canonical());
    if !trusted.0.contain(peer) {
        return peer;
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .collect();
    let mut nearest = peer;
    for hop in forwarded.iter().rev() {
        // What is no address ends the chain: nothing beyond it can be trusted.
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        nearest = hop.to_canonical();
        if !trusted.0.contain(nearest) {
            break;
        }
    }
    nearest
}

/// Whether a request came from this very machine, and not through a proxy on it
/// that asks for somebody else.
pub(super) fn is_loopback(extensions: &Extensions, headers: &HeaderMap) -> bool {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let here = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    let proxied = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];
    here && !proxied.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(trusted: &str, peer: &str, forwarded: &[&str], expected: &str) {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }

        let address = client_address(&extensions, &headers, &trusted.parse().unwrap());

        assert_eq!(address, expected.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        check("", "203.0.113.5", &["198.51.100.1"], "203.0.113.5");
        check("10.0.0.0/8", "203.0.113.5", &["198.51.100.1"], "203.0.113.5");
        check("10.0.0.0/8", "10.1.2.3", &["198.51.100.1"], "198.51.100.1");
    }

    #[test]
    fn the_leftmost_address_is_only_a_claim() {
        check("10.0.0.0/8", "10.1.2.3", &["1.1.1.1, 198.51.100.1"], "198.51.100.1");
        check("10.0.0.0/8", "10.1.2.3", &["1.1.1.1", "198.51.100.1, 10.9.9.9"], "198.51.100.1");
        check("10.0.0.0/8", "10.1.2.3", &["1.1.1.1, nonsense"], "10.1.2.3");
    }

    #[test]
    fn an_address_of_both_families_is_one_address() {
        check("10.0.0.0/8", "::ffff:10.1.2.3", &["::ffff:198.51.100.1"], "198.51.100.1");
        check("::1", "::1", &["2001:db8::7"], "2001:db8::7");
        check("0.0.0.0/0", "10.1.2.3", &[], "10.1.2.3");
    }

    #[test]
    fn a_list_that_makes_no_sense_is_refused() {
        for list in ["10.0.0.0/33", "localhost", "10.0.0.0/8,,x", "::1/129"] {
            assert!(list.parse::<TrustedProxies>().is_err(), "{list}");
        }
    }
}
