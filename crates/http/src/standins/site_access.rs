//! Site Access of SolarEdge: an owner approves for one site, and what opens it
//! is good for two hours and renewed by a token that dies with its use.

use axum::Json;
use axum::extract::{RawQuery, State as FromState};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_domain::fleet::Brand;
use jiff::SignedDuration;
use maud::html;
use serde::Deserialize;
use serde_json::json;

use super::control::State;
use super::oauth::{Asked, CLIENT, Grant, invalid, page, refused};
use super::solaredge::FIRST;

/// How long an access token is good.
const LIVES: SignedDuration = SignedDuration::from_secs(7_200);

/// What our client has to ask for.
const SCOPES: [&str; 2] = ["SITE_DATA", "DEVICE_DATA"];

/// What a token opens: the site is written into it, so that it is known to
/// stand-ins that were started since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Opens {
    site: usize,
    grant: Grant,
}

impl Opens {
    fn write(self, kind: &str) -> String {
        format!("stand-in-site-{kind}-{}-{}", self.site, self.grant)
    }

    fn read(kind: &str, text: &str) -> Option<Self> {
        let text = text.strip_prefix("stand-in-site-")?.strip_prefix(kind)?.strip_prefix('-')?;
        let (site, grant) = text.split_once('-')?;
        Some(Self { site: site.parse().ok()?, grant: Grant::read(grant)? })
    }
}

/// The site that an access token in force opens.
pub(super) fn opened(state: &State, token: &str) -> Option<usize> {
    let Opens { site, grant } = Opens::read("access", token)?;
    (state.is_in_force(grant.0, grant.1) && state.is_fresh(grant.0, LIVES)).then_some(site)
}

/// The page on which an owner chooses a site and approves.
pub(super) async fn authorize(
    FromState(state): FromState<State>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(asked) = Asked::read(query.as_deref()).known() else { return invalid() };
    let scopes: Vec<&str> = asked.value("scope").split(' ').collect();
    if SCOPES.iter().any(|wanted| !scopes.contains(wanted)) {
        return invalid();
    }
    let approve = html! {
        form method="get" action="approved" {
            input type="hidden" name="redirect_uri" value=(asked.value("redirect_uri"));
            input type="hidden" name="state" value=(asked.value("state"));
            p {
                label for="site" { "Your site " }
                select #site name="site_id" {
                    @for (position, plant) in state.plants(Brand::SolarEdge) {
                        option value=(FIRST + position) { (plant.name) " (" (FIRST + position) ")" }
                    }
                }
            }
            p { button #approve type="submit" { "Approve" } }
        }
    };
    page("SolarEdge", &asked, &approve)
}

/// The owner approved: back with a code, and with the site it is for.
pub(super) async fn approved(
    FromState(state): FromState<State>,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = Asked::read(query.as_deref());
    let site: Option<usize> = asked.value("site_id").parse().ok();
    let known = site.filter(|site| {
        let position = site.checked_sub(FIRST);
        position.is_some_and(|position| state.plant(Brand::SolarEdge, position).is_some())
    });
    let Some(site) = known else { return invalid() };
    let code = Opens { site, grant: Grant(state.new_grant(), 0) }.write("code");
    let back = asked.back(&[("code", &code), ("site_id", &site.to_string())]);
    Redirect::to(&back).into_response()
}

/// What a token endpoint is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    grant_type: String,
    client_id: String,
    client_secret: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    refresh_token: String,
}

/// Gives tokens for a code, once, or for the refresh token in force, which ends
/// thereby. Every refusal is a 400.
pub(super) async fn token(
    FromState(state): FromState<State>,
    Json(wanted): Json<Wanted>,
) -> Response {
    let refused = |error: &str| refused(StatusCode::BAD_REQUEST, error);
    if (wanted.client_id.as_str(), wanted.client_secret.as_str()) != CLIENT {
        return refused("invalid_client");
    }
    let granted = match wanted.grant_type.as_str() {
        "authorization_code" => Opens::read("code", &wanted.code)
            .and_then(|code| Some((code.site, state.trade(code.grant.0)?))),
        "refresh_token" => Opens::read("refresh", &wanted.refresh_token)
            .and_then(|spent| Some((spent.site, state.renew(spent.grant.0, spent.grant.1)?))),
        _ => return refused("unsupported_grant_type"),
    };
    let Some((site, (grant, number))) = granted else { return refused("invalid_grant") };
    let opens = Opens { site, grant: Grant(grant, number) };
    Json(json!({
        "access_token": opens.write("access"), "token_type": "Bearer",
        "refresh_token": opens.write("refresh"), "expires_in": LIVES.as_secs(),
    }))
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_site_and_is_of_one_kind() {
        let opens = Opens { site: 410_007, grant: Grant(31, 2) };

        assert_eq!(opens.write("access"), "stand-in-site-access-410007-31.2");
        assert_eq!(Opens::read("access", &opens.write("access")), Some(opens));
        assert_eq!(Opens::read("refresh", &opens.write("access")), None);
        assert_eq!(Opens::read("access", "stand-in-access-3"), None);
    }
}
