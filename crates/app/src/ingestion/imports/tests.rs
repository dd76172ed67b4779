use std::sync::Arc;

use async_trait::async_trait;
use futures::stream;
use greengrid_domain::identity::Role;
use greengrid_domain::observability::Initiator;
use parking_lot::Mutex;
use uuid::Uuid;

use super::*;
use crate::actor::Actor;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::ingestion::tests::{Counting, OneSite, ingestion, power, row, submission};

/// One import; runs until told otherwise.
#[derive(Default)]
struct OneImport {
    told: Mutex<Vec<ImportProgress>>,
    rejects: Mutex<Vec<ImportReject>>,
    /// How often it may advance before somebody else ends it.
    ended_after: Option<usize>,
    finished: Mutex<Vec<Option<String>>>,
}

#[async_trait]
impl ImportStore for OneImport {
    async fn begin(&self, _: Initiator, _: Uuid, _: &str, _: u64) -> Result<(), StoreError> {
        Ok(())
    }
    async fn advance(
        &self,
        _: Uuid,
        progress: &ImportProgress,
        rejects: &[ImportReject],
    ) -> Result<bool, StoreError> {
        let mut told = self.told.lock();
        told.push(*progress);
        self.rejects.lock().extend_from_slice(rejects);
        Ok(self.ended_after.is_none_or(|times| told.len() <= times))
    }
    async fn alive(&self, _: Uuid) -> Result<(), StoreError> {
        Ok(())
    }
    async fn finish(&self, _: Uuid, error: Option<&str>) -> Result<(), StoreError> {
        self.finished.lock().push(error.map(str::to_owned));
        Ok(())
    }
    async fn abandon_silent(&self, _: &str) -> Result<u64, StoreError> {
        Ok(0)
    }
    async fn find(&self, _: Uuid) -> Result<Option<ImportJob>, StoreError> {
        Ok(None)
    }
    async fn latest(&self, _: u32) -> Result<Vec<ImportJob>, StoreError> {
        Ok(Vec::new())
    }
    async fn rejects(
        &self,
        _: Uuid,
        _: Option<(&str, u32)>,
        _: u32,
    ) -> Result<Vec<ImportReject>, StoreError> {
        Ok(self.rejects.lock().clone())
    }
}

async fn imports(store: OneImport) -> (Imports, Arc<OneImport>) {
    let store = Arc::new(store);
    let imports = Imports::builder()
        .directory(Directory::load(Arc::new(OneSite::default())).await.unwrap())
        .ingestion(ingestion().await.0)
        .store(Arc::clone(&store) as _)
        .ids(Arc::new(Counting(Mutex::new(0))))
        .build();
    (imports, store)
}

/// A piece with a good row and one of a site that nobody knows.
fn piece(number: u32, bytes_done: u64) -> Piece {
    let rows = vec![
        row(number, "one", -i64::from(number), power(1)),
        row(number + 1, "other", -1, power(1)),
    ];
    Piece { file: "r.csv".to_owned(), submission: submission(rows), bytes_done }
}

async fn run(
    imports: &Imports,
    pieces: Vec<Result<Piece, String>>,
) -> Result<ImportProgress, ImportError> {
    let sites = SitesFile { bytes: 10, ..SitesFile::default() };
    let pieces = stream::iter(pieces);
    imports.run(&Actor::CommandLine, Uuid::nil(), Ok(sites), pieces, |_| {}).await
}

#[tokio::test]
async fn pieces_add_up_and_rows_not_taken_keep_their_line() {
    let (imports, store) = imports(OneImport::default()).await;

    let progress = run(&imports, vec![Ok(piece(1, 40)), Ok(piece(3, 90))]).await.unwrap();

    assert_eq!((progress.accepted, progress.rejected, progress.bytes_done), (2, 2, 100));
    let done: Vec<u64> = store.told.lock().iter().map(|progress| progress.bytes_done).collect();
    assert_eq!(done, [10, 50, 100]);
    let rejects = store.rejects.lock();
    let places: Vec<_> =
        rejects.iter().map(|r| (r.file.as_str(), r.row, r.line.as_str())).collect();
    assert_eq!(places, [("r.csv", 2, "row1"), ("r.csv", 4, "row1")]);
    assert_eq!(*store.finished.lock(), [None]);
}

#[tokio::test]
async fn a_file_that_breaks_off_ends_the_import_with_its_reason() {
    let (imports, store) = imports(OneImport::default()).await;

    let broken = Err("r.csv ends too early.".to_owned());
    let result = run(&imports, vec![Ok(piece(1, 40)), broken, Ok(piece(3, 90))]).await;

    assert!(matches!(result, Err(ImportError::File(_))));
    assert_eq!(*store.finished.lock(), [Some("r.csv ends too early.".to_owned())]);
    assert_eq!(store.told.lock().last().unwrap().accepted, 1);
}

#[tokio::test]
async fn an_import_that_was_ended_from_elsewhere_stops() {
    let (imports, store) =
        imports(OneImport { ended_after: Some(2), ..OneImport::default() }).await;

    let result = run(&imports, vec![Ok(piece(1, 1)), Ok(piece(3, 2)), Ok(piece(5, 3))]).await;

    assert!(matches!(result, Err(ImportError::Ended)));
    assert_eq!(store.told.lock().len(), 3);
}

#[tokio::test]
async fn importing_is_for_those_who_may() {
    let (imports, _) = imports(OneImport::default()).await;
    let new = NewImport { file_name: "r.csv".to_owned(), bytes_total: 1 };
    let customer = Actor::Anyone(Role::Customer);

    assert!(matches!(imports.begin(&customer, &new).await, Err(ImportError::Denied(_))));
    assert!(matches!(imports.latest(&customer, 1).await, Err(ImportError::Denied(_))));
    assert!(matches!(imports.job(&customer, Uuid::nil()).await, Err(ImportError::Denied(_))));
    let rejects = imports.rejects(&customer, Uuid::nil(), None, 1).await;
    assert!(matches!(rejects, Err(ImportError::Denied(_))));
    assert!(imports.begin(&Actor::Anyone(Role::Ops), &new).await.is_ok());
}
