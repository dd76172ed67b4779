use greengrid_app::error::StoreError;
use greengrid_app::onboarding::{FileContent, FileEntry};
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{CaseId, Happened, Happening};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::initiator;
use super::write;
use crate::postgres::audit;
use crate::postgres::failure::failed;

pub(super) async fn attach(
    pool: &PgPool,
    by: Initiator,
    case: CaseId,
    file: &FileContent,
) -> Result<(), sqlx::Error> {
    let entry = &file.entry;
    let (kind, id) = audit::initiator(by);
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "insert into onboarding_file (id, case_id, name, media_type, bytes, by_kind, by_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        entry.id,
        Uuid::from(case),
        entry.name,
        entry.media_type,
        file.bytes,
        kind,
        id,
        entry.at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    let happened = [Happening::new(Happened::Attached, entry.name.as_str())];
    write::happened(&mut tx, by, case, &happened, entry.at).await?;
    tx.commit().await
}

pub(super) async fn all(pool: &PgPool, case: CaseId) -> Result<Vec<FileEntry>, StoreError> {
    let rows = sqlx::query!(
        r#"select id, name, media_type, octet_length(bytes) as "size!", by_kind, by_id,
                  at as "at: jiff_sqlx::Timestamp"
           from onboarding_file where case_id = $1 order by at, id"#,
        Uuid::from(case)
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.into_iter()
        .map(|row| {
            Ok(FileEntry {
                id: row.id,
                name: row.name,
                media_type: row.media_type,
                size: u64::try_from(row.size).unwrap_or(0),
                by: initiator(&row.by_kind, row.by_id)?,
                at: row.at.to_jiff(),
            })
        })
        .collect()
}

pub(super) async fn one(
    pool: &PgPool,
    case: CaseId,
    file: Uuid,
) -> Result<Option<FileContent>, StoreError> {
    let row = sqlx::query!(
        r#"select name, media_type, bytes, by_kind, by_id, at as "at: jiff_sqlx::Timestamp"
           from onboarding_file where case_id = $1 and id = $2"#,
        Uuid::from(case),
        file
    )
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    let Some(row) = row else { return Ok(None) };
    let entry = FileEntry {
        id: file,
        name: row.name,
        media_type: row.media_type,
        size: u64::try_from(row.bytes.len()).unwrap_or(0),
        by: initiator(&row.by_kind, row.by_id)?,
        at: row.at.to_jiff(),
    };
    Ok(Some(FileContent { entry, bytes: row.bytes }))
}

pub(super) async fn detach(
    pool: &PgPool,
    by: Initiator,
    case: CaseId,
    file: Uuid,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let name = sqlx::query_scalar!(
        "delete from onboarding_file where case_id = $1 and id = $2 returning name",
        Uuid::from(case),
        file
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(name) = name else { return Ok(false) };
    write::happened(&mut tx, by, case, &[Happening::new(Happened::Detached, name)], at).await?;
    tx.commit().await?;
    Ok(true)
}
