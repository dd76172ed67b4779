use std::sync::Arc;

use greengrid_app::ingestion::vendors::{
    ExternalId, SecretText, VendorError, VendorGateway, Window,
};
use greengrid_app::testing::FixedClock;
use greengrid_domain::ingestion::{Cause, Noted, Remark};
use greengrid_domain::time::SiteZone;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, Unit};
use proptest::prelude::*;

use super::map::{inverters, request_times, whole, within_span};
use super::payload::{InvertersTelemetry, Series};
use super::{Access, SolarEdge};
use crate::vendors::oauth::Session;
use crate::vendors::testing::{
    MemoryVault, Reply, Unlimited, Vendor, client, line, now, tokens, window,
};

fn berlin() -> SiteZone {
    "Europe/Berlin".parse().unwrap()
}

fn id() -> ExternalId {
    "410001".parse().unwrap()
}

fn by_key(vendor: &Vendor) -> SolarEdge {
    let key = Access::Key(SecretText::new("fleet-key"));
    SolarEdge::new(&vendor.origin, key, Arc::new(Unlimited)).unwrap()
}

fn morning() -> Window {
    window("2026-06-12T06:00:00Z", "2026-06-12T10:00:00Z")
}

async fn refused(reply: Reply) -> VendorError {
    let vendor = Vendor::replying(vec![reply]).await;
    by_key(&vendor).site(&id()).await.unwrap_err()
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    let body = format!(
        r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"{detail}",
            "properties":{{"traceId":"t-42"}}}}"#
    );
    Reply::new(status, body).with("content-type", "application/problem+json")
}

#[test]
fn units_are_read_buckets_start_voltage_ends_and_null_is_not_zero() {
    let telemetry: InvertersTelemetry =
        serde_json::from_str(include_str!("fixtures/telemetry.json")).unwrap();

    let fetched = inverters(&telemetry, morning(), now()).unwrap();

    let lines: Vec<String> = fetched.readings.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "7F10AA01-11 2026-06-12T09:00:00Z 41250 10312",
            "7F10AA02-12 2026-06-12T09:00:00Z - 9800",
            "7F10AA01-11 2026-06-12T09:15:00Z 40500 10125",
        ]
    );
    let volts: Vec<_> = fetched.readings.iter().map(|r| r.measurement.voltage_v).collect();
    assert_eq!(volts, [Some(233.4), None, Some(234.1)]);
    assert_eq!(fetched.complete_to, "2026-06-12T09:30:00Z".parse().unwrap());
}

#[test]
fn an_unknown_unit_is_refused_rather_than_guessed() {
    let series: Series = serde_json::from_str(r#"{"unit":"BTU","values":[]}"#).unwrap();

    let error = whole(&series, morning(), now()).unwrap_err();

    assert_eq!(error.cause, Cause::ContractChanged);
    assert!(error.said.unwrap().contains("BTU"));
}

#[test]
fn the_quarter_hour_that_still_runs_is_left_for_the_next_time() {
    let body = r#"{"unit":"KW","values":[
        {"timestamp":"2026-06-12T11:30:00+02:00","value":1.0},
        {"timestamp":"2026-06-12T11:45:00+02:00","value":0.4}]}"#;
    let series: Series = serde_json::from_str(body).unwrap();
    let at = "2026-06-12T09:50:00Z".parse().unwrap();

    let fetched = whole(&series, morning(), at).unwrap();

    let lines: Vec<String> = fetched.readings.iter().map(line).collect();
    assert_eq!(lines, ["site 2026-06-12T09:30:00Z 1000 250"]);
    assert_eq!(fetched.complete_to, "2026-06-12T09:45:00Z".parse().unwrap());
}

#[test]
fn requests_name_the_time_at_the_site_and_both_hours_shown_twice() {
    let times = |from, to| request_times(window(from, to), &berlin());

    let summer = times("2026-06-12T06:00:00Z", "2026-06-12T10:00:00Z");
    let autumn = times("2026-10-25T00:30:00Z", "2026-10-25T06:00:00Z");
    let ending = times("2026-10-24T20:00:00Z", "2026-10-25T01:15:00Z");

    assert_eq!(summer, ("2026-06-12T08:00:00".to_owned(), "2026-06-12T12:00:00".to_owned()));
    assert_eq!(autumn.0, "2026-10-25T01:30:00");
    assert_eq!(ending.1, "2026-10-25T03:15:00");
}

