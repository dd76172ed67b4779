use std::collections::BTreeMap;

use greengrid_domain::fleet::SiteId;

use crate::error::StoreError;
use crate::monitoring::{AssessmentStore, Standing, StoredAssessment};

/// What the assessor found at every site, as far as its version was read. It is
/// brought up to date by what changed since.
#[derive(Default)]
pub(super) struct Judged {
    version: i64,
    standings: BTreeMap<SiteId, Standing>,
    findings: BTreeMap<SiteId, StoredAssessment>,
}

impl Judged {
    /// Takes in what changed up to a version that is committed. What is newer may
    /// be in it already, and is read once more with the next.
    pub(super) async fn follow(
        &mut self,
        store: &dyn AssessmentStore,
        version: i64,
    ) -> Result<(), StoreError> {
        let (standings, findings) =
            tokio::try_join!(store.standings(self.version), store.findings(self.version))?;
        for standing in standings {
            self.findings.remove(&standing.site);
            self.standings.insert(standing.site, standing);
        }
        self.findings.extend(findings.into_iter().map(|found| (found.assessment.site, found)));
        self.version = version;
        Ok(())
    }

    /// Every site.
    pub(super) fn standings(&self) -> Vec<Standing> {
        self.standings.values().copied().collect()
    }

    /// The sites that are not on track.
    pub(super) fn findings(&self) -> Vec<StoredAssessment> {
        self.findings.values().cloned().collect()
    }
}
