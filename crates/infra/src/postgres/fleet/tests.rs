use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_app::live::{Heard, Notice};
use greengrid_domain::fleet::{Array, Brand, DeviceKind, Location, RegionCode, Site, SiteDetails};
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Currency, Money, PeakPower, Power, Price};
use rust_decimal::Decimal;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::PgSiteStore;
use crate::postgres::Notices;
use crate::postgres::testing::TestDatabase;

fn details(name: &str) -> SiteDetails {
    SiteDetails::builder()
        .name(name.parse().unwrap())
        .customer("Moreau Foods".to_owned())
        .address("12 Quay Road".to_owned())
        .location(Location::new(47.123_456_789, -8.7).unwrap())
        .zone("Europe/Berlin".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(9.87).unwrap(),
            tilt_deg: Some(31.5),
            azimuth_deg: Some(184.25),
            ac_limit: Some(Power::from_watts(8_000)),
            export_limit: Some(Power::from_watts(6_900)),
        })
        .region("north-west".parse().unwrap())
        .brand(Brand::SolarEdge)
        .commissioned_on("2024-02-29".parse().unwrap())
        .cadence_s(900)
        .reports_at_night(true)
        .price(Price::per_kwh(Money { amount: Decimal::new(20_875, 5), currency: Currency::Usd }))
        .build()
}

fn new(code: &str, details: SiteDetails) -> NewSite {
    NewSite { code: code.parse().unwrap(), details, devices: Vec::new() }
}

async fn audited(pool: &PgPool) -> Vec<(String, String)> {
    sqlx::query!("select subject_id, action from audit_entry order by subject_id, id")
        .fetch_all(pool)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| (entry.subject_id, entry.action))
        .collect()
}

fn entry(subject: &str, action: &str) -> (String, String) {
    (subject.to_owned(), action.to_owned())
}

#[tokio::test]
async fn a_site_comes_back_as_it_was_saved() {
    let db = TestDatabase::from_template().await;
    let store = PgSiteStore::new(db.pool());
    let device = (DeviceKind::Inverter, "SN-1".parse().unwrap(), Some("SE8K".to_owned()));
    let site = NewSite { devices: vec![device], ..new("cold-store", details("Cold store")) };

    let ids = store.save(Initiator::CommandLine, std::slice::from_ref(&site)).await.unwrap();

    let expected = Site { id: ids[0], code: site.code, details: site.details };
    assert_eq!(store.sites().await.unwrap(), [expected]);
    let regions = store.regions().await.unwrap();
    assert_eq!((regions[0].code.as_str(), regions[0].name.as_str()), ("north-west", "North West"));
    let devices = store.devices().await.unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!((devices[0].site, devices[0].model.as_deref()), (ids[0], Some("SE8K")));
    assert_eq!(audited(&db.pool()).await, [entry("cold-store", "create_site")]);
}

#[tokio::test]
async fn saving_again_updates_and_keeps_what_is_not_given() {
    let db = TestDatabase::from_template().await;
    let store = PgSiteStore::new(db.pool());
    let [one, two] = [new("one", details("One")), new("two", details("Two"))];
    let ids = store.save(Initiator::System, &[one.clone(), two.clone()]).await.unwrap();
    let mut sparse = details("One, renamed");
    sparse.customer = None;
    sparse.commissioned_on = None;
    sparse.array.tilt_deg = None;

    // The order is another, and one code comes twice.
    let renamed = [two, one, new("one", sparse)];
    let again = store.save(Initiator::System, &renamed).await.unwrap();

    assert_eq!(again, [ids[1], ids[0], ids[0]]);
    let sites = store.sites().await.unwrap();
    let one = sites.iter().find(|site| site.id == ids[0]).unwrap();
    assert_eq!(one.details, details("One, renamed"));
    // What did not change is not a change.
    let expected =
        [entry("one", "create_site"), entry("one", "update_site"), entry("two", "create_site")];
    assert_eq!(audited(&db.pool()).await, expected);
}

#[tokio::test]
async fn every_instance_hears_of_a_new_fleet() {
    let db = TestDatabase::from_template().await;
    let cancel = CancellationToken::new();
    let notices = Notices::listen(&db.pool(), cancel.clone()).await.unwrap();
    let mut heard = notices.subscribe();

    PgSiteStore::new(db.pool())
        .save(Initiator::System, &[new("one", details("One"))])
        .await
        .unwrap();

    assert_eq!(heard.recv().await.unwrap(), Heard::Notice(Notice::FleetChanged));
    cancel.cancel();
}

#[tokio::test]
async fn devices_are_created_once_also_by_two_at_the_same_time() {
    let db = TestDatabase::from_template().await;
    let store = PgSiteStore::new(db.pool());
    let ids = store
        .save(Initiator::System, &[new("one", details("One")), new("two", details("Two"))])
        .await
        .unwrap();
    let wanted = [
        (ids[0], "a".parse().unwrap()),
        (ids[1], "a".parse().unwrap()),
        (ids[0], "b".parse().unwrap()),
        (ids[0], "a".parse().unwrap()),
    ];

    let (first, second) =
        tokio::join!(store.ensure_devices(&wanted), store.ensure_devices(&wanted));

    let first = first.unwrap();
    assert_eq!(first, second.unwrap());
    assert_eq!(first[0], first[3]);
    assert_eq!(store.devices().await.unwrap().len(), 3);
    assert_eq!(store.ensure_devices(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn a_shared_site_is_seen_by_its_customer() {
    let db = TestDatabase::from_template().await;
    let store = PgSiteStore::new(db.pool());
    let ids = store.save(Initiator::System, &[new("one", details("One"))]).await.unwrap();
    let customer = Uuid::from_u128(1);
    sqlx::query!(
        "insert into app_user (id, email, name, role, password_hash)
         values ($1, 'c@example.com', 'C', 'customer', '')",
        customer
    )
    .execute(&db.pool())
    .await
    .unwrap();
    let customer = UserId::from(customer);

    assert_eq!(store.sites_of(customer).await.unwrap(), []);
    store.share(Initiator::System, ids[0], customer).await.unwrap();
    store.share(Initiator::System, ids[0], customer).await.unwrap();

    assert_eq!(store.sites_of(customer).await.unwrap(), ids);
    let shared = audited(&db.pool()).await.iter().filter(|(_, a)| a == "share_site").count();
    assert_eq!(shared, 1);
}

#[test]
fn regions_have_a_readable_name() {
    let code: RegionCode = "san-diego".parse().unwrap();

    assert_eq!(super::sites::region_name(code.as_str()), "San Diego");
}
