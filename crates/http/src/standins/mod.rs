//! Stand-ins for the vendors' interfaces, on this machine.
//!
//! They are written from the vendors' documentation and share nothing with the
//! adapters, so that the two check each other. They are as strict as vendors
//! are: a request that the documentation does not allow gets the vendor's own
//! refusal.

mod control;
mod enphase;
mod fronius;
mod oauth;
mod plant;
mod query;
mod site_access;
mod solaredge;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use greengrid_app::clock::Clock;
use greengrid_app::ingestion::vendors::{Credentials, OAuthClient, OAuthTokens, SecretText};
use greengrid_domain::fleet::Brand;
use jiff::{SignedDuration, Timestamp};

use control::State;
pub(crate) use plant::{Physics, Plant, Sample};

/// What opens the stand-ins; printed when they start.
pub const KEYS: [(&str, &str); 7] = [
    ("SolarEdge key", solaredge::KEY),
    ("SolarEdge client", "stand-in, with the secret stand-in-secret"),
    ("Fronius key id", fronius::KEY_ID),
    ("Fronius key’s value", fronius::KEY_VALUE),
    ("Enphase app key", enphase::APP_KEY),
    ("Enphase client", "stand-in, with the secret stand-in-secret"),
    ("Enphase refresh token", enphase::FIRST_REFRESH),
];

/// What opens the stand-in of a brand from an instant on. Owners of Enphase
/// approve one by one: what one approved is theirs alone.
pub(crate) fn key(brand: Brand, approval: u32, now: Timestamp) -> Credentials {
    match brand {
        Brand::SolarEdge => Credentials::SolarEdgeKey(SecretText::new(solaredge::KEY)),
        Brand::Fronius => Credentials::Fronius {
            key_id: fronius::KEY_ID.to_owned(),
            key_value: SecretText::new(fronius::KEY_VALUE),
        },
        Brand::Enphase | Brand::Other => {
            let (access, refresh) = enphase::first_tokens(approval);
            Credentials::Enphase {
                app_key: SecretText::new(enphase::APP_KEY),
                client: OAuthClient {
                    id: oauth::CLIENT.0.to_owned(),
                    secret: SecretText::new(oauth::CLIENT.1),
                },
                tokens: OAuthTokens {
                    access: SecretText::new(&access),
                    access_until: now + SignedDuration::from_hours(23),
                    refresh: SecretText::new(&refresh),
                    refresh_until: now + SignedDuration::from_hours(29 * 24),
                },
            }
        }
    }
}

/// What the vendor calls the site at a position.
pub(crate) fn name_of(brand: Brand, position: usize) -> String {
    match brand {
        Brand::SolarEdge => (solaredge::FIRST + position).to_string(),
        Brand::Fronius => fronius::system_id(position),
        Brand::Enphase | Brand::Other => (enphase::FIRST + position).to_string(),
    }
}

/// The three interfaces under `/solaredge`, `/fronius` and `/enphase`, and
/// `POST /control` to break them. A key may make so many calls in a minute.
pub(crate) fn router(
    physics: Arc<dyn Physics>,
    clock: Arc<dyn Clock>,
    per_minute: usize,
) -> Router {
    let state = State::new(physics, clock, per_minute);
    Router::new()
        .route("/control", post(control::inject))
        .route("/solaredge/authorize", get(site_access::authorize))
        .route("/solaredge/approved", get(site_access::approved))
        .route("/solaredge/v2/oauth2/token", post(site_access::token))
        .nest("/solaredge", solaredge::routes())
        .nest("/fronius", fronius::routes())
        .nest("/enphase", enphase::routes())
        .layer(from_fn_with_state(state.clone(), control::one_at_a_time))
        .layer(from_fn_with_state(state.clone(), control::reshaped))
        .with_state(state)
}
