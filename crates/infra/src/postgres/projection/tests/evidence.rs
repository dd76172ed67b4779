use greengrid_app::ingestion::AppendRow;
use greengrid_app::monitoring::ReadModels;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::ingestion::Reason;
use greengrid_domain::monitoring::{IntervalActual, PowerRange};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{MeterRegister, Power};

use super::{after, append, inconsistent, of_device, project, set_cadence};
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::{noon, reading, sites};
use crate::postgres::monitoring::PgReadModels;
use crate::postgres::testing::TestDatabase;

/// A site of one's own whose readings are projected.
struct Stage {
    db: TestDatabase,
    store: PgEventStore,
    site: SiteId,
}

impl Stage {
    async fn new() -> Self {
        let db = TestDatabase::from_template().await;
        let site = sites(&db.pool(), &["one"], "UTC").await[0];
        Self { store: PgEventStore::start(db.pool()), db, site }
    }

    async fn take(&self, rows: Vec<AppendRow>) {
        append(&self.store, rows).await;
        project(&self.db.pool()).await;
    }

    /// The quarter hours from noon on, as rules see them.
    async fn intervals(&self) -> Vec<IntervalActual> {
        let first = Interval::containing(noon());
        let models = PgReadModels::new(self.db.pool());
        let found = models.intervals(&[self.site], first, first.offset(96)).await.unwrap();
        found.into_iter().map(|(_, actual)| actual).collect()
    }
}

fn with(reasons: &[Reason], mut row: AppendRow) -> AppendRow {
    row.reasons = reasons.iter().copied().collect();
    row
}

fn counting(total_wh: u64, mut row: AppendRow) -> AppendRow {
    row.measurement.energy_total = Some(MeterRegister::from_wh(total_wh));
    row
}

fn range(low: i64, mean: i64, high: i64) -> PowerRange {
    let power = Power::from_watts;
    PowerRange { low: power(low), mean: power(mean), high: power(high) }
}

#[tokio::test]
async fn power_is_what_the_readings_say_also_where_it_does_not_count() {
    let stage = Stage::new().await;
    let site = stage.site;
    stage
        .take(vec![
            reading(site, after(0), 1_000),
            inconsistent(reading(site, after(5), 40_000)),
            with(&[Reason::NightProduction], reading(site, after(10), 2_500)),
            with(&[Reason::OutOfRange], reading(site, after(15), -90_000)),
            with(&[Reason::WrongUnitSuspected], reading(site, after(20), 3)),
            with(&[Reason::InFuture, Reason::AboveLimit], reading(site, after(25), 70_000)),
        ])
        .await;

    let found = stage.intervals().await;

    assert_eq!(found[0].power, Some(range(1_000, 14_500, 40_000)));
    assert_eq!((found[0].covered_s, found[0].left_out), (300, 2));
    assert_eq!((found[1].power, found[1].left_out), (None, 3));
}

#[tokio::test]
async fn power_is_that_of_all_devices_and_of_the_site_itself_where_it_speaks() {
    let stage = Stage::new().await;
    let site = stage.site;
    let mut empty = of_device(2, reading(site, after(10), 0));
    empty.measurement.power = None;
    stage
        .take(vec![
            of_device(1, reading(site, after(0), 1_000)),
            of_device(2, reading(site, after(0), 2_000)),
            of_device(1, reading(site, after(5), 1_400)),
            of_device(2, reading(site, after(5), 2_000)),
            // What the other gave is not known: the sum would be too low.
            of_device(1, reading(site, after(10), 1_000)),
            with(&[Reason::MissingValues], empty),
            of_device(1, reading(site, after(15), 1_000)),
            reading(site, after(15), 5_000),
            reading(site, after(20), 5_100),
        ])
        .await;

    let found = stage.intervals().await;

    assert_eq!(found[0].power, Some(range(3_000, 3_200, 3_400)));
    assert_eq!(found[1].power, Some(range(5_000, 5_050, 5_100)));
}

