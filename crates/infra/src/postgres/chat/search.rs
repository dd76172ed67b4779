use greengrid_app::chat::{Found, FoundPage};
use greengrid_domain::chat::PostId;
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::PostRow;

/// Looks for visible posts, newest first, from after a post that was found
/// before.
pub(super) async fn search(
    pool: &PgPool,
    words: &str,
    before: Option<PostId>,
) -> Result<Vec<Found>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    // Which index is read depends on how rare the words are, so they have to be
    // looked at each time; a plan that was made for any words would sort
    // whatever holds a common one.
    sqlx::query!("set local plan_cache_mode = force_custom_plan").execute(&mut *tx).await?;
    let rows = sqlx::query!(
        r#"select p.id, p.room, r.title, p.seq, p.author, a.name as author_name,
                  a.role as author_role, p.body, p.mentions, p.status, p.held_for,
                  p.posted_at as "posted_at: jiff_sqlx::Timestamp",
                  p.edited_at as "edited_at: jiff_sqlx::Timestamp", p.decided_by, p.reason
           from chat_post p join app_user a on a.id = p.author join chat_room r on r.key = p.room
           where p.status = 'visible' and p.words @@ websearch_to_tsquery('simple', $1)
             and ($2::uuid is null
                  or (p.posted_at, p.id) < (select posted_at, id from chat_post where id = $2))
           order by p.posted_at desc, p.id desc limit $3"#,
        words,
        before.map(Uuid::from),
        i64::try_from(FoundPage::LENGTH + 1).unwrap_or(i64::MAX),
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    rows.into_iter()
        .map(|row| {
            let post = PostRow {
                id: row.id,
                room: row.room,
                seq: row.seq,
                author: row.author,
                author_name: row.author_name,
                author_role: row.author_role,
                body: row.body,
                mentions: row.mentions,
                status: row.status,
                held_for: row.held_for,
                posted_at: row.posted_at,
                edited_at: row.edited_at,
                decided_by: row.decided_by,
                decider: None,
                reason: row.reason,
            };
            Ok(Found { record: post.try_into()?, room: row.title.unwrap_or_default() })
        })
        .collect()
}
