use std::sync::Arc;

use async_trait::async_trait;
use greengrid_app::ingestion::canary::Canary;
use greengrid_app::ingestion::vendors::{
    CallBudget, ExternalId, Fetched, OAuthClient, Origin, SecretText, VendorAlarm, VendorDevice,
    VendorError, VendorGateway, VendorSite, VendorSiteDetails, Window,
};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{Cause, Noted, Remark, Totals};
use greengrid_domain::time::SiteZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::contract::KNOWN;
use super::map;
use super::payload::{
    Alert, Device, InvertersTelemetry, Overview, Problem, Series, SiteDetails, SitesPage,
};
use crate::vendors::http::{Answer, Call, OriginError, VendorHttp};
use crate::vendors::oauth::{Granted, Session, granted};

pub(in crate::vendors) const HOSTS: [&str; 1] = ["monitoringapi.solaredge.com"];

/// Sites on a page of the list, the most there may be.
const PAGE: usize = 1_000;
/// Alerts on a page.
const ALERTS: usize = 100;
/// Pages at most: a hundred thousand sites.
const PAGES: usize = 100;

/// What opens the interface.
pub enum Access {
    /// Fleet Access, for installers.
    Key(SecretText),
    /// Site Access: the owner has approved.
    OAuth(Box<Session>),
}

/// SolarEdge Monitoring API v2. One credit a call, of 2,000 a month on the free
/// plan; v1 has ended and answers 410.
pub struct SolarEdge {
    http: VendorHttp,
    access: Access,
}

impl SolarEdge {
    /// The interface under an address.
    pub fn new(
        origin: &Origin,
        access: Access,
        budget: Arc<dyn CallBudget>,
    ) -> Result<Self, OriginError> {
        Ok(Self { http: VendorHttp::new(origin, &HOSTS, budget)?, access })
    }

    /// The same, with its answers compared with what is known of them.
    pub(in crate::vendors) fn watched(mut self, canary: Option<&Canary>) -> Self {
        if let Some(canary) = canary {
            self.http.watch(canary, Brand::SolarEdge, KNOWN);
        }
        self
    }

    async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, VendorError> {
        let path: Vec<&str> = [&["v2"], path].concat();
        let call = Call::get(&path).query(query);
        let call = match &self.access {
            Access::Key(key) => call.secret("x-api-key", key.clone()),
            Access::OAuth(session) => {
                let renew = |refresh| self.renew(session, refresh);
                call.bearer(&session.access(renew).await?)
            }
        };
        let answer = self.http.send(call).await?;
        if answer.is_ok() { Ok(answer) } else { Err(refusal(&answer)) }
    }

    async fn renew(&self, session: &Session, refresh: SecretText) -> Result<Granted, VendorError> {
        let call = token_call(&session.client, "refresh_token", "refresh_token", refresh.expose());
        granted(&self.http.send(call).await?)
    }
}

/// A call of the token endpoint, which costs no credit: what is asked for, and
/// under which name it is traded for what.
pub(in crate::vendors) fn token_call(
    client: &OAuthClient,
    grant_type: &str,
    name: &str,
    spent: &str,
) -> Call<'static> {
    let body = json!({
        "grant_type": grant_type, name: spent, "client_id": client.id,
        "client_secret": client.secret.expose(),
    });
    Call::post(&["v2", "oauth2", "token"]).json(body).free()
}

#[async_trait]
impl VendorGateway for SolarEdge {
    fn brand(&self) -> Brand {
        Brand::SolarEdge
    }

    fn longest_window(&self) -> SignedDuration {
        map::LONGEST
    }

    fn interval(&self) -> SignedDuration {
        map::QUARTER
    }

    fn lists_reports(&self) -> bool {
        false
    }

    async fn sites(&self) -> Result<Vec<VendorSite>, VendorError> {
        let mut sites: Vec<VendorSite> = Vec::new();
        for page in 1..=PAGES {
            let (page, size) = (page.to_string(), PAGE.to_string());
            let answer = self.get(&["sites"], &[("page", &page), ("sites-in-page", &size)]).await?;
            let listed = answer.json::<SitesPage>()?.sites.site;
            let short = listed.len() < PAGE;
            for entry in &listed {
                sites.push(map::site(entry)?);
            }
            if short {
                break;
            }
        }
        Ok(sites)
    }

    async fn site(&self, id: &ExternalId) -> Result<VendorSiteDetails, VendorError> {
        let answer = self.get(&["sites", id.as_str()], &[]).await?;
        map::details(&answer.json::<SiteDetails>()?)
    }

