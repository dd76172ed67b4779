use std::time::{Duration, Instant};

use greengrid_domain::fleet::SiteCode;
use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::{BATCH, CLIENTS};
use crate::Error;
use crate::client::Client;

/// Rows per second that are acknowledged when each client sends one batch after
/// another, as JSON; or as many as asked for.
pub(super) async fn send(
    address: &str,
    token: &str,
    codes: &[SiteCode],
    first: Timestamp,
    time: Duration,
    rate: Option<f64>,
) -> Result<f64, Error> {
    let begun = Instant::now();
    let pause = rate.map(|rate| f64::from(u32::try_from(BATCH * CLIENTS).unwrap_or(1)) / rate);
    let mut clients = Vec::with_capacity(CLIENTS);
    for codes in codes.chunks(BATCH) {
        let sender =
            Sender { client: Client::new(address), token: token.to_owned(), codes: codes.to_vec() };
        clients.push(tokio::spawn(async move {
            let (mut batches, mut at) = (0_u32, first);
            while begun.elapsed() < time {
                sender.send(at).await?;
                at += SignedDuration::from_mins(5);
                batches += 1;
                if let Some(pause) = pause {
                    let due = Duration::from_secs_f64(pause * f64::from(batches));
                    sleep(due.saturating_sub(begun.elapsed())).await;
                }
            }
            Ok::<u32, Error>(batches)
        }));
    }
    let mut batches = 0;
    for client in clients {
        batches += client.await??;
    }
    let rows = f64::from(batches) * f64::from(u32::try_from(BATCH)?);
    Ok(rows / begun.elapsed().as_secs_f64())
}

struct Sender {
    client: Client,
    token: String,
    codes: Vec<SiteCode>,
}

impl Sender {
    /// Sends a reading of every site and holds the server to its answer.
    async fn send(&self, at: Timestamp) -> Result<(), Error> {
        let answer = self.client.post_readings(&self.token, self.body(at)).await?;
        let text = String::from_utf8_lossy(answer.body()).replace(' ', "");
        if answer.status().is_success() && text.contains(&format!("\"accepted\":{BATCH}")) {
            Ok(())
        } else {
            let text: String = text.chars().take(300).collect();
            Err(format!("not all was accepted: {} {text}", answer.status()).into())
        }
    }

    fn body(&self, at: Timestamp) -> String {
        // Production by day, as everywhere: at night it would be impossible.
        let by_day = (8..15).contains(&(at.as_second() / 3600 % 24));
        let power = if by_day { 1_000 + at.as_second() / 300 % 4_000 } else { 0 };
        let values = format!(
            "\",\"timestamp_utc\":\"{at}\",\"power_w\":{power},\"energy_wh\":{}}}",
            power / 12
        );
        let mut body = String::with_capacity(BATCH * 110);
        for code in &self.codes {
            body.push_str(if body.is_empty() { "[{\"site_id\":\"" } else { ",{\"site_id\":\"" });
            body.push_str(code.as_str());
            body.push_str(&values);
        }
        body.push(']');
        body
    }
}
