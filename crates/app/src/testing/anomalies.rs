use std::collections::BTreeMap;

use async_trait::async_trait;
use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::incident::{IncidentId, IncidentKind};
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyEvent, AnomalyId, AnomalyNews, MaintenanceId, MaintenanceWindow,
    Note, Phase, QuietPattern, QuietPatternId, Recovery,
};
use jiff::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::error::StoreError;
use crate::monitoring::anomalies::apply;
use crate::monitoring::{
    Acted, AnomalyRecord, AnomalyStore, HistoryEntry, IncidentRecord, Lesson, RuleTally,
};

/// Anomalies in memory.
#[derive(Debug)]
pub struct FakeAnomalyStore {
    sites: BTreeMap<SiteId, Site>,
    crew: Vec<(UserId, String)>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: BTreeMap<AnomalyId, AnomalyRecord>,
    history: Vec<HistoryEntry>,
    patterns: Vec<QuietPattern>,
    windows: Vec<MaintenanceWindow>,
    incidents: Vec<IncidentRecord>,
    given: u128,
}

impl FakeAnomalyStore {
    /// A store for these sites; anomalies can be given to these people.
    #[must_use]
    pub fn of(sites: Vec<Site>, crew: Vec<(UserId, String)>) -> Self {
        let sites = sites.into_iter().map(|site| (site.id, site)).collect();
        Self { sites, crew, kept: Mutex::default() }
    }

    fn name(&self, user: UserId) -> Option<String> {
        self.crew.iter().find(|(id, _)| *id == user).map(|(_, name)| name.clone())
    }

    fn hear(&self, kept: &mut Kept, change: &AnomalyChange) {
        let Some(site) = self.sites.get(&change.site) else { return };
        let known = kept.records.get(&change.anomaly).cloned();
        let heard = apply::hear(known, change, &kept.patterns, &site.details.zone);
        let Some(heard) = heard else { return };
        let begins = heard
            .history
            .iter()
            .any(|entry| matches!(entry.event, AnomalyEvent::Raised | AnomalyEvent::RaisedQuietly));
        if begins || matches!(change.news, AnomalyNews::Reopened(_)) {
            kept.came_back(&heard.record, change.at);
        }
        kept.history.extend(heard.history);
        kept.records.insert(heard.record.id, heard.record);
    }

    fn fold(&self, kept: &mut Kept) {
        let known: Vec<(IncidentId, IncidentKind)> =
            kept.incidents.iter().map(|known| (known.id, known.incident.cause.kind())).collect();
        let open: Vec<(&AnomalyRecord, &Site)> = kept
            .records
            .values()
            .filter_map(|record| Some((record, self.sites.get(&record.site)?)))
            .collect();
        let mut given = kept.given;
        let folded =
            apply::incidents(&open, &apply::fleet_size(self.sites.values()), &known, || {
                given += 1;
                Uuid::from_u128(given).into()
            });
        kept.given = given;
        for record in kept.records.values_mut() {
            let folded = folded.iter().find(|it| it.incident.anomalies.contains(&record.id));
            record.incident = folded.map(|it| it.id);
        }
        kept.incidents = folded;
    }
}

impl Kept {
    /// Marks what ended lately at the site of an anomaly, of the same kind.
    fn came_back(&mut self, again: &AnomalyRecord, at: Timestamp) {
        for record in self.records.values_mut() {
            let same =
                record.id != again.id && record.site == again.site && record.kind == again.kind;
            let Some(recovery) = record.life.recovery.as_mut().filter(|_| same) else { continue };
            let lasted = at.duration_since(recovery.at) > Recovery::LASTS;
            if recovery.came_back.is_none() && !lasted {
                recovery.came_back = Some(at);
                self.history.push(HistoryEntry {
                    anomaly: record.id,
                    at,
                    event: AnomalyEvent::CameBack,
                    by: None,
                    by_name: None,
                    words: None,
                });
            }
        }
    }
}

fn lasts(record: &AnomalyRecord, now: Timestamp) -> bool {
    record.until.is_none() && record.life.phase(now) != Phase::Withdrawn
}

#[async_trait]
impl AnomalyStore for FakeAnomalyStore {
    async fn open_of(
        &self,
        sites: &[SiteId],
        ended_after: Timestamp,
    ) -> Result<Vec<AnomalyRecord>, StoreError> {
        let kept = self.kept.lock();
        let wanted = |record: &&AnomalyRecord| {
            sites.contains(&record.site)
                && record.life.phase(ended_after) != Phase::Withdrawn
                && record.until.is_none_or(|until| until > ended_after)
        };
        let open = kept.records.values().filter(wanted).cloned();
        Ok(open.collect())
    }

    async fn record(&self, changes: &[AnomalyChange]) -> Result<(), StoreError> {
        let mut kept = self.kept.lock();
        for change in changes {
            self.hear(&mut kept, change);
        }
        self.fold(&mut kept);
        Ok(())
    }

    async fn active(&self) -> Result<Vec<AnomalyRecord>, StoreError> {
        let kept = self.kept.lock();
        let active =
            |record: &&AnomalyRecord| lasts(record, record.heard_at) || record.life.is_live();
        Ok(kept.records.values().filter(active).cloned().collect())
    }

    async fn of_site(&self, site: SiteId, limit: i64) -> Result<Vec<AnomalyRecord>, StoreError> {
        let kept = self.kept.lock();
        let mut records: Vec<AnomalyRecord> =
            kept.records.values().filter(|record| record.site == site).cloned().collect();
        records.sort_by_key(|record| {
            (!lasts(record, record.heard_at), std::cmp::Reverse((record.since, record.id)))
        });
        records.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(records)
    }

