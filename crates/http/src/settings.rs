use std::fmt;
use std::net::SocketAddr;

use greengrid_app::messages::Links;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::TopicRule;
use greengrid_domain::network::Networks;

use crate::auth::TrustedProxies;
use crate::sse::StreamLimits;

/// What the pages are told from outside.
#[derive(Debug, Clone, bon::Builder)]
pub struct Settings {
    /// From which the keys of cookies are derived.
    pub secret: Secret,
    /// The address people type, where we cannot see it: behind a proxy that
    /// speaks HTTPS for us.
    pub public_url: Option<PublicUrl>,
    /// Machines whose `X-Forwarded-For` is believed.
    #[builder(default)]
    pub trusted_proxies: TrustedProxies,
    /// Accounts to offer on the sign-in page; only the demo has any.
    #[builder(default)]
    pub demo_accounts: Vec<DemoAccount>,
    /// Bounds of live streams.
    #[builder(default)]
    pub streams: StreamLimits,
    /// Address on this machine of stand-ins for the vendors, to be called in
    /// their place.
    pub vendor_stand_ins: Option<String>,
    /// As whom the vendors know us, for owners who approve on their pages.
    #[builder(default)]
    pub vendor_clients: VendorClients,
    /// The mail server that takes letters; without one they are kept.
    pub mail: Option<MailServer>,
    /// The broker of MQTT whose messages are taken as readings.
    pub broker: Option<BrokerSettings>,
    /// Networks of our own, to which webhooks may lead although they are not on
    /// the open internet.
    #[builder(default)]
    pub webhook_networks: Networks,
    /// Where the program listens, which is where people find it unless told
    /// otherwise.
    #[builder(default = SocketAddr::from(([127, 0, 0, 1], 3000)))]
    pub listens_at: SocketAddr,
}

impl Settings {
    /// Whether browsers reach us over HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_origin().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// The origin of our own pages as letters name it.
    pub(crate) fn links(&self) -> Links {
        match self.public_origin() {
            Some(origin) => Links::under(origin),
            None => Links::under(&format!("http://{}", self.listens_at)),
        }
    }

    /// The origin of our own pages, where it is known.
    pub(crate) fn public_origin(&self) -> Option<&str> {
        self.public_url.as_ref().map(|url| url.0.as_str())
    }
}

/// As whom vendors know us: id and secret of our OAuth clients.
#[derive(Clone, Default)]
pub struct VendorClients {
    /// At Enphase.
    pub enphase: Option<(String, String)>,
    /// The key of our application at Enphase.
    pub enphase_app_key: Option<String>,
    /// At SolarEdge, for Site Access.
    pub solaredge: Option<(String, String)>,
}

impl fmt::Debug for VendorClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VendorClients(…)")
    }
}

/// A broker of MQTT, and whose its messages are.
#[derive(Clone)]
pub struct BrokerSettings {
    /// Its address, which may hold a password.
    pub url: String,
    /// Which topics are about which sites and devices.
    pub rules: Vec<TopicRule>,
}

impl fmt::Debug for BrokerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokerSettings").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// The mail server that takes letters, and from whom they are.
#[derive(Clone)]
pub struct MailServer {
    /// Its address, which may hold a password.
    pub url: String,
    /// The sender, with or without a name.
    pub from: String,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer").field("from", &self.from).finish_non_exhaustive()
    }
}

/// An account of the demo, as the sign-in page offers it.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    /// With which address.
    pub email: String,
    /// In which role.
    pub role: Role,
}

impl DemoAccount {
    /// The role in words; of a second account of one role, also which.
    pub(crate) fn label(&self) -> String {
        let local = self.email.split('@').next().unwrap_or_default();
        let number: String = local.chars().filter(char::is_ascii_digit).collect();
        if number.is_empty() {
            self.role.name().to_owned()
        } else {
            format!("{} {number}", self.role.name())
        }
    }
}

/// A secret of at least 32 characters that only the server knows.
#[derive(Clone)]
pub struct Secret(String);

/// Why a secret was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret needs at least 32 characters; `openssl rand -hex 32` makes one")]
pub struct SecretError;

impl std::str::FromStr for Secret {
    type Err = SecretError;
    fn from_str(text: &str) -> Result<Self, SecretError> {
        if text.len() >= 32 { Ok(Self(text.to_owned())) } else { Err(SecretError) }
    }
}

impl Secret {
    /// The bytes, for the one place that derives keys from them.
    pub(crate) const fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// `https://host[:port]`, or `http://` on a machine of one's own: an origin
/// without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Why a public address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public address looks like https://greengrid.example.org, without a path")]
pub struct PublicUrlError;

impl std::str::FromStr for PublicUrl {
    type Err = PublicUrlError;
    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let url = text.trim().trim_end_matches('/').to_ascii_lowercase();
        // Browsers leave out the usual port when they name an origin.
        let usual = if url.starts_with("https://") { ":443" } else { ":80" };
        let url = url.strip_suffix(usual).unwrap_or(&url);
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
                Ok(Self(url.to_owned()))
            }
            _ => Err(PublicUrlError),
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let url = text.parse::<PublicUrl>().ok().map(|url| url.to_string());
        assert_eq!(url.as_deref(), expected, "{text}");
    }

    #[test]
    fn a_public_address_is_an_origin() {
        check("https://Green.Example/", Some("https://green.example"));
        check("https://green.example:443", Some("https://green.example"));
        check("http://localhost:3000", Some("http://localhost:3000"));
        check("green.example", None);
        check("https://green.example/app", None);
        check("https://", None);
    }

    #[test]
    fn a_short_secret_is_refused_and_a_good_one_never_shown() {
        assert!("short".parse::<Secret>().is_err());
        let secret: Secret = "0123456789abcdef0123456789abcdef".parse().unwrap();

        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
