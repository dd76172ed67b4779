//! What a detector would say, for tests.

use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::{
    AnomalyChange, AnomalyId, AnomalyKind, AnomalyNews, Confidence, Detection, Evidence, Fact,
    Finding, NextStep, Rung,
};
use greengrid_domain::units::{Currency, Energy, Money};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

/// So many minutes after the morning of the suite.
#[must_use]
pub fn minute(minutes: i64) -> Timestamp {
    // 12 June 2026, 08:00 UTC.
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_781_251_200 + minutes * 60)
}

/// The key of the anomaly with this number.
#[must_use]
pub fn anomaly(number: u128) -> AnomalyId {
    Uuid::from_u128(number).into()
}

/// What the detector sees of a kind, since a minute, at 5 kWh and 1 euro a day.
#[must_use]
pub fn seen(kind: AnomalyKind, since: i64) -> Detection {
    Detection {
        finding: Finding {
            kind,
            since: minute(since),
            lost: Energy::from_wh(2_000),
            lost_per_day: Energy::from_wh(5_000),
            money_per_day: Money { amount: Decimal::ONE, currency: Currency::Eur },
            cause: "It makes less than it should.".to_owned(),
            next_step: NextStep::SendTechnician,
        },
        until: None,
        confidence: Confidence::Likely,
        evidence: Evidence {
            rung: Rung::Neighbours,
            neighbours: 7,
            facts: vec![Fact::new("Against expected", "72 %")],
        },
    }
}

/// The detection with the minute in which it was over.
#[must_use]
pub fn until(seen: Detection, over: i64) -> Detection {
    Detection { until: Some(minute(over)), ..seen }
}

/// News of an anomaly at a site.
#[must_use]
pub fn news(number: u128, site: SiteId, at: i64, news: AnomalyNews) -> AnomalyChange {
    AnomalyChange { anomaly: anomaly(number), site, at: minute(at), news }
}
