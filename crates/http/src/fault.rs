//! The one mapping from failures to answers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greengrid_app::actor::Denied;
use greengrid_app::error::StoreError;
use greengrid_app::monitoring::MonitoringError;

/// A failure on its way to whoever asked. The `faults` layer makes a page or a
/// toast of it; users never see driver text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Signed in, but not allowed.
    #[error("this page is not for your role")]
    Forbidden,
    /// Not there, or not for this person to know about.
    #[error("there is nothing here")]
    NotFound,
    /// What was sent makes no sense.
    #[error("{0}")]
    BadRequest(String),
    /// Something of ours failed.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// The status of the answer.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Denied> for Fault {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<MonitoringError> for Fault {
    fn from(error: MonitoringError) -> Self {
        match error {
            MonitoringError::Denied(denied) => denied.into(),
            MonitoringError::NoSuchSite => Self::NotFound,
            MonitoringError::Store(store) => store.into(),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status(), self.to_string()).into_response()
    }
}
