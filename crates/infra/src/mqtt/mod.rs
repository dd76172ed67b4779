//! Readings from a broker of MQTT: what Tasmota and Shelly publish.
//!
//! Rules say which topics are whose ([`TopicRule`]). A message is acknowledged
//! to the broker once it is durable, as a reading or in quarantine; whatever is
//! not, comes again.

mod gather;
mod options;
mod payload;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use greengrid_app::clock::Clock;
use greengrid_app::fleet::Directory;
use greengrid_app::ingestion::Ingestion;
use greengrid_app::ingestion::broker::{Broker, BrokerNote};
use greengrid_domain::ingestion::TopicRule;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, Packet, Publish, QoS,
    SubscribeFilter, SubscribeReasonCode,
};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub use options::{BrokerAddress, BrokerAddressError};
use worker::Worker;

/// Messages that may wait until others are durable; beyond that the broker
/// waits.
const WAITING: usize = 1_000;
/// Requests to the broker that may wait; more than there can be messages to
/// acknowledge, so that acknowledging never waits.
const REQUESTS: usize = 4 * WAITING;
/// First and longest wait before a lost connection is tried again.
const SOON: Duration = Duration::from_secs(1);
const LATE: Duration = Duration::from_mins(1);

/// Listens to a broker.
#[derive(Clone, bon::Builder)]
pub struct Subscriber {
    address: BrokerAddress,
    rules: Arc<[TopicRule]>,
    ingestion: Ingestion,
    broker: Broker,
    directory: Directory,
    clock: Arc<dyn Clock>,
}

impl Subscriber {
    /// Takes what is published, until cancelled. A lost connection is made anew.
    pub async fn run(self, cancel: CancellationToken) {
        let (client, events) = AsyncClient::new(self.address.options(), REQUESTS);
        let (messages, to_take) = mpsc::channel(WAITING);
        let worker = Worker::builder()
            .rules(Arc::clone(&self.rules))
            .ingestion(self.ingestion.clone())
            .broker(self.broker.clone())
            .directory(self.directory.clone())
            .clock(Arc::clone(&self.clock))
            .client(client.clone())
            .build();
        let work = async {
            tokio::join!(self.listen(&client, events, messages), worker.run(to_take));
        };
        cancel.run_until_cancelled(work).await;
    }

    async fn listen(
        &self,
        client: &AsyncClient,
        mut events: EventLoop,
        messages: mpsc::Sender<Publish>,
    ) {
        let mut pause = SOON;
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    pause = SOON;
                    let filters = self
                        .rules
                        .iter()
                        .map(|rule| SubscribeFilter::new(rule.filter(), QoS::AtLeastOnce));
                    if client.try_subscribe_many(filters).is_err() {
                        self.note(false, Some("nothing could be subscribed to".to_owned())).await;
                    }
                }
                Ok(Event::Incoming(Packet::SubAck(answer))) => {
                    let refused = answer.return_codes.contains(&SubscribeReasonCode::Failure);
                    let said = "the broker refuses some of the topics";
                    self.note(!refused, refused.then(|| said.to_owned())).await;
                }
                Ok(Event::Incoming(Packet::Publish(message))) => {
                    if messages.send(message).await.is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the broker is lost");
                    self.note(false, Some(self.words(&error))).await;
                    sleep(pause).await;
                    pause = (pause * 2).min(LATE);
                }
            }
        }
    }

    async fn note(&self, connected: bool, said: Option<String>) {
        let note = BrokerNote { connected, said, at: self.clock.now() };
        if let Err(error) = self.broker.note(&note).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "how the broker does could not be noted");
        }
    }

    /// What is wrong, for people.
    fn words(&self, error: &ConnectionError) -> String {
        let place = self.address.place();
        match error {
            ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
            ) => format!("the broker at {place} does not accept our user or password"),
            ConnectionError::ConnectionRefused(_) => {
                format!("the broker at {place} refuses the connection")
            }
            ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => {
                format!("the broker at {place} does not answer in time")
            }
            ConnectionError::Io(_) => format!("the broker at {place} cannot be reached"),
            _ => format!("the connection to the broker at {place} broke off"),
        }
    }
}
