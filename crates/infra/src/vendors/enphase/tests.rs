use std::sync::Arc;

use greengrid_app::ingestion::vendors::{
    ExternalId, SecretText, VendorError, VendorGateway, Window,
};
use greengrid_app::testing::FixedClock;
use greengrid_domain::ingestion::Cause;
use greengrid_domain::time::SiteZone;
use jiff::SignedDuration;

use super::Enphase;
use super::map::production;
use super::payload::Telemetry;
use crate::vendors::oauth::Session;
use crate::vendors::testing::{
    MemoryVault, Reply, Unlimited, Vendor, client, line, now, tokens, window,
};

fn id() -> ExternalId {
    "700001".parse().unwrap()
}

fn gateway(vendor: &Vendor, vault: &Arc<MemoryVault>) -> Enphase {
    let session = Session::new(client(), Arc::clone(vault) as _, Arc::new(FixedClock::at(now())));
    let key = SecretText::new("app-key");
    Enphase::new(&vendor.origin, key, session, Arc::new(Unlimited)).unwrap()
}

fn signed_in() -> Arc<MemoryVault> {
    Arc::new(MemoryVault::holding(tokens("access", "r-0", 86_393)))
}

fn morning() -> Window {
    window("2026-06-12T08:00:00Z", "2026-06-12T10:00:00Z")
}

async fn refused(reply: Reply) -> VendorError {
    let vendor = Vendor::replying(vec![reply]).await;
    gateway(&vendor, &signed_in()).sites().await.unwrap_err()
}

fn lines(telemetry: &Telemetry, now: jiff::Timestamp) -> Vec<String> {
    production(telemetry, morning(), now).readings.iter().map(line).collect()
}

#[test]
fn intervals_are_stamped_with_their_end_and_incomplete_ones_wait_for_late_data() {
    let telemetry: Telemetry =
        serde_json::from_str(include_str!("fixtures/production_micro.json")).unwrap();

    let settled = [
        "site 2026-06-12T09:25:00Z 40000 3333",
        "site 2026-06-12T09:30:00Z 38000 3167",
        "site 2026-06-12T09:35:00Z 41000 -",
    ];
    let late = ["site 2026-06-12T09:40:00Z 20500 1708", "site 2026-06-12T09:45:00Z 2560 213"];
    assert_eq!(lines(&telemetry, now()), settled);
    let fetched = production(&telemetry, morning(), now());
    assert_eq!(fetched.complete_to, "2026-06-12T09:40:00Z".parse().unwrap());
    // Three hours later nobody waits any more.
    let later = now() + SignedDuration::from_hours(3);
    assert_eq!(lines(&telemetry, later), [&settled[..], &late[..]].concat());
}

#[test]
fn an_empty_list_means_that_nothing_was_reported_yet() {
    let telemetry: Telemetry =
        serde_json::from_str(r#"{"total_devices":16,"intervals":[]}"#).unwrap();

    let fetched = production(&telemetry, morning(), now());

    assert!(fetched.readings.is_empty());
    assert_eq!(fetched.complete_to, morning().from);
}

#[tokio::test]
async fn every_call_carries_the_key_and_the_token() {
    let vendor = Vendor::replying(vec![
        Reply::ok(include_str!("fixtures/systems.json")),
        Reply::ok(include_str!("fixtures/summary.json")),
        Reply::ok(include_str!("fixtures/systems.json")),
        Reply::ok(include_str!("fixtures/devices.json")),
        Reply::ok(include_str!("fixtures/production_micro.json")),
        Reply::ok(
            r#"{"alarms":[{"id":9,"event_type_id":12,"cleared":false,"severity":2,
                "alarm_start_time":1781250000,"alarm_end_time":null,"events":[]}]}"#,
        ),
        Reply::ok(
            r#"{"event_types":[{"event_type_id":12,"event_type_key":"k","stateful":true,
                "event_name":"n","event_description":"AC frequency out of range",
                "recommended_action":"Call the installer"}]}"#,
        ),
    ])
    .await;
    let gateway = gateway(&vendor, &signed_in());

    let sites = gateway.sites().await.unwrap();
    let site = gateway.site(&id()).await.unwrap();
    let devices = gateway.devices(&id()).await.unwrap();
    let fetched = gateway.readings(&id(), &SiteZone::utc(), morning(), now()).await.unwrap();
    let alarms = gateway.alarms(&id(), now() - SignedDuration::from_hours(24)).await.unwrap();

    assert_eq!((sites.len(), sites[1].last_report), (2, None));
    assert_eq!(site.site.name, "Meadow View School");
    assert_eq!(site.capacity.unwrap().wp(), 84_000);
    assert_eq!(site.zone.unwrap().name(), "US/Eastern");
    let seen: Vec<_> = devices.iter().map(|d| (d.serial.as_str(), d.active)).collect();
    assert_eq!(
        seen,
        [
            ("482100000001", true),
            ("482100000002", false),
            ("122100000001EIM1", true),
            ("122100000001", true)
        ]
    );
    assert_eq!(fetched.readings.len(), 3);
    assert_eq!((alarms[0].id.as_str(), alarms[0].open), ("9", true));
    assert_eq!(alarms[0].kind, "AC frequency out of range (Call the installer)");
    assert_eq!(
        vendor.targets()[4],
        "GET /api/v4/systems/700001/telemetry/production_micro?start_at=1781251200&granularity=day"
    );
    for request in vendor.asked() {
        assert!(request.contains("key: app-key") && request.contains("Bearer access"), "{request}");
    }
}

