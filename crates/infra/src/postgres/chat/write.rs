use greengrid_app::chat::{Added, Changed, NewPost, PostChange, PostRecord};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::chat::{Post, PostId, PostStatus, Room};
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::rows::{self, PostRow};
use crate::postgres::audit::{self, Change};
use crate::postgres::notify::notify;

pub(super) async fn add(pool: &PgPool, new: &NewPost) -> Result<Added, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let room = new.room.to_string();
    sqlx::query!(
        "insert into chat_room (key, title) values ($1, $2) on conflict (key) do nothing",
        room,
        new.title,
    )
    .execute(&mut *tx)
    .await?;
    let status = if new.held_for.is_some() { PostStatus::Pending } else { PostStatus::Visible };
    // The place is taken before the row is written, and given back with it when
    // the post was there already.
    let seq = match status {
        PostStatus::Visible => Some(next_place(&mut tx, &new.room, new.at).await?),
        _ => None,
    };
    let added = sqlx::query!(
        "insert into chat_post (id, room, seq, author, body, mentions, status, held_for, posted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do nothing",
        Uuid::from(new.id),
        room,
        seq,
        Uuid::from(new.author),
        new.body.as_str(),
        rows::mentions(&new.mentions),
        <&str>::from(status),
        new.held_for.map(<&str>::from),
        new.at.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        return Ok(Added::Again);
    }
    let after = json!({
        "room": room,
        "status": <&str>::from(status),
        "held_for": new.held_for.map(<&str>::from),
    });
    audited(&mut tx, new.author, new.id, "post", None, after).await?;
    match seq {
        Some(seq) => {
            mark(&mut tx, new.author, &new.room, seq).await?;
            tell(&mut tx, &[Topic::Room(new.room.mark()), Topic::Rooms]).await?;
        }
        None => tell(&mut tx, &[Topic::Moderation, Topic::Reader(new.author)]).await?,
    }
    tx.commit().await?;
    Ok(match (seq, new.held_for) {
        (_, Some(held_for)) => Added::Pending(held_for),
        (seq, None) => Added::Visible(seq.unwrap_or_default()),
    })
}

pub(super) async fn change(
    pool: &PgPool,
    by: UserId,
    id: PostId,
    at: Timestamp,
    change: &PostChange,
) -> Result<Changed, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Some(record) = lock(&mut tx, id).await? else { return Ok(Changed::Missing) };
    let before = record.post;
    let mut post = before.clone();
    let action = match change {
        PostChange::Edit { body, mentions, held_for } => {
            if let Err(why) = post.changeable(by, at) {
                return Ok(Changed::Fixed(why));
            }
            body.as_str().clone_into(&mut post.body);
            post.mentions.clone_from(mentions);
            post.edited_at = Some(at);
            if held_for.is_some() {
                post.held_for = *held_for;
                post.status = PostStatus::Pending;
            }
            "edit"
        }
        PostChange::TakeBack => {
            if let Err(why) = post.changeable(by, at) {
                return Ok(Changed::Fixed(why));
            }
            post.status = PostStatus::Removed;
            post.decided_by = Some(by);
            "take_back"
        }
        PostChange::Approve => {
            if let Err(why) = post.approvable(by) {
                return Ok(Changed::Undecidable(why));
            }
            post.status = PostStatus::Visible;
            post.decided_by = Some(by);
            post.reason = None;
            if post.seq.is_none() {
                post.seq = Some(next_place(&mut tx, &post.room, at).await?);
            }
            "approve"
        }
        PostChange::Remove { reason } => {
            if let Err(why) = post.removable(by) {
                return Ok(Changed::Undecidable(why));
            }
            post.status = PostStatus::Removed;
            post.decided_by = Some(by);
            post.reason = Some(reason.as_str().to_owned());
            "remove"
        }
    };
    save(&mut tx, &post, at).await?;
    audited(&mut tx, by, id, action, Some(kept(&before)), kept(&post)).await?;
    let mut topics = vec![Topic::Room(post.room.mark()), Topic::Reader(post.author)];
    if [before.status, post.status].contains(&PostStatus::Pending)
        || matches!(change, PostChange::Remove { .. })
    {
        topics.push(Topic::Moderation);
    }
    if before.seq != post.seq {
        topics.push(Topic::Rooms);
    }
    tell(&mut tx, &topics).await?;
    tx.commit().await?;
    Ok(Changed::Done)
}

