use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greengrid_app::ingestion::canary::Canary;
use greengrid_app::ingestion::vendors::{
    CallBudget, ExternalId, Fetched, Origin, SecretText, VendorAlarm, VendorDevice, VendorError,
    VendorGateway, VendorSite, VendorSiteDetails, Window,
};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{Cause, Totals};
use greengrid_domain::time::SiteZone;
use jiff::{SignedDuration, Timestamp};

use super::contract::KNOWN;
use super::map;
use super::payload::{
    Alarms, DeviceAnswer, EventTypes, Refusal, Summary, System, SystemsPage, Telemetry, Words,
};
use crate::vendors::http::{Answer, Call, OriginError, VendorHttp};
use crate::vendors::oauth::{Granted, Session, granted};

const HOSTS: [&str; 1] = ["api.enphaseenergy.com"];

/// Systems on a page of the list, the most there may be.
const PAGE: u64 = 100;
/// Pages at most: a hundred thousand sites.
const PAGES: u64 = 1_000;

/// The alarms of a week are given at once.
const ALARMS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long to wait after a 429 that does not say: they count by the minute.
const MINUTE: Duration = Duration::from_mins(1);

/// Enphase API v4. Production is always that of the microinverters: a meter
/// that is fitted or fails later would switch the series and make energy out of
/// nothing.
pub struct Enphase {
    http: VendorHttp,
    app_key: SecretText,
    session: Session,
}

impl Enphase {
    /// The interface under an address.
    pub fn new(
        origin: &Origin,
        app_key: SecretText,
        session: Session,
        budget: Arc<dyn CallBudget>,
    ) -> Result<Self, OriginError> {
        Ok(Self { http: VendorHttp::new(origin, &HOSTS, budget)?, app_key, session })
    }

    /// The same, with its answers compared with what is known of them.
    pub(in crate::vendors) fn watched(mut self, canary: Option<&Canary>) -> Self {
        if let Some(canary) = canary {
            self.http.watch(canary, Brand::Enphase, KNOWN);
        }
        self
    }

    async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, VendorError> {
        let token = self.session.access(|refresh| self.renew(refresh)).await?;
        let path: Vec<&str> = [&["api", "v4"], path].concat();
        let call = Call::get(&path).query(query).bearer(&token).secret("key", self.app_key.clone());
        let answer = self.http.send(call).await?;
        if answer.is_ok() { Ok(answer) } else { Err(refusal(&answer)) }
    }

    /// The same for a call that not every plan holds. Such a plan is refused
    /// with the very words of a bad sign-in; if the list is given, it is the
    /// plan.
    async fn get_by_plan(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Answer, VendorError> {
        match self.get(path, query).await {
            Err(error) if error.cause == Cause::CredentialRejected => {
                match self.get(&["systems"], &[("page", "1"), ("size", "1")]).await {
                    Ok(_) => Err(VendorError { cause: Cause::PlanTooSmall, ..error }),
                    Err(other) => Err(other),
                }
            }
            answer => answer,
        }
    }

    async fn renew(&self, refresh: SecretText) -> Result<Granted, VendorError> {
        let query = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        let client = &self.session.client;
        let call = Call::post(&["oauth", "token"]).query(&query);
        let answer = self.http.send(call.basic(&client.id, &client.secret).free()).await?;
        granted(&answer)
    }

    async fn page(&self, page: u64) -> Result<SystemsPage, VendorError> {
        let (page, size) = (page.to_string(), PAGE.to_string());
        self.get(&["systems"], &[("page", &page), ("size", &size)]).await?.json()
    }

    async fn systems(&self) -> Result<Vec<System>, VendorError> {
        let mut systems = Vec::new();
        for number in 1..=PAGES {
            let page = self.page(number).await?;
            let empty = page.systems.is_empty();
            systems.extend(page.systems);
            if empty || number * PAGE >= page.total {
                break;
            }
        }
        Ok(systems)
    }
}

#[async_trait]
impl VendorGateway for Enphase {
    fn brand(&self) -> Brand {
        Brand::Enphase
    }

    fn longest_window(&self) -> SignedDuration {
        map::LONGEST
    }

