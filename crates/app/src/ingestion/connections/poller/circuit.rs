use greengrid_domain::ingestion::{Breaker, Cause, STRIKES};
use jiff::{SignedDuration, Timestamp};

use super::attempts::jitter;
use crate::ingestion::connections::{Connection, Link, Reach, VendorIncident};
use crate::ingestion::vendors::VendorError;

/// The circuit to a vendor through the turn of one credential: closed, or
/// broken by an incident.
pub(super) struct Circuit {
    /// The incident while it lasts.
    pub(super) incident: Option<VendorIncident>,
    /// Connections in a row that failed for a reason of the vendor.
    strikes: u32,
}

/// What a failure means for those whose turn comes after.
pub(super) enum After {
    /// They are asked.
    GoOn,
    /// They are spared the same: the credential has calls again later.
    Spare,
    /// An incident keeps them; it began, or its probe failed.
    Hold(VendorIncident),
}

impl Circuit {
    pub(super) fn new(incident: Option<VendorIncident>) -> Self {
        Self { incident, strikes: 0 }
    }

    /// The vendor has answered, if only that it does not know a site. Gives the
    /// incident that this ends.
    pub(super) fn answered(&mut self) -> Option<VendorIncident> {
        self.strikes = 0;
        self.incident.take()
    }

    /// After a connection failed that was like this before.
    pub(super) fn failed(
        &mut self,
        connection: &Connection,
        error: &VendorError,
        now: Timestamp,
    ) -> After {
        let Link::Polled { credential, .. } = connection.link else { return After::GoOn };
        let cause = error.cause;
        if cause == Cause::RateLimited {
            return After::Spare;
        }
        if cause.strikes_vendor() {
            self.strikes += 1;
            let before = &connection.record;
            let own =
                if before.cause.is_some_and(Cause::strikes_vendor) { before.failures } else { 0 };
            let lasts = self.strikes >= STRIKES || own + 1 >= STRIKES;
            if !lasts && self.incident.is_none() && cause != Cause::Retired {
                return After::GoOn;
            }
        }
        let asked = error.retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
        // Nobody mends a key within seconds.
        let asked = if cause.passes() { asked } else { asked.max(Some(connection.cadence)) };
        let (brand, jitter) = (connection.brand, jitter());
        let incident = match self.incident.take() {
            Some(known) => {
                VendorIncident { breaker: known.breaker.failed(cause, now, asked, jitter), ..known }
            }
            None => VendorIncident {
                reach: Reach { brand, credential: (!cause.strikes_vendor()).then_some(credential) },
                breaker: Breaker::open(cause, now, asked, jitter),
                said: None,
                ended: None,
                struck: 0,
            },
        };
        After::Hold(VendorIncident { said: error.said.clone(), ..incident })
    }
}

/// Whether a failure would meet the next connection of the credential too.
pub(super) const fn spreads(error: &VendorError) -> bool {
    error.cause.strikes_credential() || error.cause.strikes_vendor()
}
