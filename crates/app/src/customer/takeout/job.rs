use std::sync::Arc;

use greengrid_domain::fleet::Site;
use jiff::ToSpan;
use jiff::civil::Date;

use super::contracts::{Archive, Archives, TakeoutJob, TakeoutStore};
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::monitoring::{READINGS_HEADER, ReadModels, reading_line};

/// Bytes of a part of a file as it is kept.
const PART: usize = 1 << 20;

/// Readings of one day at most; a site of 100 devices sends 28,800.
const MOST_A_DAY: i64 = 200_000;

/// Days between two notes of how far it is.
const NOTE_EVERY: i32 = 10;

/// What the first file of an archive says.
const ABOUT: &str = "account.json: what we know of you, your sites, your letters and what you did.\n\
    readings-….csv: every reading of a site as received, corrections included, in UTC.\n\
    Energy in Wh, power in W. The files can be opened with any spreadsheet.\n";

/// Puts files of people's data together.
#[derive(Clone, bon::Builder)]
pub struct TakeoutRounds {
    store: Arc<dyn TakeoutStore>,
    directory: Directory,
    read_models: Arc<dyn ReadModels>,
    archives: Arc<dyn Archives>,
}

impl TakeoutRounds {
    /// Puts the next file together, if one waits. Returns whether one did.
    pub async fn run(&self) -> Result<bool, StoreError> {
        let Some(job) = self.store.claim().await? else { return Ok(false) };
        if let Err(error) = self.make(job).await {
            self.store.fail(job.id).await?;
            return Err(error);
        }
        Ok(true)
    }

    async fn make(&self, job: TakeoutJob) -> Result<(), StoreError> {
        let snapshot = self.directory.snapshot();
        let mut sites: Vec<(Arc<Site>, Date, Date)> = Vec::new();
        for id in self.directory.store().sites_of(job.user).await? {
            let Some(site) = snapshot.site(id) else { continue };
            if let Some((first, last)) = self.read_models.span(id).await? {
                sites.push((Arc::clone(site), first, last));
            }
        }
        let days = |first: Date, last: Date| last.since(first).map_or(0, |s| s.get_days() + 1);
        let total = sites.iter().map(|(_, first, last)| days(*first, *last)).sum();
        let account = self.store.account(job.user).await?;

        let mut archive = self.archives.begin().map_err(StoreError::new)?;
        add(&mut *archive, "about.txt", ABOUT)?;
        add(&mut *archive, "account.json", &account)?;
        let mut done = 0;
        for (site, first, last) in sites {
            add(&mut *archive, &format!("readings-{}.csv", site.code), READINGS_HEADER)?;
            for day in first.series(1.day()).take_while(|day| *day <= last) {
                let rows = self.day(&site, day).await?;
                archive.write(rows.as_bytes()).map_err(StoreError::new)?;
                done += 1;
                if done % NOTE_EVERY == 0 && !self.store.progress(job.id, done, total).await? {
                    // The account was closed meanwhile.
                    return Ok(());
                }
            }
        }
        self.store.progress(job.id, done, total).await?;
        self.keep(job, archive).await
    }

    async fn day(&self, site: &Site, day: Date) -> Result<String, StoreError> {
        let zone = &site.details.zone;
        let (from, to) = (zone.start_of(day), zone.end_of(day));
        let newest_first = self.read_models.readings(site.id, from, to, MOST_A_DAY).await?;
        Ok(newest_first.iter().rev().map(|reading| reading_line(&site.code, reading)).collect())
    }

    async fn keep(&self, job: TakeoutJob, archive: Box<dyn Archive>) -> Result<(), StoreError> {
        let mut file = archive.finish().map_err(StoreError::new)?;
        let (mut part, mut bytes) = (0, 0);
        loop {
            let mut buffer = Vec::with_capacity(PART);
            let limit = u64::try_from(PART).unwrap_or(u64::MAX);
            std::io::Read::read_to_end(&mut std::io::Read::take(&mut file, limit), &mut buffer)
                .map_err(StoreError::new)?;
            if buffer.is_empty() {
                return self.store.finish(job.id, bytes).await;
            }
            self.store.put(job.id, part, &buffer).await?;
            part += 1;
            bytes += i64::try_from(buffer.len()).unwrap_or(0);
        }
    }
}

fn add(archive: &mut dyn Archive, name: &str, text: &str) -> Result<(), StoreError> {
    archive.file(name).map_err(StoreError::new)?;
    archive.write(text.as_bytes()).map_err(StoreError::new)
}
