//! The one mapping from failures to answers.

use std::error::Error;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greengrid_app::actor::Denied;
use greengrid_app::customer::{
    ClosingError, MembershipError, NoticeError, OwnSiteError, TakeoutError,
};
use greengrid_app::error::StoreError;
use greengrid_app::fleet::RegionError;
use greengrid_app::identity::factors::FactorError;
use greengrid_app::identity::{AccountError, OwnError, SignInError};
use greengrid_app::monitoring::{AnomalyError, MonitoringError};
use greengrid_domain::identity::Scope;

/// A failure on its way to whoever asked. The `faults` layer makes a page, a
/// toast or JSON of it; users never see driver text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Nobody is signed in.
    #[error("you are signed out; sign in and try again")]
    SignedOut,
    /// Signed in, but not allowed.
    #[error("this page is not for your role")]
    Forbidden,
    /// A page of somebody else sent this.
    #[error("this did not come from one of our own pages")]
    ForeignOrigin,
    /// A program without a token, or with one that is unknown or revoked.
    #[error("send a valid token as “Authorization: Bearer …”")]
    NoToken,
    /// The token is good, but not for this.
    #[error("this token lacks the scope {0}")]
    NoScope(Scope),
    /// Not there, or not for this person to know about.
    #[error("there is nothing here")]
    NotFound,
    /// The address is right, the method is not.
    #[error("this address does not take that method")]
    MethodNotAllowed,
    /// What was sent makes no sense.
    #[error("{0}")]
    BadRequest(String),
    /// What was sent contradicts what is there.
    #[error("{0}")]
    Conflict(String),
    /// More was sent than is taken.
    #[error("{0}")]
    TooLarge(String),
    /// A format that is not understood.
    #[error("{0}")]
    UnsupportedMedia(String),
    /// Understood, but not good.
    #[error("{0}")]
    Unprocessable(String),
    /// Too often.
    #[error("too many attempts; wait a little before the next")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// More tabs than one session may have live.
    #[error("too many pages of this session are live; close some of them")]
    TooManyTabs,
    /// The program stops.
    #[error("we are restarting; try again in a few seconds")]
    Stopping,
    /// Something we need is away or overloaded, for now.
    #[error("we are not quite there at the moment; try again in a few seconds")]
    Busy(#[source] Box<dyn Error + Send + Sync>),
    /// The store of sessions is away; it has logged why.
    #[error("we cannot check who you are at the moment; try again in a few seconds")]
    SessionsAway,
    /// Something of ours failed.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

/// What is shown of a fault. It travels with the plain answer to the `faults`
/// layer, which knows how whoever asked wants to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// For programs.
    pub(crate) code: &'static str,
    /// For people: one sentence without its full stop.
    pub(crate) message: String,
    /// How long to wait before the next try.
    pub(crate) retry_after: Option<Duration>,
}

impl Fault {
    const fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out"),
            Self::NoToken => (StatusCode::UNAUTHORIZED, "no_token"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign_origin"),
            Self::NoScope(_) => (StatusCode::FORBIDDEN, "missing_scope"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::UnsupportedMedia(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::Unprocessable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable"),
            Self::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::TooManyTabs => (StatusCode::TOO_MANY_REQUESTS, "too_many_tabs"),
            Self::Busy(_) | Self::SessionsAway | Self::Stopping => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy")
            }
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// The status of its answer.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status_and_code().0
    }

    /// What is shown of it.
    pub(crate) fn shown(&self) -> Shown {
        let (status, code) = self.status_and_code();
        let retry_after = match self {
            Self::TooMany { retry_after } => Some(*retry_after),
            Self::Busy(_) | Self::SessionsAway | Self::Stopping => Some(Duration::from_secs(5)),
            _ => None,
        };
        Shown { status, code, message: self.to_string(), retry_after }
    }

    /// Logs what is ours to repair, with all its causes; once, by whoever makes
    /// an answer of it.
    pub(crate) fn log(&self) {
        if let Self::Internal(source) | Self::Busy(source) = self {
            let status = self.status().as_u16();
            tracing::error!(status, cause = %chain(&**source), "failed");
        }
    }
}

/// A wait in whole seconds, rounded up so that waiting as told is enough.
pub(crate) const fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + if wait.subsec_nanos() > 0 { 1 } else { 0 }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let shown = self.shown();
        self.log();
        let mut response = (shown.status, shown.message.clone()).into_response();
        response.extensions_mut().insert(shown);
        response
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

impl From<Denied> for Fault {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        if error.is_busy() { Self::Busy(error.into()) } else { Self::Internal(error.into()) }
    }
}

