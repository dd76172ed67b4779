use greengrid_app::error::StoreError;
use greengrid_app::ingestion::vendors::{Check, Outcome, VendorError, VendorSite};
use greengrid_app::onboarding::{Recurrence, TestRun, TimedCheck};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Cause;
use greengrid_domain::onboarding::{CaseId, CaseNumber, TestOutcome};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::{initiator, outcome, outcome_columns};
use super::write;
use crate::postgres::audit;
use crate::postgres::failure::failed;

type At = jiff_sqlx::Timestamp;

/// Begins a test unless one runs. One that has run for two minutes was cut off.
pub(super) async fn begin(pool: &PgPool, run: &TestRun) -> Result<bool, sqlx::Error> {
    let (kind, id) = audit::initiator(run.by);
    let mut tx = pool.begin().await?;
    sqlx::query!("select id from onboarding_case where id = $1 for update", Uuid::from(run.case))
        .fetch_optional(&mut *tx)
        .await?;
    let begun = sqlx::query!(
        "insert into onboarding_test (id, case_id, brand, started_at, by_kind, by_id)
         select $1, $2, $3, $4, $5, $6
         where not exists (select from onboarding_test
                           where case_id = $2 and ended_at is null
                             and began > now() - interval '2 minutes')",
        run.id,
        Uuid::from(run.case),
        <&str>::from(run.brand),
        run.started_at.to_sqlx() as At,
        kind,
        id,
    )
    .execute(&mut *tx)
    .await?;
    if begun.rows_affected() == 0 {
        return Ok(false);
    }
    write::notices(&mut tx, run.case).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn note(
    pool: &PgPool,
    run: &TestRun,
    position: u32,
    timed: &TimedCheck,
) -> Result<(), sqlx::Error> {
    let Check { rung, outcome } = &timed.check;
    let (state, words, error, near) = match outcome {
        Outcome::Passed(words) => ("passed", words.clone(), None, Vec::new()),
        Outcome::Doubtful(words) => ("doubtful", words.clone(), None, Vec::new()),
        Outcome::Failed { error, near } => {
            let near = near.iter().map(|site| format!("{}\t{}", site.id, site.name)).collect();
            ("failed", String::new(), Some(error), near)
        }
    };
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "insert into onboarding_check
             (test_id, position, rung, state, words, cause, said, reference, near, took_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        run.id,
        i32::try_from(position).unwrap_or(i32::MAX),
        <&str>::from(*rung),
        state,
        words,
        error.map(|error| <&str>::from(error.cause)),
        error.and_then(|error| error.said.as_deref()),
        error.and_then(|error| error.reference.as_deref()),
        &near,
        i32::try_from(timed.took_ms).unwrap_or(i32::MAX),
    )
    .execute(&mut *tx)
    .await?;
    write::notices(&mut tx, run.case).await?;
    tx.commit().await
}

pub(super) async fn end(
    pool: &PgPool,
    run: &TestRun,
    outcome: TestOutcome,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let (outcome, cause) = outcome_columns(outcome);
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "update onboarding_test set ended_at = $2, outcome = $3, cause = $4 where id = $1",
        run.id,
        at.to_sqlx() as At,
        outcome,
        cause,
    )
    .execute(&mut *tx)
    .await?;
    write::notices(&mut tx, run.case).await?;
    tx.commit().await
}

pub(super) async fn last(pool: &PgPool, case: CaseId) -> Result<Option<TestRun>, StoreError> {
    let row = sqlx::query!(
        r#"select id, brand, started_at as "started_at: At", by_kind, by_id, outcome, cause,
                  (ended_at is null and began < now() - interval '2 minutes') as "cut_off!"
           from onboarding_test where case_id = $1 order by began desc limit 1"#,
        Uuid::from(case)
    )
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    let Some(row) = row else { return Ok(None) };
    let checks = sqlx::query!(
        "select rung, state, words, cause, said, reference, near, took_ms
         from onboarding_check where test_id = $1 order by position",
        row.id
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let checks: Result<Vec<TimedCheck>, StoreError> = checks
        .into_iter()
        .map(|check| {
            let outcome = match (check.state.as_str(), check.cause) {
                ("passed", _) => Outcome::Passed(check.words),
                ("doubtful", _) => Outcome::Doubtful(check.words),
                (_, Some(why)) => Outcome::Failed {
                    error: VendorError {
                        cause: why.parse().map_err(StoreError::new)?,
                        retry_after: None,
                        said: check.said,
                        reference: check.reference,
                    },
                    near: check.near.iter().filter_map(|near| site(near)).collect(),
                },
                _ => return Err(StoreError::new("a check failed without a cause")),
            };
            Ok(TimedCheck {
                check: Check { rung: check.rung.parse().map_err(StoreError::new)?, outcome },
                took_ms: u32::try_from(check.took_ms).unwrap_or(0),
            })
        })
        .collect();
    Ok(Some(TestRun {
        id: row.id,
        case,
        brand: row.brand.parse().map_err(StoreError::new)?,
        started_at: row.started_at.to_jiff(),
        by: initiator(&row.by_kind, row.by_id)?,
        outcome: outcome(row.outcome.as_deref(), row.cause.as_deref())?,
        cut_off: row.cut_off,
        checks: checks?,
    }))
}

fn site(near: &str) -> Option<VendorSite> {
    let (id, name) = near.split_once('\t')?;
    Some(VendorSite::new(id.parse().ok()?, name, None))
}

pub(super) async fn recurrence(
    pool: &PgPool,
    case: CaseId,
    brand: Brand,
    why: Cause,
    since: Timestamp,
) -> Result<Recurrence, StoreError> {
    let row = sqlx::query!(
        r#"with struck as (
               select t.case_id, max(t.started_at) as at from onboarding_test t
               where t.brand = $2 and t.cause = $3 and t.started_at >= $4 and t.case_id <> $1
               group by t.case_id
           )
           select count(*) as "cases!",
                  count(*) filter (where exists (
                      select from onboarding_test later
                      where later.case_id = struck.case_id and later.started_at > struck.at
                        and later.outcome in ('passed', 'asleep'))) as "solved!",
                  (select c.number from struck s join onboarding_case c on c.id = s.case_id
                   order by s.at desc limit 1) as "last"
           from struck"#,
        Uuid::from(case),
        <&str>::from(brand),
        <&str>::from(why),
        since.to_sqlx() as At,
    )
    .fetch_one(pool)
    .await
    .map_err(failed)?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Recurrence {
        cases: count(row.cases),
        solved: count(row.solved),
        last: row.last.map(CaseNumber),
    })
}
