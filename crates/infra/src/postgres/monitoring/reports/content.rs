use greengrid_app::error::StoreError;
use greengrid_app::monitoring::StatusCounts;
use greengrid_app::monitoring::reports::{MorningReport, ReportIncident, ReportLine, StuckCase};
use greengrid_domain::fleet::RegionCode;
use greengrid_domain::monitoring::Spark;
use greengrid_domain::units::{Energy, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a report says, as JSON. Fields may be added, never changed: reports are
/// kept for ever.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ReportContent {
    region_name: String,
    zone: String,
    counts: [usize; 5],
    money_per_day: Vec<MoneyContent>,
    lost_wh_per_day: i64,
    incidents: Vec<IncidentContent>,
    lines: Vec<LineContent>,
    settled: Vec<(String, String)>,
    // Since reports tell of onboarding.
    #[serde(default)]
    stuck: Vec<StuckContent>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StuckContent {
    case: Uuid,
    number: String,
    name: String,
    reason: String,
    since: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct MoneyContent {
    amount: String,
    currency: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct IncidentContent {
    headline: String,
    since: String,
    sites: usize,
    money_per_day: Vec<MoneyContent>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LineContent {
    site: String,
    name: String,
    status: String,
    kind: String,
    cause: String,
    since: String,
    lost_wh_per_day: i64,
    money_per_day: MoneyContent,
    next_step: String,
    owner: Option<String>,
    is_new: bool,
    spark_from: String,
    spark_actual: Vec<Option<i32>>,
    spark_expected: Vec<i32>,
}

impl ReportContent {
    pub(super) fn of(report: &MorningReport) -> Self {
        let counts = report.counts;
        Self {
            region_name: report.region_name.clone(),
            zone: report.zone.name().to_owned(),
            counts: [
                counts.act_today,
                counts.plan_visit,
                counts.no_data,
                counts.watch,
                counts.on_track,
            ],
            money_per_day: report.money_per_day.iter().map(money).collect(),
            lost_wh_per_day: report.lost_per_day.wh(),
            incidents: report.incidents.iter().map(incident).collect(),
            lines: report.lines.iter().map(line).collect(),
            settled: report
                .settled
                .iter()
                .map(|(site, name)| (site.to_string(), name.clone()))
                .collect(),
            stuck: report.stuck.iter().map(stuck).collect(),
        }
    }

    pub(super) fn report(
        self,
        region: RegionCode,
        day: Date,
        due_at: Timestamp,
        made_at: Timestamp,
    ) -> Result<MorningReport, StoreError> {
        let [act_today, plan_visit, no_data, watch, on_track] = self.counts;
        let settled = self
            .settled
            .into_iter()
            .map(|(site, name)| Ok((site.parse().map_err(StoreError::new)?, name)));
        Ok(MorningReport {
            region,
            region_name: self.region_name,
            day,
            zone: self.zone.parse().map_err(StoreError::new)?,
            due_at,
            made_at,
            counts: StatusCounts { act_today, plan_visit, no_data, watch, on_track },
            money_per_day: amounts(self.money_per_day)?,
            lost_per_day: Energy::from_wh(self.lost_wh_per_day),
            incidents: self
                .incidents
                .into_iter()
                .map(ReportIncident::try_from)
                .collect::<Result<_, _>>()?,
            lines: self.lines.into_iter().map(ReportLine::try_from).collect::<Result<_, _>>()?,
            settled: settled.collect::<Result<_, StoreError>>()?,
            stuck: self.stuck.into_iter().map(StuckCase::try_from).collect::<Result<_, _>>()?,
        })
    }
}

fn money(money: &Money) -> MoneyContent {
    MoneyContent { amount: money.amount.to_string(), currency: money.currency.to_string() }
}

fn incident(incident: &ReportIncident) -> IncidentContent {
    IncidentContent {
        headline: incident.headline.clone(),
        since: incident.since.to_string(),
        sites: incident.sites,
        money_per_day: incident.money_per_day.iter().map(money).collect(),
    }
}

fn stuck(case: &StuckCase) -> StuckContent {
    StuckContent {
        case: case.case.into(),
        number: case.number.clone(),
        name: case.name.clone(),
        reason: case.reason.clone(),
        since: case.since.to_string(),
    }
}

fn line(line: &ReportLine) -> LineContent {
    LineContent {
        site: line.site.to_string(),
        name: line.name.clone(),
        status: line.status.to_string(),
        kind: line.kind.to_string(),
        cause: line.cause.clone(),
        since: line.since.to_string(),
        lost_wh_per_day: line.lost_per_day.wh(),
        money_per_day: money(&line.money_per_day),
        next_step: line.next_step.to_string(),
        owner: line.owner.clone(),
        is_new: line.is_new,
        spark_from: line.spark.from.to_string(),
        spark_actual: line.spark.actual.clone(),
        spark_expected: line.spark.expected.clone(),
    }
}

impl TryFrom<MoneyContent> for Money {
    type Error = StoreError;

    fn try_from(content: MoneyContent) -> Result<Self, StoreError> {
        Ok(Self {
            amount: content.amount.parse::<Decimal>().map_err(StoreError::new)?,
            currency: content.currency.parse().map_err(StoreError::new)?,
        })
    }
}

fn amounts(contents: Vec<MoneyContent>) -> Result<Vec<Money>, StoreError> {
    contents.into_iter().map(Money::try_from).collect()
}

impl TryFrom<IncidentContent> for ReportIncident {
    type Error = StoreError;

    fn try_from(content: IncidentContent) -> Result<Self, StoreError> {
        Ok(Self {
            headline: content.headline,
            since: content.since.parse().map_err(StoreError::new)?,
            sites: content.sites,
            money_per_day: amounts(content.money_per_day)?,
        })
    }
}

impl TryFrom<StuckContent> for StuckCase {
    type Error = StoreError;

    fn try_from(content: StuckContent) -> Result<Self, StoreError> {
        Ok(Self {
            case: content.case.into(),
            number: content.number,
            name: content.name,
            reason: content.reason,
            since: content.since.parse().map_err(StoreError::new)?,
        })
    }
}

impl TryFrom<LineContent> for ReportLine {
    type Error = StoreError;

    fn try_from(content: LineContent) -> Result<Self, StoreError> {
        Ok(Self {
            site: content.site.parse().map_err(StoreError::new)?,
            name: content.name,
            status: content.status.parse().map_err(StoreError::new)?,
            kind: content.kind.parse().map_err(StoreError::new)?,
            cause: content.cause,
            since: content.since.parse().map_err(StoreError::new)?,
            lost_per_day: Energy::from_wh(content.lost_wh_per_day),
            money_per_day: content.money_per_day.try_into()?,
            next_step: content.next_step.parse().map_err(StoreError::new)?,
            owner: content.owner,
            is_new: content.is_new,
            spark: Spark {
                from: content.spark_from.parse().map_err(StoreError::new)?,
                actual: content.spark_actual,
                expected: content.spark_expected,
            },
        })
    }
}
