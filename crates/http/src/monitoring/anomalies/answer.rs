use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::monitoring::AnomalyError;
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::monitoring::AnomalyId;

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::fleet;
use crate::state::AppState;
use crate::urls;

/// Which form something was wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemAt {
    /// None in particular: the anomaly has moved on meanwhile.
    Anomaly,
    /// The form that resolves.
    Resolve,
    /// The form that dismisses.
    Dismiss,
    /// The form that reopens.
    Reopen,
    /// The form that takes a note.
    Note,
    /// The form that plans work.
    Plan,
}

/// What was wrong with something sent, and what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// With which form.
    pub(crate) at: ProblemAt,
    /// What, in a sentence without its full stop.
    pub(crate) message: String,
    /// The text that was typed.
    pub(crate) typed: String,
}

impl Problem {
    pub(super) fn new(at: ProblemAt, error: &impl ToString, typed: &str) -> Self {
        Self { at, message: error.to_string(), typed: typed.to_owned() }
    }
}

/// An anomaly as an address names it.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) site: SiteCode,
    pub(super) anomaly: AnomalyId,
}

impl Target {
    pub(super) fn of((site, anomaly): (String, uuid::Uuid)) -> Result<Self, Fault> {
        Ok(Self { site: code(&site)?, anomaly: anomaly.into() })
    }

    /// Back to the anomaly when it was done; else the page of the site with
    /// what was wrong.
    pub(super) async fn answer<T>(
        &self,
        viewer: &Viewer,
        state: &AppState,
        done: Result<T, AnomalyError>,
    ) -> Result<Response, Fault> {
        match done {
            Ok(_) => Ok(Redirect::to(&urls::anomaly(&self.site, self.anomaly)).into_response()),
            Err(error @ (AnomalyError::Refused(_) | AnomalyError::NotOfTheCrew)) => {
                let problem = Problem::new(ProblemAt::Anomaly, &error, "");
                self.again(viewer, state, StatusCode::CONFLICT, problem).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The page of the site, open at the anomaly, with what was wrong.
    pub(super) async fn again(
        &self,
        viewer: &Viewer,
        state: &AppState,
        status: StatusCode,
        problem: Problem,
    ) -> Result<Response, Fault> {
        let query = format!("anomaly={}", self.anomaly);
        let page = fleet::site_page(viewer, state, self.site.as_str(), &query, Some(&problem));
        Ok((status, page.await?).into_response())
    }
}

pub(super) fn code(site: &str) -> Result<SiteCode, Fault> {
    site.parse().map_err(|_| Fault::NotFound)
}
