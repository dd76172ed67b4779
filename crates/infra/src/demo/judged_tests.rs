//! The whole way from the generated readings to the overview: what was placed
//! is found, and what is healthy is left alone.

use std::sync::Arc;

use greengrid_app::fleet::Directory;
use greengrid_app::monitoring::{AssessmentStore, Assessor};
use greengrid_app::testing::FixedClock;
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::observability::Initiator;

use super::seed_tests::stores;
use super::*;
use crate::postgres::monitoring::{PgAnomalyStore, PgAssessmentStore, PgReadModels};
use crate::postgres::testing::TestDatabase;
use crate::runners::projector;

const FOUND: [(&str, AnomalyKind); 10] = [
    ("Harbour Cold Store", AnomalyKind::StringLoss),
    ("Eastgate Retail Park", AnomalyKind::StringLoss),
    ("St Brigid’s Hospital", AnomalyKind::Curtailment),
    ("Alder Dairy Farm", AnomalyKind::Outage),
    ("Meadow View School", AnomalyKind::CommGap),
    ("Quarry Lane Logistics", AnomalyKind::SoilingDrift),
    ("Tanner’s Row Housing", AnomalyKind::Underperformance),
    ("Larkfield Nursery", AnomalyKind::StuckSensor),
    ("Holm Street 14", AnomalyKind::NightProduction),
    ("Pier 9 Offices", AnomalyKind::CommGap),
];

#[tokio::test]
async fn what_was_placed_is_found_and_healthy_sites_need_nothing() {
    let (db, dir) = (TestDatabase::from_template().await, tempfile::tempdir().unwrap());
    let stores = stores(&db.pool());
    let settings = DemoSettings::builder().sites(57).history_days(35).build();
    let demo = Demo::open(stores.clone(), settings, dir.path(), &|_, _, _| {}).await.unwrap();
    demo.open_the_day(&|_, _, _| {}).await.unwrap();
    projector::rebuild(&db.pool(), Initiator::System, &|_, _| {}).await.unwrap();
    let directory = Directory::load(stores.sites).await.unwrap();
    let assessments = Arc::new(PgAssessmentStore::new(db.pool()));
    let assessor = Assessor::builder()
        .directory(directory.clone())
        .read_models(Arc::new(PgReadModels::new(db.pool())))
        .assessments(assessments.clone())
        .anomalies(Arc::new(PgAnomalyStore::new(db.pool())))
        .ids(Arc::new(crate::ids::RandomIds))
        .clock(Arc::new(FixedClock::at(opening())))
        .build();

    assessor.prepare().await.unwrap();
    assessor.assess().await.unwrap();

    let fleet = directory.snapshot();
    let findings = assessments.findings(0).await.unwrap();
    let found = |name: &str| {
        let finding = findings.iter().find(|finding| {
            fleet.site(finding.assessment.site).unwrap().details.name.as_str() == name
        });
        finding.map(|finding| &finding.assessment)
    };
    for (site, kind) in FOUND {
        let finding = found(site).and_then(|assessment| assessment.finding.as_ref());
        assert_eq!(finding.map(|finding| finding.kind), Some(kind), "{site}: {finding:?}");
    }
    for site in demo.fleet().sites.iter().filter(|site| site.faults.is_empty()) {
        let needs = found(site.details.name.as_str()).filter(|it| it.status.needs_action());
        assert_eq!(needs, None, "{}", site.details.name);
    }
}
