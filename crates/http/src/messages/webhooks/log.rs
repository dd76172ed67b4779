use greengrid_app::messages::webhooks::{Delivery, DeliverySummary, StoredWebhook};
use greengrid_domain::messages::{DeliveryState, Webhook};
use jiff::Timestamp;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::{secret, views};
use crate::components::{PageClock, format, icon, pill};
use crate::urls;

/// A webhook with a page of what it was told.
pub(super) struct Log<'a> {
    pub(super) stored: &'a StoredWebhook,
    pub(super) messages: &'a [DeliverySummary],
    /// The state whose messages these are; of all unless given.
    pub(super) of: Option<DeliveryState>,
    /// Whether these are the newest.
    pub(super) first: bool,
    /// Whether there are older ones.
    pub(super) more: bool,
    /// What of the address made no sense.
    pub(super) ignored: &'a [String],
    pub(super) clock: PageClock,
}

/// One webhook: the region of its page that streams replace.
pub(super) fn webhook(log: &Log<'_>) -> Markup {
    let webhook = &log.stored.webhook;
    html! {
        div #webhook {
            div .lede {
                p .lede__date { a href=(urls::WEBHOOKS) { "Webhooks" } }
                div {
                    h1 { strong { (webhook.name) } }
                    p .lede__sub { (webhook.url) }
                }
                div .lede__act { (actions(webhook)) }
            }
            @for ignored in log.ignored { p .section__note { (ignored) } }
            @if let Some(gone) = log.stored.gone_at {
                div .past role="note" {
                    (icon("act"))
                    p {
                        b { "It wants nothing any more: " } "its receiver answered so " (moment(gone, &log.clock))
                        ", with the status 410. Nothing is posted, and what comes waits. “Go on” switches it on again."
                    }
                }
            }
            @if log.stored.rules == 0 {
                p .section__note { "No rule tells it yet: choose it in " a href=(urls::ALERTS) { "a rule" } "." }
            }
            section .section aria-labelledby="h-log" {
                div .section__head {
                    h2 #h-log { "What it was told" } (views::state(log.stored))
                    (states(log))
                }
                @if log.messages.is_empty() {
                    div .state { p { (if log.first { "Nothing yet." } else { "There is nothing older." }) } }
                } @else {
                    (table(log))
                }
                @if !log.first || log.more { (pager(log)) }
            }
            (secret::section(log.stored, &log.clock))
        }
    }
}

fn actions(webhook: &Webhook) -> Markup {
    let (word, shape) = if webhook.enabled { ("Pause", "pause") } else { ("Go on", "play") };
    html! {
        form method="post" action=(urls::webhook_action(webhook.id, "test")) {
            button .btn .btn--primary type="submit" { (icon("send")) "Send a test" }
        }
        form method="post" action=(urls::webhook_action(webhook.id, "switch")) {
            input type="hidden" name="enabled" value=(!webhook.enabled);
            button .btn type="submit" { (icon(shape)) (word) }
        }
        form method="post" action=(urls::webhook_action(webhook.id, "remove")) {
            button .btn .btn--quiet type="submit" { (icon("x")) "Take away" }
        }
    }
}

fn states(log: &Log<'_>) -> Markup {
    let id = log.stored.webhook.id;
    html! {
        nav .seg aria-label="Which messages" {
            a href=(urls::webhook(id)) aria-current=[log.of.is_none().then_some("true")] { "All" }
            @for state in DeliveryState::iter() {
                a href=(urls::deliveries(id, Some(state), None)) aria-current=[(log.of == Some(state)).then_some("true")] { (state.name()) }
            }
        }
    }
}

fn table(log: &Log<'_>) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="Messages, table" {
            table .table.table--rows {
                thead { tr {
                    th scope="col" { "Written" } th scope="col" { "Message" } th scope="col" { "State" }
                    th scope="col" .n { "Tries" } th scope="col" { "Next try" }
                } }
                tbody {
                    @for message in log.messages {
                        tr {
                            th scope="row" { a href=(urls::delivery(log.stored.webhook.id, message.id)) { (moment(message.written_at, &log.clock)) } }
                            td { (message.kind.name()) @if let Some(error) = &message.last_error { small { (error) } } }
                            td { (state(message.state)) }
                            td .n data-label="Tries" { (message.tries) }
                            td data-label="Next try" { (next_try(message, &log.clock)) }
                        }
                    }
                }
            }
        }
    }
}

fn pager(log: &Log<'_>) -> Markup {
    let id = log.stored.webhook.id;
    let older = log.messages.last().filter(|_| log.more).map(|message| message.id);
    html! {
        nav .pager aria-label="Pages" {
            @if let Some(last) = older { a .btn href=(urls::deliveries(id, log.of, Some(last))) rel="next" { "Older" } }
            @if !log.first { a .btn .btn--quiet href=(urls::deliveries(id, log.of, None)) { "Newest" } }
        }
    }
}

/// One message with all that is known of it.
pub(super) fn delivery(webhook: &Webhook, delivery: &Delivery, clock: &PageClock) -> Markup {
    let summary = &delivery.summary;
    html! {
        div .lede {
            p .lede__date { a href=(urls::webhook(webhook.id)) { (webhook.name) } }
            div {
                h1 { strong { (summary.kind.name()) } }
                p .lede__sub { "to " (webhook.url) }
            }
            @if summary.state == DeliveryState::Dead {
                form .lede__act method="post" action=(urls::resend_delivery(webhook.id, summary.id)) {
                    button .btn .btn--primary type="submit" { (icon("send")) "Send again" }
                }
            }
        }
        div .cols {
            section .section aria-labelledby="h-body" {
                div .section__head { h2 #h-body { "What it says" } }
                div .raw .raw--wrap { pre tabindex="0" role="region" aria-label="The message as JSON" { (delivery.body) } }
            }
            section .section aria-labelledby="h-facts" {
                div .section__head { h2 #h-facts { "What is known" } }
                dl .facts {
                    div { dt { "State" } dd { (state(summary.state)) } }
                    div { dt { "Written" } dd { (moment(summary.written_at, clock)) } }
                    div { dt { "Tries" } dd { (summary.tries) } }
                    @if summary.state == DeliveryState::Waiting {
                        div { dt { "Next try" } dd { (next_try(summary, clock)) } }
                    }
                    @if let Some(at) = summary.settled_at {
                        div { dt { (summary.state.name()) } dd { (moment(at, clock)) } }
                    }
                    @if let Some(error) = &summary.last_error {
                        div { dt { "Last error" } dd { (error) } }
                    }
                    div { dt { "webhook-id" } dd { code { (delivery.message_id) } } }
                }
            }
        }
    }
}

fn next_try(message: &DeliverySummary, clock: &PageClock) -> Markup {
    html! {
        @match message.state {
            DeliveryState::Waiting if message.next_try_at <= clock.now => { "now" },
            DeliveryState::Waiting => { (moment(message.next_try_at, clock)) },
            _ => {},
        }
    }
}

fn moment(at: Timestamp, clock: &PageClock) -> Markup {
    html! { time datetime=(format::iso(at)) { (format::moment(at, clock.now, &clock.zone)) } }
}

fn state(state: DeliveryState) -> Markup {
    let tone = match state {
        DeliveryState::Waiting => "busy",
        DeliveryState::Sent => "ok",
        DeliveryState::Dead => "act",
    };
    pill::pill(tone, state.name(), false)
}