#[tokio::test]
async fn counters_add_up_where_every_device_has_one() {
    let stage = Stage::new().await;
    let site = stage.site;
    let of = |device, minutes| of_device(device, reading(site, after(minutes), 100));
    stage
        .take(vec![
            counting(5_000, of(1, 0)),
            counting(5_010, of(1, 10)),
            counting(70, of(2, 5)),
            of(2, 10),
            // Another quarter hour: the second has none.
            counting(5_020, of(1, 15)),
            of(2, 15),
            // A counter that fell is the newest all the same.
            counting(5_030, of(1, 30)),
            with(&[Reason::CounterReset], counting(10, of(1, 35))),
            with(&[Reason::CounterReset], counting(5, of(1, 40))),
            // The site's own goes before those of its devices.
            counting(9_999, reading(site, after(45), 100)),
            counting(15, of(1, 45)),
        ])
        .await;

    let found = stage.intervals().await;

    let registers: Vec<_> = found.iter().map(|i| i.register.map(MeterRegister::wh)).collect();
    assert_eq!(registers, [Some(5_080), None, Some(5), Some(9_999)]);
    assert_eq!(found.iter().map(|i| i.counter_resets).collect::<Vec<_>>(), [0, 0, 2, 0]);
}

#[tokio::test]
async fn repeats_and_corrections_are_counted_together_and_once_each() {
    let stage = Stage::new().await;
    let site = stage.site;
    let rows = vec![reading(site, after(0), 1_000), reading(site, after(15), 1_000)];
    stage.take(rows.clone()).await;
    let repeats = |found: Vec<IntervalActual>| found.iter().map(|i| i.repeats).collect::<Vec<_>>();
    assert_eq!(repeats(stage.intervals().await), [0, 0]);

    // Nothing but repeats.
    stage.take(rows.clone()).await;
    stage.take(vec![rows[0].clone(), rows[0].clone(), reading(site, after(0), 1_001)]).await;

    assert_eq!(repeats(stage.intervals().await), [4, 1]);
}

#[tokio::test]
async fn faults_are_counted_and_their_readings_count() {
    let stage = Stage::new().await;
    let site = stage.site;
    stage
        .take(vec![
            with(&[Reason::InverterFault], reading(site, after(0), 0)),
            with(&[Reason::InverterFault, Reason::AboveLimit], reading(site, after(5), 90_000)),
            reading(site, after(10), 600),
        ])
        .await;

    let found = stage.intervals().await;

    assert_eq!((found[0].faults, found[0].left_out, found[0].covered_s), (2, 1, 600));
}

#[tokio::test]
async fn an_hourly_reading_tells_power_throughout_and_the_rest_where_it_begins() {
    let stage = Stage::new().await;
    let site = stage.site;
    set_cadence(&stage.db.pool(), site, 3_600).await;
    let reasons = [Reason::CounterReset, Reason::InverterFault];
    let hourly = with(&reasons, counting(800, reading(site, after(0), 4_000)));
    stage.take(vec![hourly.clone()]).await;
    stage.take(vec![hourly]).await;
    stage.take(vec![reading(site, after(60), 400)]).await;

    let found = stage.intervals().await;

    assert_eq!(found.len(), 8);
    for (number, actual) in found[..4].iter().enumerate() {
        assert_eq!(actual.power, Some(range(4_000, 4_000, 4_000)));
        let counts = [actual.counter_resets, actual.faults, actual.repeats];
        assert_eq!(counts, [i16::from(number == 0); 3]);
        assert_eq!(actual.register.is_some(), number == 0);
    }
    assert_eq!(found[4].power, Some(range(400, 400, 400)));
}

#[tokio::test]
async fn nonsense_beyond_what_can_be_added_up_is_not_told() {
    let stage = Stage::new().await;
    let site = stage.site;
    let most = i64::from(i32::MAX);
    let counter = u64::try_from(i64::MAX).unwrap();
    let of = |device| inconsistent(of_device(device, reading(site, after(0), most)));
    stage.take(vec![counting(counter, of(1)), counting(counter, of(2))]).await;

    let found = stage.intervals().await;

    assert_eq!((found[0].power, found[0].register), (None, None));
}
