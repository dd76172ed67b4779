use std::collections::HashMap;

use greengrid_app::error::StoreError;
use greengrid_app::messages::{Claimed, Counts, LetterSummary, StoredLetter};
use greengrid_domain::messages::{Letter, LetterId, LetterImage, LetterState};
use jiff::SignedDuration;
use sqlx::PgPool;

use crate::postgres::failure::failed;

/// A row of `mail_letter` as a list shows it.
struct SummaryRow {
    id: i64,
    kind: String,
    recipient: String,
    subject: String,
    state: String,
    tries: i32,
    written_at: jiff_sqlx::Timestamp,
    next_try_at: jiff_sqlx::Timestamp,
    settled_at: Option<jiff_sqlx::Timestamp>,
    last_error: Option<String>,
}

impl TryFrom<SummaryRow> for LetterSummary {
    type Error = StoreError;

    fn try_from(row: SummaryRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            kind: row.kind.parse().map_err(StoreError::new)?,
            to: row.recipient.parse().map_err(StoreError::new)?,
            subject: row.subject.into(),
            state: row.state.parse().map_err(StoreError::new)?,
            tries: u32::try_from(row.tries).map_err(StoreError::new)?,
            written_at: row.written_at.to_jiff(),
            next_try_at: row.next_try_at.to_jiff(),
            settled_at: row.settled_at.map(jiff_sqlx::Timestamp::to_jiff),
            last_error: row.last_error,
        })
    }
}

/// What a row of `mail_letter` says.
struct LetterRow {
    key: String,
    kind: String,
    recipient: String,
    subject: String,
    body_text: String,
    body_html: Option<String>,
    unsubscribe: Option<String>,
}

impl LetterRow {
    fn with(self, images: Vec<LetterImage>) -> Result<Letter, StoreError> {
        Ok(Letter {
            key: self.key.into(),
            to: self.recipient.parse().map_err(StoreError::new)?,
            kind: self.kind.parse().map_err(StoreError::new)?,
            subject: self.subject.into(),
            text: self.body_text,
            html: self.body_html,
            images,
            unsubscribe: self.unsubscribe,
        })
    }
}

pub(super) async fn claim(
    pool: &PgPool,
    limit: i64,
    lasting: SignedDuration,
) -> Result<Vec<Claimed>, StoreError> {
    let rows = sqlx::query!(
        r#"with due as (
               select id from mail_letter
               where state = 'waiting' and next_try_at <= now()
               order by next_try_at, id
               limit $1
               for update skip locked
           )
           update mail_letter l
           set tries = tries + 1, next_try_at = now() + make_interval(secs => $2)
           from due where l.id = due.id
           returning l.id, l.tries, l.written_at as "written_at: jiff_sqlx::Timestamp",
                     l.give_up_at <= now() as "is_last!", l.key, l.kind, l.recipient, l.subject,
                     l.body_text, l.body_html, l.unsubscribe"#,
        limit,
        lasting.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut images = images(pool, &ids).await.map_err(failed)?;
    let claimed = rows.into_iter().map(|row| {
        let letter = LetterRow {
            key: row.key,
            kind: row.kind,
            recipient: row.recipient,
            subject: row.subject,
            body_text: row.body_text,
            body_html: row.body_html,
            unsubscribe: row.unsubscribe,
        };
        Ok(Claimed {
            id: row.id.into(),
            tries: u32::try_from(row.tries).map_err(StoreError::new)?,
            written_at: row.written_at.to_jiff(),
            is_last: row.is_last,
            letter: letter.with(images.remove(&row.id).unwrap_or_default())?,
        })
    });
    let mut claimed = claimed.collect::<Result<Vec<_>, StoreError>>()?;
    claimed.sort_by_key(|claimed| claimed.id);
    Ok(claimed)
}

async fn images(
    pool: &PgPool,
    letters: &[i64],
) -> Result<HashMap<i64, Vec<LetterImage>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select letter_id, cid, media, bytes from mail_image
         where letter_id = any($1) order by letter_id, place",
        letters
    )
    .fetch_all(pool)
    .await?;
    let mut images: HashMap<i64, Vec<LetterImage>> = HashMap::new();
    for row in rows {
        let image = LetterImage { cid: row.cid, media: row.media, bytes: row.bytes };
        images.entry(row.letter_id).or_default().push(image);
    }
    Ok(images)
}

pub(super) async fn list(
    pool: &PgPool,
    state: Option<LetterState>,
    before: Option<LetterId>,
    limit: i64,
) -> Result<Vec<LetterSummary>, StoreError> {
    sqlx::query_as!(
        SummaryRow,
        r#"select id, kind, recipient, subject, state, tries,
                  written_at as "written_at: jiff_sqlx::Timestamp",
                  next_try_at as "next_try_at: jiff_sqlx::Timestamp",
                  settled_at as "settled_at: jiff_sqlx::Timestamp", last_error
           from mail_letter
           where ($1::text is null or state = $1) and ($2::bigint is null or id < $2)
           order by id desc
           limit $3"#,
        state.map(<&str>::from),
        before.map(i64::from),
        limit,
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?
    .into_iter()
    .map(LetterSummary::try_from)
    .collect()
}

pub(super) async fn counts(pool: &PgPool) -> Result<Counts, sqlx::Error> {
    sqlx::query_as!(
        Counts,
        r#"select count(*) filter (where state = 'waiting') as "waiting!",
                  count(*) filter (where state = 'sent') as "sent!",
                  count(*) filter (where state = 'kept') as "kept!",
                  count(*) filter (where state = 'dead') as "dead!"
           from mail_letter"#
    )
    .fetch_one(pool)
    .await
}

pub(super) async fn find(pool: &PgPool, id: LetterId) -> Result<Option<StoredLetter>, StoreError> {
    let id = i64::from(id);
    let summary = sqlx::query_as!(
        SummaryRow,
        r#"select id, kind, recipient, subject, state, tries,
                  written_at as "written_at: jiff_sqlx::Timestamp",
                  next_try_at as "next_try_at: jiff_sqlx::Timestamp",
                  settled_at as "settled_at: jiff_sqlx::Timestamp", last_error
           from mail_letter where id = $1"#,
        id,
    )
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    let Some(summary) = summary else { return Ok(None) };
    let letter = sqlx::query_as!(
        LetterRow,
        "select key, kind, recipient, subject, body_text, body_html, unsubscribe
         from mail_letter where id = $1",
        id,
    )
    .fetch_one(pool)
    .await
    .map_err(failed)?;
    let images = images(pool, &[id]).await.map_err(failed)?.remove(&id).unwrap_or_default();
    Ok(Some(StoredLetter { summary: summary.try_into()?, letter: letter.with(images)? }))
}
