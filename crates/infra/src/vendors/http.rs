use std::sync::Arc;
use std::time::Duration;

use greengrid_app::ingestion::canary::Canary;
use greengrid_app::ingestion::vendors::{CallBudget, Calls, Origin, SecretText, VendorError};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Cause;
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, Url, redirect};
use serde::de::DeserializeOwned;

use super::canary::{Known, Watch};
use crate::retry_after;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a call may take in all; Solar.web takes some ten seconds for a day.
const WHOLE: Duration = Duration::from_secs(30);
/// Bytes of an answer at most: a thousand sites, or a week of a large site,
/// stay below one mebibyte.
const BODY_LIMIT: usize = 8 << 20;

/// Why an interface cannot be reached under an address: it is not the vendor's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no address of this vendor")]
pub struct OriginError(String);

/// Calls to one vendor, and to nobody else: only its own hosts, only over
/// HTTPS, no redirects, bounded in time and size. Each call is paid for before
/// it is made.
pub(super) struct VendorHttp {
    client: Client,
    base: Url,
    budget: Arc<dyn CallBudget>,
    watch: Option<Watch>,
}

/// One call.
pub(super) struct Call<'a> {
    method: Method,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    headers: Vec<(HeaderName, SecretText)>,
    json: Option<serde_json::Value>,
    basic: Option<(&'a str, &'a SecretText)>,
    cost: Calls,
}

impl<'a> Call<'a> {
    pub(super) fn get(path: &'a [&'a str]) -> Self {
        Self::of(Method::GET, path)
    }

    pub(super) fn post(path: &'a [&'a str]) -> Self {
        Self::of(Method::POST, path)
    }

    fn of(method: Method, path: &'a [&'a str]) -> Self {
        let cost = Calls { requests: 1, points: 0 };
        Self { method, path, query: &[], headers: Vec::new(), json: None, basic: None, cost }
    }

    pub(super) fn query(self, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { query, ..self }
    }

    /// With a header that must not be seen.
    pub(super) fn secret(mut self, name: &'static str, value: SecretText) -> Self {
        self.headers.push((HeaderName::from_static(name), value));
        self
    }

    pub(super) fn bearer(self, token: &SecretText) -> Self {
        self.secret("authorization", SecretText::new(&format!("Bearer {}", token.expose())))
    }

    pub(super) fn basic(self, user: &'a str, password: &'a SecretText) -> Self {
        Self { basic: Some((user, password)), ..self }
    }

    pub(super) fn json(self, body: serde_json::Value) -> Self {
        Self { json: Some(body), ..self }
    }

    /// That it gives so many data points, where the vendor bills those.
    pub(super) fn points(mut self, points: u32) -> Self {
        self.cost.points = points;
        self
    }

    /// That it is not counted: asking for a token is not a call.
    pub(super) fn free(self) -> Self {
        Self { cost: Calls::default(), ..self }
    }
}

/// What came back, whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl VendorHttp {
    /// Calls under this address, which has to be on one of these hosts.
    pub(super) fn new(
        origin: &Origin,
        hosts: &[&str],
        budget: Arc<dyn CallBudget>,
    ) -> Result<Self, OriginError> {
        let refused = || OriginError(origin.base.clone());
        let base: Url = origin.base.parse().map_err(|_| refused())?;
        let host = base.host_str().unwrap_or_default();
        let allowed = if origin.stand_in {
            base.scheme() == "http" && ["127.0.0.1", "[::1]", "localhost"].contains(&host)
        } else {
            base.scheme() == "https" && base.port().is_none() && hosts.contains(&host)
        };
        if !allowed || !base.username().is_empty() {
            return Err(refused());
        }
        // Another part of the program may have named the same provider before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("GreenGrid/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .https_only(!origin.stand_in)
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build()
            .map_err(|_| refused())?;
        Ok(Self { client, base, budget, watch: None })
    }

    /// Has the answers compared with what is known of them.
    pub(super) fn watch(&mut self, canary: &Canary, brand: Brand, known: &'static [Known]) {
        self.watch = Some(Watch { canary: canary.clone(), brand, known });
    }

    pub(super) async fn send(&self, call: Call<'_>) -> Result<Answer, VendorError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut request =
            self.client.request(call.method, url).header(header::ACCEPT, "application/json");
        for (name, secret) in &call.headers {
            let value = HeaderValue::from_str(secret.expose());
            let mut value = value.map_err(|_| VendorError::new(Cause::CredentialRejected))?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        if let Some((user, password)) = call.basic {
            request = request.basic_auth(user, Some(password.expose()));
        }
        if let Some(body) = &call.json {
            request = request.json(body);
        }
        if call.cost != Calls::default() {
            self.budget.spend(call.cost).await?;
        }
        let response = request.send().await.map_err(broken)?;
        let answer = read(response).await?;
        if let Some(watch) = &self.watch {
            watch.look(call.path, &answer).await;
        }
        Ok(answer)
    }
}

