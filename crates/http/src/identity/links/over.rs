//! What is said of a link that does not work.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greengrid_app::identity::LinkError;
use greengrid_domain::identity::{LinkPurpose, LinkState};
use maud::{Markup, html};

use crate::auth::Theme;
use crate::fault::Fault;
use crate::identity::door::door;
use crate::urls;

/// A page that says why, with its status.
pub(super) fn over(
    theme: Theme,
    purpose: LinkPurpose,
    error: LinkError,
) -> Result<Response, Fault> {
    let (status, state) = match error {
        LinkError::Unknown => (StatusCode::NOT_FOUND, None),
        LinkError::Over(state) => (StatusCode::GONE, Some(state)),
        LinkError::Store(error) => return Err(error.into()),
        LinkError::AddressTaken => return Err(Fault::Conflict(error.to_string())),
        other => return Err(Fault::Unprocessable(other.to_string())),
    };
    Ok((status, over_page(theme, purpose, state)).into_response())
}

/// Why, with one way on. Nothing of the person it was for is shown: whoever has
/// an old link may be somebody else.
fn over_page(theme: Theme, purpose: LinkPurpose, state: Option<LinkState>) -> Markup {
    let (title, what) = match state {
        None | Some(LinkState::Good) => (
            "This link does not work",
            "Perhaps it was cut off when it was copied. Open it once more from the letter.",
        ),
        Some(LinkState::Used) => (
            "This link has done its work",
            "Each link works once. If it was you who used it, all is well: sign in.",
        ),
        Some(LinkState::Replaced) => (
            "This link was replaced",
            "Something newer took its place. If you were sent another letter since, use the link in that.",
        ),
        Some(LinkState::Expired) => ("This link is too old", lifetime(purpose)),
    };
    let content = html! {
        div {
            h1 { (title) }
            p { (what) }
            p .dim { (otherwise(purpose)) }
        }
        p { a .btn .btn--primary href=(urls::SIGN_IN) { "Go to the sign-in page" } }
    };
    door(theme, title, content)
}

const fn lifetime(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Invitation => "An invitation works for three days.",
        LinkPurpose::PasswordReset => "For your safety, such a link works for one hour.",
        LinkPurpose::AddressChange => "For your safety, such a link works for one day.",
    }
}

const fn otherwise(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Invitation => "Whoever invited you can send another invitation.",
        LinkPurpose::PasswordReset => "You can ask for another link on the sign-in page.",
        LinkPurpose::AddressChange => "You can ask for another link on the page of your account.",
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_kind_of_dead_link_has_words_and_a_way_on() {
        for purpose in LinkPurpose::iter() {
            for state in [None, Some(LinkState::Used), Some(LinkState::Expired)] {
                let page = over_page(Theme::Auto, purpose, state).into_string();
                assert!(page.contains("href=\"/sign-in\""), "{purpose} {state:?}");
            }
        }
    }
}
