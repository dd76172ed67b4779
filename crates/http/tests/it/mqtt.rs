//! Readings from a real broker.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use greengrid_domain::identity::Role;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::command_line::{Serving, greengrid};
use crate::support::{App, SECRET, Watch, free_port};

const RULES: &str = "tele/{device}/+=alpha; shelly/{site}/{device}/status/+";
const PATIENCE: Duration = Duration::from_secs(30);

/// Mosquitto on a port of its own, killed when dropped.
struct Mosquitto {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Mosquitto {
    /// None where it is not installed, which is a failure in CI only.
    async fn start(port: u16) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mosquitto.conf");
        let configuration = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(&file, configuration).unwrap();
        let start = |program: &str| {
            let mut command = Command::new(program);
            command.arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
        };
        let Ok(child) = start("mosquitto").or_else(|_| start("/usr/sbin/mosquitto")) else {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "the tests need a broker: apt-get install mosquitto");
            eprintln!("skipped: needs a broker (apt-get install mosquitto)");
            return None;
        };
        let broker = Self { child, port, _folder: folder };
        let up = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, up).await.unwrap();
        Some(broker)
    }

    /// Publishes, and waits until the broker has it.
    async fn publish(&self, topic: &str, payload: &str) {
        let mut options = MqttOptions::new("publisher", "127.0.0.1", self.port);
        options.set_keep_alive(Duration::from_secs(30));
        let (client, mut events) = AsyncClient::new(options, 10);
        client.publish(topic, QoS::AtLeastOnce, false, payload).await.unwrap();
        let published = async {
            loop {
                if let Event::Incoming(Packet::PubAck(_)) = events.poll().await.unwrap() {
                    return;
                }
            }
        };
        timeout(PATIENCE, published).await.unwrap();
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A fleet, and what is told about changes of its database.
struct World {
    app: App,
    watch: Watch,
}

impl World {
    async fn new() -> Self {
        let app = App::start().await;
        app.sites(["alpha", "beta"]).await;
        let watch = Watch::over(&app).await;
        Self { app, watch }
    }

    fn serve(&self, port: u16) -> Serving {
        let mut command = greengrid();
        command
            .arg("serve")
            .env("DATABASE_URL", self.app.db.url())
            .env("GREENGRID_SECRET", SECRET)
            .env("GREENGRID_LOG", "error")
            .env("GREENGRID_MQTT_URL", format!("mqtt://127.0.0.1:{port}"))
            .env("GREENGRID_MQTT_TOPICS", RULES);
        Serving::start(command)
    }

    async fn until_connected(&mut self, connected: bool) {
        self.watch
            .until("select connected::text from broker_standing", &connected.to_string())
            .await;
    }
}

/// The newest reading of a device in words.
fn newest(serial: &str) -> String {
    format!(
        "select concat_ws(' ', site.code, to_char(measured_at at time zone 'utc', 'HH24:MI'),
                          power_w, energy_total_wh)
         from reading_event
         join site on site.id = reading_event.site_id
         join device on device.id = reading_event.device_id
         where device.serial = '{serial}' order by measured_at desc, revision desc limit 1"
    )
}

fn sensor(time: &str, watts: u32) -> String {
    format!(
        r#"{{"Time":"2026-06-12T{time}","ENERGY":{{"Total":514.153,"Today":0.537,"Power":{watts},
            "Voltage":234,"Current":0.392}}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_devices_publish_becomes_readings_and_what_cannot_be_read_is_kept() {
    let Some(broker) = Mosquitto::start(free_port()).await else { return };
    let mut world = World::new().await;
    let _serving = world.serve(broker.port);
    world.until_connected(true).await;

    broker.publish("tele/plug/SENSOR", &sensor("10:45:10", 56)).await;
    broker.publish("tele/plug/STATE", "{\"POWER\":\"ON\"}").await;
    broker.publish("tele/plug/SENSOR", "{\"Time\":").await;
    let switch = r#"{"id":0,"apower":47.4,"aenergy":{"total":5.125,"minute_ts":1781254080}}"#;
    broker.publish("shelly/beta/s1/status/switch:0", switch).await;
    broker.publish("shelly/nowhere/s1/status/switch:0", switch).await;

    world.watch.until(&newest("plug"), "alpha 08:45 56 514153").await;
    world.watch.until(&newest("s1"), "beta 08:45 47 5").await;
    let kept = "select string_agg(concat_ws('|', source, code, convert_from(payload, 'UTF8')), ' '
                                  order by code)
                from quarantine";
    let expected = format!("mqtt|malformed|{{\"Time\": mqtt|unknown_site|{switch}");
    world.watch.until(kept, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_while_we_were_away_is_taken_when_we_come_back() {
    let Some(broker) = Mosquitto::start(free_port()).await else { return };
    let mut world = World::new().await;
    let serving = world.serve(broker.port);
    world.until_connected(true).await;
    broker.publish("tele/plug/SENSOR", &sensor("10:45:10", 56)).await;
    world.watch.until(&newest("plug"), "alpha 08:45 56 514153").await;

    serving.kill();
    broker.publish("tele/plug/SENSOR", &sensor("10:50:10", 60)).await;
    let _serving = world.serve(broker.port);

    world.watch.until(&newest("plug"), "alpha 08:50 60 514153").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_broker_is_told_on_the_page_and_found_again() {
    let port = free_port();
    let Some(broker) = Mosquitto::start(port).await else { return };
    let mut world = World::new().await;
    let _serving = world.serve(port);
    world.until_connected(true).await;

    drop(broker);
    world.until_connected(false).await;
    let mut ops = world.app.signed_in(Role::Ops).await;
    let lost = ops.get("/connections").await.text;
    let _broker = Mosquitto::start(port).await;
    world.until_connected(true).await;
    let found = ops.get("/connections").await.text;

    assert!(lost.contains("The broker of MQTT") && lost.contains("Not connected"), "{lost}");
    assert!(lost.contains("an admin looks after it"), "{lost}");
    assert!(found.contains("Connected") && !found.contains("Not connected"), "{found}");
}
