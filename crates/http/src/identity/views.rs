use std::time::Duration;

use greengrid_app::identity::DEMO_PASSWORD;
use maud::{Markup, html};

use super::door::door;
use crate::auth::Theme;
use crate::components::{format, icon};
use crate::settings::DemoAccount;
use crate::urls;

/// Why somebody sees the sign-in page again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Address and password do not belong together.
    Wrong,
    /// Too many attempts; the next one after this time.
    TooMany(Duration),
}

/// The page to sign in on. It keeps the address that was typed, and never the
/// password.
#[bon::builder(finish_fn = render)]
pub(super) fn sign_in_page(
    #[builder(default)] theme: Theme,
    #[builder(default)] email: &str,
    next: Option<&str>,
    refusal: Option<Refusal>,
    /// Whether a new password was just set.
    #[builder(default)]
    reset: bool,
    #[builder(default)] demo_accounts: &[DemoAccount],
) -> Markup {
    let content = html! {
        div {
            h1 { "Sign in" }
            p .dim { "Operations, customer success and site owners use the same door." }
        }
        form .form method="post" action=(urls::SIGN_IN) {
            @if let Some(refusal) = refusal { (said(refusal)) }
            @if reset { p .section__note role="status" { (icon("ok")) " Your new password is set. Sign in with it." } }
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            div .field {
                label for="email" { "E-mail" }
                input #email .input name="email" type="email" autocomplete="username"
                    inputmode="email" autocapitalize="none" spellcheck="false" required
                    autofocus[refusal.is_none()] value=(email)
                    aria-describedby=[refusal.map(|_| "refusal")];
            }
            div .field {
                label for="password" { "Password" }
                div .addon {
                    input #password .input name="password" type="password"
                        autocomplete="current-password" required
                        autofocus[refusal.is_some()]
                        aria-describedby=[refusal.map(|_| "refusal")];
                    button .btn type="button" data-reveal="password" aria-pressed="false"
                        aria-label="Show password" { "Show" }
                }
            }
            button .btn .btn--primary .btn--wide type="submit" { "Sign in" }
        }
        p .login__foot { a href=(urls::FORGOT) { "Forgotten your password?" } }
        @if !demo_accounts.is_empty() { (demo(demo_accounts)) }
    };
    door(theme, "Sign in", content)
}

fn said(refusal: Refusal) -> Markup {
    html! {
        div #refusal .errors role="alert" {
            @match refusal {
                Refusal::Wrong => {
                    h2 { (icon("act")) "That did not work" }
                    p { "This e-mail address and password do not belong together. Check both and try again." }
                }
                Refusal::TooMany(wait) => {
                    h2 { (icon("act")) "Too many attempts" }
                    p { "Wait " (format::wait(wait)) " before the next one. Nothing is lost." }
                }
            }
        }
    }
}

/// The accounts of the demo, each one click away.
fn demo(accounts: &[DemoAccount]) -> Markup {
    html! {
        section .login__foot .demo aria-labelledby="demo" {
            p #demo { "This is the demo. Look around as" }
            div .choice {
                @for account in accounts {
                    form method="post" action=(urls::SIGN_IN) {
                        input type="hidden" name="email" value=(account.email);
                        input type="hidden" name="password" value=(DEMO_PASSWORD);
                        button .btn .btn--small type="submit" title=(account.email) { (account.label()) }
                    }
                }
            }
            p {
                "or type " code { (accounts[0].email) } " with the password " code { (DEMO_PASSWORD) } "."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stays_and_what_was_typed_is_escaped() {
        let page = sign_in_page()
            .email("\"><script>")
            .next("/overview?a=\"b")
            .refusal(Refusal::Wrong)
            .render()
            .into_string();

        assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\""));
        assert!(page.contains("value=\"/overview?a=&quot;b\""));
        assert!(page.contains("role=\"alert\""));
        assert!(!page.contains(DEMO_PASSWORD));
    }
}