pub(super) async fn mark_read(
    pool: &PgPool,
    reader: UserId,
    room: &Room,
    seq: i64,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    if mark(&mut tx, reader, room, seq).await? {
        tell(&mut tx, &[Topic::Reader(reader)]).await?;
    }
    tx.commit().await
}

/// The next place in a room. Holds the row of the room until the commit.
async fn next_place(
    connection: &mut PgConnection,
    room: &Room,
    at: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "update chat_room set last_seq = last_seq + 1, last_post_at = $2
         where key = $1 returning last_seq",
        room.to_string(),
        at.to_sqlx() as _,
    )
    .fetch_one(connection)
    .await
}

/// Notes how far somebody has read; whether that was news.
async fn mark(
    connection: &mut PgConnection,
    reader: UserId,
    room: &Room,
    seq: i64,
) -> Result<bool, sqlx::Error> {
    let marked = sqlx::query!(
        "insert into chat_reader as r (user_id, room, seq) values ($1, $2, $3)
         on conflict (user_id, room) do update set seq = excluded.seq where r.seq < excluded.seq",
        Uuid::from(reader),
        room.to_string(),
        seq,
    )
    .execute(connection)
    .await?;
    Ok(marked.rows_affected() > 0)
}

async fn lock(
    connection: &mut PgConnection,
    id: PostId,
) -> Result<Option<PostRecord>, sqlx::Error> {
    let row = sqlx::query_as!(
        PostRow,
        r#"select p.id, p.room, p.seq, p.author, a.name as author_name, a.role as author_role,
                  p.body, p.mentions, p.status, p.held_for,
                  p.posted_at as "posted_at: _", p.edited_at as "edited_at: _",
                  p.decided_by, null::text as decider, p.reason
           from chat_post p join app_user a on a.id = p.author
           where p.id = $1 for update of p"#,
        Uuid::from(id),
    )
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

async fn save(
    connection: &mut PgConnection,
    post: &Post,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update chat_post set body = $2, mentions = $3, status = $4, held_for = $5, seq = $6,
             edited_at = $7, decided_by = $8, reason = $9,
             decided_at = case when $8::uuid is null then null else $10::timestamptz end
         where id = $1",
        Uuid::from(post.id),
        post.body,
        rows::mentions(&post.mentions),
        <&str>::from(post.status),
        post.held_for.map(<&str>::from),
        post.seq,
        post.edited_at.map(ToSqlx::to_sqlx) as _,
        post.decided_by.map(Uuid::from),
        post.reason,
        at.to_sqlx() as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A post as the audit trail keeps it: what it said too, for a removed one is
/// to be found nowhere else.
fn kept(post: &Post) -> Value {
    json!({
        "room": post.room.to_string(),
        "status": <&str>::from(post.status),
        "body": post.body,
        "reason": post.reason,
    })
}

async fn audited(
    connection: &mut PgConnection,
    by: UserId,
    id: PostId,
    action: &'static str,
    before: Option<Value>,
    after: Value,
) -> Result<(), sqlx::Error> {
    let change = Change {
        subject: AuditSubject::Post,
        subject_id: id.to_string(),
        action,
        before,
        after: Some(after),
    };
    audit::record(connection, Initiator::User(by), &[change]).await
}

async fn tell(connection: &mut PgConnection, topics: &[Topic]) -> Result<(), sqlx::Error> {
    let notices: Vec<Notice> = topics.iter().map(|topic| Notice::Changed(*topic)).collect();
    notify(connection, &notices).await
}
