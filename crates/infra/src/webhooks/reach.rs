use std::error::Error;
use std::net::{IpAddr, SocketAddr};

use greengrid_domain::network::{Networks, is_public};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// To which machines messages may go: those of the open internet unless only our
/// own are meant, and those of our own networks.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    own: Networks,
    public: bool,
}

/// A message would have gone where none may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("messages go to no private network that is not allowed, and by plain HTTP to no other")]
pub(super) struct OutOfReach;

impl Reach {
    /// Machines of the open internet, and our own.
    pub(super) const fn everywhere(own: Networks) -> Self {
        Self { own, public: true }
    }

    /// Our own machines alone.
    pub(super) const fn own(own: Networks) -> Self {
        Self { own, public: false }
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.own.contain(address) || (self.public && is_public(address))
    }

    /// Refuses an address that names a machine by its number, which nobody
    /// looks up.
    pub(super) fn check(&self, url: &Url) -> Result<(), OutOfReach> {
        let number = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        match number.parse::<IpAddr>() {
            Ok(address) if !self.holds(address) => Err(OutOfReach),
            _ => Ok(()),
        }
    }
}

/// Looks names up and gives only addresses within reach, so that the connection
/// goes to an address that was checked, whatever the name stands for a moment
/// later.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let all: Vec<SocketAddr> = found.collect();
            let known = !all.is_empty();
            let within: Vec<SocketAddr> =
                all.into_iter().filter(|address| reach.holds(address.ip())).collect();
            if known && within.is_empty() {
                return Err(OutOfReach.into());
            }
            let within: Addrs = Box::new(within.into_iter());
            Ok(within)
        })
    }
}

/// Whether an error came about because an address was out of reach.
pub(super) fn is_out_of_reach(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<OutOfReach>() {
            return true;
        }
        next = error.source();
    }
    false
}
