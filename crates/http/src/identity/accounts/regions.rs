//! Regions and what energy is worth in them.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::fleet::{ChangeRegion, RegionFigures};
use greengrid_domain::fleet::{RegionCode, RegionName, RegionNameError};
use greengrid_domain::units::{Currency, Price, PriceError};
use maud::{Markup, html};
use serde::Deserialize;
use strum::IntoEnumIterator;

use super::frame::{Place, frame, lede};
use crate::auth::Viewer;
use crate::components::select::option;
use crate::components::{format, icon};
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// The form of a region, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RegionDto {
    name: String,
    price: String,
    currency: String,
}

impl RegionDto {
    fn command(&self, code: RegionCode) -> Result<ChangeRegion, String> {
        let currency: Currency = self.currency.parse().unwrap_or_default();
        let price = match self.price.trim() {
            "" => None,
            typed => {
                let price = Price::typed(typed, currency);
                Some(price.map_err(|error: PriceError| error.to_string())?)
            }
        };
        let name: RegionName =
            self.name.parse().map_err(|error: RegionNameError| error.to_string())?;
        Ok(ChangeRegion { code, name, price })
    }
}

/// What was typed for a region that was refused, and why.
struct Refused {
    code: RegionCode,
    typed: RegionDto,
    error: String,
}

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Response, Fault> {
    page(&viewer, &state, None).await
}

pub(super) async fn change(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(region): Path<String>,
    Form(dto): Form<RegionDto>,
) -> Result<Response, Fault> {
    let code: RegionCode = region.parse().map_err(|_| Fault::NotFound)?;
    match dto.command(code.clone()) {
        Ok(command) => {
            state.regions.change(&viewer.actor, &command).await?;
            Ok(Redirect::to(urls::ADMIN_REGIONS).into_response())
        }
        Err(error) => page(&viewer, &state, Some(Refused { code, typed: dto, error })).await,
    }
}

async fn page(
    viewer: &Viewer,
    state: &AppState,
    refused: Option<Refused>,
) -> Result<Response, Fault> {
    let regions = state.regions.figures(&viewer.actor).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, view(viewer, &regions, refused.as_ref())).into_response())
}

fn view(viewer: &Viewer, regions: &[RegionFigures], refused: Option<&Refused>) -> Markup {
    let sites = regions.iter().map(|region| region.sites).sum();
    let lede = lede(
        "regions-lede",
        &html! { strong { (format::counted(regions.len(), "region", "regions")) ", " (format::counted(sites, "site", "sites")) "." } },
        &html! { "What a kilowatt-hour is worth ranks the overview and counts what was lost. A new price holds from now on, for every site of the region." },
    );
    let content = html! {
        @if regions.is_empty() {
            div .state { h3 { "No regions yet" } p { "They come with the sites that are imported." } }
        }
        @for region in regions { (section(region, refused.filter(|r| r.code == region.region.code))) }
    };
    frame(viewer, Place::Regions, None, &lede, &content)
}

fn section(figures: &RegionFigures, refused: Option<&Refused>) -> Markup {
    let code = figures.region.code.as_str();
    let id = |what: &str| format!("{what}-{code}");
    let currency =
        figures.prices.first().map_or(Currency::default(), |(low, _)| low.of_one_kwh().currency);
    let name = refused.map_or(figures.region.name.as_str(), |refused| &refused.typed.name);
    let price = refused.map_or("", |refused| &refused.typed.price);
    let error = refused.map(|refused| refused.error.as_str());
    html! {
        section .section .section--apart aria-labelledby=(id("h")) {
            div .section__head {
                h2 id=(id("h")) { (figures.region.name) }
                span .dim {
                    (format::counted(figures.sites, "site", "sites")) ", " (format::watts_peak(figures.capacity_wp).to_string())
                    @for (low, high) in &figures.prices { ", " (span(*low, *high)) }
                }
            }
            form .filters method="post" action={ (urls::ADMIN_REGIONS) "/" (code) } {
                span .pair {
                    label for=(id("name")) { "Name" }
                    input id=(id("name")) .input name="name" required maxlength="60" value=(name);
                }
                span .pair {
                    label for=(id("price")) { "New price of a kWh" }
                    input id=(id("price")) .input name="price" inputmode="decimal" placeholder="unchanged" value=(price)
                        aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| id("error"))];
                }
                span .pair {
                    label for=(id("currency")) { "Currency" }
                    select id=(id("currency")) .select name="currency" {
                        @for other in Currency::iter() { (option(&other.to_string(), &other.to_string(), other == currency)) }
                    }
                }
                button .btn .btn--small type="submit" { "Save" span .sr { " " (figures.region.name) } }
                @if let Some(error) = error {
                    p id=(id("error")) .msg role="alert" { (icon("act")) span { (error) "." } }
                }
            }
        }
    }
}

/// `€0.21 a kWh`, or from the lowest to the highest.
fn span(low: Price, high: Price) -> String {
    let told = |price: Price| {
        let money = price.of_one_kwh();
        format!("{}{}", money.currency.sign(), money.amount.normalize())
    };
    if low == high {
        format!("{} a kWh", told(low))
    } else {
        format!("{} to {} a kWh", told(low), told(high))
    }
}
