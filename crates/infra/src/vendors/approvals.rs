use std::sync::Arc;

use async_trait::async_trait;
use greengrid_app::clock::Clock;
use greengrid_app::ingestion::vendors::{
    CallBudget, Calls, Credentials, OAuthClient, SecretText, VendorError,
};
use greengrid_app::onboarding::{Approval, ApprovalFrom, Approvals};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Cause;
use jiff::Timestamp;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::http::{Call, VendorHttp};
use super::oauth::granted;
use super::{Origins, Sealer, solaredge};

/// Names the states that travel through a vendor’s page, as the sealer’s row.
const ROW: &[u8] = b"approval";

/// As whom the vendors know us. Without it a brand has no button to approve.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registrations {
    /// Our client at Enphase, with the key of our application.
    pub enphase: Option<(OAuthClient, SecretText)>,
    /// Our client for SolarEdge’s Site Access.
    pub solaredge: Option<OAuthClient>,
}

impl Registrations {
    /// Those of the stand-ins.
    #[must_use]
    pub fn stand_ins() -> Self {
        let secret = SecretText::new("stand-in-secret");
        let client = OAuthClient { id: "stand-in".to_owned(), secret };
        let enphase = Some((client.clone(), SecretText::new("stand-in-app-key")));
        Self { enphase, solaredge: Some(client) }
    }
}

/// The pages of vendors on which owners approve.
#[derive(Clone)]
pub struct VendorApprovals {
    origins: Origins,
    registrations: Registrations,
    sealer: Sealer,
    clock: Arc<dyn Clock>,
}

/// What is sealed into the state.
#[derive(Serialize, Deserialize)]
struct State {
    case: Uuid,
    colleague: Option<Uuid>,
    link: Option<[u8; 32]>,
    until: i64,
}

/// Trading a code is not counted.
struct Uncounted;

#[async_trait]
impl CallBudget for Uncounted {
    async fn spend(&self, _calls: Calls) -> Result<(), VendorError> {
        Ok(())
    }
}

impl VendorApprovals {
    /// The pages at these addresses, for whoever is registered so.
    #[must_use]
    pub const fn new(
        origins: Origins,
        registrations: Registrations,
        sealer: Sealer,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { origins, registrations, sealer, clock }
    }

    fn sealed(&self, approval: &Approval) -> Option<String> {
        let (colleague, link) = match approval.from {
            ApprovalFrom::Colleague(user) => (Some(user.into()), None),
            ApprovalFrom::Link(hash) => (None, Some(hash)),
        };
        let state = State {
            case: approval.case.into(),
            colleague,
            link,
            until: approval.until.as_second(),
        };
        let plain = serde_json::to_vec(&state).ok()?;
        self.sealer.seal(ROW, &plain).ok().map(hex::encode)
    }

    async fn enphase(&self, code: &str, back_to: &str) -> Result<Credentials, VendorError> {
        let (client, app_key) = self.registrations.enphase.clone().ok_or_else(unregistered)?;
        let http =
            VendorHttp::new(&self.origins.enphase, &["api.enphaseenergy.com"], Arc::new(Uncounted));
        let query =
            [("grant_type", "authorization_code"), ("redirect_uri", back_to), ("code", code)];
        let call = Call::post(&["oauth", "token"]).query(&query).basic(&client.id, &client.secret);
        let answer = http.map_err(unreachable)?.send(call.free()).await?;
        let tokens = granted(&answer)?.tokens(self.clock.now());
        Ok(Credentials::Enphase { app_key, client, tokens })
    }

    async fn solaredge(&self, code: &str) -> Result<Credentials, VendorError> {
        let client = self.registrations.solaredge.clone().ok_or_else(unregistered)?;
        let http = VendorHttp::new(&self.origins.solaredge, &solaredge::HOSTS, Arc::new(Uncounted));
        let call = solaredge::token_call(&client, "authorization_code", "code", code);
        let answer = http.map_err(unreachable)?.send(call).await?;
        let tokens = granted(&answer)?.tokens(self.clock.now());
        Ok(Credentials::SolarEdgeOAuth { client, tokens })
    }
}

