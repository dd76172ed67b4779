use greengrid_app::monitoring::{AnomalyRecord, IncidentLine, IncidentRecord};
use greengrid_domain::fleet::Brand;
use greengrid_domain::monitoring::incident::{Cause, Incident, Suspect};
use greengrid_domain::monitoring::{AnomalyKind, Confidence, Fact, Life, Rung};
use greengrid_domain::units::Energy;
use uuid::Uuid;

use super::fleet::{eur, finding, site};
use super::{now, row};

/// The anomaly behind what was found; the second is in somebody's hands.
pub(crate) fn case(i: usize) -> Option<AnomalyRecord> {
    let finding = finding(i)?;
    let mut life = Life::new();
    if i == 1 {
        life.assigned = Some(Uuid::from_u128(7).into());
    }
    Some(AnomalyRecord {
        id: Uuid::from_u128(u128::try_from(i).unwrap() + 1).into(),
        site: site(i).id,
        kind: finding.kind,
        since: finding.since,
        until: None,
        raised_at: finding.since,
        heard_at: now(),
        lost: finding.lost,
        lost_per_day: finding.lost_per_day,
        money_per_day: finding.money_per_day,
        cause: finding.cause,
        next_step: finding.next_step,
        confidence: Confidence::VeryLikely,
        rung: Rung::Neighbours,
        neighbours: 9,
        facts: [("Against expected", "74 %"), ("Neighbours", "98 to 103 %")]
            .map(|(label, value)| Fact::new(label, value))
            .to_vec(),
        held_at: None,
        assigned_name: (i == 1).then(|| "R. Silva".to_owned()),
        quiet: None,
        incident: None,
        life,
    })
}

/// Two silent sites as one incident.
pub(crate) fn incident_line() -> IncidentLine {
    let rows = vec![row(3), row(5)];
    let suspects: Vec<Suspect> = [3, 5]
        .into_iter()
        .filter_map(case)
        .map(|record| Suspect {
            anomaly: record.id,
            site: record.site,
            kind: AnomalyKind::CommGap,
            region: "south".parse().unwrap(),
            brand: Brand::SolarEdge,
            since: record.since,
            lost_per_day: record.lost_per_day,
            money_per_day: record.money_per_day,
            held_at: None,
        })
        .collect();
    let cause = Cause::VendorDown(Brand::SolarEdge);
    IncidentLine {
        record: IncidentRecord {
            id: Uuid::from_u128(77).into(),
            incident: Incident::of(cause, &suspects.iter().collect::<Vec<_>>()),
        },
        place: "SolarEdge".to_owned(),
        lost_per_day: Energy::from_wh(224_000),
        money_per_day: vec![eur(47)],
        rows,
    }
}
