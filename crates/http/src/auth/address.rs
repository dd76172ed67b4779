use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::state::AppState;

/// Which machines may tell us for whom they ask: load balancers in front of
/// us. Written as addresses or networks, `10.0.0.0/8, 192.0.2.7, ::1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

/// Why a list of trusted proxies was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is neither an address nor a network like 10.0.0.0/8")]
pub struct TrustedProxiesError(String);

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(list: &str) -> Result<Self, TrustedProxiesError> {
        list.split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| Network::parse(part).ok_or_else(|| TrustedProxiesError(part.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl TrustedProxies {
    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        (prefix <= longest).then_some(Self { address, prefix })
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
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
    if !trusted.contain(peer) {
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
        if !trusted.contain(nearest) {
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
