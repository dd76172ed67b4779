use std::collections::HashMap;

use greengrid_app::error::StoreError;
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{
    Acceptance, AccessGiven, Case, CaseNumber, Entry, FieldKey, Fields, LastTest, LiveSince, Room,
    Stuck, TestOutcome, Waiting,
};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::seen;

type At = jiff_sqlx::Timestamp;

/// A row of `onboarding_case`.
pub(super) struct CaseRow {
    pub(super) id: Uuid,
    pub(super) number: i32,
    pub(super) version: i64,
    pub(super) owner_id: Option<Uuid>,
    pub(super) opened_at: At,
    pub(super) stage: String,
    pub(super) stage_since: At,
    pub(super) due_on: Option<jiff_sqlx::Date>,
    pub(super) stuck_reason: Option<String>,
    pub(super) stuck_since: Option<At>,
    pub(super) stuck_by_limit: bool,
    pub(super) waits_party: Option<String>,
    pub(super) waits_what: Option<String>,
    pub(super) credential_id: Option<Uuid>,
    pub(super) access_brand: Option<String>,
    pub(super) access_at: Option<At>,
    pub(super) test_outcome: Option<String>,
    pub(super) test_cause: Option<String>,
    pub(super) tested_at: Option<At>,
    pub(super) test_at: Option<At>,
    pub(super) verification: Option<serde_json::Value>,
    pub(super) verify_at: Option<At>,
    pub(super) accepted: Option<String>,
    pub(super) accepted_kind: Option<String>,
    pub(super) accepted_by: Option<Uuid>,
    pub(super) faces: i16,
    pub(super) inverters: i16,
    pub(super) site_id: Option<i32>,
    pub(super) live_at: Option<At>,
    pub(super) link_until: Option<At>,
}

/// The initiator of a row.
pub(super) fn initiator(kind: &str, id: Option<Uuid>) -> Result<Initiator, StoreError> {
    Ok(match (kind, id) {
        ("user", Some(id)) => Initiator::User(id.into()),
        ("token", Some(id)) => Initiator::Token(id.into()),
        ("command_line", _) => Initiator::CommandLine,
        ("system", _) => Initiator::System,
        _ => return Err(StoreError::new("an initiator without its key")),
    })
}

/// The outcome of a test in a row.
pub(super) fn outcome(
    outcome: Option<&str>,
    cause: Option<&str>,
) -> Result<Option<TestOutcome>, StoreError> {
    Ok(match (outcome, cause) {
        (None, _) => None,
        (Some("passed"), _) => Some(TestOutcome::Passed),
        (Some("asleep"), _) => Some(TestOutcome::Asleep),
        (Some("failed"), Some(cause)) => {
            Some(TestOutcome::Failed(cause.parse().map_err(StoreError::new)?))
        }
        _ => return Err(StoreError::new("a test failed without a cause")),
    })
}

/// The columns of an outcome.
pub(super) fn outcome_columns(outcome: TestOutcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        TestOutcome::Passed => ("passed", None),
        TestOutcome::Asleep => ("asleep", None),
        TestOutcome::Failed(cause) => ("failed", Some(cause.into())),
    }
}

impl CaseRow {
    /// The case with its fields.
    pub(super) fn with(self, fields: Fields) -> Result<Case, StoreError> {
        let jiff = |at: Option<At>| at.map(At::to_jiff);
        let stuck = self.stuck_reason.zip(jiff(self.stuck_since)).map(|(reason, since)| Stuck {
            reason,
            since,
            by_limit: self.stuck_by_limit,
        });
        let waiting = match self.waits_party.zip(self.waits_what) {
            Some((party, what)) => {
                Some(Waiting { party: party.parse().map_err(StoreError::new)?, what })
            }
            None => None,
        };
        let access = match (self.credential_id, self.access_brand, jiff(self.access_at)) {
            (Some(credential), Some(brand), Some(at)) => Some(AccessGiven {
                credential: credential.into(),
                brand: brand.parse().map_err(StoreError::new)?,
                at,
            }),
            _ => None,
        };
        let outcome = outcome(self.test_outcome.as_deref(), self.test_cause.as_deref())?;
        let accepted = match (self.accepted, self.accepted_kind) {
            (Some(reason), Some(kind)) => {
                Some(Acceptance { reason, by: initiator(&kind, self.accepted_by)? })
            }
            _ => None,
        };
        let live = self.site_id.zip(jiff(self.live_at));
        Ok(Case::builder()
            .id(self.id.into())
            .number(CaseNumber(self.number))
            .version(self.version)
            .maybe_owner(self.owner_id.map(Into::into))
            .fields(fields)
            .room(Room {
                faces: u8::try_from(self.faces).map_err(StoreError::new)?,
                inverters: u8::try_from(self.inverters).map_err(StoreError::new)?,
            })
            .opened_at(self.opened_at.to_jiff())
            .stage(self.stage.parse().map_err(StoreError::new)?)
            .stage_since(self.stage_since.to_jiff())
            .maybe_due_on(self.due_on.map(jiff_sqlx::Date::to_jiff))
            .maybe_stuck(stuck)
            .maybe_waiting(waiting)
            .maybe_access(access)
            .maybe_link_until(jiff(self.link_until))
            .maybe_test(
                outcome.zip(jiff(self.tested_at)).map(|(outcome, at)| LastTest { outcome, at }),
            )
            .maybe_test_at(jiff(self.test_at))
            .maybe_verification(self.verification.map(seen::read).transpose()?)
            .maybe_verify_at(jiff(self.verify_at))
            .maybe_accepted(accepted)
            .maybe_live(live.map(|(site, at)| LiveSince { site: site.into(), at }))
            .build())
    }
}

/// The fields of these cases.
pub(super) async fn fields_of(
    executor: impl PgExecutor<'_>,
    cases: &[Uuid],
) -> Result<HashMap<Uuid, Fields>, StoreError> {
    let rows = sqlx::query!(
        r#"select case_id, key, text, version, by_kind, by_id,
                  changed_at as "changed_at: jiff_sqlx::Timestamp"
           from onboarding_field where case_id = any($1::uuid[])"#,
        cases
    )
    .fetch_all(executor)
    .await
    .map_err(crate::postgres::failure::failed)?;
    let mut entries: HashMap<Uuid, Vec<(FieldKey, Entry)>> = HashMap::new();
    for row in rows {
        let entry = Entry {
            text: row.text,
            version: u32::try_from(row.version).unwrap_or(1),
            by: initiator(&row.by_kind, row.by_id)?,
            at: row.changed_at.to_jiff(),
        };
        let key = row.key.parse().map_err(StoreError::new)?;
        entries.entry(row.case_id).or_default().push((key, entry));
    }
    Ok(entries.into_iter().map(|(id, of)| (id, of.into_iter().collect())).collect())
}
