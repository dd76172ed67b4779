use greengrid_domain::observability::{AuditSubject, Initiator};
use sqlx::PgConnection;
use uuid::Uuid;

/// A change of state, to be recorded in the transaction that makes it. The
/// instant is Postgres' own.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) subject: AuditSubject,
    pub(crate) subject_id: String,
    pub(crate) action: &'static str,
    pub(crate) before: Option<serde_json::Value>,
    pub(crate) after: Option<serde_json::Value>,
}

/// Records changes in the audit trail.
pub(crate) async fn record(
    connection: &mut PgConnection,
    by: Initiator,
    changes: &[Change],
) -> Result<(), sqlx::Error> {
    let (kind, id) = initiator(by);
    let subjects: Vec<&str> = changes.iter().map(|change| change.subject.into()).collect();
    let subject_ids: Vec<&str> = changes.iter().map(|change| change.subject_id.as_str()).collect();
    let actions: Vec<&str> = changes.iter().map(|change| change.action).collect();
    let before: Vec<Option<serde_json::Value>> =
        changes.iter().map(|change| change.before.clone()).collect();
    let after: Vec<Option<serde_json::Value>> =
        changes.iter().map(|change| change.after.clone()).collect();
    sqlx::query!(
        "insert into audit_entry
             (initiator_kind, initiator_id, subject, subject_id, action, before, after)
         select $1, $2, t.*
         from unnest($3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[]) as t",
        kind,
        id,
        &subjects as &[&str],
        &subject_ids as &[&str],
        &actions as &[&str],
        &before as &[Option<serde_json::Value>],
        &after as &[Option<serde_json::Value>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The stored form of who brought a change about.
pub(crate) fn initiator(by: Initiator) -> (&'static str, Option<Uuid>) {
    match by {
        Initiator::User(id) => ("user", Some(id.into())),
        Initiator::Token(id) => ("token", Some(id.into())),
        Initiator::CommandLine => ("command_line", None),
        Initiator::System => ("system", None),
    }
}
