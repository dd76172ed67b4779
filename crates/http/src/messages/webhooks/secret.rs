use greengrid_app::messages::webhooks::StoredWebhook;
use greengrid_domain::messages::Webhook;
use maud::{Markup, html};

use crate::components::{PageClock, format, icon};
use crate::urls;

/// A secret, the one time that it is shown.
pub(super) fn shown(webhook: &Webhook, secret: &str) -> Markup {
    html! {
        section #made .section .section--apart role="status" aria-labelledby="h-made" {
            div .section__head { h2 #h-made { "Copy this now: the secret of " (webhook.name) } }
            p { "It is shown this once and kept sealed. The program checks with it that a message is ours." }
            div .field {
                label .sr for="secret" { "Secret of " (webhook.name) }
                input #secret .input .input--mono readonly value=(secret) autocomplete="off" spellcheck="false";
            }
        }
    }
}

/// What signs the messages to a webhook, and how it gets another secret.
pub(super) fn section(stored: &StoredWebhook, clock: &PageClock) -> Markup {
    let id = stored.webhook.id;
    html! {
        section .section .section--apart aria-labelledby="h-secret" {
            div .section__head { h2 #h-secret { "Its secret" } }
            @match stored.old_secret_until {
                Some(until) => {
                    p .measure {
                        "Until " b { (format::long_moment(until, &clock.zone)) }
                        " messages carry two signatures, by the new secret and by the one before, so that none is lost while the program changes over."
                    }
                    form .ask method="post" action=(urls::webhook_action(id, "forget")) {
                        button .btn type="submit" { (icon("check")) "It knows the new one: forget the old" }
                    }
                }
                None => {
                    p .measure { "A new secret signs from now on; for a day the one before signs beside it, so that the program can change over." }
                    form .ask method="post" action=(urls::webhook_action(id, "rotate")) {
                        button .btn type="submit" { (icon("lock")) "New secret" }
                    }
                }
            }
        }
    }
}
