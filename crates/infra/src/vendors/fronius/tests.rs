use std::sync::Arc;

use greengrid_app::ingestion::vendors::{
    ExternalId, SecretText, VendorError, VendorGateway, Window,
};
use greengrid_domain::ingestion::Cause;
use greengrid_domain::time::SiteZone;
use jiff::SignedDuration;

use super::Fronius;
use crate::vendors::testing::{Reply, Unlimited, Vendor, line, now, window};

const SYSTEM: &str = "20f1c2aa-0000-4000-8000-0000000000a1";

fn id() -> ExternalId {
    SYSTEM.parse().unwrap()
}

fn gateway(vendor: &Vendor) -> Fronius {
    let value = SecretText::new("key-value");
    Fronius::new(&vendor.origin, "FKIA-1", value, Arc::new(Unlimited)).unwrap()
}

fn today() -> Window {
    window("2026-06-12T00:00:00Z", "2026-06-12T10:00:00Z")
}

async fn refused(status: u16, number: u32, message: &str) -> VendorError {
    let body = format!(r#"{{"responseError":{number},"responseMessage":"{message}"}}"#);
    let reply = Reply::new(status, body).with("date", "Fri, 12 Jun 2026 10:00:00 GMT");
    let vendor = Vendor::replying(vec![reply]).await;
    gateway(&vendor).site(&id()).await.unwrap_err()
}

#[tokio::test]
async fn both_inverters_of_a_replacement_are_read_and_night_stays_empty() {
    let vendor = Vendor::replying(vec![
        Reply::ok(include_str!("fixtures/devices.json")),
        Reply::ok(include_str!("fixtures/histdata_old.json")),
        Reply::ok(include_str!("fixtures/histdata_new.json")),
    ])
    .await;

    let zone = SiteZone::utc();
    let fetched = gateway(&vendor).readings(&id(), &zone, today(), now()).await.unwrap();

    let lines: Vec<String> = fetched.readings.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "31110001 2026-06-12T02:30:00Z 12 1",
            "31110001 2026-06-12T05:55:00Z 15005 1250",
            "31110002 2026-06-12T06:10:00Z 18000 1500",
        ]
    );
    assert_eq!(fetched.complete_to, "2026-06-12T06:15:00Z".parse().unwrap());
    let histdata = |device: &str| {
        format!(
            "GET /swqapi/pvsystems/{SYSTEM}/devices/{device}/histdata?from=2026-06-12T00%3A00%3A00Z\
             &to=2026-06-12T10%3A00%3A00Z&channel=EnergyExported"
        )
    };
    assert_eq!(vendor.targets()[1..], [histdata("d-old"), histdata("d-new")]);
    assert!(vendor.asked()[1].contains("accesskeyid: FKIA-1"));
    assert!(vendor.asked()[1].contains("accesskeyvalue: key-value"));
}

