use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::onboarding::{
    CaseLetter, CaseStore, Colleague, FileContent, FileEntry, GoLive, LinkFound, MeasuredFacts,
    NewAccess, Recurrence, Saved, TestRun, TimedCheck, Wanted, WentLive,
};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::UserId;
use greengrid_domain::ingestion::Cause;
use greengrid_domain::messages::LetterKind;
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{Case, CaseId, CaseNumber, Happening, HistoryLine, TestOutcome};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::{CaseRow, fields_of, initiator};
use super::{files, letters, links, live, measures, tested, write};
use crate::postgres::failure::failed;
use crate::vendors::Sealer;

type At = jiff_sqlx::Timestamp;

/// Cases in Postgres, with what opens their vendors sealed by this.
#[derive(Debug, Clone)]
pub struct PgCaseStore {
    pool: PgPool,
    sealer: Sealer,
}

impl PgCaseStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool, sealer: Sealer) -> Self {
        Self { pool, sealer }
    }

    async fn with_fields(&self, rows: Vec<CaseRow>) -> Result<Vec<Case>, StoreError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut fields = fields_of(&self.pool, &ids).await?;
        rows.into_iter()
            .map(|row| {
                let fields = fields.remove(&row.id).unwrap_or_default();
                row.with(fields)
            })
            .collect()
    }

    async fn try_save(
        &self,
        by: Initiator,
        case: &Case,
        happened: &[Happening],
        at: Timestamp,
        access: Option<&NewAccess>,
        letter: Option<&CaseLetter>,
    ) -> Result<Saved, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let mut case = case.clone();
        if let Some(access) = access {
            let id = write::access(&mut tx, &self.sealer, &case, access, at).await?;
            if let Some(given) = &mut case.access {
                given.credential = id.into();
            }
        }
        if write::update(&mut tx, by, &case, happened, at).await? == Saved::Stale {
            return Ok(Saved::Stale);
        }
        if let Some(letter) = letter {
            letters::enqueue(&mut tx, std::slice::from_ref(letter), LetterKind::Onboarding).await?;
        }
        tx.commit().await?;
        Ok(Saved::Done)
    }
}

#[async_trait]
impl CaseStore for PgCaseStore {
    async fn cases(&self, wanted: Wanted) -> Result<Vec<Case>, StoreError> {
        let rows = match wanted {
            Wanted::OpenAnd { live_since } => {
                let since = live_since.min(far());
                let since = since.to_sqlx() as At;
                sqlx::query_file_as!(CaseRow, "src/postgres/onboarding/open.sql", since as At)
                    .fetch_all(&self.pool)
                    .await
            }
            Wanted::Due(at) => {
                let at = at.to_sqlx() as At;
                sqlx::query_file_as!(CaseRow, "src/postgres/onboarding/due.sql", at as At)
                    .fetch_all(&self.pool)
                    .await
            }
        };
        self.with_fields(rows.map_err(failed)?).await
    }

    async fn find(&self, id: CaseId) -> Result<Option<Case>, StoreError> {
        let row = sqlx::query_file_as!(CaseRow, "src/postgres/onboarding/one.sql", Uuid::from(id))
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(self.with_fields(row.into_iter().collect()).await?.pop())
    }

    async fn open(
        &self,
        by: Initiator,
        cases: &[(Case, Vec<Happening>)],
    ) -> Result<Vec<CaseNumber>, StoreError> {
        let opened = async {
            let mut tx = self.pool.begin().await?;
            let mut numbers = Vec::with_capacity(cases.len());
            for (case, happened) in cases {
                numbers.push(CaseNumber(write::insert(&mut tx, by, case, happened).await?));
            }
            tx.commit().await?;
            Ok(numbers)
        };
        opened.await.map_err(failed)
    }

    async fn save(
        &self,
        by: Initiator,
        case: &Case,
        happened: &[Happening],
        at: Timestamp,
        access: Option<&NewAccess>,
        letter: Option<&CaseLetter>,
    ) -> Result<Saved, StoreError> {
        self.try_save(by, case, happened, at, access, letter).await.map_err(failed)
    }

