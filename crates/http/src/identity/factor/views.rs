use form_urlencoded::byte_serialize;
use greengrid_app::identity::factors::{FactorError, FactorState};
use greengrid_domain::identity::TotpSecret;
use maud::{Markup, html};

use super::qr::qr;
use crate::auth::{Theme, Viewer};
use crate::components::{format, icon, layout, pill};
use crate::identity::door::door;
use crate::urls;

/// Which form something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Begin,
    On,
    Off,
    Codes,
}

/// The part of the account's page that says how the factor stands.
pub(in crate::identity) fn section(factor: &FactorState) -> Markup {
    html! {
        section #factor .section .section--apart aria-labelledby="h-factor" {
            div .section__head { h2 #h-factor { "Second factor" } }
            p {
                @match factor {
                    FactorState::On { .. } => {
                        (pill::pill("ok", "On", false)) " Signing in asks for a code from your authenticator app."
                    },
                    _ => {
                        (pill::pill("watch", "Off", false))
                        " Whoever learns your password gets in. With an authenticator app they need your phone too."
                    },
                }
            }
            p { a .btn .btn--small href=(urls::FACTOR) {
                @if matches!(factor, FactorState::On { .. }) { "Manage it" } @else { "Set it up" }
            } }
        }
    }
}

/// The page on which a factor is turned on and off.
pub(super) fn page(
    viewer: &Viewer,
    factor: &FactorState,
    refused: Option<(Asked, &FactorError)>,
) -> Markup {
    let main = layout::main(html! {
        p { a href=(urls::ACCOUNT) { "Your account" } }
        @match factor {
            FactorState::Off => (off(refused)),
            FactorState::Begun(secret) => (begun(viewer, secret, refused)),
            FactorState::On { codes_left } => (on(*codes_left, refused)),
        }
    });
    layout::page().viewer(viewer).title("Second factor").main(main).render()
}