impl From<AccountError> for Fault {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Denied(denied) => denied.into(),
            AccountError::Store(store) => store.into(),
            AccountError::Missing => Self::NotFound,
            AccountError::EmailTaken | AccountError::Own | AccountError::NotInvited => {
                Self::Conflict(error.to_string())
            }
            AccountError::Email(_)
            | AccountError::Name(_)
            | AccountError::Password(_)
            | AccountError::DemoPassword
            | AccountError::NoScope => Self::Unprocessable(error.to_string()),
        }
    }
}

impl From<OwnError> for Fault {
    fn from(error: OwnError) -> Self {
        match error {
            OwnError::Denied(denied) => denied.into(),
            OwnError::Store(store) => store.into(),
            OwnError::TooMany { retry_after } => Self::TooMany { retry_after },
            other => Self::Unprocessable(other.to_string()),
        }
    }
}

impl From<FactorError> for Fault {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Denied(denied) => denied.into(),
            FactorError::Store(store) => store.into(),
            FactorError::Own(own) => own.into(),
            FactorError::TooMany { retry_after } => Self::TooMany { retry_after },
            FactorError::NotNow => Self::Conflict(error.to_string()),
            FactorError::Code(_) | FactorError::WrongCode => Self::Unprocessable(error.to_string()),
        }
    }
}

impl From<RegionError> for Fault {
    fn from(error: RegionError) -> Self {
        match error {
            RegionError::Denied(denied) => denied.into(),
            RegionError::Missing => Self::NotFound,
            RegionError::Store(store) => store.into(),
        }
    }
}

impl From<AnomalyError> for Fault {
    fn from(error: AnomalyError) -> Self {
        match error {
            AnomalyError::Denied(denied) => denied.into(),
            AnomalyError::Missing => Self::NotFound,
            AnomalyError::Refused(_) => Self::Conflict(error.to_string()),
            AnomalyError::NotOfTheCrew | AnomalyError::Window(_) => {
                Self::Unprocessable(error.to_string())
            }
            AnomalyError::Store(store) => store.into(),
        }
    }
}

impl From<OwnSiteError> for Fault {
    fn from(error: OwnSiteError) -> Self {
        match error {
            OwnSiteError::Denied(denied) => denied.into(),
            OwnSiteError::NoSuchSite => Self::NotFound,
            OwnSiteError::NotAnOwner => Self::Forbidden,
            OwnSiteError::Assumptions(_) => Self::Unprocessable(error.to_string()),
            OwnSiteError::Store(store) => store.into(),
        }
    }
}

impl From<MembershipError> for Fault {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::Site(error) => error.into(),
            MembershipError::NotThere => Self::NotFound,
            MembershipError::Email(_) => Self::Unprocessable(error.to_string()),
            MembershipError::AlreadyThere | MembershipError::LastOwner | MembershipError::Full => {
                Self::Conflict(error.to_string())
            }
            MembershipError::Store(store) => store.into(),
        }
    }
}

impl From<NoticeError> for Fault {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Denied(denied) => denied.into(),
            NoticeError::NoSuchToken => Self::NotFound,
            NoticeError::Store(store) => store.into(),
        }
    }
}

impl From<TakeoutError> for Fault {
    fn from(error: TakeoutError) -> Self {
        match error {
            TakeoutError::Denied(denied) => denied.into(),
            TakeoutError::Missing => Self::NotFound,
            TakeoutError::Store(store) => store.into(),
        }
    }
}

impl From<ClosingError> for Fault {
    fn from(error: ClosingError) -> Self {
        match error {
            ClosingError::Denied(denied) => denied.into(),
            ClosingError::Password(SignInError::TooMany { retry_after }) => {
                Self::TooMany { retry_after }
            }
            ClosingError::Password(SignInError::Store(store)) | ClosingError::Store(store) => {
                store.into()
            }
            ClosingError::Password(SignInError::Refused) => {
                Self::Unprocessable("this is not your password".to_owned())
            }
        }
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