    async fn history(&self, id: CaseId) -> Result<Vec<HistoryLine>, StoreError> {
        let rows = sqlx::query!(
            r#"select at as "at: At", by_kind, by_id, what, key, before, after
               from onboarding_history where case_id = $1 order by id desc"#,
            Uuid::from(id)
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                let happening = Happening {
                    what: row.what.parse().map_err(StoreError::new)?,
                    key: row.key.map(|key| key.parse()).transpose().map_err(StoreError::new)?,
                    before: row.before,
                    after: row.after,
                };
                let by = initiator(&row.by_kind, row.by_id)?;
                Ok(HistoryLine { at: row.at.to_jiff(), by, happening })
            })
            .collect()
    }

    async fn colleagues(&self) -> Result<Vec<Colleague>, StoreError> {
        let rows = sqlx::query!(
            "select id, name, role from app_user
             where active and role in ('cs', 'ops', 'admin') order by name, id"
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                let role = row.role.parse().map_err(StoreError::new)?;
                Ok(Colleague { id: row.id.into(), name: row.name, role })
            })
            .collect()
    }

    async fn names(&self, of: &[UserId]) -> Result<Vec<(UserId, String)>, StoreError> {
        let ids: Vec<Uuid> = of.iter().copied().map(Uuid::from).collect();
        let rows = sqlx::query!(
            "select id, name from app_user where id = any($1::uuid[]) order by name, id",
            &ids
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        Ok(rows.into_iter().map(|row| (row.id.into(), row.name)).collect())
    }

    async fn attach(
        &self,
        by: Initiator,
        case: CaseId,
        file: FileContent,
    ) -> Result<(), StoreError> {
        files::attach(&self.pool, by, case, &file).await.map_err(failed)
    }

    async fn files(&self, case: CaseId) -> Result<Vec<FileEntry>, StoreError> {
        files::all(&self.pool, case).await
    }

    async fn file(&self, case: CaseId, file: Uuid) -> Result<Option<FileContent>, StoreError> {
        files::one(&self.pool, case, file).await
    }

    async fn detach(
        &self,
        by: Initiator,
        case: CaseId,
        file: Uuid,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        files::detach(&self.pool, by, case, file, at).await.map_err(failed)
    }

    async fn begin_test(&self, run: &TestRun) -> Result<bool, StoreError> {
        tested::begin(&self.pool, run).await.map_err(failed)
    }

    async fn note_check(
        &self,
        run: &TestRun,
        position: u32,
        check: &TimedCheck,
    ) -> Result<(), StoreError> {
        tested::note(&self.pool, run, position, check).await.map_err(failed)
    }

    async fn end_test(
        &self,
        run: &TestRun,
        outcome: TestOutcome,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tested::end(&self.pool, run, outcome, at).await.map_err(failed)
    }

    async fn last_test(&self, case: CaseId) -> Result<Option<TestRun>, StoreError> {
        tested::last(&self.pool, case).await
    }

    async fn recurrence(
        &self,
        case: CaseId,
        brand: Brand,
        why: Cause,
        since: Timestamp,
    ) -> Result<Recurrence, StoreError> {
        tested::recurrence(&self.pool, case, brand, why, since).await
    }

    async fn make_link(
        &self,
        case: CaseId,
        hash: &[u8; 32],
        made_at: Timestamp,
        good_until: Timestamp,
    ) -> Result<(), StoreError> {
        links::make(&self.pool, case, hash, made_at, good_until).await.map_err(failed)
    }

    async fn link(&self, hash: &[u8; 32]) -> Result<Option<LinkFound>, StoreError> {
        links::find(&self.pool, hash).await
    }

    async fn use_link(&self, hash: &[u8; 32], at: Timestamp) -> Result<bool, StoreError> {
        links::take(&self.pool, hash, at).await.map_err(failed)
    }

    async fn present(&self, case: CaseId, user: UserId) -> Result<Vec<UserId>, StoreError> {
        let others = async {
            let mut tx = self.pool.begin().await?;
            let fresh = sqlx::query!(
                "insert into onboarding_presence (case_id, user_id)
                 select id, $2 from onboarding_case where id = $1
                 on conflict (case_id, user_id) do update set seen_at = now()",
                Uuid::from(case),
                Uuid::from(user)
            )
            .execute(&mut *tx)
            .await?;
            if fresh.rows_affected() == 0 {
                return Ok(Vec::new());
            }
            let others = sqlx::query_scalar!(
                "select user_id from onboarding_presence
                 where case_id = $1 and user_id <> $2 and seen_at > now() - interval '40 seconds'",
                Uuid::from(case),
                Uuid::from(user)
            )
            .fetch_all(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(others.into_iter().map(UserId::from).collect())
        };
        others.await.map_err(failed)
    }

    async fn go_live(&self, by: Initiator, live: &GoLive) -> Result<WentLive, StoreError> {
        live::go_live(&self.pool, by, live).await.map_err(failed)
    }

    async fn measured(&self, since: Timestamp) -> Result<MeasuredFacts, StoreError> {
        measures::read(&self.pool, since).await
    }

    async fn lived_before(&self, instant: Timestamp) -> Result<usize, StoreError> {
        let instant = instant.to_sqlx() as At;
        let many = sqlx::query_scalar!(
            r#"select count(*) as "many!" from onboarding_case where live_at < $1"#,
            instant as At
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        usize::try_from(many).map_err(StoreError::new)
    }

    async fn post(&self, letters: &[CaseLetter]) -> Result<(), StoreError> {
        let posted = async {
            let mut tx = self.pool.begin().await?;
            letters::enqueue(&mut tx, letters, LetterKind::Onboarding).await?;
            tx.commit().await
        };
        posted.await.map_err(failed)
    }
}

/// Postgres knows no later instants.
fn far() -> Timestamp {
    Timestamp::from_second(4_102_444_800).unwrap_or(Timestamp::MAX)
}
