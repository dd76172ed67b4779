use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::Initiator;
use jiff::civil::date;
use parking_lot::Mutex;
use uuid::Uuid;

use super::*;
use crate::error::StoreError;
use crate::fleet::SiteStore;
use crate::monitoring::{DailyEnergy, READINGS_HEADER};
use crate::testing::{FakeReadModels, FakeSiteStore, site};

/// Files in memory; of an archive only the names and lengths of its files.
#[derive(Default)]
struct Kept {
    waiting: Mutex<Vec<TakeoutJob>>,
    notes: Mutex<Vec<(i32, i32)>>,
    parts: Mutex<BTreeMap<i32, Vec<u8>>>,
    ended: Mutex<Option<&'static str>>,
    wanted: Mutex<bool>,
}

#[async_trait]
impl TakeoutStore for Kept {
    async fn request(&self, user: UserId, id: Uuid) -> Result<Requested, StoreError> {
        self.waiting.lock().push(TakeoutJob { id, user });
        Ok(Requested::Done)
    }

    async fn latest(&self, _: UserId) -> Result<Option<Takeout>, StoreError> {
        Ok(None)
    }

    async fn claim(&self) -> Result<Option<TakeoutJob>, StoreError> {
        Ok(self.waiting.lock().pop())
    }

    async fn account(&self, _: UserId) -> Result<String, StoreError> {
        Ok("{}".to_owned())
    }

    async fn progress(&self, _: Uuid, done: i32, total: i32) -> Result<bool, StoreError> {
        self.notes.lock().push((done, total));
        Ok(*self.wanted.lock())
    }

    async fn put(&self, _: Uuid, part: i32, bytes: &[u8]) -> Result<(), StoreError> {
        self.parts.lock().insert(part, bytes.to_vec());
        Ok(())
    }

    async fn finish(&self, _: Uuid, _: i64) -> Result<(), StoreError> {
        *self.ended.lock() = Some("ready");
        Ok(())
    }

    async fn fail(&self, _: Uuid) -> Result<(), StoreError> {
        *self.ended.lock() = Some("failed");
        Ok(())
    }

    async fn part(&self, _: UserId, _: Uuid, part: i32) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.parts.lock().get(&part).cloned())
    }

    async fn sweep(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Archives that only put their files one after the other, or cannot be made.
struct Plain {
    full: bool,
}

struct PlainArchive(Vec<u8>);

impl Archives for Plain {
    fn begin(&self) -> io::Result<Box<dyn Archive>> {
        if self.full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(Box::new(PlainArchive(Vec::new())))
    }
}

impl Archive for PlainArchive {
    fn file(&mut self, name: &str) -> io::Result<()> {
        self.0.extend(format!("== {name}\n").bytes());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.0)))
    }
}

/// A person with site 7, which has 25 days; site 8 is another's.
async fn world(full: bool) -> (Arc<Kept>, TakeoutRounds) {
    let sites = FakeSiteStore::of(vec![site(7), site(8)]);
    let user: UserId = Uuid::from_u128(1).into();
    sites.share(Initiator::System, 7.into(), user).await.unwrap();
    let read_models = Arc::new(FakeReadModels::default());
    for id in [7, 8] {
        for day in [date(2026, 5, 1), date(2026, 5, 25)] {
            let day = DailyEnergy {
                day,
                energy: greengrid_domain::units::Energy::ZERO,
                readings: [0; 3],
                corrections: 0,
            };
            read_models.put_day(id.into(), day);
        }
    }
    let kept = Arc::new(Kept::default());
    *kept.wanted.lock() = true;
    kept.request(user, Uuid::from_u128(2)).await.unwrap();
    let rounds = TakeoutRounds::builder()
        .store(kept.clone())
        .directory(sites.directory().await)
        .read_models(read_models)
        .archives(Arc::new(Plain { full }))
        .build();
    (kept, rounds)
}

#[tokio::test]
async fn a_file_holds_the_account_and_every_own_site_and_says_how_far_it_is() {
    let (kept, rounds) = world(false).await;

    let did = rounds.run().await.unwrap();
    let again = rounds.run().await.unwrap();

    assert!(did && !again);
    assert_eq!(*kept.ended.lock(), Some("ready"));
    assert_eq!(*kept.notes.lock(), [(10, 25), (20, 25), (25, 25)]);
    let whole: Vec<u8> = kept.parts.lock().values().flatten().copied().collect();
    let text = String::from_utf8(whole).unwrap();
    assert!(text.starts_with("== about.txt\n"));
    assert!(text.contains("== account.json\n{}"));
    assert!(text.contains(&format!("== readings-S-7.csv\n{READINGS_HEADER}")));
    assert!(!text.contains("S-8"));
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_told_to_have_failed() {
    let (kept, rounds) = world(true).await;

    assert!(rounds.run().await.is_err());

    assert_eq!(*kept.ended.lock(), Some("failed"));
}

#[tokio::test]
async fn a_file_that_nobody_wants_any_more_is_given_up() {
    let (kept, rounds) = world(false).await;
    *kept.wanted.lock() = false;

    assert!(rounds.run().await.unwrap());

    assert_eq!(*kept.ended.lock(), None);
    assert!(kept.parts.lock().is_empty());
}
