use greengrid_app::identity::LinkError;
use greengrid_domain::identity::{LinkPurpose, LinkState, User};
use maud::{Markup, html};

use crate::auth::Theme;
use crate::components::icon;
use crate::identity::door::door;
use crate::identity::password::new_password;
use crate::urls;

/// The page on which somebody who was invited sets name and password. It keeps
/// the name that was typed, and never the password.
#[bon::builder(finish_fn = render)]
pub(super) fn invitation_page(
    #[builder(default)] theme: Theme,
    user: &User,
    name: &str,
    error: Option<&LinkError>,
) -> Markup {
    let (name_error, password_error) = match error {
        Some(error @ LinkError::Name(_)) => (Some(error.to_string()), None),
        Some(error) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let state = name_error.as_ref().map(|_| "error");
    let content = html! {
        div {
            h1 { "Welcome to GreenGrid" }
            p .dim { "Say what you are called and choose a password. From then on you sign in with " b { (user.email) } "." }
        }
        // Without an action it goes to the address of the page, secret and all.
        form .form method="post" novalidate {
            // For the program that keeps passwords, and for the meter.
            input type="email" name="email" value=(user.email.as_str()) autocomplete="username" hidden readonly;
            div .field data-state=[state] {
                label for="name" { "Name" }
                p #name-hint .hint { "As colleagues and customers see it." }
                input #name .input name="name" autocomplete="name" required maxlength="80" value=(name)
                    autofocus[error.is_none() || name_error.is_some()]
                    aria-invalid=[state.map(|_| "true")]
                    aria-describedby={ "name-hint" @if state.is_some() { " name-error" } };
                @if let Some(error) = &name_error {
                    p #name-error .msg role="alert" { (icon("act")) span { (error) "." } }
                }
            }
            (new_password("Password", password_error.as_deref()))
            button .btn .btn--primary .btn--wide type="submit" { "Set password and sign in" }
        }
    };
    door(theme, "Welcome", content)
}

/// What is said of a link that does not work (any more), with one way on.
/// Nothing of the person it was for is shown: whoever has an old link may be
/// somebody else.
pub(super) fn over_page(theme: Theme, purpose: LinkPurpose, state: Option<LinkState>) -> Markup {
    let title = match state {
        None | Some(LinkState::Good) => "This link does not work",
        Some(LinkState::Used) => "This link has done its work",
        Some(LinkState::Replaced) => "This link was replaced",
        Some(LinkState::Expired) => "This link is too old",
    };
    let what = match state {
        None | Some(LinkState::Good) => {
            "Perhaps it was cut off when it was copied. Open it once more from the letter."
        }
        Some(LinkState::Used) => {
            "Each link works once. If it was you who used it, all is well: sign in."
        }
        Some(LinkState::Replaced) => {
            "Something newer took its place. If you were sent another letter since, use the link in that."
        }
        Some(LinkState::Expired) => lifetime(purpose),
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
