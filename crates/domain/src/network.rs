//! Addresses of machines: which belong to a network, and which are on the open
//! internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Machines, as single addresses or whole networks: `10.0.0.0/8, 192.0.2.7, ::1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

/// Why a list of networks was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is neither an address nor a network like 10.0.0.0/8")]
pub struct NetworksError(String);

impl FromStr for Networks {
    type Err = NetworksError;

    fn from_str(list: &str) -> Result<Self, NetworksError> {
        list.split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| Network::parse(part).ok_or_else(|| NetworksError(part.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Networks {
    /// Whether an address is in one of them. An IPv4 address written as IPv6 is
    /// that IPv4 address.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
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

/// Whether an address is one of the open internet, by the registries of
/// addresses for special purposes (IANA, RFC 6890): not private, loopback,
/// link-local, of a carrier, for documentation or tests, for many at once, nor
/// one that carries another address within it and so could hide one of those.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && b & 0xfe == 18))
}

const fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // 2000::/3 is what was given out; of it 2001::/23 is for special purposes,
    // 2002::/16 carries IPv4 addresses, and two parts are for documentation.
    a & 0xe000 == 0x2000
        && !(a == 0x2001 && b < 0x200)
        && !(a == 0x2001 && b == 0xdb8)
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(address: &str, expected: bool) {
        assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
    }

    #[test]
    fn only_addresses_of_the_open_internet_are_public() {
        for address in ["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1"] {
            check(address, true);
        }
        for address in ["2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"] {
            check(address, true);
        }
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.168.0.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ] {
            check(address, false);
        }
    }

    #[test]
    fn a_network_holds_its_own_addresses() {
        let networks: Networks = "10.0.0.0/8, 192.0.2.7 ::1".parse().unwrap();

        let holds = |address: &str| networks.contain(address.parse().unwrap());
        assert!(holds("10.255.0.1") && holds("::ffff:10.1.2.3") && holds("::1"));
        assert!(!holds("11.0.0.1") && !holds("192.0.2.8") && !holds("::2"));
        assert!("10.0.0.0/33".parse::<Networks>().is_err());
        assert!("localhost".parse::<Networks>().is_err());
    }

    proptest! {
        #[test]
        fn an_address_counts_the_same_in_both_families(bits in any::<u32>()) {
            let four = Ipv4Addr::from_bits(bits);

            prop_assert_eq!(is_public(four.into()), is_public(four.to_ipv6_mapped().into()));
        }
    }
}