proptest! {
    #[test]
    fn no_request_is_longer_than_the_vendor_takes_nor_loses_its_beginning(
        minutes in 0_i64..525_600,
        length in 15_i64..2_000,
    ) {
        let start = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
        let from = (start + SignedDuration::from_mins(minutes)).round(Unit::Minute).unwrap();
        let wanted = Window { from, to: from + SignedDuration::from_mins(length) };

        let part = within_span(wanted, &berlin());
        let (asked_from, asked_to) = request_times(part, &berlin());

        let civil = |text: &str| text.parse::<DateTime>().unwrap();
        let span = civil(&asked_to).duration_since(civil(&asked_from));
        prop_assert!(span <= SignedDuration::from_hours(12));
        prop_assert!(part.from == wanted.from && part.to > part.from && part.to <= wanted.to);
        // However the vendor understands them, the times asked for hold the window.
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let latest = zone.to_ambiguous_timestamp(civil(&asked_from)).later().unwrap();
        let earliest = zone.to_ambiguous_timestamp(civil(&asked_to)).earlier().unwrap();
        prop_assert!(latest <= part.from && part.to <= earliest);
    }
}

#[tokio::test]
async fn sites_details_devices_and_alarms_come_in_our_terms() {
    let vendor = Vendor::replying(vec![
        Reply::ok(include_str!("fixtures/sites.json")),
        Reply::ok(include_str!("fixtures/site.json")),
        Reply::ok(include_str!("fixtures/devices.json")),
        Reply::ok(include_str!("fixtures/alerts.json")),
    ])
    .await;
    let gateway = by_key(&vendor);

    let sites = gateway.sites().await.unwrap();
    let site = gateway.site(&id()).await.unwrap();
    let devices = gateway.devices(&id()).await.unwrap();
    let alarms = gateway.alarms(&id(), now() - SignedDuration::from_hours(48)).await.unwrap();

    assert_eq!(sites[1].name, "Quarry Lane");
    assert_eq!(site.capacity.unwrap().wp(), 412_500);
    assert_eq!(site.zone.unwrap().name(), "Europe/Berlin");
    assert_eq!(site.site.last_report, Some("2026-06-12T09:45:00Z".parse().unwrap()));
    let seen: Vec<_> = devices.iter().map(|d| (d.serial.as_str(), d.active)).collect();
    assert_eq!(seen, [("7F10AA01-11", true), ("7F10AA00-10", false), ("M-0042", true)]);
    assert_eq!(alarms.len(), 1);
    assert_eq!((alarms[0].kind.as_str(), alarms[0].open), ("DC Isolation", true));
    assert_eq!(
        vendor.targets(),
        [
            "GET /v2/sites?page=1&sites-in-page=1000",
            "GET /v2/sites/410001",
            "GET /v2/sites/410001/devices?types=INVERTER&types=METER",
            "GET /v2/sites/410001/alerts?only-open=true&alerts-in-page=100",
        ]
    );
    assert!(vendor.asked().iter().all(|request| request.contains("x-api-key: fleet-key")));
}

#[tokio::test]
async fn one_endpoint_that_is_gone_does_not_stop_the_site() {
    let whole = r#"{"unit":"W","values":[{"timestamp":"2026-06-12T11:00:00+02:00","value":4000}]}"#;
    let vendor = Vendor::replying(vec![problem(410, "Gone", "ended"), Reply::ok(whole)]).await;

    let fetched = by_key(&vendor).readings(&id(), &berlin(), morning(), now()).await.unwrap();

    assert_eq!(line(&fetched.readings[0]), "site 2026-06-12T09:00:00Z 4000 1000");
    assert_eq!(fetched.remarks, [Noted::of(Remark::NotByInverter)]);
    assert!(vendor.targets()[1].starts_with(
        "GET /v2/sites/410001/power?resolution=QUARTER_HOUR&from=2026-06-12T08%3A00%3A00"
    ));
}

#[tokio::test]
async fn an_interface_that_has_ended_says_so_when_every_endpoint_does() {
    let gone = || problem(410, "Gone", "This version has been retired");
    let vendor = Vendor::replying(vec![gone(), gone()]).await;

    let error = by_key(&vendor).readings(&id(), &berlin(), morning(), now()).await.unwrap_err();

    assert_eq!(error.cause, Cause::Retired);
}