    async fn find(&self, id: AnomalyId) -> Result<Option<AnomalyRecord>, StoreError> {
        Ok(self.kept.lock().records.get(&id).cloned())
    }

    async fn history(&self, ids: &[AnomalyId]) -> Result<Vec<HistoryEntry>, StoreError> {
        let kept = self.kept.lock();
        let mut entries: Vec<HistoryEntry> = kept
            .history
            .iter()
            .rev()
            .filter(|entry| ids.contains(&entry.anomaly))
            .cloned()
            .map(|entry| HistoryEntry { by_name: entry.by.and_then(|by| self.name(by)), ..entry })
            .collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        Ok(entries)
    }

    async fn act(
        &self,
        by: UserId,
        id: AnomalyId,
        at: Timestamp,
        action: &Action,
        lesson: Option<&Lesson>,
    ) -> Result<Acted, StoreError> {
        let mut kept = self.kept.lock();
        let Some(record) = kept.records.get(&id).cloned() else { return Ok(Acted::NoSuchAnomaly) };
        let name = if let Action::Assign(to) = action { self.name(*to) } else { None };
        let (record, entry, pattern) = match apply::act(record, by, at, action, lesson, name) {
            Ok(acted) => acted,
            Err(refused) => return Ok(Acted::Refused(refused)),
        };
        kept.records.insert(id, record);
        kept.history.push(entry);
        kept.patterns.extend(pattern);
        self.fold(&mut kept);
        Ok(Acted::Done(Box::new(kept.records[&id].clone())))
    }

    async fn note(
        &self,
        by: UserId,
        id: AnomalyId,
        at: Timestamp,
        note: &Note,
    ) -> Result<bool, StoreError> {
        let mut kept = self.kept.lock();
        if !kept.records.contains_key(&id) {
            return Ok(false);
        }
        kept.history.push(HistoryEntry {
            anomaly: id,
            at,
            event: AnomalyEvent::Noted,
            by: Some(by),
            by_name: None,
            words: Some(note.as_str().to_owned()),
        });
        Ok(true)
    }

    async fn patterns(
        &self,
        site: SiteId,
        now: Timestamp,
    ) -> Result<Vec<QuietPattern>, StoreError> {
        let kept = self.kept.lock();
        let holds = |pattern: &&QuietPattern| {
            pattern.site == site && pattern.until.is_none_or(|until| until > now)
        };
        Ok(kept.patterns.iter().filter(holds).cloned().collect())
    }

    async fn forget(
        &self,
        _by: UserId,
        site: SiteId,
        id: QuietPatternId,
    ) -> Result<bool, StoreError> {
        let mut kept = self.kept.lock();
        let before = kept.patterns.len();
        kept.patterns.retain(|pattern| !(pattern.id == id && pattern.site == site));
        Ok(kept.patterns.len() < before)
    }

    async fn plan(&self, _by: UserId, window: &MaintenanceWindow) -> Result<(), StoreError> {
        self.kept.lock().windows.push(window.clone());
        Ok(())
    }

    async fn cancel(
        &self,
        _by: UserId,
        id: MaintenanceId,
        _at: Timestamp,
    ) -> Result<Option<MaintenanceWindow>, StoreError> {
        let mut kept = self.kept.lock();
        let at = kept.windows.iter().position(|window| window.id == id);
        Ok(at.map(|at| kept.windows.remove(at)))
    }

    async fn windows(&self, ending_after: Timestamp) -> Result<Vec<MaintenanceWindow>, StoreError> {
        let kept = self.kept.lock();
        let mut windows: Vec<MaintenanceWindow> =
            kept.windows.iter().filter(|window| window.to() > ending_after).cloned().collect();
        windows.sort_by_key(MaintenanceWindow::from);
        Ok(windows)
    }

    async fn incidents(&self) -> Result<Vec<IncidentRecord>, StoreError> {
        Ok(self.kept.lock().incidents.clone())
    }

    async fn crew(&self) -> Result<Vec<(UserId, String)>, StoreError> {
        Ok(self.crew.clone())
    }

    async fn tally(&self, raised_since: Timestamp) -> Result<Vec<RuleTally>, StoreError> {
        let kept = self.kept.lock();
        let mut tallies: Vec<RuleTally> = Vec::new();
        for record in kept.records.values().filter(|record| record.raised_at >= raised_since) {
            let at =
                tallies.iter().position(|tally| tally.kind == record.kind).unwrap_or_else(|| {
                    tallies.push(RuleTally::empty(record.kind));
                    tallies.len() - 1
                });
            let tally = &mut tallies[at];
            tally.fired += 1;
            match record.life.phase(record.heard_at) {
                Phase::Dismissed => tally.dismissed += 1,
                Phase::Withdrawn => tally.withdrawn += 1,
                _ if record.quiet.is_some() => tally.quiet += 1,
                Phase::Fixed | Phase::Recovered => tally.confirmed += 1,
                Phase::Open | Phase::Acknowledged | Phase::Assigned | Phase::Snoozed => {}
            }
            let came_back = record.life.recovery.and_then(|recovery| recovery.came_back);
            tally.came_back += u32::from(came_back.is_some());
        }
        tallies.sort_by_key(|tally| tally.kind);
        Ok(tallies)
    }
}
