use greengrid_app::error::StoreError;
use greengrid_app::ingestion::connections::{Connection, Credential, Link};
use greengrid_domain::ingestion::{Ledger, Progress, Quota, Record, Window};
use jiff::SignedDuration;
use uuid::Uuid;

/// A row of `connection`.
pub(super) struct ConnectionRow {
    pub(super) id: Uuid,
    pub(super) site_id: i32,
    pub(super) brand: String,
    pub(super) credential_id: Option<Uuid>,
    pub(super) external_id: Option<String>,
    pub(super) cadence_s: i32,
    pub(super) paused: bool,
    pub(super) failures: i32,
    pub(super) failing_since: Option<jiff_sqlx::Timestamp>,
    pub(super) cause: Option<String>,
    pub(super) said: Option<String>,
    pub(super) last_success_at: Option<jiff_sqlx::Timestamp>,
    pub(super) last_attempt_at: Option<jiff_sqlx::Timestamp>,
    pub(super) next_run_at: jiff_sqlx::Timestamp,
    pub(super) checkpoint: jiff_sqlx::Timestamp,
    pub(super) ahead_from: Option<jiff_sqlx::Timestamp>,
    pub(super) ahead_to: Option<jiff_sqlx::Timestamp>,
    pub(super) newest_at: Option<jiff_sqlx::Timestamp>,
    pub(super) reread_to: Option<jiff_sqlx::Timestamp>,
    pub(super) reread_at: jiff_sqlx::Timestamp,
}

impl TryFrom<ConnectionRow> for Connection {
    type Error = StoreError;

    fn try_from(row: ConnectionRow) -> Result<Self, StoreError> {
        let jiff = |at: Option<jiff_sqlx::Timestamp>| at.map(jiff_sqlx::Timestamp::to_jiff);
        let link = match (row.credential_id, row.external_id) {
            (Some(credential), Some(external)) => Link::Polled {
                credential: credential.into(),
                external: external.parse().map_err(StoreError::new)?,
            },
            _ => Link::Pushed,
        };
        let ahead = jiff(row.ahead_from).zip(jiff(row.ahead_to));
        Ok(Self {
            id: row.id.into(),
            site: row.site_id.into(),
            brand: row.brand.parse().map_err(StoreError::new)?,
            link,
            cadence: SignedDuration::from_secs(row.cadence_s.into()),
            record: Record {
                paused: row.paused,
                failures: u32::try_from(row.failures).unwrap_or(0),
                failing_since: jiff(row.failing_since),
                cause: row.cause.map(|it| it.parse()).transpose().map_err(StoreError::new)?,
                last_success: jiff(row.last_success_at),
            },
            said: row.said,
            last_attempt: jiff(row.last_attempt_at),
            next_run: row.next_run_at.to_jiff(),
            progress: Progress {
                checkpoint: row.checkpoint.to_jiff(),
                ahead: ahead.map(|(from, to)| Window { from, to }),
                newest: jiff(row.newest_at),
                reread: jiff(row.reread_to),
                reread_at: row.reread_at.to_jiff(),
            },
        })
    }
}

/// A row of `vendor_credential`, without what is sealed in it.
pub(super) struct CredentialRow {
    pub(super) id: Uuid,
    pub(super) brand: String,
    pub(super) name: String,
    pub(super) per_minute: i32,
    pub(super) per_day: Option<i32>,
    pub(super) per_month: Option<i32>,
    pub(super) paid_at: jiff_sqlx::Timestamp,
    pub(super) spent_day: jiff_sqlx::Date,
    pub(super) spent_today: i32,
    pub(super) spent_month: i32,
    pub(super) approved_until: Option<jiff_sqlx::Timestamp>,
    pub(super) given_at: Option<jiff_sqlx::Timestamp>,
}

impl CredentialRow {
    pub(super) fn quota(&self) -> Quota {
        let counted = |limit: Option<i32>| limit.map(|limit| u32::try_from(limit).unwrap_or(0));
        Quota {
            per_minute: u32::try_from(self.per_minute).unwrap_or(1),
            per_day: counted(self.per_day),
            per_month: counted(self.per_month),
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        Ledger {
            paid_at: self.paid_at.to_jiff(),
            day: self.spent_day.to_jiff(),
            today: u32::try_from(self.spent_today).unwrap_or(u32::MAX),
            this_month: u32::try_from(self.spent_month).unwrap_or(u32::MAX),
        }
    }
}

impl TryFrom<CredentialRow> for Credential {
    type Error = StoreError;

    fn try_from(row: CredentialRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            brand: row.brand.parse().map_err(StoreError::new)?,
            quota: row.quota(),
            ledger: row.ledger(),
            approved_until: row.approved_until.map(jiff_sqlx::Timestamp::to_jiff),
            given_at: row.given_at.map(jiff_sqlx::Timestamp::to_jiff),
            name: row.name,
        })
    }
}
