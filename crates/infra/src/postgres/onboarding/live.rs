use greengrid_app::identity::Added;
use greengrid_app::live::Notice;
use greengrid_app::onboarding::{GoLive, Saved, WentLive};
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::{Role, User, UserId};
use greengrid_domain::messages::LetterKind;
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::LiveSince;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{letters, write};
use crate::postgres::{connections, fleet, identity, notify};

/// Makes everything that a live site is made of, or nothing.
pub(super) async fn go_live(
    pool: &PgPool,
    by: Initiator,
    live: &GoLive,
) -> Result<WentLive, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let held = sqlx::query!(
        "select version, site_id from onboarding_case where id = $1 for update",
        Uuid::from(live.case.id)
    )
    .fetch_optional(&mut *tx)
    .await?;
    match held {
        None => return Ok(WentLive::Stale),
        Some(held) => {
            if let Some(site) = held.site_id {
                return Ok(WentLive::Done(site.into()));
            }
            if held.version != live.case.version {
                return Ok(WentLive::Stale);
            }
        }
    }
    let taken = sqlx::query_scalar!(
        r#"select exists(select from site where code = $1) as "taken!""#,
        live.site.code.as_str()
    )
    .fetch_one(&mut *tx)
    .await?;
    if taken {
        return Ok(WentLive::CodeTaken);
    }
    let made = fleet::save_in(&mut tx, by, std::slice::from_ref(&live.site)).await?;
    let site = made.get(live.site.code.as_str()).copied().map(SiteId::from);
    let site = site.ok_or_else(|| sqlx::Error::Decode("a saved site has no key".into()))?;
    let mut connection = live.connection.clone();
    connection.site = site;
    if !connections::add_in(&mut tx, by, &connection).await? {
        return Ok(WentLive::ConnectedElsewhere);
    }
    let Some(user) = account(&mut tx, by, live).await? else { return Ok(WentLive::NotACustomer) };
    fleet::share_in(&mut tx, by, site, user).await?;
    let mut case = live.case.clone();
    let since = case.live.map_or(case.stage_since, |live| live.at);
    case.live = Some(LiveSince { site, at: since });
    let happened = std::slice::from_ref(&live.happening);
    if write::update(&mut tx, by, &case, happened, since).await? == Saved::Stale {
        return Ok(WentLive::Stale);
    }
    notify(&mut tx, &[Notice::FleetChanged]).await?;
    tx.commit().await?;
    Ok(WentLive::Done(site))
}

/// The customer’s account: the one they have, or a new one with an invitation.
/// None where the address is a colleague’s.
async fn account(
    tx: &mut PgConnection,
    by: Initiator,
    live: &GoLive,
) -> Result<Option<UserId>, sqlx::Error> {
    let user: &User = &live.user;
    if identity::insert(tx, user, None, by).await? == Added::Done {
        identity::issue(tx, user.id, &live.link, None, by).await?;
        letters::enqueue(tx, std::slice::from_ref(&live.invitation), LetterKind::Invitation)
            .await?;
        return Ok(Some(user.id));
    }
    let known = sqlx::query!(
        "select id, role from app_user where lower(email) = lower($1)",
        user.email.as_str()
    )
    .fetch_one(&mut *tx)
    .await?;
    if known.role != <&str>::from(Role::Customer) {
        return Ok(None);
    }
    letters::enqueue(tx, std::slice::from_ref(&live.welcome), LetterKind::Notice).await?;
    Ok(Some(known.id.into()))
}
