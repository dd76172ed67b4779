use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::customer::{
    BETWEEN_UNUSUAL_DAYS, NoticeKind, SelfUse, fault_lasts, is_best_day, is_letter_hour,
    month_to_sum_up,
};
use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::units::Energy;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use parking_lot::Mutex;

use super::contracts::{NoticeStore, Occasion, Recipient, WrittenNotice};
use super::letters::{self, Stationery, Words};
use super::token::UnsubscribeKey;
use crate::clock::Clock;
use crate::customer::trouble::trouble;
use crate::customer::{HistoryMonth, HistoryStore};
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::messages::Links;
use crate::monitoring::Monitoring;

/// Sites looked at for an unusual day in one round.
const A_ROUND: usize = 200;

/// Decides whom to write about what, by the clocks of the sites.
#[derive(bon::Builder)]
pub struct NoticeRounds {
    monitoring: Monitoring,
    directory: Directory,
    history: Arc<dyn HistoryStore>,
    store: Arc<dyn NoticeStore>,
    clock: Arc<dyn Clock>,
    links: Links,
    key: UnsubscribeKey,
    /// The last local day on which a site was looked at for an unusual one.
    #[builder(skip)]
    looked: Mutex<HashMap<SiteId, Date>>,
}

impl NoticeRounds {
    /// One round over all sites. May be run as often as one likes, and in two
    /// places at once: nobody is written to twice of one occasion. Returns how
    /// many letters were written.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        Ok(self.faults(now).await? + self.months(now).await? + self.unusual_days(now).await?)
    }

    async fn faults(&self, now: Timestamp) -> Result<u64, StoreError> {
        let kind = NoticeKind::Fault;
        let sites = self.awake(kind, now).await?;
        let ids: Vec<SiteId> = sites.iter().map(|site| site.id).collect();
        let mut told = HashMap::new();
        for overview in self.monitoring.with_lasting_anomalies(&ids).await? {
            let Some(case) = &overview.row.case else { continue };
            let status = overview.row.assessment.status;
            if !status.needs_action() || !fault_lasts(status, case.raised_at, now) {
                continue;
            }
            let Some(trouble) = trouble(&overview, now) else { continue };
            let site = Arc::clone(&overview.row.site);
            let words = letters::fault(&site, &trouble, now);
            let occasion = Occasion { site: site.id, name: case.id.to_string() };
            told.insert(site.id, (site, occasion, words));
        }
        self.write(now, kind, told).await
    }

    async fn months(&self, now: Timestamp) -> Result<u64, StoreError> {
        let kind = NoticeKind::MonthlySummary;
        let mut due: HashMap<SiteId, (Arc<Site>, Date)> = HashMap::new();
        for site in self.awake(kind, now).await? {
            if let Some(first) = month_to_sum_up(now, &site.details.zone) {
                due.insert(site.id, (site, first));
            }
        }
        let occasions: Vec<Occasion> = due
            .values()
            .map(|(site, first)| Occasion { site: site.id, name: first.to_string() })
            .collect();
        let recipients = self.store.recipients(kind, &occasions).await?;
        let mut told = HashMap::new();
        for recipient in &recipients {
            if told.contains_key(&recipient.site) {
                continue;
            }
            let Some((site, first)) = due.get(&recipient.site) else { continue };
            if let Some(words) = self.month(site, *first).await? {
                let occasion = Occasion { site: site.id, name: first.to_string() };
                told.insert(site.id, (Arc::clone(site), occasion, words));
            }
        }
        self.write_to(now, kind, &told, &recipients).await
    }

    /// What a month came to; `None` for one without readings.
    async fn month(&self, site: &Site, first: Date) -> Result<Option<Words>, StoreError> {
        let months = self.history.months(site.id).await?;
        let of = |first: Date| months.iter().find(|month| month.first == first);
        let Some(month) = of(first) else { return Ok(None) };
        let assumptions = self.history.assumptions(site.id, site.details.price).await?;
        let measured = SelfUse::measured(month.metered, month.fed_in);
        // Beside a month with gaps another says nothing.
        let whole = |month: &&HistoryMonth| month.days == i32::from(month.first.days_in_month());
        let before = first.checked_sub(1.year()).ok().and_then(of).filter(whole);
        Ok(Some(letters::month(
            site,
            &letters::Month {
                first,
                made: month.energy,
                days: month.days,
                year_before: before.filter(|_| whole(&month)).map(|month| month.energy),
                self_use: measured.unwrap_or(SelfUse::Assumed(assumptions.self_use)),
                assumptions,
            },
        )))
    }

    async fn unusual_days(&self, now: Timestamp) -> Result<u64, StoreError> {
        let kind = NoticeKind::UnusualDay;
        let sites = self.awake(kind, now).await?;
        let fresh = |site: &&Arc<Site>| {
            let today = site.details.zone.day(now);
            self.looked.lock().get(&site.id).is_none_or(|looked| *looked < today)
        };
        let mut told = HashMap::new();
        for site in sites.iter().filter(fresh).take(A_ROUND) {
            let today = site.details.zone.day(now);
            if let Some(words) = self.best_day(site, today, now).await? {
                let occasion =
                    Occasion { site: site.id, name: today.saturating_sub(1.day()).to_string() };
                told.insert(site.id, (Arc::clone(site), occasion, words));
            }
            self.looked.lock().insert(site.id, today);
        }
        self.write(now, kind, told).await
    }

    async fn best_day(
        &self,
        site: &Site,
        today: Date,
        now: Timestamp,
    ) -> Result<Option<Words>, StoreError> {
        let yesterday = today.saturating_sub(1.day());
        let year = (yesterday.saturating_sub(1.year()), yesterday);
        let mut days = self.history.days(site.id, &[year]).await?;
        let Some(last) = days.pop().filter(|day| day.day == yesterday) else { return Ok(None) };
        let before: Vec<Energy> = days.iter().map(|day| day.energy).collect();
        if !is_best_day(last.energy, &before) {
            return Ok(None);
        }
        let since = now - BETWEEN_UNUSUAL_DAYS;
        if self.store.written_since(NoticeKind::UnusualDay, site.id, since).await? {
            return Ok(None);
        }
        Ok(Some(letters::best_day(site, yesterday, last.energy)))
    }

    /// Sites whose people want letters of a kind, and where it is the hour for
    /// letters.
    async fn awake(&self, kind: NoticeKind, now: Timestamp) -> Result<Vec<Arc<Site>>, StoreError> {
        let snapshot = self.directory.snapshot();
        let watched = self.store.watched(kind).await?;
        let sites = watched.into_iter().filter_map(|site| snapshot.site(site).cloned());
        Ok(sites.filter(|site| is_letter_hour(now, &site.details.zone)).collect())
    }

    async fn write(
        &self,
        now: Timestamp,
        kind: NoticeKind,
        told: HashMap<SiteId, (Arc<Site>, Occasion, Words)>,
    ) -> Result<u64, StoreError> {
        if told.is_empty() {
            return Ok(0);
        }
        let occasions: Vec<Occasion> = told.values().map(|(_, of, _)| of.clone()).collect();
        let recipients = self.store.recipients(kind, &occasions).await?;
        self.write_to(now, kind, &told, &recipients).await
    }

    async fn write_to(
        &self,
        now: Timestamp,
        kind: NoticeKind,
        told: &HashMap<SiteId, (Arc<Site>, Occasion, Words)>,
        recipients: &[Recipient],
    ) -> Result<u64, StoreError> {
        let stationery = Stationery { links: self.links.clone(), key: self.key.clone() };
        let notices: Vec<WrittenNotice> = recipients
            .iter()
            .filter_map(|to| {
                let (site, occasion, words) = told.get(&to.site)?;
                Some(WrittenNotice {
                    user: to.user,
                    kind,
                    occasion: occasion.clone(),
                    letter: stationery.letter(kind, occasion, to, site, words),
                })
            })
            .collect();
        if notices.is_empty() { Ok(0) } else { self.store.write(now, &notices).await }
    }
}