const fn unregistered() -> VendorError {
    VendorError::new(Cause::PlanTooSmall)
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for `map_err`")]
fn unreachable(error: super::OriginError) -> VendorError {
    VendorError::new(Cause::Unreachable).saying(error.to_string())
}

#[async_trait]
impl Approvals for VendorApprovals {
    fn offers(&self, brand: Brand) -> bool {
        match brand {
            Brand::Enphase => self.registrations.enphase.is_some(),
            Brand::SolarEdge => self.registrations.solaredge.is_some(),
            Brand::Fronius | Brand::Other => false,
        }
    }

    fn begin(&self, brand: Brand, approval: &Approval, back_to: &str) -> Option<String> {
        let state = self.sealed(approval)?;
        let url = match brand {
            Brand::Enphase => {
                let (client, _) = self.registrations.enphase.as_ref()?;
                let page = format!("{}/oauth/authorize", self.origins.enphase.base);
                let pairs = [
                    ("response_type", "code"),
                    ("client_id", &client.id),
                    ("redirect_uri", back_to),
                    ("state", &state),
                ];
                Url::parse_with_params(&page, pairs)
            }
            Brand::SolarEdge => {
                let client = self.registrations.solaredge.as_ref()?;
                let pairs = [
                    ("response_type", "code"),
                    ("client_id", client.id.as_str()),
                    ("scope", "SITE_DATA DEVICE_DATA"),
                    ("redirect_uri", back_to),
                    ("state", &state),
                ];
                let page = match &self.origins.solaredge {
                    origin if origin.stand_in => format!("{}/authorize", origin.base),
                    _ => "https://connect.solaredge.com/authorize".to_owned(),
                };
                Url::parse_with_params(&page, pairs)
            }
            Brand::Fronius | Brand::Other => return None,
        };
        url.ok().map(String::from)
    }

    fn returned(&self, state: &str) -> Option<Approval> {
        let plain = self.sealer.open(ROW, &hex::decode(state).ok()?).ok()?;
        let state: State = serde_json::from_slice(&plain).ok()?;
        let from = match (state.colleague, state.link) {
            (Some(user), None) => ApprovalFrom::Colleague(user.into()),
            (None, Some(hash)) => ApprovalFrom::Link(hash),
            _ => return None,
        };
        let until = Timestamp::from_second(state.until).ok()?;
        Some(Approval { case: state.case.into(), from, until })
    }

    async fn trade(
        &self,
        brand: Brand,
        code: &str,
        back_to: &str,
    ) -> Result<Credentials, VendorError> {
        match brand {
            Brand::Enphase => self.enphase(code, back_to).await,
            Brand::SolarEdge => self.solaredge(code).await,
            Brand::Fronius | Brand::Other => Err(unregistered()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_app::testing::FixedClock;

    fn approvals(secret: &[u8]) -> VendorApprovals {
        let clock = Arc::new(FixedClock::at(Timestamp::UNIX_EPOCH));
        let origins = Origins::stand_ins("http://127.0.0.1:1");
        VendorApprovals::new(origins, Registrations::stand_ins(), Sealer::new(secret), clock)
    }

    fn approval() -> Approval {
        Approval {
            case: Uuid::from_u128(7).into(),
            from: ApprovalFrom::Link([3; 32]),
            until: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_goes_with_somebody_to_the_vendor_comes_back_and_cannot_be_forged() {
        let ours = approvals(b"0123456789abcdef0123456789abcdef");
        let address = ours.begin(Brand::Enphase, &approval(), "http://127.0.0.1:2/back").unwrap();
        let url: Url = address.parse().unwrap();
        let state = url.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();

        assert_eq!(url.path(), "/enphase/oauth/authorize");
        assert_eq!(ours.returned(&state), Some(approval()));
        assert_eq!(approvals(b"another secret of 32 characters.").returned(&state), None);
        assert_eq!(ours.returned("00ff"), None);
        assert_eq!(ours.begin(Brand::Fronius, &approval(), "x"), None);
    }

    #[test]
    fn an_owner_of_solaredge_is_asked_for_what_is_read_and_no_more() {
        let ours = approvals(b"0123456789abcdef0123456789abcdef");
        let address = ours.begin(Brand::SolarEdge, &approval(), "http://127.0.0.1:2/back").unwrap();
        let url: Url = address.parse().unwrap();
        let scope = url.query_pairs().find(|(key, _)| key == "scope").unwrap().1.into_owned();

        assert_eq!((url.path(), scope.as_str()), ("/solaredge/authorize", "SITE_DATA DEVICE_DATA"));
        assert!(ours.offers(Brand::SolarEdge) && !ours.offers(Brand::Fronius));
    }

    #[test]
    fn the_real_page_is_that_of_the_vendor_and_not_offered_without_a_registration() {
        let clock = Arc::new(FixedClock::at(Timestamp::UNIX_EPOCH));
        let sealer = Sealer::new(b"0123456789abcdef0123456789abcdef");
        let known = Registrations::stand_ins();
        let real = VendorApprovals::new(Origins::default(), known, sealer.clone(), clock.clone());
        let unknown =
            VendorApprovals::new(Origins::default(), Registrations::default(), sealer, clock);

        let address = real.begin(Brand::SolarEdge, &approval(), "https://green.example/back");

        assert!(address.unwrap().starts_with("https://connect.solaredge.com/authorize?"));
        assert!(!unknown.offers(Brand::SolarEdge));
        assert_eq!(unknown.begin(Brand::SolarEdge, &approval(), "https://green.example"), None);
    }
}
