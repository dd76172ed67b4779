use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use greengrid_app::clock::Clock;
use greengrid_app::error::StoreError;
use greengrid_app::fleet::{Directory, FleetSnapshot};
use greengrid_app::ingestion::broker::Broker;
use greengrid_app::ingestion::{Ingestion, RejectCode, Rejection, Source};
use greengrid_domain::ingestion::{Measurement, Target, TopicRule};
use jiff::{SignedDuration, Timestamp};
use rumqttc::{AsyncClient, Publish};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::gather::Gathered;
use super::payload::{self, Message, Surroundings};
use crate::parcel::Parcel;

/// Messages that are made durable together.
const TOGETHER: usize = 500;
/// Wait before messages that could not be kept are tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Makes messages durable and acknowledges them.
#[derive(bon::Builder)]
pub(super) struct Worker {
    rules: Arc<[TopicRule]>,
    ingestion: Ingestion,
    broker: Broker,
    directory: Directory,
    clock: Arc<dyn Clock>,
    client: AsyncClient,
    #[builder(skip)]
    gathered: Gathered,
}

/// A message that is no reading.
struct Refused<'a> {
    message: &'a Publish,
    code: RejectCode,
    why: String,
}

/// What some messages came to.
#[derive(Default)]
struct Understood<'a> {
    /// The newest state of each reading.
    readings: HashMap<(Target, Timestamp), Measurement>,
    refused: Vec<Refused<'a>>,
}

impl Worker {
    pub(super) async fn run(mut self, mut messages: mpsc::Receiver<Publish>) {
        let mut some = Vec::with_capacity(TOGETHER);
        while messages.recv_many(&mut some, TOGETHER).await > 0 {
            let understood = self.understand(&some);
            while let Err(error) = self.keep(&understood).await {
                unkept(&error, some.len());
                sleep(PAUSE).await;
            }
            for message in some.drain(..) {
                // A broken connection brings it again, and again it counts once.
                let _ = self.client.try_ack(&message);
            }
        }
    }

    fn understand<'a>(&mut self, messages: &'a [Publish]) -> Understood<'a> {
        let fleet = self.directory.snapshot();
        let now = self.clock.now();
        let mut understood = Understood::default();
        for message in messages {
            let refused = |(code, why)| Refused { message, code, why };
            match self.reading(message, &fleet, now) {
                Ok(Some((target, start, measured))) => {
                    understood.readings.insert((target, start), measured);
                }
                Ok(None) => {}
                Err(wrong) => understood.refused.push(refused(wrong)),
            }
        }
        understood
    }

    #[expect(clippy::type_complexity, reason = "a key and its value, or why there is none")]
    fn reading(
        &mut self,
        message: &Publish,
        fleet: &FleetSnapshot,
        now: Timestamp,
    ) -> Result<Option<(Target, Timestamp, Measurement)>, (RejectCode, String)> {
        let target = self.rules.iter().find_map(|rule| rule.target(&message.topic));
        let target = target.ok_or_else(|| {
            let why = "the topic does not name a site and a device by names that they can have";
            (RejectCode::UnknownSite, why.to_owned())
        })?;
        let site = fleet.site_by_code(&target.site).ok_or_else(|| {
            (RejectCode::UnknownSite, format!("there is no site “{}”", target.site))
        })?;
        let around = Surroundings { zone: &site.details.zone, now };
        let understood = payload::read(&message.topic, &message.payload, &around);
        match understood.map_err(|why| (RejectCode::Malformed, why))? {
            Message::Sample(sample) => {
                let cadence = SignedDuration::from_secs(site.details.cadence_s.into());
                let reading = self.gathered.add(&target, &sample, cadence);
                Ok(reading.map(|(start, measured)| (target, start, measured)))
            }
            Message::Online(online) => {
                tracing::info!(site.id = %target.site, online, "a device told whether it is there");
                Ok(None)
            }
            Message::Other => Ok(None),
        }
    }

    async fn keep(&self, understood: &Understood<'_>) -> Result<(), StoreError> {
        let mut parcel = Parcel::default();
        for ((Target { site, device }, start), measured) in &understood.readings {
            parcel.add(site, device.as_ref(), *start, measured);
        }
        if parcel.len() > 0 {
            self.ingestion.submit(parcel.submission(Source::Mqtt)).await?;
        }
        for Refused { message, code, why } in &understood.refused {
            let bytes = message.payload.to_vec();
            let kind = if bytes.starts_with(b"{") { "application/json" } else { "text/plain" };
            let rejection = Rejection {
                row: None,
                span: 0..bytes.len(),
                field: None,
                code: *code,
                message: format!("message of {}: {why}", message.topic),
            };
            self.ingestion.quarantine_payload(Source::Mqtt, None, kind, bytes, rejection).await?;
        }
        self.broker.heard(self.clock.now()).await
    }
}

fn unkept(error: &StoreError, messages: usize) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, messages, "messages could not be kept");
}
