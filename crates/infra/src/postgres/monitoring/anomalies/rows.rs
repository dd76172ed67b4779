use greengrid_app::error::StoreError;
use greengrid_app::monitoring::AnomalyRecord;
use greengrid_domain::monitoring::{Fact, Life, Phase, Recovery, Resolution, Stage};
use greengrid_domain::units::{Energy, Money};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

/// A row of `anomaly` with the name of whoever works on it.
pub(super) struct AnomalyRow {
    pub(super) id: Uuid,
    pub(super) site_id: i32,
    pub(super) kind: String,
    pub(super) since: jiff_sqlx::Timestamp,
    pub(super) until: Option<jiff_sqlx::Timestamp>,
    pub(super) raised_at: jiff_sqlx::Timestamp,
    pub(super) heard_at: jiff_sqlx::Timestamp,
    pub(super) lost_wh: i64,
    pub(super) lost_wh_per_day: i64,
    pub(super) money_per_day: Decimal,
    pub(super) currency: String,
    pub(super) cause: String,
    pub(super) next_step: String,
    pub(super) confidence: String,
    pub(super) rung: String,
    pub(super) neighbours: i16,
    pub(super) facts: Json<Vec<FactRow>>,
    pub(super) held_at: Option<f64>,
    pub(super) stage: String,
    pub(super) stage_by: Option<Uuid>,
    pub(super) stage_at: Option<jiff_sqlx::Timestamp>,
    pub(super) snoozed_until: Option<jiff_sqlx::Timestamp>,
    pub(super) dismissal: Option<String>,
    pub(super) words: Option<String>,
    pub(super) assigned_to: Option<Uuid>,
    pub(super) assigned_name: Option<String>,
    pub(super) reopened: i16,
    pub(super) recovered_at: Option<jiff_sqlx::Timestamp>,
    pub(super) recovered_wh_per_day: Option<i64>,
    pub(super) came_back_at: Option<jiff_sqlx::Timestamp>,
    pub(super) quiet_pattern_id: Option<Uuid>,
    pub(super) incident_id: Option<Uuid>,
}

/// A number behind an anomaly as stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FactRow {
    label: String,
    value: String,
}

impl TryFrom<AnomalyRow> for AnomalyRecord {
    type Error = StoreError;

    fn try_from(row: AnomalyRow) -> Result<Self, StoreError> {
        let life = life(&row)?;
        Ok(Self {
            life,
            id: row.id.into(),
            site: row.site_id.into(),
            kind: row.kind.parse().map_err(StoreError::new)?,
            since: row.since.to_jiff(),
            until: row.until.map(jiff_sqlx::Timestamp::to_jiff),
            raised_at: row.raised_at.to_jiff(),
            heard_at: row.heard_at.to_jiff(),
            lost: Energy::from_wh(row.lost_wh),
            lost_per_day: Energy::from_wh(row.lost_wh_per_day),
            money_per_day: Money {
                amount: row.money_per_day.normalize(),
                currency: row.currency.parse().map_err(StoreError::new)?,
            },
            cause: row.cause,
            next_step: row.next_step.parse().map_err(StoreError::new)?,
            confidence: row.confidence.parse().map_err(StoreError::new)?,
            rung: row.rung.parse().map_err(StoreError::new)?,
            neighbours: u16::try_from(row.neighbours).map_err(StoreError::new)?,
            facts: row.facts.0.into_iter().map(|fact| Fact::new(fact.label, fact.value)).collect(),
            held_at: row.held_at,
            assigned_name: row.assigned_name,
            quiet: row.quiet_pattern_id.map(Into::into),
            incident: row.incident_id.map(Into::into),
        })
    }
}

fn life(row: &AnomalyRow) -> Result<Life, StoreError> {
    let lacking = || StoreError::new(format!("anomaly {} lacks what its stage needs", row.id));
    let by = || row.stage_by.map(Into::into).ok_or_else(lacking);
    let at = || row.stage_at.map(jiff_sqlx::Timestamp::to_jiff).ok_or_else(lacking);
    let note = || row.words.as_deref().map(str::parse).transpose().map_err(StoreError::new);
    let resolved = |how| at().map(|at| Stage::Resolved { at, how });
    let stage = match row.stage.parse::<Phase>().map_err(StoreError::new)? {
        Phase::Open => Stage::Open,
        Phase::Acknowledged | Phase::Assigned => Stage::Acknowledged { by: by()?, at: at()? },
        Phase::Snoozed => {
            let until = row.snoozed_until.map(jiff_sqlx::Timestamp::to_jiff);
            Stage::Snoozed { by: by()?, until: until.ok_or_else(lacking)? }
        }
        Phase::Recovered => resolved(Resolution::Recovered)?,
        Phase::Fixed => {
            let reason = note()?.ok_or_else(lacking)?;
            resolved(Resolution::Fixed { by: by()?, reason })?
        }
        Phase::Dismissed => {
            let why = row.dismissal.as_deref().ok_or_else(lacking)?;
            let why = why.parse().map_err(StoreError::new)?;
            resolved(Resolution::Dismissed { by: by()?, why, note: note()? })?
        }
        Phase::Withdrawn => {
            Stage::Withdrawn { at: at()?, reason: row.words.clone().unwrap_or_default() }
        }
    };
    let recovery = row.recovered_at.map(|at| Recovery {
        at: at.to_jiff(),
        per_day: Energy::from_wh(row.recovered_wh_per_day.unwrap_or(0)),
        came_back: row.came_back_at.map(jiff_sqlx::Timestamp::to_jiff),
    });
    Ok(Life {
        stage,
        assigned: row.assigned_to.map(Into::into),
        recovery,
        reopened: u16::try_from(row.reopened).map_err(StoreError::new)?,
    })
}