fn off(refused: Option<(Asked, &FactorError)>) -> Markup {
    html! {
        (lede("Add a second factor", "Signing in then asks for a code that an app on your phone shows: Aegis, FreeOTP, Google Authenticator, a password manager."))
        section .section aria-labelledby="h-begin" {
            div .section__head { h2 #h-begin { "First, show that it is you" } }
            (present_form("/account/factor/begin", "Go on", Asked::Begin, refused))
        }
    }
}

fn begun(viewer: &Viewer, secret: &TotpSecret, refused: Option<(Asked, &FactorError)>) -> Markup {
    let text = secret.text();
    let spaced: Vec<&str> =
        (0..text.len()).step_by(4).map(|at| &text[at..text.len().min(at + 4)]).collect();
    let address = address(viewer.user.email.as_str(), &text);
    let error = error_of(Asked::On, refused);
    html! {
        (lede("Connect your app", "Two steps, and from then on a thief needs your phone too."))
        div .cols {
            section .section aria-labelledby="h-scan" {
                div .section__head { h2 #h-scan { "1. Let the app see this" } }
                @if let Some(picture) = qr(&address, "QR code for your authenticator app; the same as the key below") { (picture) }
                p { "On this phone itself: " a href=(address) { "open it in the app" } ". Or type the key: " }
                p { code .secretkey { @for (i, part) in spaced.iter().enumerate() { @if i > 0 { " " } (part) } } }
            }
            section .section aria-labelledby="h-show" {
                div .section__head { h2 #h-show { "2. Type the code it shows" } }
                form .form method="post" action="/account/factor/on" {
                    (code_field(error.as_deref(), true))
                    div .formfoot { button .btn .btn--primary type="submit" { "Turn it on" } }
                }
                p .dim { "Changed your mind? Leave the page; nothing asks for a code before you type one here." }
            }
        }
    }
}

fn on(codes_left: u32, refused: Option<(Asked, &FactorError)>) -> Markup {
    let left = usize::try_from(codes_left).unwrap_or_default();
    html! {
        (lede("Your second factor is on", "Signing in asks for a code from your authenticator app."))
        section .section .section--apart aria-labelledby="h-codes" {
            div .section__head { h2 #h-codes { "Recovery codes" } }
            p {
                @if left < 3 { (pill::pill("plan", "Few are left", false)) " " }
                "For the day on which your phone is gone. " (format::counted(left, "code is", "codes are"))
                " left; new ones end the old ones."
            }
            (present_form("/account/factor/codes", "Make new codes", Asked::Codes, refused))
        }
        section .section .section--apart aria-labelledby="h-off" {
            div .section__head { h2 #h-off { "Turn it off" } }
            p { "For a new phone: turn it off, then set it up again." }
            (present_form("/account/factor/off", "Turn it off", Asked::Off, refused))
        }
    }
}

/// The recovery codes, the one time they are shown.
pub(super) fn codes_page(viewer: &Viewer, codes: &[String]) -> Markup {
    let main = layout::main(html! {
        (lede("Keep these codes", "They are shown this once. Each opens your account once, when your app cannot: print them, or put them where you keep passwords."))
        section .section aria-labelledby="h-codes" role="status" {
            div .section__head {
                h2 #h-codes { "Recovery codes" }
                button .btn .btn--small type="button" data-print { (icon("print")) "Print" }
            }
            ol .codes { @for code in codes { li { code { (code) } } } }
            p { a .btn .btn--primary href=(urls::ACCOUNT) { "I have kept them" } }
        }
    });
    layout::page().viewer(viewer).title("Recovery codes").main(main).render()
}

/// The second step of signing in.
pub(super) fn step_page(theme: Theme, next: Option<&str>, error: Option<&FactorError>) -> Markup {
    let error = error.map(words);
    let content = html! {
        div {
            h1 { "Now the code" }
            p .dim { "Your authenticator app shows six digits. If your phone is gone, type one of your recovery codes." }
        }
        form .form method="post" action=(urls::SIGN_IN_CODE) {
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            (code_field(error.as_deref(), false))
            button .btn .btn--primary .btn--wide type="submit" { "Sign in" }
        }
        p .login__foot { "Neither at hand? An administrator can turn the second factor off. " a href=(urls::SIGN_IN) { "Begin again" } }
    };
    door(theme, "The code", content)
}

fn lede(title: &str, sub: &str) -> Markup {
    html! { div .lede { div { h1 { strong { (title) } } p .lede__sub { (sub) } } } }
}

fn code_field(error: Option<&str>, digits_only: bool) -> Markup {
    let state = error.map(|_| "error");
    html! {
        div .field data-state=[state] {
            label for="code" { "Code" }
            input #code .input .input--mono name="code" autocomplete="one-time-code" required
                inputmode=[digits_only.then_some("numeric")] maxlength="40" autocapitalize="none"
                spellcheck="false" autofocus
                aria-invalid=[state.map(|_| "true")]
                aria-describedby=[state.map(|_| "code-error")];
            @if let Some(error) = error {
                p #code-error .msg role="alert" { (icon("act")) span { (error) "." } }
            }
        }
    }
}

fn present_form(
    action: &str,
    label: &str,
    asked: Asked,
    refused: Option<(Asked, &FactorError)>,
) -> Markup {
    let error = error_of(asked, refused);
    let id = format!("present-{}", action.rsplit('/').next().unwrap_or_default());
    let error_id = format!("{id}-error");
    html! {
        form .form .form--narrow method="post" action=(action) {
            div .field data-state=[error.as_ref().map(|_| "error")] {
                label for=(id) { "Your password" }
                input id=(id) .input name="present" type="password" autocomplete="current-password" required
                    aria-invalid=[error.as_ref().map(|_| "true")]
                    aria-describedby=[error.as_ref().map(|_| &error_id)];
                @if let Some(error) = &error {
                    p id=(error_id) .msg role="alert" { (icon("act")) span { (error) "." } }
                }
            }
            div .formfoot { button .btn .btn--primary type="submit" { (label) } }
        }
    }
}

fn error_of(asked: Asked, refused: Option<(Asked, &FactorError)>) -> Option<String> {
    refused.filter(|(about, _)| *about == asked).map(|(_, error)| words(error))
}

fn words(error: &FactorError) -> String {
    match error {
        FactorError::TooMany { retry_after } => {
            format!("too many attempts; wait {} before the next", format::wait(*retry_after))
        }
        other => other.to_string(),
    }
}

/// What authenticator apps read, as Google's Key Uri Format writes it down.
fn address(account: &str, secret: &str) -> String {
    let account: String = byte_serialize(account.as_bytes()).collect();
    format!("otpauth://totp/GreenGrid:{account}?secret={secret}&issuer=GreenGrid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_told_whose_secret_it_is() {
        assert_eq!(
            address("diana+solar@example.org", "GEZDGNBV"),
            "otpauth://totp/GreenGrid:diana%2Bsolar%40example.org?secret=GEZDGNBV&issuer=GreenGrid"
        );
    }
}
