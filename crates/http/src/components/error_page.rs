use axum::http::StatusCode;
use maud::{Markup, html};

use super::layout;
use crate::auth::Theme;

/// A failure as a page: what is missing, whether the reader must do anything,
/// and one way on. `reference` finds the entry in the log.
#[bon::builder(finish_fn = render)]
pub(crate) fn error_page(
    status: StatusCode,
    message: &str,
    reference: Option<&str>,
    #[builder(default)] theme: Theme,
    /// Whether a form was sent that may go well another time.
    #[builder(default)]
    sent: bool,
    /// Where the way on leads.
    #[builder(default = "/")]
    home: &str,
) -> Markup {
    let (title, advice) = words(status);
    let message = Some(sentence(message)).filter(|message| message.trim_end_matches('.') != title);
    let main = html! {
        main #main .page tabindex="-1" {
            (layout::brand(Some(home)))
            div .state {
                p .dim { "Error " (status.as_u16()) }
                h1 { (title) }
                p { (advice) }
                @if let Some(message) = message { p .dim { (message) } }
                @if sent && status.is_server_error() {
                    p { "What you typed is not lost: load this page again and your browser sends it once more." }
                }
                @if let Some(reference) = reference {
                    p .dim { "Reference " code { (reference) } }
                }
                p { a .btn .btn--primary href=(home) { "Go to the start" } }
            }
        }
    };
    layout::bare(theme, title, main)
}

/// What happened and what the reader can do about it.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED => ("You are not signed in", "Sign in and try again."),
        StatusCode::FORBIDDEN => (
            "This page is not for your role",
            "Your account is fine. If you need this page, ask an administrator.",
        ),
        StatusCode::NOT_FOUND => (
            "There is nothing here",
            "The address may be mistyped, or what it named is not there for you.",
        ),
        StatusCode::TOO_MANY_REQUESTS => {
            ("Too many attempts", "Nothing is lost. Wait a moment and try again.")
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            ("GreenGrid is busy", "Readings are still being taken. Try again in a few seconds.")
        }
        status if status.is_client_error() => {
            ("That did not work", "Go back, look at what was sent, and try again.")
        }
        _ => (
            "Something went wrong on our side",
            "You need not do anything: it has been logged. Try again in a moment.",
        ),
    }
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let page = error_page()
            .status(StatusCode::NOT_FOUND)
            .message("there is nothing here")
            .render()
            .into_string();

        assert_eq!(page.matches("here is nothing here").count(), 2, "title and heading");
    }

    #[test]
    fn a_form_that_failed_on_our_side_can_be_sent_again() {
        let page = |status, sent| {
            error_page().status(status).message("no").sent(sent).render().into_string()
        };

        assert!(page(StatusCode::SERVICE_UNAVAILABLE, true).contains("sends it once more"));
        assert!(!page(StatusCode::SERVICE_UNAVAILABLE, false).contains("sends it once more"));
        assert!(!page(StatusCode::BAD_REQUEST, true).contains("sends it once more"));
    }

    #[test]
    fn a_failure_says_what_to_do_and_escapes_what_was_sent() {
        let page = error_page()
            .status(StatusCode::BAD_REQUEST)
            .message("unknown value <script>")
            .reference("01-ab")
            .render()
            .into_string();

        assert!(page.contains("That did not work"));
        assert!(page.contains("Unknown value &lt;script&gt;."));
        assert!(page.contains("01-ab"));
    }
}
