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
    Aggregated, Device, DeviceList, History, Messages, PvSystem, Refusal, SystemsPage,
};
use crate::vendors::http::{Answer, Call, OriginError, VendorHttp};
use crate::vendors::series::Draft;

const HOSTS: [&str; 1] = ["api.solarweb.com"];

/// Systems on a page of the list, the most there may be.
const PAGE: usize = 1_000;
/// Pages at most: a hundred thousand sites.
const PAGES: usize = 100;

/// Fronius Solar.web Query API. Billed by data point, a channel at an instant.
pub struct Fronius {
    http: VendorHttp,
    key_id: SecretText,
    key_value: SecretText,
}

impl Fronius {
    /// The interface under an address.
    pub fn new(
        origin: &Origin,
        key_id: &str,
        key_value: SecretText,
        budget: Arc<dyn CallBudget>,
    ) -> Result<Self, OriginError> {
        let http = VendorHttp::new(origin, &HOSTS, budget)?;
        Ok(Self { http, key_id: SecretText::new(key_id), key_value })
    }

    /// The same, with its answers compared with what is known of them.
    pub(in crate::vendors) fn watched(mut self, canary: Option<&Canary>) -> Self {
        if let Some(canary) = canary {
            self.http.watch(canary, Brand::Fronius, KNOWN);
        }
        self
    }

    /// The answer; none where there is no data (204).
    /// The answer; none where there is no data (204).
    async fn get(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        points: u32,
    ) -> Result<Option<Answer>, VendorError> {
        let path: Vec<&str> = [&["swqapi"], path].concat();
        let call = Call::get(&path)
            .query(query)
            .points(points)
            .secret("accesskeyid", self.key_id.clone())
            .secret("accesskeyvalue", self.key_value.clone());
        let answer = self.http.send(call).await?;
        match answer.status {
            204 => Ok(None),
            _ if answer.is_ok() => match answer.maybe::<Refusal>() {
                // An answer that is well and a failure inside it.
                Some(refused) if refused.response_error != 0 => Err(refusal(&answer, refused)),
                _ => Ok(Some(answer)),
            },
            _ => Err(match answer.maybe::<Refusal>() {
                Some(refused) => refusal(&answer, refused),
                None => answer.refused(),
            }),
        }
    }

    async fn device_list(&self, id: &ExternalId) -> Result<Vec<Device>, VendorError> {
        match self.get(&["pvsystems", id.as_str(), "devices"], &[], 0).await? {
            Some(answer) => Ok(answer.json::<DeviceList>()?.devices),
            None => Ok(Vec::new()),
        }
    }
}

#[async_trait]
impl VendorGateway for Fronius {
    fn brand(&self) -> Brand {
        Brand::Fronius
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
        let mut sites = Vec::new();
        for _ in 0..PAGES {
            let (offset, limit) = (sites.len().to_string(), PAGE.to_string());
            let query = [("offset", offset.as_str()), ("limit", limit.as_str())];
            let Some(answer) = self.get(&["pvsystems"], &query, 0).await? else { break };
            let page: SystemsPage = answer.json()?;
            for system in &page.pv_systems {
                sites.push(map::site(system)?);
            }
            let more = page.links.is_some_and(|links| links.next.is_some());
            if page.pv_systems.is_empty() || !more {
                break;
            }
        }
        Ok(sites)
    }

    async fn site(&self, id: &ExternalId) -> Result<VendorSiteDetails, VendorError> {
        match self.get(&["pvsystems", id.as_str()], &[], 0).await? {
            Some(answer) => map::details(&answer.json::<PvSystem>()?),
            None => Err(VendorError::new(Cause::SiteUnknown)),
        }
    }

    async fn devices(&self, id: &ExternalId) -> Result<Vec<VendorDevice>, VendorError> {
        Ok(self.device_list(id).await?.iter().filter_map(map::device).collect())
    }

    async fn readings(
        &self,
        id: &ExternalId,
        _zone: &SiteZone,
        window: Window,
        now: Timestamp,
    ) -> Result<Fetched, VendorError> {
        let window = Window { to: window.to.min(window.from + map::LONGEST), ..window };
        let (from, to) = (seconds(window.from), seconds(window.to));
        let query = [("from", from.as_str()), ("to", to.as_str()), ("channel", map::CHANNEL)];
        let span = window.to.duration_since(window.from);
        let points = u32::try_from(span.as_secs() / map::STEP.as_secs()).unwrap_or(u32::MAX);
        let mut draft = Draft::default();
        let devices = self.device_list(id).await?;
        for device in map::inverters_in(&devices, window) {
            let path = ["pvsystems", id.as_str(), "devices", device.device_id.as_str(), "histdata"];
            let Some(serial) = map::serial(device) else { continue };
            if let Some(answer) = self.get(&path, &query, points).await? {
                map::history(&mut draft, &serial, &answer.json::<History>()?)?;
            }
        }
        Ok(draft.finish(window, map::STEP, now))
    }

    async fn alarms(
        &self,
        id: &ExternalId,
        since: Timestamp,
    ) -> Result<Vec<VendorAlarm>, VendorError> {
        let from = seconds(since);
        let query = [("from", from.as_str()), ("stateseverity", "Error")];
        let path = ["pvsystems", id.as_str(), "messages", "en"];
        let Some(answer) = self.get(&path, &query, 0).await? else { return Ok(Vec::new()) };
        let (Messages::Alone(messages) | Messages::Wrapped { messages }) = answer.json()?;
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let devices = self.device_list(id).await?;
        messages.iter().map(|message| map::alarm(message, &devices)).collect()
    }

    async fn totals(
        &self,
        id: &ExternalId,
        zone: &SiteZone,
        now: Timestamp,
    ) -> Result<Totals, VendorError> {
        let sum = async |period: &str| -> Result<_, VendorError> {
            let query = [("period", period), ("channel", map::SUMS)];
            let path = ["pvsystems", id.as_str(), "aggrdata"];
            let Some(answer) = self.get(&path, &query, 1).await? else { return Ok(None) };
            map::sum(&answer.json::<Aggregated>()?)
        };
        let year = zone.day(now).year().to_string();
        let lifetime = sum("total").await?;
        Ok(Totals { lifetime, year: sum(&year).await?, today: None })
    }
}

/// An instant in UTC to the second.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What a refusal means, by its number (Solar.web Query API specification).
fn refusal(answer: &Answer, refused: Refusal) -> VendorError {
    let message = refused.response_message.unwrap_or_default();
    let cause = match refused.response_error {
        1002 => Cause::SiteUnknown,
        1011 => Cause::RateLimited,
        1012 => Cause::Maintenance,
        1101 | 1102 => Cause::CredentialRejected,
        1103 | 1105 => Cause::CredentialBlocked,
        1104 => Cause::CredentialExpired,
        1108 => Cause::TermsNotAccepted,
        // More than a day at once, or older than this account may see.
        3301 => Cause::ContractChanged,
        3302 => Cause::PlanTooSmall,
        _ if answer.is_ok() => Cause::VendorFault,
        _ => answer.refused().cause,
    };
    VendorError::new(cause).after(waits(answer, &message)).saying(message)
}

/// The wait named in “Retry after: {}” or “lasts until {}”, or in the header.
fn waits(answer: &Answer, message: &str) -> Option<Duration> {
    let marks = ["Retry after:", "lasts until"];
    let named = marks.iter().find_map(|mark| message.split_once(mark));
    named.and_then(|(_, text)| answer.wait(text)).or_else(|| answer.retry_after())
}
