//! Whether the vendors still answer as they are known to, noticed before it
//! breaks something.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{Contract, Difference, Shape};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;

/// How often the answers to a call are compared with what is known of them.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// How long a new field is told of before it counts as known.
const NEW_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How the answers to one call of a vendor's interface compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractReport {
    /// Whose interface.
    pub brand: Brand,
    /// Which call, in a few words.
    pub call: String,
    /// When it was last compared.
    pub checked_at: Timestamp,
    /// Since when it differs from what is known.
    pub since: Option<Timestamp>,
    /// How, each as a clause for people.
    pub differences: Vec<String>,
    /// Fields that are known besides those of the contract: there from the
    /// beginning, or new for long enough.
    pub learned: BTreeSet<String>,
}

/// Keeps how the vendors' answers compare.
#[async_trait]
pub trait ContractStore: Send + Sync {
    /// All of it, by vendor and call.
    async fn all(&self) -> Result<Vec<ContractReport>, StoreError>;
    /// One of them.
    async fn find(&self, brand: Brand, call: &str) -> Result<Option<ContractReport>, StoreError>;
    /// Keeps one in the place of the one before, and tells the pages when the
    /// differences are others.
    async fn keep(&self, report: &ContractReport) -> Result<(), StoreError>;
}

/// Why it is not told.
#[derive(Debug, thiserror::Error)]
pub enum CanaryError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Compares answers of vendors with what is known of them. Clones share when
/// they last did.
#[derive(Clone)]
pub struct Canary {
    store: Arc<dyn ContractStore>,
    clock: Arc<dyn Clock>,
    checked: Arc<Mutex<HashMap<(Brand, &'static str), Timestamp>>>,
}

impl Canary {
    /// One that keeps its reports here.
    #[must_use]
    pub fn new(store: Arc<dyn ContractStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, checked: Arc::default() }
    }

    /// Whether the answers to this call have to be looked at.
    #[must_use]
    pub fn is_due(&self, brand: Brand, call: &'static str) -> bool {
        let now = self.clock.now();
        let checked = self.checked.lock().get(&(brand, call)).copied();
        checked.is_none_or(|checked| now.duration_since(checked) >= EVERY)
    }

    /// Compares an answer. One that shows nothing wrong and lacks what it takes
    /// to see all of it, such as a list without entries at night, leaves the
    /// comparison to the next.
    pub async fn saw(
        &self,
        brand: Brand,
        call: &'static str,
        contract: &Contract,
        shape: &Shape,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let before = self.store.find(brand, call).await?;
        let first = before.is_none();
        let learned = before.as_ref().map(|report| report.learned.clone()).unwrap_or_default();
        let compared = contract.compare(shape, &learned);
        if compared.differences.is_empty() && !compared.whole {
            return Ok(());
        }
        self.checked.lock().insert((brand, call), now);
        let since = before.and_then(|report| report.since).unwrap_or(now);
        let known_now = first || now.duration_since(since) >= NEW_FOR;
        let (mut learned, mut differences) = (learned, Vec::new());
        for difference in compared.differences {
            match difference {
                // What a vendor has always sent is no news.
                Difference::New { way, .. } if known_now => _ = learned.insert(way),
                other => differences.push(other.to_string()),
            }
        }
        let since = (!differences.is_empty()).then_some(since);
        let call = call.to_owned();
        self.store
            .keep(&ContractReport { brand, call, checked_at: now, since, differences, learned })
            .await
    }

    /// How all calls compare.
    pub async fn reports(&self, actor: &Actor) -> Result<Vec<ContractReport>, CanaryError> {
        actor.require(Permission::ViewConnections)?;
        Ok(self.store.all().await?)
    }
}

#[cfg(test)]
mod tests {
    use greengrid_domain::ingestion::ValueKind;

    use super::*;
    use crate::testing::FixedClock;

    #[derive(Default)]
    struct Kept(Mutex<Vec<ContractReport>>);

    #[async_trait]
    impl ContractStore for Kept {
        async fn all(&self) -> Result<Vec<ContractReport>, StoreError> {
            Ok(self.0.lock().clone())
        }
        async fn find(&self, _: Brand, _: &str) -> Result<Option<ContractReport>, StoreError> {
            Ok(self.0.lock().last().cloned())
        }
        async fn keep(&self, report: &ContractReport) -> Result<(), StoreError> {
            *self.0.lock() = vec![report.clone()];
            Ok(())
        }
    }

    const CALL: &str = "list of sites";

    struct World {
        canary: Canary,
        clock: Arc<FixedClock>,
        kept: Arc<Kept>,
    }

    impl World {
        fn new() -> Self {
            let clock = Arc::new(FixedClock::at("2026-06-12T08:00:00Z".parse().unwrap()));
            let kept = Arc::new(Kept::default());
            let canary = Canary::new(kept.clone(), clock.clone());
            Self { canary, clock, kept }
        }

        /// What is told after an answer with these fields, so many hours later.
        async fn saw(&self, hours: i64, fields: &[(&str, ValueKind)]) -> Vec<String> {
            self.clock.advance(SignedDuration::from_hours(hours));
            let mut shape = Shape::default();
            for (way, kind) in fields {
                shape.see(way, *kind);
            }
            let contract = Contract::parse("name text\nlist list\nlist[] object\nlist[].id number");
            self.canary.saw(Brand::Enphase, CALL, &contract.unwrap(), &shape).await.unwrap();
            self.kept.0.lock().last().map(|report| report.differences.clone()).unwrap_or_default()
        }
    }

    const USUAL: [(&str, ValueKind); 5] = [
        ("name", ValueKind::Text),
        ("list", ValueKind::List),
        ("list[]", ValueKind::Object),
        ("list[].id", ValueKind::Number),
        ("colour", ValueKind::Text),
    ];

    #[tokio::test]
    async fn what_was_there_from_the_beginning_is_known_and_what_comes_later_is_told_for_a_week() {
        let world = World::new();
        let more = [&USUAL[..], &[("size", ValueKind::Number)]].concat();

        assert!(world.saw(0, &USUAL).await.is_empty());
        assert_eq!(world.saw(24, &more).await, ["“size” is new: a number"]);
        assert_eq!(world.saw(24, &more).await.len(), 1);
        assert!(world.saw(6 * 24, &more).await.is_empty());
    }

    #[tokio::test]
    async fn what_is_gone_is_told_until_it_is_back() {
        let world = World::new();

        assert_eq!(world.saw(0, &USUAL[1..]).await, ["“name” is no longer sent"]);
        assert_eq!(world.saw(300, &USUAL[1..]).await, ["“name” is no longer sent"]);
        assert!(world.saw(24, &USUAL).await.is_empty());
    }

    #[tokio::test]
    async fn an_answer_of_which_little_is_seen_leaves_it_to_the_next() {
        let world = World::new();

        world.saw(0, &USUAL[..2]).await;
        assert!(world.canary.is_due(Brand::Enphase, CALL));
        world.saw(0, &USUAL).await;
        assert!(!world.canary.is_due(Brand::Enphase, CALL));
        assert!(world.canary.is_due(Brand::Fronius, CALL));
    }
}
