use std::time::Duration;

use greengrid_app::identity::LinkError;
use greengrid_domain::identity::{EmailAddress, User};
use maud::{Markup, html};

use crate::auth::Theme;
use crate::components::{format, icon};
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
            (username(user))
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

/// The page on which somebody who forgot their password sets another.
pub(super) fn reset_page(theme: Theme, user: &User, error: Option<&LinkError>) -> Markup {
    let error = error.map(ToString::to_string);
    let content = html! {
        div {
            h1 { "A new password" }
            p .dim { "For " b { (user.email) } ". Wherever you are signed in, you will be signed out." }
        }
        form .form method="post" novalidate {
            (username(user))
            input type="hidden" name="name" value=(user.name);
            (new_password("New password", error.as_deref()))
            button .btn .btn--primary .btn--wide type="submit" { "Set password" }
        }
    };
    door(theme, "A new password", content)
}

/// The page on which somebody asks for a new password.
pub(super) fn forgot_page(theme: Theme, email: &str, wait: Option<Duration>) -> Markup {
    let content = html! {
        div {
            h1 { "Forgotten your password?" }
            p .dim { "We send you a letter with a link by which you set another. It works for one hour." }
        }
        form .form method="post" action=(urls::FORGOT) {
            @if let Some(wait) = wait {
                div #refusal .errors role="alert" {
                    h2 { (icon("act")) "Too many attempts" }
                    p { "Wait " (format::wait(wait)) " before the next one. The letters sent so far are on their way." }
                }
            }
            div .field {
                label for="email" { "E-mail" }
                input #email .input name="email" type="email" autocomplete="username" inputmode="email"
                    autocapitalize="none" spellcheck="false" required autofocus value=(email)
                    aria-describedby=[wait.map(|_| "refusal")];
            }
            button .btn .btn--primary .btn--wide type="submit" { "Send the link" }
        }
        p { a href=(urls::SIGN_IN) { "Back to the sign-in page" } }
    };
    door(theme, "Forgotten password", content)
}

/// What everybody is told who asked for a new password.
pub(super) fn reset_sent_page(theme: Theme, email: &str) -> Markup {
    let content = html! {
        div {
            h1 { "Look into your mailbox" }
            p role="status" { "If there is an account with " b { (email) } ", a letter with a link is on its way there." }
            p .dim { "It may take some minutes, and may lie among the unwanted mail. Only the latest link works, for one hour." }
        }
        p { a .btn .btn--primary href=(urls::SIGN_IN) { "Back to the sign-in page" } }
    };
    door(theme, "Look into your mailbox", content)
}

/// The page on which somebody confirms that an address is theirs. Merely
/// opening it does not: programs that look through mail follow links too.
pub(super) fn address_page(theme: Theme, user: &User, new: &EmailAddress) -> Markup {
    let content = html! {
        div {
            h1 { "Is this your new address?" }
            p { "From now on you would sign in with " b { (new) } " in the place of " b { (user.email) } ", and letters would go there." }
        }
        form .form method="post" {
            button .btn .btn--primary .btn--wide type="submit" { "Yes, use this address" }
        }
    };
    door(theme, "Your new address", content)
}

/// What somebody is told who confirmed their address.
pub(super) fn moved_page(theme: Theme, new: &EmailAddress) -> Markup {
    let content = html! {
        div {
            h1 { "Done" }
            p role="status" { "You sign in with " b { (new) } " from now on. We have told the former address." }
        }
        p { a .btn .btn--primary href=(urls::ROOT) { "Go on" } }
    };
    door(theme, "Your new address", content)
}

/// For the program that keeps passwords, and for the meter.
fn username(user: &User) -> Markup {
    html! {
        input type="email" name="email" value=(user.email.as_str()) autocomplete="username" hidden readonly;
    }
}