#[tokio::test]
async fn a_401_with_a_list_that_answers_means_that_the_plan_is_too_small() {
    let refusal = r#"{"message":"Not Authorized","details":"User is not authorized","code":401}"#;
    let small = Vendor::replying(vec![
        Reply::new(401, refusal),
        Reply::ok(include_str!("fixtures/systems.json")),
    ])
    .await;
    let signed_out =
        Vendor::replying(vec![Reply::new(401, refusal), Reply::new(401, refusal)]).await;
    let devices = async |vendor: &Vendor| {
        gateway(vendor, &signed_in()).devices(&id()).await.unwrap_err().cause
    };

    assert_eq!(devices(&small).await, Cause::PlanTooSmall);
    assert_eq!(devices(&signed_out).await, Cause::CredentialRejected);
}

#[tokio::test]
async fn both_kinds_of_429_are_told_apart_and_neither_says_retry_after() {
    let minute = r#"{"message":"Too Many Requests","details":"Usage limit exceeded for plan Kilowatt",
        "code":429,"period":"minute","period_start":1781258400,"period_end":1781258460,"limit":5}"#;
    let month = r#"{"message":"Too Many Requests","code":429,"period":"month",
        "period_end":1782864000}"#;
    let bare = r#"{"message":"Too Many Requests","code":429}"#;
    let at = |body: &str| Reply::new(429, body).with("date", "Fri, 12 Jun 2026 10:00:30 GMT");

    let minute = refused(at(minute)).await;
    let month = refused(at(month)).await;
    let bare = refused(Reply::new(429, bare)).await;

    assert_eq!((minute.cause, minute.retry_after.unwrap().as_secs()), (Cause::RateLimited, 30));
    assert_eq!(minute.said.as_deref(), Some("Usage limit exceeded for plan Kilowatt"));
    assert_eq!(month.cause, Cause::QuotaSpent);
    assert_eq!((bare.cause, bare.retry_after.unwrap().as_secs()), (Cause::RateLimited, 60));
}

#[tokio::test]
async fn every_refusal_is_told_apart() {
    let unavailable = r#"{"errorCode":7,"errorMessages":["Data is temporarily unavailable"]}"#;
    let object = r#"{"errorCode":7,"errorMessages":{"a":"b"}}"#;
    let not_there = r#"{"reason":"501","message":["Not Implemented"]}"#;
    let unknown =
        r#"{"message":"Not Found","details":"System not found for {:id=>\"1\"}","code":404}"#;
    for (reply, cause) in [
        (Reply::new(500, unavailable), Cause::Maintenance),
        (Reply::new(500, object), Cause::Maintenance),
        (Reply::new(500, "{}"), Cause::VendorFault),
        (Reply::new(501, not_there), Cause::Retired),
        (Reply::new(404, unknown), Cause::SiteUnknown),
        (Reply::new(403, r#"{"message":"Forbidden"}"#), Cause::PermissionMissing),
        (Reply::new(422, r#"{"details":"start_at is invalid"}"#), Cause::ContractChanged),
        (Reply::html(502), Cause::VendorFault),
    ] {
        assert_eq!(refused(reply).await.cause, cause);
    }
}

#[tokio::test]
async fn tokens_rotate_with_basic_authentication_before_the_call() {
    let vault = Arc::new(MemoryVault::holding(tokens("old", "r-0", 60)));
    let granted = r#"{"access_token":"new","token_type":"bearer","refresh_token":"r-1",
        "expires_in":86393,"scope":"read write","enl_uid":"1"}"#;
    let vendor = Vendor::replying(vec![
        Reply::ok(granted),
        Reply::ok(include_str!("fixtures/systems.json")),
    ])
    .await;

    gateway(&vendor, &vault).sites().await.unwrap();

    let asked = vendor.asked();
    assert!(asked[0].starts_with("POST /oauth/token?grant_type=refresh_token&refresh_token=r-0"));
    // our-client:client-secret
    assert!(asked[0].contains("authorization: Basic b3VyLWNsaWVudDpjbGllbnQtc2VjcmV0"));
    assert!(asked[1].contains("Bearer new"));
    assert_eq!(vault.held().refresh.expose(), "r-1");
}
