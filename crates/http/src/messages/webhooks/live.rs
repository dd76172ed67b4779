use greengrid_app::actor::Actor;
use greengrid_domain::messages::{DeliveryId, DeliveryState, WebhookId};
use maud::Markup;
use uuid::Uuid;

use super::{log, views};
use crate::fault::Fault;
use crate::messages::live::clock;
use crate::state::AppState;

/// Messages on a page.
const LISTED: i64 = 50;

/// The webhooks: the region of the page that streams replace.
pub(crate) async fn list(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    Ok(views::table(&state.webhooks.list(actor).await?, &clock(state)))
}

/// The newest messages of a webhook.
pub(crate) async fn patch(
    id: Uuid,
    of: Option<DeliveryState>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    one(id.into(), of, None, &[], state, actor).await
}

/// A webhook with messages older than the one given.
pub(super) async fn one(
    id: WebhookId,
    of: Option<DeliveryState>,
    before: Option<DeliveryId>,
    ignored: &[String],
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let stored = state.webhooks.webhook(actor, id).await?;
    let mut messages = state.webhooks.deliveries(actor, id, of, before, LISTED + 1).await?;
    let more = messages.len() > usize::try_from(LISTED).unwrap_or(usize::MAX);
    if more {
        messages.pop();
    }
    Ok(log::webhook(&log::Log {
        stored: &stored,
        messages: &messages,
        of,
        first: before.is_none(),
        more,
        ignored,
        clock: clock(state),
    }))
}