    fn interval(&self) -> SignedDuration {
        map::STEP
    }

    fn lists_reports(&self) -> bool {
        true
    }

    async fn sites(&self) -> Result<Vec<VendorSite>, VendorError> {
        self.systems().await?.iter().map(map::site).collect()
    }

    async fn site(&self, id: &ExternalId) -> Result<VendorSiteDetails, VendorError> {
        let answer = self.get(&["systems", id.as_str(), "summary"], &[]).await?;
        let summary: Summary = answer.json()?;
        let systems = self.systems().await?;
        let listed = systems.iter().find(|system| system.system_id == summary.system_id);
        map::details(&summary, listed)
    }

    async fn devices(&self, id: &ExternalId) -> Result<Vec<VendorDevice>, VendorError> {
        let answer = self.get_by_plan(&["systems", id.as_str(), "devices"], &[]).await?;
        Ok(map::devices(&answer.json::<DeviceAnswer>()?.devices))
    }

    async fn readings(
        &self,
        id: &ExternalId,
        _zone: &SiteZone,
        window: Window,
        now: Timestamp,
    ) -> Result<Fetched, VendorError> {
        let window = Window { to: window.to.min(window.from + map::LONGEST), ..window };
        let start = window.from.as_second().to_string();
        let query = [("start_at", start.as_str()), ("granularity", "day")];
        let path = ["systems", id.as_str(), "telemetry", "production_micro"];
        let answer = self.get_by_plan(&path, &query).await?;
        Ok(map::production(&answer.json::<Telemetry>()?, window, now))
    }

    async fn alarms(
        &self,
        id: &ExternalId,
        since: Timestamp,
    ) -> Result<Vec<VendorAlarm>, VendorError> {
        let start = since.as_second().to_string();
        let query = [("start_time", start.as_str())];
        let answer = self.get_by_plan(&["systems", id.as_str(), "alarms"], &query).await?;
        let (Alarms::Alone(alarms) | Alarms::Wrapped { alarms }) = answer.json()?;
        let week = since + ALARMS;
        if alarms.is_empty() {
            return Ok(Vec::new());
        }
        // What the numbers of their kinds mean stands in a list of its own,
        // without which they are still told.
        let types = self.get(&["systems", "event_types"], &[]).await;
        let types: EventTypes = types.and_then(|answer| answer.json()).unwrap_or_default();
        let alarms: Result<Vec<_>, _> =
            alarms.iter().map(|alarm| map::alarm(alarm, &types)).collect();
        Ok(alarms?.into_iter().filter(|alarm| alarm.since < week).collect())
    }

    async fn totals(
        &self,
        id: &ExternalId,
        _zone: &SiteZone,
        _now: Timestamp,
    ) -> Result<Totals, VendorError> {
        let answer = self.get_by_plan(&["systems", id.as_str(), "summary"], &[]).await?;
        Ok(map::totals(&answer.json::<Summary>()?))
    }
}

/// What a refusal means. Most of it is in the texts.
fn refusal(answer: &Answer) -> VendorError {
    let body: Refusal = answer.maybe().unwrap_or_default();
    let generic = answer.refused();
    let cause = match answer.status {
        429 if body.period.as_deref() == Some("month") => Cause::QuotaSpent,
        // “Data is temporarily unavailable”.
        500 if body.error_code == Some(7) => Cause::Maintenance,
        405 | 501 => Cause::Retired,
        _ => generic.cause,
    };
    let until = body.period_end.and_then(|end| Timestamp::from_second(end).ok());
    let wait = until.zip(answer.sent_at()).map(|(until, sent)| until.duration_since(sent));
    let wait = wait.and_then(|wait| Duration::try_from(wait).ok());
    let usual = (cause == Cause::RateLimited).then_some(MINUTE);
    let error = VendorError { cause, ..generic };
    let error = error.clone().after(wait.or(error.retry_after).or(usual));
    let said = body.details.or(body.message).map(Words::text);
    match said.or_else(|| body.error_messages.map(|messages| messages.to_string())) {
        Some(said) => error.saying(said),
        None => error,
    }
}
