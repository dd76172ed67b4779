//! What happened with inverters of Fronius on their own, and with its cloud.

use greengrid_app::actor::Actor;
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Cause, Health};
use serde_json::Value;

use super::World;
use crate::fronius_push::{address, current, push};
use crate::support::App;

const FRONIUS: Brand = Brand::Fronius;

/// A program with one site whose device pushes, and the secret of its address.
async fn pushing() -> (App, String) {
    let app = App::start().await;
    let secret = address(&app, "farm").await;
    (app, secret)
}

async fn pages(app: &App) -> [String; 2] {
    let mut ops = app.signed_in(Role::Ops).await;
    [ops.get("/connections").await.text, ops.get("/sites/farm").await.text]
}

async fn cause(app: &App) -> Option<Cause> {
    app.connections.list(&Actor::System).await.unwrap().0[0].record.cause
}

async fn lines(app: &App) -> Vec<String> {
    let csv = app.signed_in(Role::Ops).await.get("/sites/farm/readings.csv").await.text;
    csv.lines().skip(1).map(str::to_owned).collect()
}

fn message(body: &Value) -> &str {
    body["error"]["message"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn an_inverter_that_leaves_its_power_out_at_night_is_asleep_and_sends_no_zero() {
    let (app, secret) = pushing().await;
    let night = current("02:33:41", r#""TOTAL_ENERGY": {"Unit": "Wh", "Values": {"1": 12345678}}"#);

    let (status, body) = push(&app, &secret, &night).await;

    assert_eq!((status.as_u16(), &body["accepted"]), (200, &0.into()));
    assert_eq!((cause(&app).await, lines(&app).await.len()), (None, 0));
    assert!(pages(&app).await[0].contains("All connections bring their readings."));
    // Solar.web has nothing of the night either.
    let world = World::start().await;
    world.later(0).await;
    for _ in 0..3 {
        world.later(5 * 60).await;
    }
    world.assert_healthy("fro").await;
    let tested = world.tested("fro").await;
    assert!(tested.contains("the inverters are asleep; test again after "), "{tested}");
}

#[tokio::test]
async fn energies_that_firmware_leaves_empty_are_taken_from_power_and_counter() {
    let (app, secret) = pushing().await;
    let gen24 = current(
        "10:33:41",
        r#""PAC": {"Unit": "W", "Values": {"1": 4120}},
           "DAY_ENERGY": {"Unit": "Wh", "Values": {"1": null}},
           "YEAR_ENERGY": {"Unit": "Wh", "Values": {"1": null}},
           "TOTAL_ENERGY": {"Unit": "Wh", "Values": {"1": 12345678}}"#,
    );

    let (status, body) = push(&app, &secret, &gen24).await;

    assert_eq!((status.as_u16(), &body["accepted"]), (200, &1.into()));
    assert_eq!(cause(&app).await, None);
    let readings = lines(&app).await;
    assert!(readings[0].contains("4120") && readings[0].contains("12345678"), "{readings:?}");
    for page in pages(&app).await {
        assert!(page.contains("Update firmware.") && page.contains("its energies are empty"));
    }
}

#[tokio::test]
async fn an_interface_that_is_switched_off_says_where_to_enable_it() {
    let (app, secret) = pushing().await;

    let (status, body) = push(&app, &secret, "Solar API disabled by customer config").await;

    assert_eq!(status, 400);
    assert!(message(&body).contains("Enable: Communication → Solar API"), "{body}");
    assert_eq!(cause(&app).await, Some(Cause::InterfaceOff));
    let [page, _] = pages(&app).await;
    assert!(page.contains("The inverter’s own interface is switched off."), "{page}");
    assert!(page.contains("enable: Communication → Solar API"), "{page}");
    let quarantine = app.signed_in(Role::Ops).await.get("/quarantine").await.text;
    assert!(quarantine.contains("push of farm"), "{quarantine}");
}

#[tokio::test]
async fn an_answer_that_is_well_with_a_failure_inside_is_an_error_of_the_inverter() {
    let (app, secret) = pushing().await;
    let good = current("10:33:41", r#""PAC": {"Unit": "W", "Values": {"1": 4120}}"#);
    let failed = good.replace(r#""Code": 0"#, r#""Code": 255"#);

    let (status, body) = push(&app, &secret, &failed).await;

    assert_eq!(status, 400);
    assert!(message(&body).contains("inverter internal error (code 255); restart it"), "{body}");
    assert_eq!(cause(&app).await, Some(Cause::DeviceFault));
    let [page, _] = pages(&app).await;
    assert!(page.contains("The inverter reports an internal error."), "{page}");
    assert!(page.contains("Restart the inverter"), "{page}");
    assert!(lines(&app).await.is_empty());
    push(&app, &secret, &good).await;
    assert_eq!((cause(&app).await, lines(&app).await.len()), (None, 1));
}

#[tokio::test]
async fn data_that_an_update_dropped_leave_the_power_that_is_still_told() {
    let (app, secret) = pushing().await;
    let dropped = current("10:28:41", "").replace(r#""Code": 0"#, r#""Code": 6"#);
    let flow = current(
        "10:33:41",
        r#""Site": {"P_PV": 4120, "P_Load": -900, "E_Day": null},
           "Inverters": {"1": {"DT": 1, "P": 4120, "E_Day": null}, "2": {"DT": 1, "P": null}}"#,
    );

    let nothing = push(&app, &secret, &dropped).await;
    let power = push(&app, &secret, &flow).await;

    assert_eq!((nothing.0.as_u16(), &nothing.1["accepted"]), (200, &0.into()));
    assert_eq!((power.0.as_u16(), &power.1["accepted"]), (200, &1.into()));
    assert_eq!(cause(&app).await, None);
    let readings = lines(&app).await;
    assert!(readings[0].contains("inverter/1") && readings[0].contains("4120"), "{readings:?}");
    for page in pages(&app).await {
        assert!(page.contains("Firmware changed; still reading power."), "{page}");
    }
}

#[tokio::test]
async fn firmware_that_is_known_to_hang_should_be_updated() {
    let world = World::start().await;
    world.inject(FRONIUS, "old_firmware").await;

    world.later(0).await;

    world.assert_healthy("fro").await;
    for page in [world.page().await, world.site("fro").await] {
        assert!(page.contains("Update firmware.") && page.contains("has 1.38.6-1"), "{page}");
    }
    assert!(world.tested("fro").await.contains("update firmware: "));
}

#[tokio::test]
async fn a_device_that_falls_silent_while_the_cloud_tells_is_down_alone() {
    let world = World::start().await;
    world.later(0).await;
    let code = "fro".parse().unwrap();
    let secret = world.connections.connect_push(&Actor::System, &code).await.unwrap();
    let pac = r#""PAC": {"Unit": "W", "Values": {"1": 4120}}"#;
    let (status, _) = push(&world.app, &secret, &current("10:40:41", pac)).await;
    assert_eq!(status, 200);
    assert_eq!(world.health(&world.pushed("fro").await), Health::Healthy);

    world.later(60).await;
    world.later(1).await;

    let silent = world.pushed("fro").await;
    assert_eq!(silent.record.cause, Some(Cause::NoFreshData));
    world.assert_healthy("fro").await;
    for page in [world.page().await, world.site("fro").await] {
        assert!(page.contains("Local down, cloud fine."), "{page}");
    }
    // What the device and the cloud tell counts once.
    let readings = world.readings("fro", "2026-06-12").await;
    assert!(!readings.iter().any(|line| line.contains("inverter/1")), "{readings:?}");
    assert!(readings.iter().any(|line| line.contains("T09:30:00")), "{readings:?}");
    push(&world.app, &secret, &current("11:41:41", pac)).await;
    assert_eq!(world.pushed("fro").await.record.cause, None);
}
