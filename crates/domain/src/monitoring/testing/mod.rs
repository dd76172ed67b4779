//! Small detections and sites for the tests of this crate.

mod look;
mod weather;
mod world;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{AnomalyKind, Confidence, Detection, Evidence, Fact, Finding, NextStep, Rung};
use crate::fleet::{Array, Brand, Location, Site, SiteDetails};
use crate::units::{Currency, Energy, Money, PeakPower};

pub(crate) use look::kinds;
pub(crate) use weather::{clear, clouds, grey, mixed};
pub(crate) use world::{World, at};

/// A detection of this kind that goes on, at 5 kWh and 1 euro a day.
pub(crate) fn detection(kind: AnomalyKind, since: &str) -> Detection {
    Detection {
        finding: Finding {
            kind,
            since: since.parse::<Timestamp>().unwrap(),
            lost: Energy::from_wh(2_000),
            lost_per_day: Energy::from_wh(5_000),
            money_per_day: Money { amount: Decimal::ONE, currency: Currency::Eur },
            cause: "It makes less than it should.".to_owned(),
            next_step: NextStep::Wait,
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

/// A site of the region `south`.
pub(crate) fn site(id: i32) -> Site {
    let details = SiteDetails::builder()
        .name(format!("Site {id}").parse().unwrap())
        .location(Location::new(48.1, 11.6).unwrap())
        .zone("Europe/Berlin".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(10.0).unwrap(),
            tilt_deg: None,
            azimuth_deg: None,
            ac_limit: None,
            export_limit: None,
        })
        .region("south".parse().unwrap())
        .brand(Brand::Fronius)
        .build();
    Site { id: id.into(), code: format!("s-{id}").parse().unwrap(), details }
}
