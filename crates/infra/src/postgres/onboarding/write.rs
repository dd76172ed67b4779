use greengrid_app::ingestion::connections::NewCredential;
use greengrid_app::live::{Notice, Topic};
use greengrid_app::onboarding::{NewAccess, Saved};
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::onboarding::{Case, CaseId, Happened, Happening};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::rows::outcome_columns;
use super::seen;
use crate::postgres::audit::{self, Change};
use crate::postgres::{connections, notify};
use crate::vendors::Sealer;

type At = jiff_sqlx::Timestamp;

/// Puts a new case in; gives its number.
pub(super) async fn insert(
    tx: &mut PgConnection,
    by: Initiator,
    case: &Case,
    happened: &[Happening],
) -> Result<i32, sqlx::Error> {
    let number = sqlx::query_scalar!(
        "insert into onboarding_case
             (id, owner_id, opened_at, stage, stage_since, due_on, credential_id, access_brand,
              access_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning number",
        Uuid::from(case.id),
        case.owner.map(Uuid::from),
        case.opened_at.to_sqlx() as At,
        <&str>::from(case.stage),
        case.stage_since.to_sqlx() as At,
        case.due_on.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
        case.access.as_ref().map(|access| Uuid::from(access.credential)),
        case.access.as_ref().map(|access| <&str>::from(access.brand)),
        case.access.as_ref().map(|access| access.at.to_sqlx()) as Option<At>,
    )
    .fetch_one(&mut *tx)
    .await?;
    fields(tx, case).await?;
    self::happened(tx, by, case.id, happened, case.opened_at).await?;
    Ok(number)
}

/// Keeps a case that was read at this version.
pub(super) async fn update(
    tx: &mut PgConnection,
    by: Initiator,
    case: &Case,
    happened: &[Happening],
    now: Timestamp,
) -> Result<Saved, sqlx::Error> {
    let at = |at: Option<Timestamp>| at.map(ToSqlx::to_sqlx);
    let test = case.test.map(|test| outcome_columns(test.outcome));
    let seen = case.verification.as_ref().map(seen::write).transpose();
    let seen = seen.map_err(|error| sqlx::Error::Encode(error.into()))?;
    let accepted = case.accepted.as_ref().map(|accepted| audit::initiator(accepted.by));
    let saved = sqlx::query_file!(
        "src/postgres/onboarding/save.sql",
        Uuid::from(case.id),
        case.version,
        case.owner.map(Uuid::from),
        <&str>::from(case.stage),
        case.stage_since.to_sqlx() as At,
        case.due_on.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
        case.stuck.as_ref().map(|stuck| stuck.reason.as_str()),
        at(case.stuck.as_ref().map(|stuck| stuck.since)) as Option<At>,
        case.stuck.as_ref().is_some_and(|stuck| stuck.by_limit),
        case.waiting.as_ref().map(|waiting| <&str>::from(waiting.party)),
        case.waiting.as_ref().map(|waiting| waiting.what.as_str()),
        case.access.as_ref().map(|access| Uuid::from(access.credential)),
        case.access.as_ref().map(|access| <&str>::from(access.brand)),
        at(case.access.as_ref().map(|access| access.at)) as Option<At>,
        test.map(|(outcome, _)| outcome),
        test.and_then(|(_, cause)| cause),
        at(case.test.map(|test| test.at)) as Option<At>,
        at(case.test_at) as Option<At>,
        seen,
        at(case.verify_at) as Option<At>,
        case.accepted.as_ref().map(|accepted| accepted.reason.as_str()),
        accepted.map(|(kind, _)| kind),
        accepted.and_then(|(_, id)| id),
        case.live.map(|live| i32::from(live.site)),
        at(case.live.map(|live| live.at)) as Option<At>,
        i16::from(case.room.faces),
        i16::from(case.room.inverters),
    )
    .execute(&mut *tx)
    .await?;
    if saved.rows_affected() == 0 {
        return Ok(Saved::Stale);
    }
    fields(tx, case).await?;
    self::happened(tx, by, case.id, happened, now).await?;
    Ok(Saved::Done)
}

/// Keeps the fields that have changed since they were kept.
async fn fields(tx: &mut PgConnection, case: &Case) -> Result<(), sqlx::Error> {
    let entries = || case.fields.keys().filter_map(|key| Some((key, case.fields.entry(key)?)));
    let keys: Vec<String> = entries().map(|(key, _)| key.to_string()).collect();
    let texts: Vec<&str> = entries().map(|(_, entry)| entry.text.as_str()).collect();
    let versions: Vec<i32> =
        entries().map(|(_, entry)| i32::try_from(entry.version).unwrap_or(i32::MAX)).collect();
    let by: Vec<(&str, Option<Uuid>)> =
        entries().map(|(_, entry)| audit::initiator(entry.by)).collect();
    let kinds: Vec<&str> = by.iter().map(|(kind, _)| *kind).collect();
    let ids: Vec<Option<Uuid>> = by.iter().map(|(_, id)| *id).collect();
    let ats: Vec<i64> = entries().map(|(_, entry)| entry.at.as_millisecond()).collect();
    sqlx::query!(
        "insert into onboarding_field (case_id, key, text, version, by_kind, by_id, changed_at)
         select $1, key, text, version, by_kind, by_id, to_timestamp(at_ms / 1000.0)
         from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::uuid[], $7::bigint[])
             as t(key, text, version, by_kind, by_id, at_ms)
         on conflict (case_id, key) do update
         set text = excluded.text, version = excluded.version, by_kind = excluded.by_kind,
             by_id = excluded.by_id, changed_at = excluded.changed_at
         where onboarding_field.version < excluded.version",
        Uuid::from(case.id),
        &keys,
        &texts as &[&str],
        &versions,
        &kinds as &[&str],
        &ids as &[Option<Uuid>],
        &ats,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes history and trail, and has the pages told.
pub(super) async fn happened(
    tx: &mut PgConnection,
    by: Initiator,
    case: CaseId,
    happened: &[Happening],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    history(tx, by, case, happened, at).await?;
    let changes: Vec<Change> = happened.iter().map(|happening| change(case, happening)).collect();
    audit::record(tx, by, &changes).await?;
    notices(tx, case).await
}

pub(super) async fn notices(tx: &mut PgConnection, case: CaseId) -> Result<(), sqlx::Error> {
    notify(tx, &[Notice::Changed(Topic::Case(case)), Notice::Changed(Topic::Onboarding)]).await
}

fn change(case: CaseId, happening: &Happening) -> Change {
    let action = match happening.what {
        Happened::Opened => "open_case",
        Happened::Changed => "change_case_field",
        Happened::RoomMade => "make_case_room",
        Happened::RoomTaken => "take_case_room",
        Happened::Moved => "move_case",
        Happened::AccessGiven => "give_case_access",
        Happened::LinkMade => "make_case_link",
        Happened::MessageSent => "send_case_message",
        Happened::Tested => "test_case_connection",
        Happened::Verified => "verify_case",
        Happened::Accepted => "accept_case_findings",
        Happened::Noted => "note_case",
        Happened::Attached => "attach_case_file",
        Happened::Detached => "detach_case_file",
        Happened::Assigned => "assign_case",
        Happened::Waits => "set_case_waiting",
        Happened::Stuck => "call_case_stuck",
        Happened::Freed => "free_case",
        Happened::WentLive => "go_live",
    };
    let field = happening.key.map(|key| key.to_string());
    let state =
        |text: &Option<String>| text.as_ref().map(|text| json!({ "field": field, "text": text }));
    Change {
        subject: AuditSubject::Case,
        subject_id: case.to_string(),
        action,
        before: state(&happening.before),
        after: state(&happening.after),
    }
}

async fn history(
    tx: &mut PgConnection,
    by: Initiator,
    case: CaseId,
    happened: &[Happening],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let (kind, id) = audit::initiator(by);
    let whats: Vec<&str> = happened.iter().map(|it| it.what.into()).collect();
    let keys: Vec<Option<String>> =
        happened.iter().map(|it| it.key.map(|key| key.to_string())).collect();
    let before: Vec<Option<&str>> = happened.iter().map(|it| it.before.as_deref()).collect();
    let after: Vec<Option<&str>> = happened.iter().map(|it| it.after.as_deref()).collect();
    sqlx::query!(
        "insert into onboarding_history (case_id, at, by_kind, by_id, what, key, before, after)
         select $1, $2, $3, $4, t.*
         from unnest($5::text[], $6::text[], $7::text[], $8::text[]) as t",
        Uuid::from(case),
        at.to_sqlx() as At,
        kind,
        id,
        &whats as &[&str],
        &keys as &[Option<String>],
        &before as &[Option<&str>],
        &after as &[Option<&str>],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Seals what opens a vendor’s interface, in the place of what this case had
/// before. Gives the key of the credential.
pub(super) async fn access(
    tx: &mut PgConnection,
    sealer: &Sealer,
    case: &Case,
    access: &NewAccess,
    now: Timestamp,
) -> Result<Uuid, sqlx::Error> {
    let name = format!("{} {}", case.number, access.brand.name());
    let held =
        sqlx::query_scalar!("select id from vendor_credential where name = $1 for update", name)
            .fetch_optional(&mut *tx)
            .await?;
    if let Some(id) = held {
        connections::keep::replace(tx, sealer, id.into(), &access.credentials, now).await?;
        return Ok(id);
    }
    let new = NewCredential {
        id: access.id.into(),
        brand: access.brand,
        name,
        credentials: access.credentials.clone(),
        quota: access.quota,
        at: now,
    };
    connections::keep::insert(tx, sealer, &new).await?;
    Ok(access.id)
}