    async fn devices(&self, id: &ExternalId) -> Result<Vec<VendorDevice>, VendorError> {
        // Without naming them only inverters are listed.
        let kinds = [("types", "INVERTER"), ("types", "METER")];
        let answer = self.get(&["sites", id.as_str(), "devices"], &kinds).await?;
        Ok(answer.json::<Vec<Device>>()?.iter().filter_map(map::device).collect())
    }

    async fn readings(
        &self,
        id: &ExternalId,
        zone: &SiteZone,
        window: Window,
        now: Timestamp,
    ) -> Result<Fetched, VendorError> {
        let window = map::within_span(window, zone);
        let (from, to) = map::request_times(window, zone);
        let query = [("resolution", "QUARTER_HOUR"), ("from", from.as_str()), ("to", to.as_str())];
        let telemetry = ["sites", id.as_str(), "inverters", "telemetry"];
        let refused = match self.get(&telemetry, &query).await {
            Ok(answer) => {
                return map::inverters(&answer.json::<InvertersTelemetry>()?, window, now);
            }
            Err(error) => error,
        };
        if !refused.is_of_one_endpoint() {
            return Err(refused);
        }
        // One endpoint that is gone or not ours must not stop the site. Should
        // the whole interface be gone, this one says so.
        let query = [&query[..], &[("unit", "W")]].concat();
        let answer = self.get(&["sites", id.as_str(), "power"], &query).await?;
        let mut fetched = map::whole(&answer.json::<Series>()?, window, now)?;
        fetched.remarks.push(Noted::of(Remark::NotByInverter));
        Ok(fetched)
    }

    async fn alarms(
        &self,
        id: &ExternalId,
        since: Timestamp,
    ) -> Result<Vec<VendorAlarm>, VendorError> {
        let query = [("only-open", "true"), ("alerts-in-page", "100")];
        let answer = self.get(&["sites", id.as_str(), "alerts"], &query).await?;
        let alarms: Result<Vec<_>, _> =
            answer.json::<Vec<Alert>>()?.iter().map(map::alarm).collect();
        Ok(alarms?.into_iter().filter(|alarm| alarm.open || alarm.since >= since).collect())
    }

    async fn fleet_alarms(&self) -> Result<Option<Vec<(ExternalId, VendorAlarm)>>, VendorError> {
        let Access::Key(_) = self.access else { return Ok(None) };
        let query = [("only-open", "true"), ("alerts-in-page", "100")];
        let answer = self.get(&["alerts"], &query).await?;
        let alerts: Vec<Alert> = answer.json()?;
        // A full page may not be all of them, and those that it leaves out
        // would be taken as over: each site is asked then.
        if alerts.len() >= ALERTS {
            return Ok(None);
        }
        alerts.iter().map(map::fleet_alarm).collect::<Result<_, _>>().map(Some)
    }

    async fn totals(
        &self,
        id: &ExternalId,
        _zone: &SiteZone,
        _now: Timestamp,
    ) -> Result<Totals, VendorError> {
        let overview: Overview =
            self.get(&["sites", id.as_str(), "overview"], &[]).await?.json()?;
        let query = [("resolution", "YEAR"), ("unit", "WH")];
        let years: Series = self.get(&["sites", id.as_str(), "energy"], &query).await?.json()?;
        map::totals(&overview, &years)
    }
}

/// What a refusal means. The two kinds of 429 differ in their headers only:
/// that of the minute says how long to wait; without that, and with calls of
/// the minute left, it is the month that is used up.
fn refusal(answer: &Answer) -> VendorError {
    let problem: Problem = answer.maybe().unwrap_or_default();
    let said = problem.detail.or(problem.title).unwrap_or_default();
    let reference = problem.properties.and_then(|properties| properties.trace_id);
    let generic = answer.refused();
    let cause = match answer.status {
        // What v2 says to a key of v1.
        401 if said.to_lowercase().contains("access token is missing") => Cause::CredentialKind,
        429 => {
            let left = answer.header("x-ratelimit-remaining-minute");
            let left = left.and_then(|left| left.trim().parse::<u32>().ok());
            match (left, answer.retry_after()) {
                (Some(1..), None) => Cause::QuotaSpent,
                _ => Cause::RateLimited,
            }
        }
        _ => generic.cause,
    };
    let error = VendorError { cause, ..generic }.known_as(reference);
    if said.is_empty() { error } else { error.saying(said) }
}
