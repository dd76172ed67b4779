use async_trait::async_trait;
use greengrid_domain::fleet::RegionCode;
use jiff::Timestamp;

use super::{Onboarding, Wanted};
use crate::error::StoreError;
use crate::monitoring::reports::{StuckCase, StuckCases};

#[async_trait]
impl StuckCases for Onboarding {
    async fn stuck(&self, region: &RegionCode) -> Result<Vec<StuckCase>, StoreError> {
        let live_since = Timestamp::MAX;
        let cases = self.store.cases(Wanted::OpenAnd { live_since }).await?;
        let mut stuck: Vec<StuckCase> = self.judged(|by| {
            let here = cases
                .iter()
                .filter(|case| case.details(by).map_or(true, |details| details.region == *region));
            here.filter_map(|case| {
                let stuck = case.stuck.as_ref()?;
                Some(StuckCase {
                    case: case.id,
                    number: case.number.to_string(),
                    name: case.name().to_owned(),
                    reason: stuck.reason.clone(),
                    since: stuck.since,
                })
            })
            .collect()
        });
        stuck.sort_by_key(|case| case.since);
        Ok(stuck)
    }
}
