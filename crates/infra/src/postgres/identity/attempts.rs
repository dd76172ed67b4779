use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{Admission, AttemptId, AttemptLimits, AttemptStore};
use sqlx::PgPool;
use sqlx::types::ipnetwork::IpNetwork;

use crate::postgres::failure::failed;

/// Attempts to sign in, in Postgres.
#[derive(Debug, Clone)]
pub struct PgAttemptStore {
    pool: PgPool,
}

impl PgAttemptStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_admit(
        &self,
        account: &[u8; 32],
        address: IpNetwork,
        limits: &AttemptLimits,
    ) -> Result<Admission, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        // Always the account first: two attempts never wait for each other.
        for (kind, key) in [(1, hex::encode(account)), (2, address.to_string())] {
            sqlx::query!(
                r#"select pg_advisory_xact_lock($1, hashtext($2)) as "locked: ()""#,
                kind,
                key
            )
            .fetch_one(&mut *tx)
            .await?;
        }
        let wait_s = sqlx::query_file_scalar!(
            "src/postgres/identity/wait_for_attempt.sql",
            account,
            address,
            limits.window.as_secs_f64(),
            i64::from(limits.account_and_address),
            i64::from(limits.address),
            i64::from(limits.account),
        )
        .fetch_one(&mut *tx)
        .await?;
        if let Some(wait_s) = wait_s {
            let retry_after = Duration::try_from_secs_f64(wait_s.max(1.0)).unwrap_or(limits.window);
            return Ok(Admission::Refused { retry_after });
        }
        let id = sqlx::query_scalar!(
            "insert into sign_in_attempt (email_hash, address, succeeded)
             values ($1, $2, false) returning id",
            account,
            address
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Admission::Admitted(AttemptId(id)))
    }
}

#[async_trait]
impl AttemptStore for PgAttemptStore {
    async fn admit(
        &self,
        account: &[u8; 32],
        address: IpAddr,
        limits: &AttemptLimits,
    ) -> Result<Admission, StoreError> {
        self.try_admit(account, network(address), limits).await.map_err(failed)
    }

    async fn succeeded(&self, attempt: AttemptId) -> Result<(), StoreError> {
        sqlx::query!("update sign_in_attempt set succeeded = true where id = $1", attempt.0)
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

/// Whom an address stands for: of IPv6 the /64 that one customer gets, or its
/// owner would have a fresh address for every guess.
fn network(address: IpAddr) -> IpNetwork {
    match address.to_canonical() {
        IpAddr::V4(address) => IpNetwork::from(IpAddr::V4(address)),
        IpAddr::V6(address) => {
            let bits = address.to_bits() & !u128::from(u64::MAX);
            IpNetwork::new(Ipv6Addr::from_bits(bits).into(), 64)
                .unwrap_or_else(|_| IpNetwork::from(IpAddr::V6(address)))
        }
    }
}
