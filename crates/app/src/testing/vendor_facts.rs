use std::collections::HashMap;

use async_trait::async_trait;
use greengrid_domain::fleet::{Brand, DeviceSerial, SiteId};
use greengrid_domain::ingestion::{ConnectionId, Noted};
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::error::StoreError;
use crate::ingestion::connections::{
    HeardAlarms, KeptAlarm, KeptRemark, Looked, Survey, VendorFacts,
};
use crate::ingestion::vendors::VendorDevice;

/// What vendors tell beside readings, in memory. Alarms are only counted.
#[derive(Debug, Default)]
pub struct FakeVendorFacts {
    looked: Mutex<HashMap<ConnectionId, Looked>>,
    devices: Mutex<HashMap<ConnectionId, Vec<VendorDevice>>>,
    remarks: Mutex<Vec<KeptRemark>>,
}

#[async_trait]
impl VendorFacts for FakeVendorFacts {
    async fn looked(
        &self,
        of: &[ConnectionId],
    ) -> Result<HashMap<ConnectionId, Looked>, StoreError> {
        let looked = self.looked.lock();
        Ok(of.iter().filter_map(|id| Some((*id, *looked.get(id)?))).collect())
    }

    async fn devices(&self, of: ConnectionId) -> Result<Vec<VendorDevice>, StoreError> {
        Ok(self.devices.lock().get(&of).cloned().unwrap_or_default())
    }

    async fn inverters_in_cloud(
        &self,
        _site: SiteId,
        _brand: Brand,
    ) -> Result<Option<Vec<DeviceSerial>>, StoreError> {
        Ok(None)
    }

    async fn keep_survey(&self, survey: &Survey) -> Result<(), StoreError> {
        self.looked.lock().entry(survey.connection).or_default().surveyed_at = Some(survey.at);
        if let Some(devices) = &survey.devices {
            self.devices.lock().insert(survey.connection, devices.clone());
        }
        self.keep_remarks(survey.connection, survey.site, survey.at, &survey.remarks).await
    }

    async fn keep_remarks(
        &self,
        connection: ConnectionId,
        site: SiteId,
        at: Timestamp,
        remarks: &[Noted],
    ) -> Result<(), StoreError> {
        let kept = remarks.iter().map(|noted| KeptRemark {
            connection,
            site,
            remark: noted.remark,
            detail: noted.detail.clone(),
            happened_at: noted.at.unwrap_or(at),
            seen_at: at,
        });
        self.remarks.lock().extend(kept);
        Ok(())
    }

    async fn remarks(&self, site: Option<SiteId>) -> Result<Vec<KeptRemark>, StoreError> {
        let of = |kept: &&KeptRemark| site.is_none_or(|site| kept.site == site);
        Ok(self.remarks.lock().iter().filter(of).cloned().collect())
    }

    async fn keep_alarms(&self, at: Timestamp, heard: &[HeardAlarms]) -> Result<(), StoreError> {
        for heard in heard {
            self.looked.lock().entry(heard.connection).or_default().alarms_at = Some(at);
        }
        Ok(())
    }

    async fn alarms(&self, _site: SiteId, _since: Timestamp) -> Result<Vec<KeptAlarm>, StoreError> {
        Ok(Vec::new())
    }
}