async fn read(mut response: Response) -> Result<Answer, VendorError> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(VendorError::new(Cause::ContractChanged).saying("an answer without end"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

/// A call without an answer. What the library says of it names addresses and
/// is left out.
#[expect(clippy::needless_pass_by_value, reason = "shaped for `map_err`")]
fn broken(error: reqwest::Error) -> VendorError {
    if error.is_timeout() {
        VendorError::new(Cause::TimedOut)
    } else if error.is_connect() {
        VendorError::new(Cause::Unreachable)
    } else {
        VendorError::new(Cause::Unreachable).saying("the connection broke off")
    }
}

impl Answer {
    pub(super) const fn is_ok(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether a page for browsers came in the place of data: from a proxy in
    /// front of the vendor, or a page that says what is wrong.
    pub(super) fn is_html(&self) -> bool {
        let says_so = self.header("content-type").is_some_and(|kind| kind.contains("html"));
        says_so || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The body as what it is known to be.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, VendorError> {
        if self.is_html() {
            return Err(VendorError::new(Cause::VendorFault).saying("a web page instead of data"));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| VendorError::new(Cause::ContractChanged).saying(error.to_string()))
    }

    /// The body as what it may be.
    pub(super) fn maybe<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// How long the vendor asks to wait: seconds, or an instant by its clock.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.wait(self.header("retry-after")?)
    }

    /// The wait that a text names: seconds, `hh:mm:ss`, or an instant, which is
    /// counted from the vendor's own clock.
    pub(super) fn wait(&self, text: &str) -> Option<Duration> {
        let text = text.trim().trim_end_matches('.');
        if let [hours, minutes, seconds] = text.split(':').collect::<Vec<_>>()[..] {
            let parts: Result<Vec<u64>, _> =
                [hours, minutes, seconds].into_iter().map(str::parse).collect();
            if let Ok([h, m, s]) = parts.as_deref() {
                return Some(Duration::from_secs(h * 3600 + m * 60 + s));
            }
        }
        match text.parse::<Timestamp>() {
            Ok(instant) => retry_after::until(instant, self.sent_at()),
            Err(_) => retry_after::wait(text, self.sent_at()),
        }
    }

    /// When the vendor sent it, by its clock.
    pub(super) fn sent_at(&self) -> Option<Timestamp> {
        retry_after::http_date(self.header("date")?)
    }

    /// What this status means with every vendor, when its body says no more.
    pub(super) fn refused(&self) -> VendorError {
        let cause = match self.status {
            401 => Cause::CredentialRejected,
            403 => Cause::PermissionMissing,
            404 => Cause::SiteUnknown,
            410 => Cause::Retired,
            408 | 504 => Cause::TimedOut,
            429 => Cause::RateLimited,
            500.. => Cause::VendorFault,
            _ => Cause::ContractChanged,
        };
        let error = VendorError::new(cause).after(self.retry_after());
        if self.is_html() { error } else { error.saying(format!("status {}", self.status)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::testing::Unlimited;

    fn check(base: &str, stand_in: bool, allowed: bool) {
        let origin = Origin { base: base.to_owned(), stand_in };
        let made = VendorHttp::new(&origin, &["api.vendor.example"], Arc::new(Unlimited));
        assert_eq!(made.is_ok(), allowed, "{base}");
    }

    #[test]
    fn only_the_vendors_own_hosts_are_called_and_stand_ins_only_on_this_machine() {
        check("https://api.vendor.example", false, true);
        check("http://api.vendor.example", false, false);
        check("https://api.vendor.example:8443", false, false);
        check("https://api.vendor.example.evil.example", false, false);
        check("https://user@api.vendor.example", false, false);
        check("https://169.254.169.254", false, false);
        check("http://127.0.0.1:4000/solaredge", false, false);
        check("http://127.0.0.1:4000/solaredge", true, true);
        check("http://10.0.0.7:4000", true, false);
    }

    fn wait(headers: &[(&'static str, &'static str)], text: &str) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let answer = Answer { status: 429, headers, body: Vec::new() };
        answer.wait(text).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_wait_is_understood_in_every_form_that_vendors_use() {
        let date = [("date", "Fri, 12 Jun 2026 10:00:00 GMT")];

        assert_eq!(wait(&[], "30"), Some(30));
        assert_eq!(wait(&[], "00:01:30"), Some(90));
        assert_eq!(wait(&date, "Fri, 12 Jun 2026 10:02:00 GMT"), Some(120));
        assert_eq!(wait(&date, "2026-06-12T12:03:00+02:00"), Some(180));
        assert_eq!(wait(&date, "2026-06-12T09:00:00Z"), Some(0));
        assert_eq!(wait(&[], "soon"), None);
    }
}
