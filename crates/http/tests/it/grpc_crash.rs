//! What was acknowledged survives the death of the program.

use greengrid_domain::identity::Scope;

use crate::command_line::{Serving, greengrid};
use crate::grpc::{connect, reading, stream};
use crate::support::{App, SECRET};

/// How often it is killed, each time a little later.
const DEATHS: u64 = 4;

fn serving(app: &App) -> Serving {
    let mut command = greengrid();
    command
        .arg("serve")
        .env("DATABASE_URL", app.db.url())
        .env("GREENGRID_SECRET", SECRET)
        .env("GREENGRID_LOG", "error");
    Serving::start(command)
}

/// Sends without a pause and kills the program at the instant at which so many
/// acknowledgements have come. Gives the highest sequence number among them.
async fn killed_while_sending(app: &App, secret: &str, device: u64, acks: u64) -> u64 {
    let process = serving(app);
    let channel = connect(&process.address).await;
    let (readings, mut heard) = stream(&channel, secret).await.unwrap();
    let sending = tokio::spawn(async move {
        for (sequence, minute) in (1..).zip((0..).step_by(5)) {
            let mut reading = reading(sequence, "alpha", -minute);
            reading.device_id = format!("inverter-{device}");
            if readings.send(reading).await.is_err() {
                return;
            }
        }
    });
    let mut durable = 0;
    for _ in 0..acks {
        durable = heard.message().await.unwrap().unwrap().durable_sequence;
    }

    process.kill();

    sending.abort();
    durable
}

#[tokio::test]
async fn every_acknowledged_reading_is_there_after_the_server_was_killed_at_the_next_instant() {
    let app = App::start().await;
    app.sites(["alpha"]).await;
    let secret = app.token(&[Scope::ReadingsWrite]).await;

    for death in 1..=DEATHS {
        let durable = killed_while_sending(&app, &secret, death, death * 2).await;

        let found: Vec<i64> = sqlx::query_scalar(
            "select (extract(epoch from '2026-06-12T08:00:00Z' - measured_at) / 300)::bigint + 1
             from reading_event join device on device.id = reading_event.device_id
             where device.serial = $1 order by 1",
        )
        .bind(format!("inverter-{death}"))
        .fetch_all(&app.db.pool())
        .await
        .unwrap();
        let acknowledged: Vec<i64> = (1..=i64::try_from(durable).unwrap()).collect();
        assert!(durable > 0);
        assert_eq!(found[..acknowledged.len()], acknowledged, "after death {death}");
        // Nothing twice either, whatever was under way.
        assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
    }

    // It starts again, and knows again what was acknowledged.
    let process = serving(&app);
    let (readings, mut heard) = stream(&connect(&process.address).await, &secret).await.unwrap();
    let mut again = reading(1, "alpha", 0);
    again.device_id = "inverter-1".to_owned();
    readings.send(again).await.unwrap();
    let ack = heard.message().await.unwrap().unwrap();
    assert_eq!((ack.accepted, ack.duplicate), (0, 1));
}
