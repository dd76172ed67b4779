use greengrid_app::error::StoreError;
use greengrid_app::onboarding::LinkFound;
use greengrid_domain::onboarding::CaseId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use uuid::Uuid;

use super::write;
use crate::postgres::failure::failed;

pub(super) async fn make(
    pool: &PgPool,
    case: CaseId,
    hash: &[u8; 32],
    made_at: Timestamp,
    good_until: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "delete from onboarding_link where case_id = $1 and used_at is null",
        Uuid::from(case)
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into onboarding_link (secret_hash, case_id, made_at, good_until)
         values ($1, $2, $3, $4)",
        hash,
        Uuid::from(case),
        made_at.to_sqlx() as jiff_sqlx::Timestamp,
        good_until.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    write::notices(&mut tx, case).await?;
    tx.commit().await
}

pub(super) async fn find(pool: &PgPool, hash: &[u8; 32]) -> Result<Option<LinkFound>, StoreError> {
    let row = sqlx::query!(
        r#"select case_id, good_until as "good_until: jiff_sqlx::Timestamp",
                  used_at is not null as "used!"
           from onboarding_link where secret_hash = $1"#,
        hash
    )
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    Ok(row.map(|row| LinkFound {
        case: row.case_id.into(),
        good_until: row.good_until.to_jiff(),
        used: row.used,
    }))
}

/// Uses a link; of two who do so at once, one does.
pub(super) async fn take(
    pool: &PgPool,
    hash: &[u8; 32],
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let used = sqlx::query!(
        "update onboarding_link set used_at = $2
         where secret_hash = $1 and used_at is null and good_until > $2",
        hash,
        at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(pool)
    .await?;
    Ok(used.rows_affected() > 0)
}
