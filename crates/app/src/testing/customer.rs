use std::collections::BTreeMap;

use async_trait::async_trait;
use greengrid_domain::customer::Assumptions;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Energy, Price};
use jiff::civil::Date;
use parking_lot::Mutex;

use crate::customer::{HistoryDay, HistoryMonth, HistoryStore};
use crate::error::StoreError;

/// Histories in memory, to be filled by tests.
#[derive(Debug, Default)]
pub struct FakeHistoryStore {
    days: Mutex<BTreeMap<(SiteId, Date), HistoryDay>>,
    stated: Mutex<BTreeMap<SiteId, Assumptions>>,
}

impl FakeHistoryStore {
    /// Puts a day in the place of what was there.
    pub fn put(&self, site: SiteId, day: Date, energy: Energy, fed_in: Option<Energy>) {
        self.days.lock().insert((site, day), HistoryDay { day, energy, fed_in });
    }
}

#[async_trait]
impl HistoryStore for FakeHistoryStore {
    async fn days(
        &self,
        site: SiteId,
        stretches: &[(Date, Date)],
    ) -> Result<Vec<HistoryDay>, StoreError> {
        let within = |day: Date| stretches.iter().any(|(from, to)| (*from..=*to).contains(&day));
        let days = self.days.lock();
        let own = days.iter().filter(|((of, day), _)| *of == site && within(*day));
        Ok(own.map(|(_, day)| *day).collect())
    }

    async fn months(&self, site: SiteId) -> Result<Vec<HistoryMonth>, StoreError> {
        let mut months: BTreeMap<Date, HistoryMonth> = BTreeMap::new();
        for (_, day) in self.days.lock().iter().filter(|((of, _), _)| *of == site) {
            let first = day.day.first_of_month();
            let month = months.entry(first).or_insert(HistoryMonth {
                first,
                energy: Energy::ZERO,
                days: 0,
                metered: Energy::ZERO,
                fed_in: Energy::ZERO,
                span: (day.day, day.day),
            });
            month.energy += day.energy;
            month.days += 1;
            month.span.1 = day.day;
            if let Some(fed_in) = day.fed_in {
                month.metered += day.energy;
                month.fed_in += fed_in;
            }
        }
        Ok(months.into_values().collect())
    }

    async fn assumptions(&self, site: SiteId, tariff: Price) -> Result<Assumptions, StoreError> {
        let stated = self.stated.lock().get(&site).copied();
        Ok(stated.unwrap_or_else(|| Assumptions::usual(tariff)))
    }

    async fn state_assumptions(
        &self,
        _by: Initiator,
        site: SiteId,
        stated: &Assumptions,
    ) -> Result<(), StoreError> {
        self.stated.lock().insert(site, *stated);
        Ok(())
    }
}
