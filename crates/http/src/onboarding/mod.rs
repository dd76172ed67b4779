//! How customers’ sites come online: the board, the page of a case, the page
//! behind a customer’s link, and the measures.

mod answer;
mod board;
mod case;
mod connect;
pub(crate) mod dto;
pub(crate) mod live;
mod measures;
mod start;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use greengrid_app::onboarding::{LARGEST_FILE, OnboardingError};

use crate::fault::Fault;
use crate::router::Routes;
use crate::urls;

pub(crate) use case::pictures::guidance;

pub(crate) fn routes() -> Routes {
    use case::{access, edit, files, steps};
    // A little more than the file, for what a form puts around it.
    let limit = DefaultBodyLimit::max(LARGEST_FILE + (64 << 10));
    Routes::default()
        .get(urls::ONBOARDING, board::show)
        .post(urls::ONBOARDING, start::open)
        .get("/onboarding/new", start::show)
        .post("/onboarding/csv", start::rows.layer(DefaultBodyLimit::max(2 << 20)))
        .get("/onboarding/vendor", start::vendor)
        .post("/onboarding/vendor", start::open_from_vendor)
        .get("/onboarding/measures", measures::show)
        .get("/onboarding/callback", connect::callback)
        .get("/onboarding/{case}", case::show)
        .post("/onboarding/{case}/fields", edit::fields)
        .post("/onboarding/{case}/here", edit::here)
        .post("/onboarding/{case}/notes", edit::note)
        .post("/onboarding/{case}/owner", edit::owner)
        .post("/onboarding/{case}/waits", edit::waits)
        .post("/onboarding/{case}/stuck", edit::stuck)
        .post("/onboarding/{case}/free", edit::free)
        .post("/onboarding/{case}/files", files::attach.layer(limit))
        .get("/onboarding/{case}/files/{file}", files::download)
        .post("/onboarding/{case}/files/{file}/remove", files::remove)
        .post("/onboarding/{case}/access", access::give)
        .post("/onboarding/{case}/access/check", access::check)
        .post("/onboarding/{case}/credential", access::reuse)
        .post("/onboarding/{case}/link", access::link)
        .get("/onboarding/{case}/approve", access::approve)
        .post("/onboarding/{case}/test", steps::test)
        .post("/onboarding/{case}/message", steps::message)
        .post("/onboarding/{case}/verify", steps::verify)
        .post("/onboarding/{case}/accept", steps::accept)
        .post("/onboarding/{case}/live", steps::go_live)
        .get("/connect/{secret}", connect::show)
        .post("/connect/{secret}", connect::give)
        .post("/connect/{secret}/check", connect::check)
        .get("/connect/{secret}/approve", connect::approve)
}

impl From<OnboardingError> for Fault {
    fn from(error: OnboardingError) -> Self {
        match error {
            OnboardingError::Denied(denied) => denied.into(),
            OnboardingError::Store(store) => store.into(),
            OnboardingError::Missing => Self::NotFound,
            OnboardingError::Field(_) | OnboardingError::Vendor(_) => {
                Self::Unprocessable(error.to_string())
            }
            OnboardingError::Lacking(_)
            | OnboardingError::IsLive
            | OnboardingError::Running
            | OnboardingError::ConnectedElsewhere(_)
            | OnboardingError::CodeTaken(_)
            | OnboardingError::NotACustomer
            | OnboardingError::Contended => Self::Conflict(error.to_string()),
        }
    }
}
