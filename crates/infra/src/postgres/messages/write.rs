use greengrid_app::live::{Notice, Topic};
use greengrid_app::messages::{Claimed, Outcome, Resent};
use greengrid_domain::messages::{GIVE_UP_AFTER, Letter, LetterId, LetterState};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::outbox;
use crate::postgres::audit::Change;
use crate::postgres::notify::notify;

/// Writes letters within the transaction that changes what they tell of; they
/// are sent once it commits. Those whose key is known are left out. Returns how
/// many are new.
pub async fn enqueue(
    connection: &mut PgConnection,
    letters: &[Letter],
) -> Result<u64, sqlx::Error> {
    if letters.is_empty() {
        return Ok(0);
    }
    let keys: Vec<&str> = letters.iter().map(|letter| letter.key.as_str()).collect();
    let kinds: Vec<&str> = letters.iter().map(|letter| letter.kind.into()).collect();
    let to: Vec<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
    let subjects: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    let texts: Vec<&str> = letters.iter().map(|letter| letter.text.as_str()).collect();
    let htmls: Vec<Option<&str>> = letters.iter().map(|letter| letter.html.as_deref()).collect();
    let ways_out: Vec<Option<&str>> =
        letters.iter().map(|letter| letter.unsubscribe.as_deref()).collect();
    let new = sqlx::query!(
        "insert into mail_letter (key, kind, recipient, subject, body_text, body_html, unsubscribe,
                                  give_up_at)
         select t.*, now() + make_interval(secs => $8)
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::text[]) as t
         on conflict (key) do nothing
         returning id, key",
        &keys as &[&str],
        &kinds as &[&str],
        &to as &[&str],
        &subjects as &[&str],
        &texts as &[&str],
        &htmls as &[Option<&str>],
        &ways_out as &[Option<&str>],
        GIVE_UP_AFTER.as_secs_f64(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut images = Images::default();
    for row in &new {
        let letter = letters.iter().find(|letter| letter.key.as_str() == row.key);
        if let Some(letter) = letter {
            images.add(row.id, letter);
        }
    }
    images.insert(connection).await?;
    if !new.is_empty() {
        notify(connection, &[Notice::Changed(Topic::Letters)]).await?;
    }
    Ok(u64::try_from(new.len()).unwrap_or(u64::MAX))
}

/// Pictures of letters, column by column.
#[derive(Default)]
struct Images<'a> {
    letters: Vec<i64>,
    places: Vec<i16>,
    cids: Vec<&'a str>,
    media: Vec<&'a str>,
    bytes: Vec<&'a [u8]>,
}

impl<'a> Images<'a> {
    fn add(&mut self, id: i64, letter: &'a Letter) {
        for (place, image) in (0_i16..).zip(&letter.images) {
            self.letters.push(id);
            self.places.push(place);
            self.cids.push(&image.cid);
            self.media.push(&image.media);
            self.bytes.push(&image.bytes);
        }
    }

    async fn insert(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.letters.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "insert into mail_image (letter_id, place, cid, media, bytes)
             select * from unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::bytea[])",
            &self.letters,
            &self.places,
            &self.cids as &[&str],
            &self.media as &[&str],
            &self.bytes as &[&[u8]],
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

pub(super) async fn settle(
    pool: &PgPool,
    claimed: &Claimed,
    outcome: &Outcome,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let id = i64::from(claimed.id);
    if !outbox::letters::settle(&mut tx, id, claimed.tries, outcome).await? {
        return Ok(false);
    }
    // What opens an account is of no use to its recipient twice, and to nobody
    // else at all.
    if *outcome == Outcome::Sent && claimed.letter.kind.is_secret() {
        sqlx::query!("update mail_letter set body_text = '', body_html = null where id = $1", id)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn resend(
    pool: &PgPool,
    by: Initiator,
    id: LetterId,
) -> Result<Resent, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let found = sqlx::query_scalar!(
        "select state from mail_letter where id = $1 for update",
        i64::from(id)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(before) = found else { return Ok(Resent::NoSuchLetter) };
    let again = [LetterState::Dead, LetterState::Kept].map(<&str>::from);
    if !again.contains(&before.as_str()) {
        return Ok(Resent::NotNow);
    }
    let audited = Change {
        subject: AuditSubject::Letter,
        subject_id: id.to_string(),
        action: "resend",
        before: Some(json!({ "state": before })),
        after: Some(json!({ "state": LetterState::Waiting.to_string() })),
    };
    outbox::letters::resend(tx, by, id.into(), audited).await?;
    Ok(Resent::Done)
}
