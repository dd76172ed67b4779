use std::collections::BTreeSet;

use async_trait::async_trait;
use greengrid_app::customer::{NoticeStore, Occasion, Recipient, WrittenNotice};
use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::customer::NoticeKind;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::messages::enqueue;
use crate::postgres::notify::notify;

/// Who wants which letters, in Postgres.
#[derive(Debug, Clone)]
pub struct PgNoticeStore {
    pool: PgPool,
}

impl PgNoticeStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_set(
        &self,
        by: Initiator,
        user: UserId,
        unwanted: &BTreeSet<NoticeKind>,
    ) -> Result<bool, sqlx::Error> {
        let id = Uuid::from(user);
        let mut tx = self.pool.begin().await?;
        let known = sqlx::query!("select id from app_user where id = $1 for update", id)
            .fetch_optional(&mut *tx)
            .await?;
        if known.is_none() {
            return Ok(false);
        }
        let mut before =
            sqlx::query_scalar!("select kind from notice_unwanted where user_id = $1", id)
                .fetch_all(&mut *tx)
                .await?;
        before.sort_unstable();
        let mut after: Vec<String> = unwanted.iter().map(ToString::to_string).collect();
        after.sort_unstable();
        if before == after {
            return Ok(true);
        }
        sqlx::query!("delete from notice_unwanted where user_id = $1", id)
            .execute(&mut *tx)
            .await?;
        sqlx::query!(
            "insert into notice_unwanted (user_id, kind) select $1, unnest($2::text[])",
            id,
            &after,
        )
        .execute(&mut *tx)
        .await?;
        let change = Change {
            subject: AuditSubject::User,
            subject_id: user.to_string(),
            action: "choose_notices",
            before: Some(json!({ "unwanted": before })),
            after: Some(json!({ "unwanted": after })),
        };
        audit::record(&mut tx, by, &[change]).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Person(user))]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// One letter in one transaction. The lock on the person orders it with
    /// their choice of letters, and the key of the row with everybody else who
    /// writes of the same occasion.
    async fn write_one(&self, now: Timestamp, notice: &WrittenNotice) -> Result<u64, sqlx::Error> {
        let kind = <&str>::from(notice.kind);
        let user = Uuid::from(notice.user);
        let mut tx = self.pool.begin().await?;
        let written = sqlx::query!(
            "insert into notice_written (site_id, kind, occasion, user_id, at)
             select $1, $2, $3, u.id, $5
             from (select id from app_user where id = $4 and active for share) u
             where not exists (
                 select from notice_unwanted w where w.user_id = u.id and w.kind = $2)
             on conflict do nothing",
            i32::from(notice.occasion.site),
            kind,
            notice.occasion.name,
            user,
            now.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if written > 0 {
            enqueue(&mut tx, std::slice::from_ref(&notice.letter)).await?;
        }
        tx.commit().await?;
        Ok(written)
    }
}

#[async_trait]
impl NoticeStore for PgNoticeStore {
    async fn unwanted(&self, user: UserId) -> Result<BTreeSet<NoticeKind>, StoreError> {
        let kinds = sqlx::query_scalar!(
            "select kind from notice_unwanted where user_id = $1",
            Uuid::from(user),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        kinds.iter().map(|kind| kind.parse().map_err(StoreError::new)).collect()
    }

    async fn set_unwanted(
        &self,
        by: Initiator,
        user: UserId,
        unwanted: &BTreeSet<NoticeKind>,
    ) -> Result<bool, StoreError> {
        self.try_set(by, user, unwanted).await.map_err(failed)
    }

    async fn watched(&self, kind: NoticeKind) -> Result<Vec<SiteId>, StoreError> {
        let sites = sqlx::query_scalar!(
            "select distinct p.site_id
             from site_person p
             join app_user u on u.id = p.user_id
             where u.active and u.role = 'customer' and u.password_hash is not null
               and not exists (
                   select from notice_unwanted w where w.user_id = u.id and w.kind = $1)
             order by p.site_id",
            <&str>::from(kind),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        Ok(sites.into_iter().map(SiteId::from).collect())
    }

    async fn recipients(
        &self,
        kind: NoticeKind,
        occasions: &[Occasion],
    ) -> Result<Vec<Recipient>, StoreError> {
        let sites: Vec<i32> = occasions.iter().map(|occasion| occasion.site.into()).collect();
        let names: Vec<&str> = occasions.iter().map(|occasion| occasion.name.as_str()).collect();
        let rows = sqlx::query!(
            r#"select o.site_id as "site_id!", u.id, u.email, u.name
               from unnest($2::int[], $3::text[]) as o(site_id, occasion)
               join site_person p on p.site_id = o.site_id
               join app_user u on u.id = p.user_id
               where u.active and u.role = 'customer' and u.password_hash is not null
                 and not exists (
                     select from notice_unwanted w where w.user_id = u.id and w.kind = $1)
                 and not exists (
                     select from notice_written n
                     where n.site_id = o.site_id and n.kind = $1 and n.occasion = o.occasion
                       and n.user_id = u.id)
               order by o.site_id, u.id"#,
            <&str>::from(kind),
            &sites,
            &names as &[&str],
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                Ok(Recipient {
                    site: row.site_id.into(),
                    user: row.id.into(),
                    email: row.email.parse().map_err(StoreError::new)?,
                    name: row.name.parse().map_err(StoreError::new)?,
                })
            })
            .collect()
    }

    async fn written_since(
        &self,
        kind: NoticeKind,
        site: SiteId,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        sqlx::query_scalar!(
            r#"select exists (
                   select from notice_written where site_id = $1 and kind = $2 and at > $3
               ) as "written!""#,
            i32::from(site),
            <&str>::from(kind),
            since.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)
    }

    async fn write(&self, now: Timestamp, notices: &[WrittenNotice]) -> Result<u64, StoreError> {
        let mut written = 0;
        for notice in notices {
            written += self.write_one(now, notice).await.map_err(failed)?;
        }
        Ok(written)
    }
}
