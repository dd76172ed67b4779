use greengrid_app::fleet::SiteStore;
use greengrid_app::ingestion::{EventStore, Source};
use greengrid_app::monitoring::ReadModels;
use greengrid_domain::ingestion::Quality;
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, Power};
use jiff::SignedDuration;
use jiff::civil::date;

use super::PgReadModels;
use crate::postgres::fleet::PgSiteStore;
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::{noon, reading, sites};
use crate::postgres::testing::TestDatabase;
use crate::runners::projector::Projector;

#[tokio::test]
async fn what_was_projected_can_be_read_by_site_and_time() {
    let db = TestDatabase::from_template().await;
    let [one, two] = sites(&db.pool(), &["one", "two"], "UTC").await[..] else { unreachable!() };
    let device = PgSiteStore::new(db.pool())
        .ensure_devices(&[(two, "inv-1".parse().unwrap())])
        .await
        .unwrap()[0];
    let store = PgEventStore::start(db.pool());
    let mut by_device = reading(two, noon(), 600);
    by_device.key.device = device;
    let rows = vec![
        reading(one, noon(), 1_200),
        reading(one, noon() + SignedDuration::from_hours(24), 2_400),
        by_device,
        reading(one, noon(), 1_201),
    ];
    store.append(Source::Api, noon(), rows, Vec::new()).await.unwrap();
    Projector::project_once(&db.pool()).await.unwrap();
    let models = PgReadModels::new(db.pool());

    let first = Interval::containing(noon());
    let intervals = models.intervals(&[two, one], first, first.offset(96)).await.unwrap();
    let found: Vec<_> = intervals.iter().map(|(site, i)| (*site, i.interval, i.energy)).collect();
    assert_eq!(found, [(one, first, Energy::from_wh(100)), (two, first, Energy::from_wh(50))]);

    let days = models.days(&[one], date(2026, 6, 13), date(2026, 6, 30)).await.unwrap();
    assert_eq!(days.len(), 1);
    assert_eq!((days[0].1.energy, days[0].1.readings), (Energy::from_wh(200), [1, 0, 0]));
    assert_eq!(models.span(one).await.unwrap(), Some((date(2026, 6, 12), date(2026, 6, 13))));
    assert_eq!(models.span(99.into()).await.unwrap(), None);

    let devices = models.devices_now(two).await.unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].device.as_ref().unwrap().serial.as_str(), "inv-1");
    assert_eq!(devices[0].power, Some(Power::from_watts(600)));

    let to = noon() + SignedDuration::from_hours(1);
    let readings = models.readings(one, noon(), to, 10).await.unwrap();
    let found: Vec<_> = readings.iter().map(|r| (r.revision, r.measurement.power)).collect();
    assert_eq!(found, [(1, Some(Power::from_watts(1_201))), (0, Some(Power::from_watts(1_200)))]);
    assert_eq!(readings[0].quality, Quality::Valid);
    assert_eq!(models.readings(one, noon(), to, 1).await.unwrap().len(), 1);
    assert_eq!(
        models.reading_counts(noon(), noon() + SignedDuration::from_hours(25)).await.unwrap(),
        (3, 3)
    );
}
