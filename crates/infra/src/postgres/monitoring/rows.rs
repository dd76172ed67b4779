use greengrid_app::error::StoreError;
use greengrid_app::monitoring::StoredAssessment;
use greengrid_domain::monitoring::{Assessment, Finding, Spark};
use greengrid_domain::units::{Energy, Money, Power};
use rust_decimal::Decimal;
use uuid::Uuid;

/// Reads assessments `r` with whoever looks after the site as `u`, with the part
/// of the statement that says where from.
macro_rules! read {
    ($from:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            AssessmentRow,
            r#"select r.site_id as "site_id!", r.status as "status!", r.kind,
                      r.since as "since: jiff_sqlx::Timestamp",
                      r.raised_at as "raised_at: jiff_sqlx::Timestamp", r.cause, r.next_step,
                      r.lost_wh as "lost_wh!", r.lost_wh_per_day as "lost_wh_per_day!",
                      r.money_per_day as "money_per_day!", r.currency as "currency!", r.power_w,
                      r.expected_power_w, r.energy_today_wh as "energy_today_wh!",
                      r.expected_today_wh as "expected_today_wh!",
                      r.last_reading_at as "last_reading_at: jiff_sqlx::Timestamp",
                      r.spark_from as "spark_from!: jiff_sqlx::Timestamp",
                      r.spark_actual as "spark_actual!: Vec<Option<i32>>",
                      r.spark_expected as "spark_expected!",
                      r.daily_index as "daily_index!: Vec<Option<i16>>",
                      u.id as "owner_id?", u.name as "owner_name?"
               "# + $from
            $(, $argument)*
        )
    };
}
pub(super) use read;

/// A row of `overview_row` with who looks after the site.
pub(super) struct AssessmentRow {
    pub(super) site_id: i32,
    pub(super) status: String,
    pub(super) kind: Option<String>,
    pub(super) since: Option<jiff_sqlx::Timestamp>,
    pub(super) raised_at: Option<jiff_sqlx::Timestamp>,
    pub(super) cause: Option<String>,
    pub(super) next_step: Option<String>,
    pub(super) lost_wh: i64,
    pub(super) lost_wh_per_day: i64,
    pub(super) money_per_day: Decimal,
    pub(super) currency: String,
    pub(super) power_w: Option<i64>,
    pub(super) expected_power_w: Option<i64>,
    pub(super) energy_today_wh: i64,
    pub(super) expected_today_wh: i64,
    pub(super) last_reading_at: Option<jiff_sqlx::Timestamp>,
    pub(super) spark_from: jiff_sqlx::Timestamp,
    pub(super) spark_actual: Vec<Option<i32>>,
    pub(super) spark_expected: Vec<i32>,
    pub(super) daily_index: Vec<Option<i16>>,
    pub(super) owner_id: Option<Uuid>,
    pub(super) owner_name: Option<String>,
}

impl TryFrom<AssessmentRow> for StoredAssessment {
    type Error = StoreError;

    fn try_from(row: AssessmentRow) -> Result<Self, StoreError> {
        let finding = match (row.kind, row.since, row.cause, row.next_step) {
            (Some(kind), Some(since), Some(cause), Some(next_step)) => Some(Finding {
                kind: kind.parse().map_err(StoreError::new)?,
                since: since.to_jiff(),
                lost: Energy::from_wh(row.lost_wh),
                lost_per_day: Energy::from_wh(row.lost_wh_per_day),
                money_per_day: Money {
                    amount: row.money_per_day,
                    currency: row.currency.parse().map_err(StoreError::new)?,
                },
                cause,
                next_step: next_step.parse().map_err(StoreError::new)?,
            }),
            _ => None,
        };
        Ok(Self {
            assessment: Assessment {
                site: row.site_id.into(),
                status: row.status.parse().map_err(StoreError::new)?,
                finding,
                power_now: row.power_w.map(Power::from_watts),
                expected_now: row.expected_power_w.map(Power::from_watts),
                energy_today: Energy::from_wh(row.energy_today_wh),
                expected_today: Energy::from_wh(row.expected_today_wh),
                last_reading_at: row.last_reading_at.map(jiff_sqlx::Timestamp::to_jiff),
                spark: Spark {
                    from: row.spark_from.to_jiff(),
                    actual: row.spark_actual,
                    expected: row.spark_expected,
                },
                daily_index: row.daily_index,
            },
            raised_at: row.raised_at.map(jiff_sqlx::Timestamp::to_jiff),
            owner: row.owner_id.map(Into::into).zip(row.owner_name),
        })
    }
}

/// Values as the text of a Postgres array, since arrays of arrays of different
/// lengths cannot be sent.
pub(super) fn array_text<T: std::fmt::Display>(values: impl Iterator<Item = Option<T>>) -> String {
    let mut text = String::from("{");
    for (place, value) in values.enumerate() {
        if place > 0 {
            text.push(',');
        }
        match value {
            Some(value) => text.push_str(&value.to_string()),
            None => text.push_str("NULL"),
        }
    }
    text.push('}');
    text
}
