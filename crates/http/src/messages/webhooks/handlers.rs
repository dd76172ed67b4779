use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::messages::webhooks::{Webhooks, WebhooksError};
use greengrid_domain::messages::{DeliveryId, DeliveryState, WebhookName, WebhookUrl};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::views::{self, MakeForm};
use super::{live, log, secret};
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::fault::Fault;
use crate::messages::live::clock;
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// The form of a new webhook, as typed.
#[derive(Debug, Deserialize)]
pub(super) struct MakeDto {
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
}

/// Whether a webhook is to be told.
#[derive(Debug, Deserialize)]
pub(super) struct SwitchDto {
    #[serde(default)]
    enabled: bool,
}

/// All webhooks, and how to check what they are told.
pub(super) async fn list(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    list_page(&viewer, &state, &MakeForm::default()).await
}

async fn list_page(viewer: &Viewer, state: &AppState, form: &MakeForm) -> Result<Markup, Fault> {
    let webhooks = state.webhooks.list(&viewer.actor).await?;
    let page = views::Page { webhooks: &webhooks, form, clock: clock(state) };
    Ok(layout::page()
        .viewer(viewer)
        .title("Webhooks")
        .nav(Nav::Alerts)
        .live(View::Webhooks.url())
        .main(layout::main(views::page(&page)))
        .render())
}

/// Answers with the page itself, the one time that it shows the secret; a
/// redirect would have to keep it somewhere.
pub(super) async fn make(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(dto): Form<MakeDto>,
) -> Result<Response, Fault> {
    let mut form = MakeForm { name: dto.name, url: dto.url, ..MakeForm::default() };
    let name = form.name.parse::<WebhookName>().map_err(|error| error.to_string());
    let url = form.url.parse::<WebhookUrl>().map_err(|error| error.to_string());
    form.name_error = name.as_ref().err().cloned();
    form.url_error = url.as_ref().err().cloned();
    if let (Ok(name), Ok(url)) = (name, url) {
        match state.webhooks.make(&viewer.actor, name, url).await {
            Ok((webhook, secret)) => {
                let made = Some((webhook, secret.to_text()));
                let form = MakeForm { made, ..MakeForm::default() };
                return Ok(list_page(&viewer, &state, &form).await?.into_response());
            }
            Err(WebhooksError::Url(error)) => form.url_error = Some(error.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    let page = list_page(&viewer, &state, &form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// One webhook with what it was told: of one state unless of all, from the
/// newest or from a message on.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let mut asked = Asked::read(query.as_deref().unwrap_or_default());
    let of: Option<DeliveryState> = asked.parse("state");
    let before: Option<DeliveryId> = asked.parse::<i64>("before").map(DeliveryId::from);
    let main = live::one(id.into(), of, before, &asked.ignored, &state, &viewer.actor).await?;
    // Only the newest change under the reader's eyes.
    let stream = before.is_none().then(|| View::Webhook(id, of).url());
    Ok(layout::page()
        .viewer(&viewer)
        .title("Webhook")
        .nav(Nav::Alerts)
        .maybe_live(stream)
        .main(layout::main(main))
        .render())
}

/// Gives a webhook a new secret. As with a new webhook, the page itself shows it
/// the one time that it is shown.
pub(super) async fn rotate(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Markup, Fault> {
    let secret = state.webhooks.rotate(&viewer.actor, id.into()).await?;
    let webhook = state.webhooks.webhook(&viewer.actor, id.into()).await?.webhook;
    let main = live::one(id.into(), None, None, &[], &state, &viewer.actor).await?;
    Ok(layout::page()
        .viewer(&viewer)
        .title("New secret of a webhook")
        .nav(Nav::Alerts)
        .live(View::Webhook(id, None).url())
        .main(layout::main(html! { (secret::shown(&webhook, &secret.to_text())) (main) }))
        .render())
}

/// Has the secret before the present one sign nothing any more.
pub(super) async fn forget(
    viewer: Viewer,
    State(webhooks): State<Webhooks>,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Fault> {
    webhooks.forget(&viewer.actor, id.into()).await?;
    Ok(Redirect::to(&urls::webhook(id.into())))
}

/// One message.
pub(super) async fn delivery(
    viewer: Viewer,
    State(state): State<AppState>,
    Path((webhook, id)): Path<(Uuid, i64)>,
) -> Result<Markup, Fault> {
    let webhook = state.webhooks.webhook(&viewer.actor, webhook.into()).await?.webhook;
    let found = state.webhooks.delivery(&viewer.actor, webhook.id, id.into()).await?;
    let main = layout::main(log::delivery(&webhook, &found, &clock(&state)));
    Ok(layout::page()
        .viewer(&viewer)
        .title("Message to a webhook")
        .nav(Nav::Alerts)
        .main(main)
        .render())
}

pub(super) async fn test(
    viewer: Viewer,
    State(webhooks): State<Webhooks>,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Fault> {
    webhooks.test(&viewer.actor, id.into()).await?;
    Ok(Redirect::to(&urls::webhook(id.into())))
}

pub(super) async fn switch(
    viewer: Viewer,
    State(webhooks): State<Webhooks>,
    Path(id): Path<Uuid>,
    Form(dto): Form<SwitchDto>,
) -> Result<Redirect, Fault> {
    webhooks.switch(&viewer.actor, id.into(), dto.enabled).await?;
    Ok(Redirect::to(&urls::webhook(id.into())))
}

pub(super) async fn remove(
    viewer: Viewer,
    State(webhooks): State<Webhooks>,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Fault> {
    webhooks.remove(&viewer.actor, id.into()).await?;
    Ok(Redirect::to(urls::WEBHOOKS))
}

/// Posts a message that was given up.
pub(super) async fn resend(
    viewer: Viewer,
    State(webhooks): State<Webhooks>,
    Path((webhook, id)): Path<(Uuid, i64)>,
) -> Result<Redirect, Fault> {
    webhooks.resend(&viewer.actor, webhook.into(), id.into()).await?;
    Ok(Redirect::to(&urls::delivery(webhook.into(), id.into())))
}

impl From<WebhooksError> for Fault {
    fn from(error: WebhooksError) -> Self {
        match error {
            WebhooksError::Denied(denied) => denied.into(),
            WebhooksError::NoSuchWebhook => Self::NotFound,
            WebhooksError::NotNow => Self::Conflict(error.to_string()),
            WebhooksError::Url(_) => Self::Unprocessable(error.to_string()),
            WebhooksError::Store(store) => store.into(),
        }
    }
}
