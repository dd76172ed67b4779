use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{Changed, NewToken, TokenStore};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::{ApiToken, Scope, TokenId};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Tokens for devices and programs, in Postgres.
#[derive(Debug, Clone)]
pub struct PgTokenStore {
    pool: PgPool,
}

struct TokenRow {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    created_at: jiff_sqlx::Timestamp,
    last_used_at: Option<jiff_sqlx::Timestamp>,
    revoked_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<TokenRow> for ApiToken {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let scopes = row.scopes.iter().map(|scope| scope.parse::<Scope>());
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            scopes: scopes.collect::<Result<_, _>>().map_err(StoreError::new)?,
            created_at: row.created_at.to_jiff(),
            last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
            revoked_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

impl PgTokenStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_add(
        &self,
        token: &NewToken,
        secret: &[u8; 32],
        by: Initiator,
    ) -> Result<TokenRow, sqlx::Error> {
        let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query_as!(
            TokenRow,
            r#"insert into api_token (id, name, secret_hash, scopes) values ($1, $2, $3, $4)
               returning id, name, scopes, created_at as "created_at: jiff_sqlx::Timestamp",
                         last_used_at as "last_used_at: jiff_sqlx::Timestamp",
                         revoked_at as "revoked_at: jiff_sqlx::Timestamp""#,
            Uuid::from(token.id),
            token.name,
            secret,
            &scopes
        )
        .fetch_one(&mut *tx)
        .await?;
        let change = Change {
            subject: AuditSubject::Token,
            subject_id: token.id.to_string(),
            action: "create_token",
            before: None,
            after: Some(json!({ "name": token.name, "scopes": scopes })),
        };
        audit::record(&mut tx, by, &[change]).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Accounts)]).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn try_used(&self, secret: &[u8; 32]) -> Result<Option<TokenRow>, sqlx::Error> {
        sqlx::query_as!(
            TokenRow,
            r#"with noted as (
                   update api_token set last_used_at = now()
                   where secret_hash = $1 and revoked_at is null
                     and (last_used_at is null or last_used_at < now() - interval '1 minute')
               )
               select id, name, scopes, created_at as "created_at: jiff_sqlx::Timestamp",
                      last_used_at as "last_used_at: jiff_sqlx::Timestamp",
                      revoked_at as "revoked_at: jiff_sqlx::Timestamp"
               from api_token where secret_hash = $1 and revoked_at is null"#,
            secret
        )
        .fetch_optional(&self.pool)
        .await
    }

    async fn try_revoke(&self, id: TokenId, by: Initiator) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query!(
            r#"select name, revoked_at is not null as "revoked!"
               from api_token where id = $1 for update"#,
            Uuid::from(id)
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(Changed::Missing) };
        if row.revoked {
            return Ok(Changed::AlreadySo);
        }
        sqlx::query!("update api_token set revoked_at = now() where id = $1", Uuid::from(id))
            .execute(&mut *tx)
            .await?;
        let change = Change {
            subject: AuditSubject::Token,
            subject_id: id.to_string(),
            action: "revoke_token",
            before: Some(json!({ "name": row.name, "revoked": false })),
            after: Some(json!({ "name": row.name, "revoked": true })),
        };
        audit::record(&mut tx, by, &[change]).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Accounts)]).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }
}

#[async_trait]
impl TokenStore for PgTokenStore {
    async fn add(
        &self,
        token: NewToken,
        secret: &[u8; 32],
        by: Initiator,
    ) -> Result<ApiToken, StoreError> {
        self.try_add(&token, secret, by).await.map_err(failed)?.try_into()
    }

    async fn list(&self) -> Result<Vec<ApiToken>, StoreError> {
        let rows = sqlx::query_as!(
            TokenRow,
            r#"select id, name, scopes, created_at as "created_at: jiff_sqlx::Timestamp",
                      last_used_at as "last_used_at: jiff_sqlx::Timestamp",
                      revoked_at as "revoked_at: jiff_sqlx::Timestamp"
               from api_token order by created_at desc, id desc"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(ApiToken::try_from).collect()
    }

    async fn used(&self, secret: &[u8; 32]) -> Result<Option<ApiToken>, StoreError> {
        self.try_used(secret).await.map_err(failed)?.map(ApiToken::try_from).transpose()
    }

    async fn in_force(&self, ids: &[TokenId]) -> Result<Vec<TokenId>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().copied().map(Uuid::from).collect();
        let good = sqlx::query_scalar!(
            "select id from api_token where id = any($1) and revoked_at is null",
            &ids
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        Ok(good.into_iter().map(TokenId::from).collect())
    }

    async fn revoke(&self, id: TokenId, by: Initiator) -> Result<Changed, StoreError> {
        self.try_revoke(id, by).await.map_err(failed)
    }
}
