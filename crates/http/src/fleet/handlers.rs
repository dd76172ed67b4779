use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::monitoring::SiteCurve;
use greengrid_domain::fleet::{Site, SiteCode};
use greengrid_domain::units::Power;
use maud::Markup;
use serde::Serialize;

use super::export::Export;
use super::live::Asked;
use super::{dto, live};
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::monitoring::Problem;
use crate::sse::View;
use crate::state::AppState;

/// The list of sites.
pub(super) async fn sites(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let (query, ignored) = dto::read_sites(query.as_deref().unwrap_or_default());
    let main = live::sites_main(&query, &ignored, &state, &viewer.actor).await?;
    let fleet = state.directory.snapshot();
    Ok(page()
        .viewer(&viewer)
        .title("Sites")
        .nav(Nav::Sites)
        .clock(PageClock::of_fleet(&*state.clock, &fleet))
        .maybe_search(query.text.as_deref())
        .live(View::Sites(query.clone()).url())
        .main(main)
        .render())
}

/// The page of a site.
pub(super) async fn site(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    site_page(&viewer, &state, &code, query.as_deref().unwrap_or_default(), None).await
}

/// The page of a site as its address asks for it, with what was wrong with
/// something sent from it.
pub(crate) async fn site_page(
    viewer: &Viewer,
    state: &AppState,
    code: &str,
    query: &str,
    problem: Option<&Problem>,
) -> Result<Markup, Fault> {
    let fleet = state.directory.snapshot();
    let site = known(&fleet, code)?;
    let zone = &site.details.zone;
    let today = zone.day(state.clock.now());
    let (days, ignored) = dto::read_days(query, today);
    let anomaly = dto::read_anomaly(query);
    let asked = Asked { days, anomaly, ignored: &ignored, problem };
    let main = live::site_main(&site.code, &asked, state, &viewer.actor).await?;
    // A page of today goes on to the next day by itself.
    let shown = (days != dto::Days::ending(today, 1)).then_some(days);
    let view = View::Site {
        site: site.code.clone(),
        from: shown.map(|days| days.from),
        to: shown.map(|days| days.to),
        anomaly: anomaly.map(Into::into),
    };
    Ok(page()
        .viewer(viewer)
        .title(site.details.name.as_str())
        .nav(Nav::Sites)
        .clock(PageClock::read(&*state.clock, zone.clone()))
        .live(view.url())
        .scripts(&["uplot.js", "chart.js"])
        .main(main)
        .render())
}

/// Power against expected in watts, by the second at which an interval begins.
#[derive(Serialize)]
pub(crate) struct CurveDto {
    zone: String,
    now: i64,
    at: Vec<i64>,
    actual: Vec<Option<i64>>,
    expected: Vec<i64>,
    low: Vec<i64>,
    high: Vec<i64>,
}

impl CurveDto {
    /// The curve of a site at an instant.
    pub(crate) fn of(curve: &SiteCurve, site: &Site, now: jiff::Timestamp) -> Self {
        let watts = |power: fn(&greengrid_app::monitoring::SiteCurvePoint) -> Power| {
            curve.points.iter().map(|point| power(point).watts()).collect()
        };
        Self {
            zone: site.details.zone.name().to_owned(),
            now: now.as_second(),
            at: curve.points.iter().map(|point| point.interval.middle().as_second()).collect(),
            actual: curve.points.iter().map(|point| point.actual.map(Power::watts)).collect(),
            expected: watts(|point| point.expected),
            low: watts(|point| point.low),
            high: watts(|point| point.high),
        }
    }
}

/// The curve of a site, for the chart that can be zoomed.
pub(super) async fn curve(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<CurveDto>, Fault> {
    let fleet = state.directory.snapshot();
    let site = known(&fleet, &code)?;
    let now = state.clock.now();
    let today = site.details.zone.day(now);
    let (days, _) = dto::read_days(query.as_deref().unwrap_or_default(), today);
    let curve = state.monitoring.curve(&viewer.actor, &site.code, days.from, days.to).await?;
    Ok(Json(CurveDto::of(&curve, site, now)))
}

/// Readings of a site as a file.
pub(super) async fn readings_csv(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let fleet = state.directory.snapshot();
    let site = known(&fleet, &code)?;
    let zone = site.details.zone.clone();
    let today = zone.day(state.clock.now());
    let (days, _) = dto::read_export(query.as_deref().unwrap_or_default(), today);
    let (monitoring, actor) = (state.monitoring.clone(), viewer.actor);
    Ok(Export { monitoring, actor, code: site.code.clone(), zone, days }.respond().await?)
}

fn known<'a>(fleet: &'a FleetSnapshot, code: &str) -> Result<&'a Site, Fault> {
    let code: SiteCode = code.parse().map_err(|_| Fault::NotFound)?;
    fleet.site_by_code(&code).map(AsRef::as_ref).ok_or(Fault::NotFound)
}