#[tokio::test]
async fn every_refusal_is_told_apart() {
    let invalid = refused(problem(401, "Unauthorized", "Invalid API key")).await;
    let old = refused(problem(401, "Unauthorized", "The access token is missing")).await;
    let site = refused(problem(404, "Not Found", "no such site")).await;
    let rights = refused(problem(403, "Forbidden", "scope")).await;

    assert_eq!(
        (invalid.cause, invalid.reference.as_deref()),
        (Cause::CredentialRejected, Some("t-42"))
    );
    assert_eq!(invalid.said.as_deref(), Some("Invalid API key"));
    assert_eq!(old.cause, Cause::CredentialKind);
    assert_eq!(site.cause, Cause::SiteUnknown);
    assert_eq!(rights.cause, Cause::PermissionMissing);
}

#[tokio::test]
async fn the_two_kinds_of_429_are_told_apart() {
    let minute = problem(429, "Too Many Requests", "rate")
        .with("x-ratelimit-remaining-minute", "0")
        .with("retry-after", "37");
    let month =
        problem(429, "Too Many Requests", "credits").with("x-ratelimit-remaining-minute", "8");

    let (minute, month) = (refused(minute).await, refused(month).await);

    assert_eq!(minute.cause, Cause::RateLimited);
    assert_eq!(minute.retry_after.unwrap().as_secs(), 37);
    assert_eq!((month.cause, month.retry_after), (Cause::QuotaSpent, None));
}

#[tokio::test]
async fn web_pages_and_redirects_are_no_data() {
    let behind_proxy = refused(Reply::html(502)).await;
    let instead = refused(Reply::html(200)).await;
    let elsewhere = refused(Reply::new(302, "").with("location", "http://127.0.0.1:1/")).await;
    let nobody = Vendor::replying(Vec::new()).await.origin;
    let closed =
        greengrid_app::ingestion::vendors::Origin { base: "http://127.0.0.1:1".into(), ..nobody };
    let key = Access::Key(SecretText::new("k"));
    let closed = SolarEdge::new(&closed, key, Arc::new(Unlimited)).unwrap();

    assert_eq!((behind_proxy.cause, behind_proxy.said), (Cause::VendorFault, None));
    assert_eq!(instead.cause, Cause::VendorFault);
    assert_eq!(elsewhere.cause, Cause::ContractChanged);
    assert_eq!(closed.site(&id()).await.unwrap_err().cause, Cause::Unreachable);
}

#[tokio::test]
async fn tokens_of_an_owner_rotate_before_the_call() {
    let vault = Arc::new(MemoryVault::holding(tokens("old", "r-0", 60)));
    let granted = r#"{"access_token":"new","refresh_token":"r-1","expires_in":7200}"#;
    let vendor =
        Vendor::replying(vec![Reply::ok(granted), Reply::ok(include_str!("fixtures/site.json"))])
            .await;
    let clock = Arc::new(FixedClock::at(now()));
    let session = Session::new(client(), vault.clone(), clock);
    let gateway =
        SolarEdge::new(&vendor.origin, Access::OAuth(Box::new(session)), Arc::new(Unlimited))
            .unwrap();

    gateway.site(&id()).await.unwrap();

    let asked = vendor.asked();
    assert!(asked[0].starts_with("POST /v2/oauth2/token"));
    assert!(asked[0].contains(r#""refresh_token":"r-0""#));
    assert!(asked[1].contains("authorization: Bearer new"));
    assert_eq!(vault.held().refresh.expose(), "r-1");
}

#[tokio::test]
async fn a_refused_renewal_asks_the_owner() {
    let vault = Arc::new(MemoryVault::holding(tokens("old", "r-0", 60)));
    let refusal = r#"{"error":"invalid_grant","error_description":"Refresh token expired"}"#;
    let vendor = Vendor::replying(vec![Reply::new(400, refusal)]).await;
    let session = Session::new(client(), vault, Arc::new(FixedClock::at(now())));
    let gateway =
        SolarEdge::new(&vendor.origin, Access::OAuth(Box::new(session)), Arc::new(Unlimited))
            .unwrap();

    let error = gateway.site(&id()).await.unwrap_err();

    assert_eq!(error.cause, Cause::CredentialExpired);
    assert_eq!(error.said.as_deref(), Some("Refresh token expired"));
}