/// What a stage holds, by the columns it is kept in.
struct StageColumns<'a> {
    stage: Phase,
    by: Option<Uuid>,
    at: Option<Timestamp>,
    snoozed_until: Option<Timestamp>,
    dismissal: Option<&'static str>,
    words: Option<&'a str>,
}

impl<'a> From<&'a Stage> for StageColumns<'a> {
    fn from(stage: &'a Stage) -> Self {
        let bare = |stage| Self {
            stage,
            by: None,
            at: None,
            snoozed_until: None,
            dismissal: None,
            words: None,
        };
        match stage {
            Stage::Open => bare(Phase::Open),
            Stage::Acknowledged { by, at } => {
                Self { by: Some((*by).into()), at: Some(*at), ..bare(Phase::Acknowledged) }
            }
            Stage::Snoozed { by, until } => {
                Self { by: Some((*by).into()), snoozed_until: Some(*until), ..bare(Phase::Snoozed) }
            }
            Stage::Withdrawn { at, reason } => {
                Self { at: Some(*at), words: Some(reason), ..bare(Phase::Withdrawn) }
            }
            Stage::Resolved { at, how: Resolution::Recovered } => {
                Self { at: Some(*at), ..bare(Phase::Recovered) }
            }
            Stage::Resolved { at, how: Resolution::Fixed { by, reason } } => Self {
                by: Some((*by).into()),
                at: Some(*at),
                words: Some(reason.as_str()),
                ..bare(Phase::Fixed)
            },
            Stage::Resolved { at, how: Resolution::Dismissed { by, why, note } } => Self {
                by: Some((*by).into()),
                at: Some(*at),
                dismissal: Some((*why).into()),
                words: note.as_ref().map(greengrid_domain::monitoring::Note::as_str),
                ..bare(Phase::Dismissed)
            },
        }
    }
}

/// An anomaly as the object that `save.sql` reads.
pub(super) fn object(record: &AnomalyRecord) -> Value {
    let time = |at: Timestamp| at.to_string();
    let stage = StageColumns::from(&record.life.stage);
    let recovery = record.life.recovery;
    let facts: Vec<FactRow> = record
        .facts
        .iter()
        .map(|fact| FactRow { label: fact.label.to_string(), value: fact.value.clone() })
        .collect();
    json!({
        "id": Uuid::from(record.id),
        "site_id": i32::from(record.site),
        "kind": record.kind.to_string(),
        "since": time(record.since),
        "until": record.until.map(time),
        "raised_at": time(record.raised_at),
        "heard_at": time(record.heard_at),
        "lost_wh": record.lost.wh(),
        "lost_wh_per_day": record.lost_per_day.wh(),
        "money_per_day": record.money_per_day.amount.to_string(),
        "currency": record.money_per_day.currency.to_string(),
        "cause": record.cause,
        "next_step": record.next_step.to_string(),
        "confidence": record.confidence.to_string(),
        "rung": record.rung.to_string(),
        "neighbours": record.neighbours,
        "facts": facts,
        "held_at": record.held_at,
        "stage": stage.stage.to_string(),
        "stage_by": stage.by,
        "stage_at": stage.at.map(time),
        "snoozed_until": stage.snoozed_until.map(time),
        "dismissal": stage.dismissal,
        "words": stage.words,
        "assigned_to": record.life.assigned.map(Uuid::from),
        "reopened": record.life.reopened,
        "recovered_at": recovery.map(|it| time(it.at)),
        "recovered_wh_per_day": recovery.map(|it| it.per_day.wh()),
        "came_back_at": recovery.and_then(|it| it.came_back).map(time),
        "quiet_pattern_id": record.quiet.map(Uuid::from),
    })
}
