use async_trait::async_trait;
use greengrid_app::customer::{MembershipStore, NewMember, Removed, Shared, SiteMember};
use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::identity::{insert, issue};
use crate::postgres::messages::enqueue;
use crate::postgres::notify::notify;

/// Who belongs to which site, in Postgres.
#[derive(Debug, Clone)]
pub struct PgMembershipStore {
    pool: PgPool,
}

/// Somebody as the site knows them.
struct Known {
    user: Uuid,
    role: String,
}

/// The account behind an address.
struct Account {
    id: Uuid,
    active: bool,
    invited: bool,
}

impl PgMembershipStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_share(
        &self,
        by: UserId,
        site: SiteId,
        with: &NewMember,
        most: u16,
    ) -> Result<Shared, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let members = lock(&mut tx, site).await?;
        let account = account(&mut tx, by, with).await?;
        let role = <&str>::from(with.role);
        let known = members.iter().find(|member| member.user == account.id);
        let outcome = match known {
            Some(known) if known.role == role => return Ok(Shared::AlreadyThere),
            Some(known) if only_owner(&members, known) => return Ok(Shared::LastOwner),
            Some(_) => Shared::RoleChanged,
            None if members.len() >= usize::from(most) => return Ok(Shared::Full),
            None => Shared::Done,
        };
        sqlx::query!(
            "insert into site_person (site_id, user_id, role, added_by) values ($1, $2, $3, $4)
             on conflict (site_id, user_id) do update set role = excluded.role",
            i32::from(site),
            account.id,
            role,
            Uuid::from(by),
        )
        .execute(&mut *tx)
        .await?;
        let told = |role: &str| json!({ "user": account.id, "role": role });
        let before = known.map(|known| told(&known.role));
        let action = if before.is_some() { "change_site_role" } else { "share_site" };
        record(&mut tx, by, site, action, before, Some(told(role))).await?;
        if outcome == Shared::Done && account.active {
            tell(&mut tx, by, with, &account).await?;
        }
        changed(&mut tx, site, account.id.into()).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    async fn try_remove(
        &self,
        by: UserId,
        site: SiteId,
        who: UserId,
    ) -> Result<Removed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let members = lock(&mut tx, site).await?;
        let Some(known) = members.iter().find(|member| member.user == Uuid::from(who)) else {
            return Ok(Removed::NotThere);
        };
        if only_owner(&members, known) {
            return Ok(Removed::LastOwner);
        }
        sqlx::query!(
            "delete from site_person where site_id = $1 and user_id = $2",
            i32::from(site),
            known.user,
        )
        .execute(&mut *tx)
        .await?;
        let before = json!({ "user": known.user, "role": known.role });
        record(&mut tx, by, site, "unshare_site", Some(before), None).await?;
        changed(&mut tx, site, who).await?;
        tx.commit().await?;
        Ok(Removed::Done)
    }
}

/// Everybody who belongs to a site. Whoever changes that waits here: two
/// owners who remove each other at the same instant must not both succeed.
async fn lock(tx: &mut PgConnection, site: SiteId) -> Result<Vec<Known>, sqlx::Error> {
    sqlx::query!("select id from site where id = $1 for update", i32::from(site))
        .fetch_optional(&mut *tx)
        .await?;
    sqlx::query_as!(
        Known,
        r#"select user_id as "user", role from site_person where site_id = $1"#,
        i32::from(site),
    )
    .fetch_all(tx)
    .await
}

fn only_owner(members: &[Known], of: &Known) -> bool {
    let owner = |member: &Known| member.role == <&str>::from(SiteRole::Owner);
    owner(of) && members.iter().filter(|member| owner(member)).count() == 1
}

/// The account with the address, made where there is none.
async fn account(
    tx: &mut PgConnection,
    by: UserId,
    with: &NewMember,
) -> Result<Account, sqlx::Error> {
    let known = sqlx::query!(
        r#"select id, active, password_hash is null as "invited!"
           from app_user where lower(email) = lower($1)"#,
        with.user.email.as_str(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(row) = known {
        return Ok(Account { id: row.id, active: row.active, invited: row.invited });
    }
    let user = &with.user;
    insert(tx, user, None, Initiator::User(by)).await?;
    Ok(Account { id: user.id.into(), active: true, invited: true })
}

/// Writes to them: with a link where they have no password yet.
async fn tell(
    tx: &mut PgConnection,
    by: UserId,
    with: &NewMember,
    account: &Account,
) -> Result<(), sqlx::Error> {
    let letter: &Letter = if account.invited {
        issue(tx, account.id.into(), &with.link, None, Initiator::User(by)).await?;
        &with.invitation
    } else {
        &with.welcome
    };
    enqueue(tx, std::slice::from_ref(letter)).await?;
    Ok(())
}

async fn record(
    tx: &mut PgConnection,
    by: UserId,
    site: SiteId,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), sqlx::Error> {
    let change =
        Change { subject: AuditSubject::Site, subject_id: site.to_string(), action, before, after };
    audit::record(tx, Initiator::User(by), &[change]).await
}

async fn changed(tx: &mut PgConnection, site: SiteId, who: UserId) -> Result<(), sqlx::Error> {
    notify(tx, &[Notice::Changed(Topic::Person(who)), Notice::Changed(Topic::Site(site))]).await
}

#[async_trait]
impl MembershipStore for PgMembershipStore {
    async fn members(&self, site: SiteId) -> Result<Vec<SiteMember>, StoreError> {
        let rows = sqlx::query!(
            r#"select p.user_id, p.role, p.since as "since: jiff_sqlx::Timestamp", u.email,
                      coalesce(u.last_seen_at >= p.since, false) as "seen!"
               from site_person p join app_user u on u.id = p.user_id
               where p.site_id = $1
               order by p.role, p.since, p.user_id"#,
            i32::from(site),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                Ok(SiteMember {
                    user: row.user_id.into(),
                    email: row.email.parse().map_err(StoreError::new)?,
                    role: row.role.parse().map_err(StoreError::new)?,
                    since: row.since.to_jiff(),
                    seen: row.seen,
                })
            })
            .collect()
    }

    async fn share(
        &self,
        by: UserId,
        site: SiteId,
        with: &NewMember,
        most: u16,
    ) -> Result<Shared, StoreError> {
        self.try_share(by, site, with, most).await.map_err(failed)
    }

    async fn remove(&self, by: UserId, site: SiteId, who: UserId) -> Result<Removed, StoreError> {
        self.try_remove(by, site, who).await.map_err(failed)
    }
}