#[tokio::test]
async fn no_content_means_no_data_and_not_a_failure() {
    let vendor = Vendor::replying(vec![
        Reply::ok(r#"{"devices":[{"deviceType":"Inverter","deviceId":"d"}]}"#),
        Reply::new(204, ""),
    ])
    .await;

    let fetched = gateway(&vendor).readings(&id(), &SiteZone::utc(), today(), now()).await.unwrap();

    assert!(fetched.readings.is_empty());
    assert_eq!(fetched.complete_to, today().from);
}

#[tokio::test]
async fn no_request_spans_more_than_a_day() {
    let vendor = Vendor::replying(vec![
        Reply::ok(r#"{"devices":[{"deviceType":"Inverter","deviceId":"d"}]}"#),
        Reply::ok(r#"{"data":[]}"#),
    ])
    .await;
    let week = window("2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z");

    gateway(&vendor).readings(&id(), &SiteZone::utc(), week, now()).await.unwrap();

    assert!(vendor.targets()[1].contains("to=2026-06-02T00%3A00%3A00Z"));
}

#[tokio::test]
async fn sites_devices_and_alarms_come_in_our_terms() {
    let vendor = Vendor::replying(vec![
        Reply::ok(include_str!("fixtures/systems.json")),
        Reply::ok(include_str!("fixtures/devices.json")),
        Reply::ok(include_str!("fixtures/messages.json")),
        Reply::ok(include_str!("fixtures/devices.json")),
    ])
    .await;
    let gateway = gateway(&vendor);

    let sites = gateway.sites().await.unwrap();
    let devices = gateway.devices(&id()).await.unwrap();
    let alarms = gateway.alarms(&id(), now() - SignedDuration::from_hours(24)).await.unwrap();

    assert_eq!(sites.len(), 2);
    assert_eq!(sites[0].last_report, Some("2026-06-12T09:51:12Z".parse().unwrap()));
    assert_eq!(sites[1].name, sites[1].id.as_str());
    let seen: Vec<_> = devices.iter().map(|d| (d.serial.as_str(), d.active)).collect();
    assert_eq!(seen, [("31110001", false), ("31110002", true), ("31110000", false), ("m-1", true)]);
    assert_eq!(alarms[0].kind, "Isolation error");
    assert_eq!(alarms[0].device.as_ref().unwrap().as_str(), "31110002");
    assert_eq!(vendor.targets()[0], "GET /swqapi/pvsystems?offset=0&limit=1000");
}

#[tokio::test]
async fn peak_power_is_in_watts_and_may_be_missing() {
    let one = r#"{"pvSystemId":"a-1","name":"One","peakPower":9600.0,"timeZone":"Europe/Vienna"}"#;
    let two = r#"{"pvSystemId":"a-2","name":"Two","peakPower":null,"timeZone":null}"#;
    let vendor = Vendor::replying(vec![Reply::ok(one), Reply::ok(two)]).await;
    let gateway = gateway(&vendor);

    let told = gateway.site(&id()).await.unwrap();
    let untold = gateway.site(&id()).await.unwrap();

    assert_eq!(told.capacity.unwrap().wp(), 9_600);
    assert_eq!((untold.capacity, untold.zone), (None, None));
}

#[tokio::test]
async fn every_refusal_is_told_apart_by_its_number() {
    for (status, number, cause) in [
        (401, 1101, Cause::CredentialRejected),
        (401, 1102, Cause::CredentialRejected),
        (401, 1103, Cause::CredentialBlocked),
        (401, 1104, Cause::CredentialExpired),
        (401, 1105, Cause::CredentialBlocked),
        (401, 1108, Cause::TermsNotAccepted),
        (403, 1001, Cause::PermissionMissing),
        (404, 1002, Cause::SiteUnknown),
        (400, 3302, Cause::PlanTooSmall),
        (200, 9000, Cause::VendorFault),
    ] {
        assert_eq!(refused(status, number, "no").await.cause, cause, "{status} {number}");
    }
}

#[tokio::test]
async fn too_many_calls_and_maintenance_say_how_long_to_wait() {
    let many = refused(429, 1011, "Maximum admitted 1000 per hour. Retry after: 00:12:30").await;
    let until = "The maintenance window lasts until 2026-06-12T11:00:00Z";
    let maintenance = refused(503, 1012, until).await;

    assert_eq!((many.cause, many.retry_after.unwrap().as_secs()), (Cause::RateLimited, 750));
    assert_eq!(maintenance.cause, Cause::Maintenance);
    assert_eq!(maintenance.retry_after.unwrap().as_secs(), 3_600);
}

#[tokio::test]
async fn a_web_page_in_the_place_of_data_is_the_vendors_fault() {
    let vendor = Vendor::replying(vec![Reply::html(503), Reply::html(200)]).await;
    let gateway = gateway(&vendor);

    assert_eq!(gateway.site(&id()).await.unwrap_err().cause, Cause::VendorFault);
    assert_eq!(gateway.site(&id()).await.unwrap_err().cause, Cause::VendorFault);
}
