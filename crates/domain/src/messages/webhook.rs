use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use jiff::SignedDuration;
use url::{Host, Url};

use crate::ids::uuid_id;
use crate::network::{Networks, is_public};
use crate::text::single_line;

uuid_id! {
    /// Which webhook.
    WebhookId
}

/// How long the secret that a webhook had signs beside its new one: whoever
/// keeps the receiver has a day to change over.
pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// A program that is told what people are told by letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// What people call it.
    pub name: WebhookName,
    /// Where it is told.
    pub url: WebhookUrl,
    /// Whether it is told at the moment. What comes meanwhile waits.
    pub enabled: bool,
}

/// The name of a webhook: one line of up to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookName(String);

/// Why a name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook has a name of 1 to 80 characters")]
pub struct WebhookNameError;

impl FromStr for WebhookName {
    type Err = WebhookNameError;
    fn from_str(raw: &str) -> Result<Self, WebhookNameError> {
        let name = single_line(raw);
        let fits = (1..=80).contains(&name.chars().count());
        if fits { Ok(Self(name)) } else { Err(WebhookNameError) }
    }
}

impl fmt::Display for WebhookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl WebhookName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a webhook is told: a whole address of HTTP, without a password and
/// without a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookUrlError {
    /// Not one.
    #[error("an address looks like https://example.org/hooks/greengrid")]
    Form,
    /// A password in it would be seen by whoever sees the address.
    #[error("leave name and password out of the address: messages are signed instead")]
    Password,
    /// Nobody needs one that long.
    #[error("an address has at most 2,000 characters")]
    Length,
    /// Plain HTTP over the open internet can be read and changed by anybody.
    #[error("the address begins with https://")]
    Plain,
    /// Where a request could do harm within our own network.
    #[error("this address is not on the open internet, and it is not one of our own networks")]
    Private,
}

impl WebhookUrl {
    /// Longest address, in bytes.
    const LONGEST: usize = 2_000;

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, as people read it.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or_default()
    }

    /// Refuses what will never be posted to, as far as the address itself
    /// tells: plain HTTP where there are no networks of our own, and addresses
    /// of machines that are neither public nor in those networks. What a name
    /// stands for shows only when it is looked up.
    pub fn check(self, own: &Networks) -> Result<Self, WebhookUrlError> {
        let url = Url::parse(&self.0).map_err(|_| WebhookUrlError::Form)?;
        if url.scheme() == "http" && own.is_empty() {
            return Err(WebhookUrlError::Plain);
        }
        let private = |address: IpAddr| !is_public(address) && !own.contain(address);
        match url.host() {
            Some(Host::Ipv4(address)) if private(address.into()) => Err(WebhookUrlError::Private),
            Some(Host::Ipv6(address)) if private(address.into()) => Err(WebhookUrlError::Private),
            Some(_) => Ok(self),
            None => Err(WebhookUrlError::Form),
        }
    }
}

impl FromStr for WebhookUrl {
    type Err = WebhookUrlError;

    fn from_str(raw: &str) -> Result<Self, WebhookUrlError> {
        let raw = raw.trim();
        if raw.len() > Self::LONGEST {
            return Err(WebhookUrlError::Length);
        }
        if raw.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(WebhookUrlError::Form);
        }
        let mut url = Url::parse(raw).map_err(|_| WebhookUrlError::Form)?;
        if !["https", "http"].contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
            return Err(WebhookUrlError::Form);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebhookUrlError::Password);
        }
        url.set_fragment(None);
        Ok(Self(url.into()))
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a message to a webhook is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryState {
    /// To be posted, now or at its next try.
    Waiting,
    /// Taken.
    Sent,
    /// It was refused, or the time to try is over.
    Dead,
}

impl DeliveryState {
    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Sent => "Delivered",
            Self::Dead => "Given up",
        }
    }
}

/// The key of a message to a webhook. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(i64);

impl From<i64> for DeliveryId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl From<DeliveryId> for i64 {
    fn from(id: DeliveryId) -> Self {
        id.0
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(url: &str, own: &str, expected: Result<&str, WebhookUrlError>) {
        let own: Networks = own.parse().unwrap();
        let url = url.parse::<WebhookUrl>().and_then(|parsed| parsed.check(&own));
        assert_eq!(url.as_ref().map(WebhookUrl::as_str).map_err(|error| *error), expected);
    }

    #[test]
    fn an_address_is_whole_and_of_the_open_internet() {
        use WebhookUrlError::{Form, Password, Plain, Private};
        check(" https://a.example/x?y#z ", "", Ok("https://a.example/x?y"));
        check("https://A.example", "", Ok("https://a.example/"));
        check("a.example/x", "", Err(Form));
        check("ftp://a.example/", "", Err(Form));
        check("https://a.example/a b", "", Err(Form));
        check("https://diana:secret@a.example/", "", Err(Password));
        check("http://a.example/", "", Err(Plain));
        check("https://10.0.0.1/", "", Err(Private));
        check("https://2130706433/", "", Err(Private));
        check("https://[::ffff:7f00:1]/", "", Err(Private));
        check("https://[::1]:8443/", "", Err(Private));
        check("https://1.1.1.1/", "", Ok("https://1.1.1.1/"));
    }

    #[test]
    fn our_own_networks_are_allowed_by_name() {
        check("http://127.0.0.1:9000/a", "127.0.0.0/8", Ok("http://127.0.0.1:9000/a"));
        check("https://10.0.0.1/", "127.0.0.0/8", Err(WebhookUrlError::Private));
    }

    #[test]
    fn its_host_is_what_people_recognize() {
        assert_eq!(
            "https://a.example:81/x/y?z".parse::<WebhookUrl>().unwrap().host(),
            "a.example:81"
        );
    }

    proptest! {
        #[test]
        fn no_address_breaks_a_line(raw in "https?://[a-z.]{1,9}(?s)(.|\r|\n){0,20}") {
            if let Ok(url) = raw.parse::<WebhookUrl>() {
                prop_assert!(!url.as_str().chars().any(|c| c.is_control() || c == ' '));
            }
        }
    }
}
