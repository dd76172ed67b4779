use greengrid_app::messages::webhooks::{Delivery, DeliverySummary, PostKind, StoredWebhook};
use greengrid_domain::messages::{DeliveryState, Webhook};
use jiff::SignedDuration;
use uuid::Uuid;

use super::log::{Log, delivery, webhook};
use super::views::{MakeForm, Page, page};
use crate::testing::{clock, now};

fn stored() -> StoredWebhook {
    StoredWebhook {
        webhook: Webhook {
            id: Uuid::from_u128(1).into(),
            name: "<b>Pager</b>".parse().unwrap(),
            url: "https://a.example/hook?x=1".parse().unwrap(),
            enabled: true,
        },
        made_at: now(),
        old_secret_until: None,
        gone_at: None,
        took_at: None,
        waiting: 2,
        dead: 1,
        rules: 0,
    }
}

fn summary(state: DeliveryState) -> DeliverySummary {
    DeliverySummary {
        id: 9.into(),
        kind: PostKind::AlertRaised,
        state,
        tries: 3,
        written_at: now(),
        next_try_at: now() + SignedDuration::from_mins(4),
        settled_at: None,
        last_error: Some("it answered 500: <oops>".to_owned()),
    }
}

#[test]
fn a_secret_is_shown_only_with_what_was_just_made() {
    let stored = [stored()];
    let shown =
        |form: &MakeForm| page(&Page { webhooks: &stored, form, clock: clock() }).into_string();
    let made = Some((stored[0].webhook.clone(), "whsec_abc".to_owned()));

    assert!(shown(&MakeForm { made, ..MakeForm::default() }).contains("value=\"whsec_abc\""));
    let plain = shown(&MakeForm::default());
    assert!(!plain.contains("whsec_abc") && plain.contains("&lt;b&gt;Pager"));
}

#[test]
fn what_is_wrong_with_an_address_stands_beside_it_with_what_was_typed() {
    let form = MakeForm {
        url: "http://\"x".to_owned(),
        url_error: Some("the address begins with https://".to_owned()),
        ..MakeForm::default()
    };

    let html = page(&Page { webhooks: &[], form: &form, clock: clock() }).into_string();

    assert!(html.contains("The address begins with https://"));
    assert!(html.contains("value=\"http://&quot;x\"") && html.contains("aria-invalid=\"true\""));
}

#[test]
fn the_log_tells_how_far_messages_are_and_escapes_what_receivers_say() {
    let messages = [summary(DeliveryState::Waiting)];
    let html = webhook(&Log {
        stored: &stored(),
        messages: &messages,
        of: None,
        first: true,
        more: true,
        ignored: &[],
        clock: clock(),
    })
    .into_string();

    assert!(html.contains("&lt;oops&gt;") && html.contains("No rule tells it yet"));
    assert!(html.contains("?before=9"));
}

#[test]
fn a_page_says_that_its_receiver_wants_nothing_and_that_two_secrets_sign() {
    let shown = |stored: &StoredWebhook| {
        webhook(&Log {
            stored,
            messages: &[],
            of: None,
            first: true,
            more: false,
            ignored: &[],
            clock: clock(),
        })
        .into_string()
    };
    let (plain, mut changed) = (stored(), stored());
    changed.webhook.enabled = false;
    changed.gone_at = Some(now());
    changed.old_secret_until = Some(now() + SignedDuration::from_hours(20));

    let (plain, changed) = (shown(&plain), shown(&changed));

    assert!(plain.contains("/rotate\"") && !plain.contains("410"));
    assert!(changed.contains("It wants nothing any more") && changed.contains("Wants nothing"));
    assert!(changed.contains("two signatures") && changed.contains("/forget\""));
}

#[test]
fn only_what_was_given_up_can_be_sent_again() {
    let shown = |state| {
        let message = Delivery {
            summary: summary(state),
            message_id: "msg_1".to_owned(),
            body: "{\"type\":\"<x>\"}".to_owned(),
        };
        delivery(&stored().webhook, &message, &clock()).into_string()
    };

    assert!(shown(DeliveryState::Dead).contains("/9/resend"));
    assert!(!shown(DeliveryState::Sent).contains("resend"));
    assert!(shown(DeliveryState::Sent).contains("&lt;x&gt;"));
}
