use greengrid_app::chat::{Person, PostRecord, RoomHead, Window};
use greengrid_domain::chat::{Author, PostId, Room};
use greengrid_domain::identity::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::{PostRow, corrupt};

/// Posts of a list that is not paged.
const LISTED: i64 = 50;
/// What somebody said of late that counts when it is said again.
const RECENT: i64 = 20;

pub(super) async fn people(pool: &PgPool) -> Result<Vec<Person>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, name, role from app_user
         where active and role in ('ops', 'cs', 'admin') order by name, id"
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let role = row.role.parse().map_err(corrupt)?;
            Ok(Person { id: row.id.into(), name: row.name, role })
        })
        .collect()
}

pub(super) async fn rooms(pool: &PgPool, reader: UserId) -> Result<Vec<RoomHead>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select r.key, r.title, r.last_seq, r.last_post_at as "last_post_at: jiff_sqlx::Timestamp",
                  coalesce(b.seq, 0) as "read!"
           from chat_room r left join chat_reader b on b.room = r.key and b.user_id = $1
           order by r.last_post_at desc nulls last, r.key limit $2"#,
        Uuid::from(reader),
        // More than a list of rooms can show.
        2 * LISTED,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RoomHead {
                room: row.key.parse().map_err(corrupt)?,
                title: row.title.unwrap_or_default(),
                last_seq: row.last_seq,
                last_post_at: row.last_post_at.map(jiff_sqlx::Timestamp::to_jiff),
                read: row.read,
            })
        })
        .collect()
}

pub(super) async fn room(
    pool: &PgPool,
    room: &Room,
) -> Result<Option<(i64, Option<String>)>, sqlx::Error> {
    let row =
        sqlx::query!("select last_seq, title from chat_room where key = $1", room.to_string())
            .fetch_optional(pool)
            .await?;
    Ok(row.map(|row| (row.last_seq, row.title)))
}

pub(super) async fn author(
    pool: &PgPool,
    id: UserId,
    since: Timestamp,
) -> Result<Author, sqlx::Error> {
    let visible = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select from chat_post where author = $1 and status = 'visible' limit 10) as few"#,
        Uuid::from(id),
    )
    .fetch_one(pool)
    .await?;
    let recent = sqlx::query_scalar!(
        "select body from chat_post where author = $1 and posted_at > $2
         order by posted_at desc limit $3",
        Uuid::from(id),
        since.to_sqlx() as _,
        RECENT,
    )
    .fetch_all(pool)
    .await?;
    Ok(Author { visible: u32::try_from(visible).unwrap_or(u32::MAX), recent })
}

pub(super) async fn find(pool: &PgPool, id: PostId) -> Result<Option<PostRecord>, sqlx::Error> {
    let row = sqlx::query_as!(
        PostRow,
        r#"select p.id, p.room, p.seq, p.author, a.name as author_name, a.role as author_role,
                  p.body, p.mentions, p.status, p.held_for,
                  p.posted_at as "posted_at: _", p.edited_at as "edited_at: _",
                  p.decided_by, d.name as "decider?", p.reason
           from chat_post p join app_user a on a.id = p.author
           left join app_user d on d.id = p.decided_by
           where p.id = $1"#,
        Uuid::from(id),
    )
    .fetch_optional(pool)
    .await?;
    row.map(TryInto::try_into).transpose()
}

pub(super) async fn window(
    pool: &PgPool,
    room: &Room,
    window: Window,
) -> Result<Vec<PostRecord>, sqlx::Error> {
    let rows = sqlx::query_as!(
        PostRow,
        r#"select p.id, p.room, p.seq, p.author, a.name as author_name, a.role as author_role,
                  p.body, p.mentions, p.status, p.held_for,
                  p.posted_at as "posted_at: _", p.edited_at as "edited_at: _",
                  p.decided_by, null::text as decider, p.reason
           from chat_post p join app_user a on a.id = p.author
           where p.room = $1 and p.seq between $2 and $3 and p.status = 'visible'
           order by p.seq limit $4"#,
        room.to_string(),
        window.from,
        window.until.unwrap_or(i64::MAX),
        // One may have been added since the window was chosen.
        2 * Window::MOST,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn waiting(pool: &PgPool) -> Result<Vec<PostRecord>, sqlx::Error> {
    let rows = sqlx::query_as!(
        PostRow,
        r#"select p.id, p.room, p.seq, p.author, a.name as author_name, a.role as author_role,
                  p.body, p.mentions, p.status, p.held_for,
                  p.posted_at as "posted_at: _", p.edited_at as "edited_at: _",
                  p.decided_by, null::text as decider, p.reason
           from chat_post p join app_user a on a.id = p.author
           where p.status = 'pending' order by p.posted_at, p.id limit $1"#,
        LISTED,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn count_waiting(pool: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from chat_post where status = 'pending'"#)
        .fetch_one(pool)
        .await
}

pub(super) async fn held(
    pool: &PgPool,
    author: UserId,
    since: Timestamp,
) -> Result<Vec<PostRecord>, sqlx::Error> {
    let rows = sqlx::query_as!(
        PostRow,
        r#"select p.id, p.room, p.seq, p.author, a.name as author_name, a.role as author_role,
                  p.body, p.mentions, p.status, p.held_for,
                  p.posted_at as "posted_at: _", p.edited_at as "edited_at: _",
                  p.decided_by, d.name as "decider?", p.reason
           from chat_post p join app_user a on a.id = p.author
           left join app_user d on d.id = p.decided_by
           where p.author = $1 and p.posted_at > $2
             and (p.status = 'pending'
                  or p.status = 'removed' and p.decided_by <> p.author)
           order by p.posted_at desc limit $3"#,
        Uuid::from(author),
        since.to_sqlx() as _,
        LISTED,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub(super) async fn decided(pool: &PgPool) -> Result<Vec<PostRecord>, sqlx::Error> {
    let rows = sqlx::query_as!(
        PostRow,
        r#"select p.id, p.room, p.seq, p.author, a.name as author_name, a.role as author_role,
                  p.body, p.mentions, p.status, p.held_for,
                  p.posted_at as "posted_at: _", p.edited_at as "edited_at: _",
                  p.decided_by, d.name as "decider?", p.reason
           from chat_post p join app_user a on a.id = p.author
           join app_user d on d.id = p.decided_by
           where p.decided_by <> p.author
           order by p.decided_at desc limit $1"#,
        LISTED,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
