//! Answers to what is done on the page of a case.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::onboarding::OnboardingError;
use uuid::Uuid;

use super::case::{self, Told};
use crate::auth::{Caller, Viewer};
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// Which form something is said beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The fields.
    Fields,
    /// What opens the vendor’s interface.
    Access,
    /// The link for the customer.
    Link,
    /// The connection test.
    Test,
    /// The message that a diagnosis offers.
    Message,
    /// The first data.
    Verification,
    /// Going live.
    Live,
    /// Notes.
    Note,
    /// Files.
    File,
    /// Owner, waiting, stuck.
    Handling,
}

/// Back to the case when it was done; else its page with what was wrong, beside
/// its form and with what was typed.
pub(super) async fn answer<T>(
    viewer: &Viewer,
    caller: Caller,
    state: &AppState,
    case: Uuid,
    at: At,
    typed: &str,
    done: Result<T, OnboardingError>,
) -> Result<Response, Fault> {
    let error = match done {
        Ok(_) if caller.datastar => {
            let view = state.onboarding.case(&viewer.actor, case.into()).await?;
            let page = case::Page::of(&view, state, &viewer.actor);
            return Ok(crate::auth::patched(case::parts(&page)));
        }
        Ok(_) => return Ok(Redirect::to(&urls::case(case)).into_response()),
        Err(
            error @ (OnboardingError::Denied(_)
            | OnboardingError::Store(_)
            | OnboardingError::Missing),
        ) => return Err(error.into()),
        Err(error) => error,
    };
    let status = match error {
        OnboardingError::Field(_) | OnboardingError::Vendor(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    let told = Told { at, words: error.to_string(), typed: typed.to_owned(), good: false };
    told_page(viewer, caller, state, case, status, told).await
}

/// The page of a case with something said beside one of its forms.
pub(super) async fn told_page(
    viewer: &Viewer,
    caller: Caller,
    state: &AppState,
    case: Uuid,
    status: StatusCode,
    told: Told,
) -> Result<Response, Fault> {
    let view = state.onboarding.case(&viewer.actor, case.into()).await?;
    let page = case::Page { told: Some(told), ..case::Page::of(&view, state, &viewer.actor) };
    if caller.datastar {
        return Ok(crate::auth::patched(case::parts(&page)));
    }
    Ok((status, case::page(viewer, &page, state)).into_response())
}
