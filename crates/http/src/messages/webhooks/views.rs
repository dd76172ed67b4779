use greengrid_app::messages::webhooks::StoredWebhook;
use greengrid_domain::messages::Webhook;
use maud::{Markup, html};

use super::{guide, secret};
use crate::components::{PageClock, format, icon, pill};
use crate::urls;

/// What the page shows.
pub(super) struct Page<'a> {
    pub(super) webhooks: &'a [StoredWebhook],
    pub(super) form: &'a MakeForm,
    pub(super) clock: PageClock,
}

/// The form of a new webhook: as typed, or what came of it.
#[derive(Default)]
pub(super) struct MakeForm {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) name_error: Option<String>,
    pub(super) url_error: Option<String>,
    /// The webhook just made, and its secret.
    pub(super) made: Option<(Webhook, String)>,
}

/// The whole page. What the form says stands outside the part that a stream
/// replaces, so a secret stays in sight until its reader leaves.
pub(super) fn page(page: &Page<'_>) -> Markup {
    html! {
        div .lede {
            p .lede__date { a href=(urls::ALERTS) { "Alerts" } }
            div {
                h1 { strong { "Webhooks" } " tell other programs." }
                p .lede__sub { "A pager, a chat or a ticket system can be told what a rule tells people. Messages are signed and arrive even if the program is away for a while." }
            }
        }
        @if let Some((webhook, secret)) = &page.form.made { (made(webhook, secret)) }
        (table(page.webhooks, &page.clock))
        (make_form(page.form))
        (guide::guide())
    }
}

/// The part that changes.
pub(super) fn table(webhooks: &[StoredWebhook], clock: &PageClock) -> Markup {
    html! {
        section #webhooks .section aria-labelledby="h-webhooks" {
            div .section__head { h2 #h-webhooks { "Programs that can be told" } }
            @if webhooks.is_empty() {
                div .state { p { "There is no webhook yet." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Webhooks, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Name" } th scope="col" { "Where" } th scope="col" { "State" }
                            th scope="col" .n { "Rules" } th scope="col" .n { "Waiting" }
                            th scope="col" .n { "Given up" } th scope="col" { "Last delivered" }
                        } }
                        tbody { @for stored in webhooks { (row(stored, clock)) } }
                    }
                }
            }
        }
    }
}

fn row(stored: &StoredWebhook, clock: &PageClock) -> Markup {
    let webhook = &stored.webhook;
    html! {
        tr {
            th scope="row" { a href=(urls::webhook(webhook.id)) { (webhook.name) } }
            td { (webhook.url.host()) }
            td { (state(stored)) }
            td .n data-label="Rules" { (stored.rules) }
            td .n data-label="Waiting" { (stored.waiting) }
            td .n data-label="Given up" { (stored.dead) }
            td data-label="Last delivered" { @match stored.took_at { Some(at) => (format::moment(at, clock.now, &clock.zone)), None => "never" } }
        }
    }
}

/// How a webhook does, in a word.
pub(super) fn state(stored: &StoredWebhook) -> Markup {
    match stored {
        stored if stored.gone_at.is_some() => pill::pill("act", "Wants nothing", false),
        stored if !stored.webhook.enabled => pill::pill("none", "Paused", false),
        stored if stored.waiting > 0 => pill::pill("busy", "Has messages waiting", false),
        stored if stored.took_at.is_some() => pill::pill("ok", "Delivers", false),
        _ => pill::pill("none", "Not used yet", false),
    }
}

fn make_form(form: &MakeForm) -> Markup {
    html! {
        section .section .section--apart aria-labelledby="h-new" {
            div .section__head { h2 #h-new { "New webhook" } }
            form .form method="post" action=(urls::WEBHOOKS) {
                (field("name", "Name", "What it is, such as “Pager of the night shift”.", "text", &form.name, form.name_error.as_deref()))
                (field("url", "Address", "Where it listens, such as https://example.org/hooks/greengrid.", "url", &form.url, form.url_error.as_deref()))
                div .formfoot {
                    button .btn .btn--primary type="submit" { (icon("plus")) "Make webhook" }
                    p .dim { "Its secret is shown once." }
                }
            }
        }
    }
}

fn field(
    name: &str,
    label: &str,
    hint: &str,
    kind: &str,
    value: &str,
    error: Option<&str>,
) -> Markup {
    let state = error.map(|_| "error");
    html! {
        div .field data-state=[state] {
            label for={ "webhook-" (name) } { (label) }
            p .hint id={ "webhook-" (name) "-hint" } { (hint) }
            input .input id={ "webhook-" (name) } name=(name) type=(kind) required value=(value)
                aria-invalid=[state.map(|_| "true")]
                aria-describedby={ "webhook-" (name) "-hint" @if error.is_some() { " webhook-" (name) "-error" } };
            @if let Some(error) = error {
                p .msg role="alert" id={ "webhook-" (name) "-error" } { (icon("act")) span { (format::sentence(error)) } }
            }
        }
    }
}

fn made(webhook: &Webhook, text: &str) -> Markup {
    html! {
        (secret::shown(webhook, text))
        p { a .btn href=(urls::webhook(webhook.id)) { "Send it a test" } }
    }
}
