use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::Location;
use greengrid_domain::onboarding::{Case, CaseId, Context, Happening, Problem, RegionAt, Waiting};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;

use super::{CaseLetter, CaseStore, NewAccess, Places, Saved};
use crate::actor::{Actor, Denied};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::identity::Identity;
use crate::ids::Ids;
use crate::ingestion::connections::Connections;
use crate::ingestion::vendors::VendorError;

/// How often a change is tried when others write the same case.
const TRIES: usize = 8;

/// Why something about a case could not be done.
#[derive(Debug, thiserror::Error)]
pub enum OnboardingError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such case, file or link.
    #[error("there is no such case")]
    Missing,
    /// What was typed cannot be taken.
    #[error(transparent)]
    Field(#[from] Problem),
    /// Something is still lacking.
    #[error("this cannot be done yet: {0} is missing")]
    Lacking(String),
    /// The case is live; its site is changed on the site’s page.
    #[error("this case is live; it no longer changes")]
    IsLive,
    /// A test is running.
    #[error("a test is running already")]
    Running,
    /// The vendor’s site is connected for somebody else.
    #[error("this site number is connected already, for {0}")]
    ConnectedElsewhere(String),
    /// Another site has the code that this one would get.
    #[error("there is a site with the code {0} already; it came in another way")]
    CodeTaken(String),
    /// The customer’s address belongs to a colleague.
    #[error("the customer’s address belongs to somebody who is no customer")]
    NotACustomer,
    /// Everybody writes the same case at once.
    #[error("others are changing this case; try again")]
    Contended,
    /// The vendor could not be asked.
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a change of a case brings about besides the case itself.
#[derive(Debug, Default)]
pub(super) struct Effect {
    pub(super) happened: Vec<Happening>,
    pub(super) access: Option<NewAccess>,
    pub(super) letter: Option<CaseLetter>,
}

impl From<Happening> for Effect {
    fn from(happening: Happening) -> Self {
        Self { happened: vec![happening], ..Self::default() }
    }
}

/// The onboarding of customers.
#[derive(Clone, bon::Builder)]
pub struct Onboarding {
    pub(super) directory: Directory,
    pub(super) store: Arc<dyn CaseStore>,
    pub(super) connections: Connections,
    pub(super) identity: Identity,
    pub(super) places: Arc<dyn Places>,
    pub(super) approvals: Arc<dyn super::Approvals>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
}

impl Onboarding {
    /// Looks at something by what fields are judged by.
    pub fn judged<T>(&self, look: impl FnOnce(&Context<'_>) -> T) -> T {
        let fleet = self.directory.snapshot();
        let zone = fleet.usual_zone();
        let mut middles: HashMap<&str, (f64, f64, f64)> = HashMap::new();
        for site in fleet.sites() {
            let at = site.details.location;
            let sum = middles.entry(site.details.region.as_str()).or_default();
            *sum = (sum.0 + at.latitude(), sum.1 + at.longitude(), sum.2 + 1.0);
        }
        let regions: Vec<RegionAt> = fleet
            .regions()
            .iter()
            .filter_map(|region| {
                let (latitude, longitude, sites) = middles.get(region.code.as_str())?;
                let middle = Location::new(latitude / sites, longitude / sites).ok()?;
                Some(RegionAt { code: region.code.clone(), name: region.name.clone(), middle })
            })
            .collect();
        let zone_of = |place| self.places.zone_of(place);
        look(&Context { regions: &regions, zone_of: &zone_of, today: zone.day(self.clock.now()) })
    }

    /// The zone of most sites: that of cases whose place is not known yet.
    #[must_use]
    pub fn usual_zone(&self) -> SiteZone {
        self.directory.snapshot().usual_zone()
    }

    /// For whom a case waits.
    #[must_use]
    pub fn waits(&self, case: &Case) -> Waiting {
        self.judged(|by| case.waits(by, self.clock.now()))
    }

    /// Reads a case, changes it, brings its stage into line with its facts and
    /// keeps it. When others were faster it is read and changed anew.
    pub(super) async fn change<E>(
        &self,
        actor: &Actor,
        id: CaseId,
        mut change: impl FnMut(&mut Case, Timestamp) -> Result<Effect, E> + Send,
    ) -> Result<Case, E>
    where
        E: From<OnboardingError>,
    {
        for _ in 0..TRIES {
            let found = self.store.find(id).await.map_err(OnboardingError::from)?;
            let mut case = found.ok_or(OnboardingError::Missing)?;
            let now = self.clock.now();
            let mut effect = change(&mut case, now)?;
            let moved = self.judged(|by| case.settle(by, &self.usual_zone(), now));
            effect.happened.extend(moved);
            if effect.happened.is_empty() {
                return Ok(case);
            }
            let saved = self.store.save(
                actor.initiator(),
                &case,
                &effect.happened,
                now,
                effect.access.as_ref(),
                effect.letter.as_ref(),
            );
            match saved.await.map_err(OnboardingError::from)? {
                Saved::Done => return Ok(case),
                Saved::Stale => {}
            }
        }
        Err(OnboardingError::Contended.into())
    }
}

/// Refuses what no longer changes.
pub(super) const fn open(case: &Case) -> Result<(), OnboardingError> {
    if case.live.is_some() { Err(OnboardingError::IsLive) } else { Ok(()) }
}
