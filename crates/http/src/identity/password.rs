//! The field for a new password, which says as one types how good it is.

use axum::Form;
use axum::response::Response;
use greengrid_domain::identity::{NewPassword, Strength};
use maud::{Markup, html};
use serde::Deserialize;

use crate::auth::patched;
use crate::components::{icon, post};
use crate::urls;

/// A labelled field `password` for a new password. The form around it must not
/// be validated by the browser, or it would complain while one types; what it
/// holds as `name` and `email` is what a password must not consist of.
pub(super) fn new_password(label: &str, error: Option<&str>) -> Markup {
    let state = error.map(|_| "error");
    let ask = post(urls::STRENGTH);
    html! {
        div .field data-state=[state] {
            label for="new-password" { (label) }
            p #new-password-hint .hint { "12 characters or more. Three or four words that do not belong together are good." }
            div .addon {
                input #new-password .input name="password" type="password" autocomplete="new-password"
                    required minlength="12" maxlength="256" autofocus[error.is_some()]
                    aria-invalid=[state.map(|_| "true")]
                    aria-describedby={ "new-password-hint strength" @if state.is_some() { " new-password-error" } }
                    data-on:"input__debounce.300ms"=(ask);
                button .btn type="button" data-reveal="new-password" aria-pressed="false"
                    aria-label="Show password" { "Show" }
            }
            (meter(None))
            @if let Some(error) = error {
                p #new-password-error .msg role="alert" { (icon("act")) span { (error) "." } }
            }
        }
    }
}

/// How good a password is: nothing before one is typed.
fn meter(typed: Option<(&str, &[&str])>) -> Markup {
    let (score, words) = match typed {
        None | Some(("", _)) => (None, String::new()),
        Some((password, about)) => {
            if let Err(error) = NewPassword::new(password) {
                (Some(0), error.to_string())
            } else {
                let strength = Strength::of(password, about);
                (Some(strength.score()), strength.words().to_owned())
            }
        }
    };
    html! {
        div #strength .strength role="status" data-score=[score] {
            @if let Some(score) = score {
                span .strength__bar aria-hidden="true" {
                    @for step in 1..=Strength::MOST { i .on[step <= score] {} }
                }
                span { (words) }
            }
        }
    }
}

/// A form as far as it is filled in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TypedDto {
    password: String,
    name: String,
    email: String,
}

/// Says how good the password of a form is, as far as it is typed.
pub(super) async fn strength(Form(dto): Form<TypedDto>) -> Response {
    // Anybody may ask, so only as much is looked at as a form holds.
    let short = |text: &str| text.chars().take(254).collect::<String>();
    let (name, email) = (short(&dto.name), short(&dto.email));
    patched(meter(Some((&dto.password, &[name.as_str(), email.as_str()]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(password: &str) -> String {
        meter(Some((password, &["Diana Reyes"]))).into_string()
    }

    #[test]
    fn the_meter_says_what_is_wrong_and_never_the_password() {
        assert!(!told("").contains("data-score"));
        assert!(told("short <1>").contains("at least 12 characters"));
        assert!(told("passwordpassword").contains("easy to guess"));
        assert!(told("correct horse battery").contains("good"));
        assert!(!told("correct horse battery").contains("horse"));
    }
}
