use greengrid_app::error::StoreError;
use greengrid_app::ingestion::connections::KeptRemark;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::ingestion::{ConnectionId, Noted};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::failure::failed;

/// Keeps remarks. What is remarked again and again is not written each time;
/// gives whether anything was.
pub(super) async fn keep(
    tx: &mut PgConnection,
    connection: ConnectionId,
    at: Timestamp,
    remarks: &[Noted],
) -> Result<bool, sqlx::Error> {
    let mut written = 0;
    for noted in remarks {
        let kept = sqlx::query!(
            "insert into connection_remark as kept
                 (connection_id, remark, detail, happened_at, seen_at)
             values ($1, $2, $3, $4, $5)
             on conflict (connection_id, remark, detail) do update
             set seen_at = excluded.seen_at, times = kept.times + 1,
                 -- What is over and comes back happened anew, unless it has a
                 -- date of its own.
                 happened_at = case
                     when excluded.happened_at < excluded.seen_at then excluded.happened_at
                     when kept.seen_at < excluded.seen_at - interval '7 days'
                         then excluded.happened_at
                     else kept.happened_at
                 end
             where kept.seen_at < excluded.seen_at - interval '5 minutes'",
            Uuid::from(connection),
            <&str>::from(noted.remark),
            noted.detail,
            noted.at.unwrap_or(at).to_sqlx() as jiff_sqlx::Timestamp,
            at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        written += kept.rows_affected();
    }
    Ok(written > 0)
}

pub(super) async fn read(
    pool: &PgPool,
    site: Option<SiteId>,
) -> Result<Vec<KeptRemark>, StoreError> {
    let rows = sqlx::query!(
        r#"select r.connection_id, c.site_id, r.remark, r.detail,
                  r.happened_at as "happened_at: jiff_sqlx::Timestamp",
                  r.seen_at as "seen_at: jiff_sqlx::Timestamp"
           from connection_remark r
           join connection c on c.id = r.connection_id
           where $1::int is null or c.site_id = $1
           order by r.seen_at desc, r.remark, r.detail"#,
        site.map(i32::from),
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.into_iter()
        .map(|row| {
            Ok(KeptRemark {
                connection: row.connection_id.into(),
                site: row.site_id.into(),
                remark: row.remark.parse().map_err(StoreError::new)?,
                detail: row.detail,
                happened_at: row.happened_at.to_jiff(),
                seen_at: row.seen_at.to_jiff(),
            })
        })
        .collect()
}
