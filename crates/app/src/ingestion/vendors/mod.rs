//! The interfaces of inverter makers, as one contract.

mod credentials;
mod error;
mod gateway;
mod ladder;
mod typed_key;

pub use credentials::{Credentials, OAuthClient, OAuthTokens, SecretText, TokenVault};
pub use error::VendorError;
pub use gateway::{
    CallBudget, Calls, ExternalId, ExternalIdError, Fetched, Origin, VendorAlarm, VendorDevice,
    VendorGateway, VendorReading, VendorSite, VendorSiteDetails,
};
pub use greengrid_domain::ingestion::Window;
pub use ladder::{Check, Expected, Outcome, Rung, climb};
pub(crate) use ladder::{is_awake, morning};
pub use typed_key::{GivenPart, TypedKeyError, typed_key};
