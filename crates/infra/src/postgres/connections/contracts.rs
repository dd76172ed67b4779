use std::collections::BTreeSet;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::canary::{ContractReport, ContractStore};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::fleet::Brand;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// How the vendors' answers compare, in Postgres.
#[derive(Debug, Clone)]
pub struct PgContractStore {
    pool: PgPool,
}

/// A row of `vendor_contract`.
struct ContractRow {
    brand: String,
    call: String,
    checked_at: jiff_sqlx::Timestamp,
    since: Option<jiff_sqlx::Timestamp>,
    differences: Vec<String>,
    learned: Vec<String>,
}

impl TryFrom<ContractRow> for ContractReport {
    type Error = StoreError;

    fn try_from(row: ContractRow) -> Result<Self, StoreError> {
        Ok(Self {
            brand: row.brand.parse().map_err(StoreError::new)?,
            call: row.call,
            checked_at: row.checked_at.to_jiff(),
            since: row.since.map(jiff_sqlx::Timestamp::to_jiff),
            differences: row.differences,
            learned: row.learned.into_iter().collect::<BTreeSet<_>>(),
        })
    }
}

impl PgContractStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_keep(&self, report: &ContractReport) -> Result<(), sqlx::Error> {
        let learned: Vec<String> = report.learned.iter().cloned().collect();
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "insert into vendor_contract (brand, call, checked_at, since, differences, learned)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (brand, call) do update
             set checked_at = excluded.checked_at, since = excluded.since,
                 differences = excluded.differences, learned = excluded.learned",
            report.brand.to_string(),
            report.call,
            report.checked_at.to_sqlx() as jiff_sqlx::Timestamp,
            report.since.map(jiff::Timestamp::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            &report.differences,
            &learned,
        )
        .execute(&mut *tx)
        .await?;
        notify(&mut tx, &[Notice::Changed(Topic::Connections)]).await?;
        tx.commit().await
    }
}

#[async_trait]
impl ContractStore for PgContractStore {
    async fn all(&self) -> Result<Vec<ContractReport>, StoreError> {
        let rows = sqlx::query_as!(
            ContractRow,
            r#"select brand, call, checked_at as "checked_at: jiff_sqlx::Timestamp",
                      since as "since: jiff_sqlx::Timestamp", differences, learned
               from vendor_contract order by brand, call"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(ContractReport::try_from).collect()
    }

    async fn find(&self, brand: Brand, call: &str) -> Result<Option<ContractReport>, StoreError> {
        let row = sqlx::query_as!(
            ContractRow,
            r#"select brand, call, checked_at as "checked_at: jiff_sqlx::Timestamp",
                      since as "since: jiff_sqlx::Timestamp", differences, learned
               from vendor_contract where brand = $1 and call = $2"#,
            brand.to_string(),
            call,
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        row.map(ContractReport::try_from).transpose()
    }

    async fn keep(&self, report: &ContractReport) -> Result<(), StoreError> {
        self.try_keep(report).await.map_err(failed)
    }
}
