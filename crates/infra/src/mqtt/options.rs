use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;
use rumqttc::MqttOptions;

/// Under which name we come unless told otherwise. The broker keeps what was
/// published for a name while it was away.
const CLIENT: &str = "greengrid";
/// Where brokers listen unless told otherwise.
const PORT: u16 = 1_883;
/// How often a silent connection is asked whether it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Bytes of a message; what devices measure has a few hundred.
const MESSAGE: usize = 256 << 10;

/// Where a broker is and as whom we come to it.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerAddress {
    host: String,
    port: u16,
    login: Option<(String, String)>,
    client: String,
}

/// Why an address of a broker was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokerAddressError {
    /// It is none.
    #[error(
        "the address of the broker is none; write such as \
         mqtt://user:password@broker.example.org:1883?client_id=greengrid"
    )]
    NoAddress,
    /// It asks for TLS.
    #[error(
        "MQTT over TLS is not spoken here; let a broker on this machine bridge to the distant one, \
         and give the address of the near one"
    )]
    Tls,
}

impl FromStr for BrokerAddress {
    type Err = BrokerAddressError;
    fn from_str(text: &str) -> Result<Self, BrokerAddressError> {
        use BrokerAddressError::{NoAddress, Tls};
        let url: Url = text.trim().parse().map_err(|_| NoAddress)?;
        match url.scheme() {
            "mqtt" | "tcp" => {}
            "mqtts" | "ssl" => return Err(Tls),
            _ => return Err(NoAddress),
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(NoAddress)?;
        let plain = |text: &str| percent_decoded(text).ok_or(NoAddress);
        let login = match url.username() {
            "" => None,
            user => Some((plain(user)?, plain(url.password().unwrap_or_default())?)),
        };
        let client = url.query_pairs().find(|(name, _)| name == "client_id");
        let client = client.map_or_else(|| CLIENT.to_owned(), |(_, id)| id.into_owned());
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port: url.port().unwrap_or(PORT), login, client })
    }
}

/// The text behind `%40` and the like.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let mut decoded = [0];
            hex::decode_to_slice(digits, &mut decoded).ok()?;
            bytes.push(decoded[0]);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

impl BrokerAddress {
    /// Host and port.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(super) fn options(&self) -> MqttOptions {
        let mut options = MqttOptions::new(&self.client, &self.host, self.port);
        options
            .set_keep_alive(KEEP_ALIVE)
            .set_clean_session(false)
            .set_manual_acks(true)
            .set_max_packet_size(MESSAGE, MESSAGE);
        if let Some((user, password)) = &self.login {
            options.set_credentials(user, password);
        }
        options
    }
}

impl fmt::Debug for BrokerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BrokerAddress").field(&self.place()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_and_as_whom() {
        let broker: BrokerAddress = "mqtt://sun:p%40ss@broker.example.org".parse().unwrap();
        assert_eq!(broker.place(), "broker.example.org:1883");
        assert_eq!(broker.login, Some(("sun".to_owned(), "p@ss".to_owned())));
        assert!(!format!("{broker:?}").contains("p@ss"));

        let broker: BrokerAddress = "mqtt://10.0.0.7:9000?client_id=second".parse().unwrap();
        assert_eq!((broker.place().as_str(), broker.client.as_str()), ("10.0.0.7:9000", "second"));
        for wrong in ["broker.example.org", "http://broker.example.org", "mqtt://"] {
            let refused = wrong.parse::<BrokerAddress>();
            assert_eq!(refused, Err(BrokerAddressError::NoAddress), "{wrong}");
        }
        let secure = "mqtts://broker.example.org".parse::<BrokerAddress>();
        assert_eq!(secure, Err(BrokerAddressError::Tls));
    }
}
