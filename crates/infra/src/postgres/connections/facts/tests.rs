use greengrid_app::ingestion::connections::{ConnectionStore, HeardAlarms, Survey, VendorFacts};
use greengrid_app::ingestion::vendors::{VendorAlarm, VendorDevice};
use greengrid_domain::fleet::{Brand, DeviceKind, SiteId};
use greengrid_domain::ingestion::{Noted, Remark};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};

use super::PgVendorFacts;
use crate::postgres::connections::tests::{connection, noon, polled, stores};
use crate::postgres::ingestion::tests::sites;
use crate::postgres::testing::TestDatabase;

fn after(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

async fn facts(db: &TestDatabase) -> (PgVendorFacts, SiteId) {
    let (store, _) = stores(db).await;
    let [site] = sites(&db.pool(), &["a"], "UTC").await[..] else { panic!("one site") };
    store.add(Initiator::System, polled(10, site, "7")).await.unwrap();
    (PgVendorFacts::new(db.pool()), site)
}

fn inverter(serial: &str, active: bool) -> VendorDevice {
    let serial = serial.parse().unwrap();
    VendorDevice { active, ..VendorDevice::new(serial, DeviceKind::Inverter) }
}

#[tokio::test]
async fn a_device_that_is_no_longer_listed_stays_as_one_that_ended() {
    let db = TestDatabase::from_template().await;
    let (facts, site) = facts(&db).await;
    let survey = |at, serials: &[&str]| Survey {
        connection: connection(10),
        site,
        at,
        devices: Some(serials.iter().map(|serial| inverter(serial, true)).collect()),
        remarks: Vec::new(),
    };

    facts.keep_survey(&survey(noon(), &["old", "other"])).await.unwrap();
    facts.keep_survey(&survey(after(60), &["new", "other"])).await.unwrap();

    let kept = facts.devices(connection(10)).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|it| (it.serial.as_str(), it.active)).collect();
    assert_eq!(kept, [("new", true), ("old", false), ("other", true)]);
    let cloud = facts.inverters_in_cloud(site, Brand::Enphase).await.unwrap().unwrap();
    assert_eq!(cloud.len(), 2);
    assert_eq!(facts.inverters_in_cloud(site, Brand::Fronius).await.unwrap(), None);
    let looked = facts.looked(&[connection(10), connection(11)]).await.unwrap();
    assert_eq!(looked[&connection(10)].surveyed_at, Some(after(60)));
    assert_eq!(looked.len(), 1);
    // Of a connection that was taken away in the meantime nothing is kept.
    let gone = Survey { connection: connection(11), ..survey(noon(), &["x"]) };
    facts.keep_survey(&gone).await.unwrap();
    assert_eq!(facts.devices(connection(11)).await.unwrap(), []);
}

#[tokio::test]
async fn a_remark_made_again_and_again_is_kept_once_with_when_it_began() {
    let db = TestDatabase::from_template().await;
    let (facts, site) = facts(&db).await;
    let remark = Noted::of(Remark::UpdateFirmware).about("x has 1.2");
    let dated = Noted::of(Remark::InverterReplaced).happened(after(-600));

    for minutes in [0, 1, 60] {
        let remarks = [remark.clone(), dated.clone()];
        facts.keep_remarks(connection(10), site, after(minutes), &remarks).await.unwrap();
    }

    let kept = facts.remarks(Some(site)).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|it| (it.remark, it.happened_at, it.seen_at)).collect();
    assert_eq!(
        kept,
        [
            (Remark::InverterReplaced, after(-600), after(60)),
            (Remark::UpdateFirmware, noon(), after(60))
        ]
    );
    assert_eq!(facts.remarks(None).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_alarm_is_opened_and_cleared_once_and_never_changed() {
    let db = TestDatabase::from_template().await;
    let (facts, site) = facts(&db).await;
    let alarm = |id: &str, open| VendorAlarm {
        id: id.to_owned(),
        device: None,
        kind: "isolation fault".to_owned(),
        since: noon(),
        open,
        until: None,
    };
    let hear = async |minutes, alarms: Vec<VendorAlarm>, all_open| {
        let heard = HeardAlarms { connection: connection(10), site, alarms, all_open };
        facts.keep_alarms(after(minutes), &[heard]).await.unwrap();
    };

    hear(1, vec![alarm("1", true), alarm("2", true)], true).await;
    hear(2, vec![alarm("1", true), alarm("2", true)], true).await;
    hear(3, vec![alarm("1", true)], true).await;
    hear(4, vec![alarm("1", false)], false).await;
    hear(5, vec![alarm("1", true)], false).await;

    let events: Vec<(String, String)> =
        sqlx::query_as("select alarm_id, what from vendor_alarm order by id")
            .fetch_all(&db.pool())
            .await
            .unwrap();
    let events: Vec<_> = events.iter().map(|(id, what)| (id.as_str(), what.as_str())).collect();
    let opened = [("1", "opened"), ("2", "opened"), ("2", "cleared")];
    assert_eq!(events, [&opened[..], &[("1", "cleared"), ("1", "opened")]].concat());
    let shown = facts.alarms(site, noon()).await.unwrap();
    let shown: Vec<_> = shown.iter().map(|it| (it.since, it.until)).collect();
    assert_eq!(shown, [(after(5), None), (noon(), Some(after(3)))]);
    assert_eq!(facts.alarms(site, after(60)).await.unwrap().len(), 1);
    let changed = sqlx::query!("update vendor_alarm set kind = 'x'").execute(&db.pool()).await;
    assert!(changed.is_err());
}
