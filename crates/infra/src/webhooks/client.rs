use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greengrid_app::clock::Clock;
use greengrid_app::messages::NotSent;
use greengrid_app::messages::webhooks::{ClaimedPost, WebhookGateway, signatures};
use greengrid_domain::network::Networks;
use greengrid_domain::text::single_line;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Response, StatusCode, Url, header, redirect};
use tokio::time::timeout;

use super::reach::{Reach, is_out_of_reach};
use crate::retry_after;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a message may take in all, redirects included: the specification
/// asks for 15 to 30 seconds.
const WHOLE: Duration = Duration::from_secs(20);

/// Redirects followed at most.
const HOPS: usize = 3;

/// Bytes read of an answer that is no success: enough for a sentence.
const READ: usize = 2_048;

/// Characters kept of it.
const KEPT: usize = 200;

/// Posts messages by HTTP, signed after the Standard Webhooks specification.
/// Only to machines within [`Reach`]: each address is looked up, checked and
/// then connected to, that of every redirect too. Plain HTTP goes to our own
/// networks alone.
pub struct HttpWebhooks {
    secure: (Client, Reach),
    plain: (Client, Reach),
    wall: Arc<dyn Clock>,
    whole: Duration,
}

impl HttpWebhooks {
    /// With these networks of our own, and the time of the world, by which
    /// messages are signed.
    pub fn new(own: Networks, wall: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        Self::with_patience(own, wall, WHOLE)
    }

    /// The same with another bound of what a message may take.
    pub(crate) fn with_patience(
        own: Networks,
        wall: Arc<dyn Clock>,
        whole: Duration,
    ) -> Result<Self, reqwest::Error> {
        // Another part of the program may have named the same provider before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |reach: Reach, https_only| {
            let client = Client::builder()
                .user_agent(concat!("GreenGrid/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .no_proxy()
                .https_only(https_only)
                .dns_resolver(Arc::new(reach.clone()))
                .connect_timeout(CONNECT)
                .timeout(whole)
                .build()?;
            Ok::<_, reqwest::Error>((client, reach))
        };
        Ok(Self {
            secure: client(Reach::everywhere(own.clone()), true)?,
            plain: client(Reach::own(own), false)?,
            wall,
            whole,
        })
    }

    /// Posts, and follows redirects that keep the message as it is.
    async fn follow(&self, post: &ClaimedPost) -> Result<(), NotSent> {
        let second = self.wall.now().as_second();
        let signature = signatures(&post.secrets, &post.message_id, second, &post.body);
        let mut url: Url = post.url.as_str().parse().map_err(|_| nowhere())?;
        for _ in 0..=HOPS {
            let (client, reach) = if url.scheme() == "https" { &self.secure } else { &self.plain };
            reach.check(&url).map_err(|error| NotSent::Refused(error.to_string()))?;
            let sent = client
                .post(url.clone())
                .header(header::CONTENT_TYPE, "application/json")
                .header("webhook-id", &post.message_id)
                .header("webhook-timestamp", second)
                .header("webhook-signature", &signature)
                .body(post.body.clone())
                .send()
                .await;
            let response = sent.map_err(|error| broken(&error))?;
            match response.status() {
                StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {
                    url = next(&url, &response)?;
                }
                status if status.is_success() => return Ok(()),
                _ => return Err(refusal(response, self.wall.now()).await),
            }
        }
        Err(NotSent::Failed("it redirects without end".to_owned()))
    }
}

#[async_trait]
impl WebhookGateway for HttpWebhooks {
    async fn post(&self, post: &ClaimedPost) -> Result<(), NotSent> {
        let late = || NotSent::Failed(format!("no answer within {} s", self.whole.as_secs()));
        timeout(self.whole, self.follow(post)).await.unwrap_or_else(|_| Err(late()))
    }
}

fn nowhere() -> NotSent {
    NotSent::Refused("its address cannot be used".to_owned())
}

/// Where a redirect leads.
fn next(url: &Url, response: &Response) -> Result<Url, NotSent> {
    let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let next = to.and_then(|to| url.join(to).ok());
    let next = next.filter(|next| ["https", "http"].contains(&next.scheme()));
    // A message that went by HTTPS is not shown to whoever listens on the way.
    let next = next.filter(|next| next.scheme() == "https" || url.scheme() == "http");
    next.ok_or_else(|| NotSent::Failed("it redirects to nowhere that can be followed".to_owned()))
}

/// What an answer says that is no success. It may be long, or never end.
async fn refusal(mut response: Response, now: Timestamp) -> NotSent {
    let (status, wait) = (response.status(), asked_wait(&response, now));
    let mut said = Vec::new();
    while said.len() < READ
        && let Ok(Some(chunk)) = response.chunk().await
    {
        said.extend_from_slice(&chunk[..chunk.len().min(READ - said.len())]);
    }
    let said: String = single_line(&String::from_utf8_lossy(&said)).chars().take(KEPT).collect();
    let why = match said.as_str() {
        "" => format!("it answered {status}"),
        said => format!("it answered {status}: {said}"),
    };
    match (status, wait) {
        // The specification: whoever answers so wants nothing any more.
        (StatusCode::GONE, _) => NotSent::Gone(why),
        (_, Some(wait)) => NotSent::Busy { why, wait },
        _ => NotSent::Failed(why),
    }
}

/// The wait that an answer asks for, by the clock of whoever answered or, where
/// that does not show, by ours.
fn asked_wait(response: &Response, now: Timestamp) -> Option<SignedDuration> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let sent_at = header(header::DATE).and_then(retry_after::http_date).unwrap_or(now);
    let wait = retry_after::wait(header(header::RETRY_AFTER)?, Some(sent_at))?;
    SignedDuration::try_from(wait).ok()
}

/// A message without an answer. What the library says of it names addresses and
/// is left out.
fn broken(error: &reqwest::Error) -> NotSent {
    if is_out_of_reach(error) {
        NotSent::Refused(super::reach::OutOfReach.to_string())
    } else if error.is_timeout() {
        NotSent::Failed("it did not answer in time".to_owned())
    } else if error.is_connect() {
        NotSent::Failed("it could not be reached".to_owned())
    } else {
        NotSent::Failed("the connection broke off".to_owned())
    }
}
