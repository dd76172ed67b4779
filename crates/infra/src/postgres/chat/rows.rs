use greengrid_app::chat::{Person, PostRecord};
use greengrid_domain::chat::{Mention, Post, Target};
use serde_json::{Value, json};
use uuid::Uuid;

/// A row of `chat_post` with the names around it.
pub(super) struct PostRow {
    pub(super) id: Uuid,
    pub(super) room: String,
    pub(super) seq: Option<i64>,
    pub(super) author: Uuid,
    pub(super) author_name: String,
    pub(super) author_role: String,
    pub(super) body: String,
    pub(super) mentions: Value,
    pub(super) status: String,
    pub(super) held_for: Option<String>,
    pub(super) posted_at: jiff_sqlx::Timestamp,
    pub(super) edited_at: Option<jiff_sqlx::Timestamp>,
    pub(super) decided_by: Option<Uuid>,
    pub(super) decider: Option<String>,
    pub(super) reason: Option<String>,
}

impl TryFrom<PostRow> for PostRecord {
    type Error = sqlx::Error;

    fn try_from(row: PostRow) -> Result<Self, sqlx::Error> {
        let post = Post {
            id: row.id.into(),
            room: row.room.parse().map_err(corrupt)?,
            seq: row.seq,
            author: row.author.into(),
            body: row.body,
            mentions: read_mentions(&row.mentions),
            status: row.status.parse().map_err(corrupt)?,
            held_for: row.held_for.map(|text| text.parse()).transpose().map_err(corrupt)?,
            posted_at: row.posted_at.to_jiff(),
            edited_at: row.edited_at.map(jiff_sqlx::Timestamp::to_jiff),
            decided_by: row.decided_by.map(Into::into),
            reason: row.reason,
        };
        let author = Person {
            id: post.author,
            name: row.author_name,
            role: row.author_role.parse().map_err(corrupt)?,
        };
        Ok(Self { post, author, decided_by: row.decider })
    }
}

/// The stored form of mentions.
pub(super) fn mentions(mentions: &[Mention]) -> Value {
    let stored = mentions.iter().map(|mention| {
        let (kind, key) = match &mention.target {
            Target::Person(id) => ("person", id.to_string()),
            Target::Site(code) => ("site", code.to_string()),
            Target::Anomaly(id) => ("anomaly", id.to_string()),
        };
        json!({ "at": mention.at, "length": mention.length, kind: key })
    });
    Value::Array(stored.collect())
}

/// Mentions as they were stored; what an older or newer version wrote and this
/// one does not know stays text.
fn read_mentions(stored: &Value) -> Vec<Mention> {
    let one = |value: &Value| {
        let number = |key: &str| usize::try_from(value.get(key)?.as_u64()?).ok();
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let id = |key: &str| text(key).and_then(|text| text.parse::<Uuid>().ok());
        let target = id("person")
            .map(|id| Target::Person(id.into()))
            .or_else(|| id("anomaly").map(|id| Target::Anomaly(id.into())))
            .or_else(|| text("site").and_then(|code| code.parse().ok()).map(Target::Site))?;
        Some(Mention { at: number("at")?, length: number("length")?, target })
    };
    stored.as_array().into_iter().flatten().filter_map(one).collect()
}

/// A stored value that no version of ours has written.
pub(super) fn corrupt(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
