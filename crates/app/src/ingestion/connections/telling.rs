use greengrid_domain::fleet::DeviceSerial;
use greengrid_domain::ingestion::Noted;
use jiff::{SignedDuration, Timestamp};

use super::{Connection, ConnectionError, Connections, KeptAlarm, KeptRemark};
use crate::actor::{Actor, Permission};
use crate::error::StoreError;
use greengrid_domain::fleet::SiteId;

/// Alarms that ended are told for a day.
const ENDED: SignedDuration = SignedDuration::from_hours(24);

/// What the vendors of a site tell beside its readings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteFacts {
    /// Alarms that are open, and those that ended a short time ago.
    pub alarms: Vec<KeptAlarm>,
    /// What is worth a word about its connections.
    pub remarks: Vec<KeptRemark>,
}

impl Connections {
    /// What is worth a word about all connections.
    pub async fn remarks(&self, actor: &Actor) -> Result<Vec<KeptRemark>, ConnectionError> {
        actor.require(Permission::ViewConnections)?;
        Ok(told(self.facts.remarks(None).await?, self.clock.now()))
    }

    /// What the vendors of a site tell; nothing for whom that is not to be
    /// seen.
    pub async fn site_facts(&self, actor: &Actor, site: SiteId) -> Result<SiteFacts, StoreError> {
        if !actor.may(Permission::ViewConnections) {
            return Ok(SiteFacts::default());
        }
        let now = self.clock.now();
        let (alarms, remarks) =
            tokio::try_join!(self.facts.alarms(site, now - ENDED), self.facts.remarks(Some(site)))?;
        Ok(SiteFacts { alarms, remarks: told(remarks, now) })
    }

    /// Keeps what is worth a word about a connection.
    pub async fn remark(
        &self,
        connection: &Connection,
        remarks: &[Noted],
    ) -> Result<(), StoreError> {
        if remarks.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        self.facts.keep_remarks(connection.id, connection.site, now, remarks).await
    }

    /// The active inverters of a pushing device's site as the vendor's cloud
    /// knows them, where that is asked too.
    pub async fn inverters_in_cloud(
        &self,
        pushed: &Connection,
    ) -> Result<Option<Vec<DeviceSerial>>, StoreError> {
        self.facts.inverters_in_cloud(pushed.site, pushed.brand).await
    }
}

/// Those that are still told. What is told by the clock of a demo may lie
/// ahead.
fn told(mut remarks: Vec<KeptRemark>, now: Timestamp) -> Vec<KeptRemark> {
    remarks.retain(|kept| now.duration_since(kept.seen_at) < kept.remark.lasts());
    remarks
}
