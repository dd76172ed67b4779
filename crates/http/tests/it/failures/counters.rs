//! What counters, clocks and senders do wrong, whoever made them.

use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::{Role, Scope};
use greengrid_infra::runners::projector::Projector;

use super::World;
use crate::fronius_push::{address, current, push};
use crate::support::{App, Sent};

/// A push with a power and a counter, at a time of that morning.
fn counting(time: &str, total_wh: u64) -> String {
    let body = format!(
        r#""PAC": {{"Unit": "W", "Values": {{"1": 4120}}}},
           "TOTAL_ENERGY": {{"Unit": "Wh", "Values": {{"1": {total_wh}}}}}"#
    );
    current(time, &body)
}

#[tokio::test]
async fn a_counter_that_flaps_in_an_outage_is_ignored_and_never_energy() {
    let app = App::start().await;
    let secret = address(&app, "farm").await;

    for (time, total) in [
        ("10:05:10", 12_345_678),
        ("10:10:10", 0),
        ("10:15:10", 9_000_000),
        ("10:20:10", 12_346_700),
    ] {
        let (status, body) = push(&app, &secret, &counting(time, total)).await;
        assert_eq!((status.as_u16(), &body["accepted"]), (200, &1.into()));
    }

    Projector::project_once(&app.db.pool()).await.unwrap();
    let mut ops = app.signed_in(Role::Ops).await;
    let site = ops.get("/sites/farm").await.text;
    assert_eq!(site.matches("ignored impossible reading of the energy counter").count(), 2);
    assert!(!site.contains("the energy counter went backwards"), "{site}");
    let page = ops.get("/connections").await.text;
    assert!(page.contains("Ignored impossible reading."), "{page}");
    // Four readings of five minutes at 4120 W, whatever the counter says.
    let today: i64 = sqlx::query_scalar("select sum(energy_wh)::bigint from site_interval")
        .fetch_one(&app.db.pool())
        .await
        .unwrap();
    assert!((1_300..1_450).contains(&today), "{today}");
    let counters: Vec<Option<i64>> =
        sqlx::query_scalar("select register_wh from site_interval order by starts_at")
            .fetch_all(&app.db.pool())
            .await
            .unwrap();
    assert_eq!(counters, [Some(12_345_678), Some(12_346_700)]);
}

#[tokio::test]
async fn what_arrives_late_is_filled_in_at_the_time_it_was_measured() {
    let world = World::start().await;
    world.later(0).await;
    world.pass(60);
    world.inject(Brand::Fronius, "late").await;
    world.later(30).await;
    let hour = |readings: &[String]| readings.iter().filter(|l| l.contains("T09:0")).count();
    let before = hour(&world.readings("fro", "2026-06-12").await);
    world.mend(Brand::Fronius).await;

    world.later(24 * 60).await;
    world.later(15).await;
    world.later(15).await;

    let after = hour(&world.readings("fro", "2026-06-12").await);
    assert!(before == 0 && after > 0, "{before} {after}");
    let night = world.readings("fro", "2026-06-13").await;
    assert!(!night.iter().any(|line| line.contains("T00:")), "{night:?}");
    for page in [world.page().await, world.site("fro").await] {
        assert!(page.contains("Late data filled in."), "{page}");
    }
    world.assert_healthy("fro").await;
}

#[tokio::test]
async fn a_site_without_a_meter_is_read_by_its_power_and_told_as_such() {
    let world = World::start().await;
    world.inject(Brand::SolarEdge, "no_meter").await;

    world.later(0).await;

    world.assert_healthy("sun").await;
    assert!(world.readings("sun", "2026-06-12").await.len() > 10);
    for page in [world.page().await, world.site("sun").await] {
        assert!(page.contains("No consumption meter."), "{page}");
    }
    assert!(world.tested("sun").await.contains("active; no consumption meter"));
}

#[tokio::test]
async fn a_counter_that_runs_over_at_its_known_limit_was_not_reset() {
    let app = App::start().await;
    let secret = address(&app, "farm").await;

    for (time, total) in [("10:05:10", 1_300_000), ("10:10:10", 107_300), ("10:15:10", 107_650)] {
        push(&app, &secret, &counting(time, total)).await;
    }

    let mut ops = app.signed_in(Role::Ops).await;
    let site = ops.get("/sites/farm").await.text;
    assert_eq!(site.matches("known counter wrap, corrected").count(), 1, "{site}");
    assert!(!site.contains("the energy counter went backwards"), "{site}");
    let page = ops.get("/connections").await.text;
    assert!(page.contains("Known counter wrap, corrected."), "{page}");
}

#[tokio::test]
async fn power_of_hours_ago_is_shown_as_the_last_reading_and_not_as_that_of_now() {
    let app = App::start().await;
    app.sites(["farm"]).await;
    let program = app.program(Scope::ReadingsWrite).await;
    let row = |device: &str, time: &str| {
        format!(
            r#"{{"site_id":"farm","device_id":"{device}","timestamp_utc":"2026-06-12T{time}Z","power_w":3600,"energy_wh":null,"status_code":"DREAMING"}}"#
        )
    };
    let rows = format!("[{},{}]", row("old", "05:40:00"), row("new", "08:35:00"));
    program.send(Sent::json(rows)).await;
    Projector::project_once(&app.db.pool()).await.unwrap();

    let page = app.signed_in(Role::Ops).await.get("/sites/farm").await.text;

    let devices = page.split("id=\"s-d\"").nth(1).unwrap().split("id=\"s-r\"").next().unwrap();
    assert_eq!(devices.matches("last reading 07:40").count(), 1, "{devices}");
    assert_eq!(devices.matches("3.6").count(), 1, "{devices}");
    // Words that no maker documents are kept as they came.
    assert_eq!(devices.matches("DREAMING").count(), 2, "{devices}");
    let csv = app.signed_in(Role::Ops).await.get("/sites/farm/readings.csv").await.text;
    assert_eq!(csv.matches("DREAMING").count(), 2, "{csv}");
}

#[tokio::test]
async fn a_billion_watts_are_quarantined() {
    let world = World::start().await;
    world.later(0).await;
    world.inject(Brand::SolarEdge, "billion").await;

    world.again("sun").await;

    let mut ops = world.app.signed_in(Role::Ops).await;
    let quarantine = ops.get("/quarantine").await.text;
    assert!(quarantine.contains("beyond anything that can be measured"), "{quarantine}");
    let readings = world.readings("sun", "2026-06-12").await;
    assert!(!readings.iter().any(|line| line.contains("1000000000")), "{readings:?}");
    assert!(world.page().await.contains("Ignored impossible reading."));
    world.mend(Brand::SolarEdge).await;
    world.again("sun").await;
    world.assert_healthy("sun").await;
}
