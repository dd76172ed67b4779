use greengrid_app::error::StoreError;
use greengrid_app::onboarding::MeasuredFacts;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

use crate::postgres::failure::failed;

type At = jiff_sqlx::Timestamp;

pub(super) async fn read(pool: &PgPool, since: Timestamp) -> Result<MeasuredFacts, StoreError> {
    let from = || since.to_sqlx() as At;
    let lives = sqlx::query!(
        r#"select coalesce(f.text, 'other') as "brand!", c.opened_at as "opened_at: At",
                  c.live_at as "live_at!: At"
           from onboarding_case c
           left join onboarding_field f on f.case_id = c.id and f.key = 'brand'
           where c.live_at >= $1 order by c.live_at"#,
        from() as At
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    // Of a test by night it is known only in the morning how it ended.
    let firsts = sqlx::query!(
        r#"select * from (
               select distinct on (case_id) brand, started_at as "started_at: At",
                      outcome = 'passed' as "passed!"
               from onboarding_test where outcome in ('passed', 'failed')
               order by case_id, started_at) first
           where "started_at: At" >= $1 order by 2"#,
        from() as At
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let failures = sqlx::query!(
        r#"select brand, cause as "cause!", started_at as "started_at: At"
           from onboarding_test where outcome = 'failed' and started_at >= $1
           order by started_at"#,
        from() as At
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    Ok(MeasuredFacts {
        lives: lives
            .into_iter()
            .map(|row| {
                let brand = row.brand.parse().map_err(StoreError::new)?;
                Ok((brand, row.opened_at.to_jiff(), row.live_at.to_jiff()))
            })
            .collect::<Result<_, StoreError>>()?,
        firsts: firsts
            .into_iter()
            .map(|row| {
                let brand = row.brand.parse().map_err(StoreError::new)?;
                Ok((brand, row.started_at.to_jiff(), row.passed))
            })
            .collect::<Result<_, StoreError>>()?,
        failures: failures
            .into_iter()
            .map(|row| {
                let brand = row.brand.parse().map_err(StoreError::new)?;
                let cause = row.cause.parse().map_err(StoreError::new)?;
                Ok((brand, cause, row.started_at.to_jiff()))
            })
            .collect::<Result<_, StoreError>>()?,
    })
}
