use axum::extract::{Path, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::monitoring::alerts::{Alerts, AlertsError};
use greengrid_domain::monitoring::alert::{AlertRuleError, AlertRuleId, InhibitionId, Preview};
use maud::Markup;
use uuid::Uuid;

use super::dto::{Errors, Typed};
use super::form::{self, RuleForm};
use super::{inhibitions, live, views};
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// Rules, silences, and what was told.
pub(super) async fn list(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    page(&viewer, &state, &Typed::default(), &Errors::new()).await
}

async fn page(
    viewer: &Viewer,
    state: &AppState,
    typed: &Typed,
    errors: &Errors,
) -> Result<Markup, Fault> {
    let (rules, silences, noticed) = state.alerts.list(&viewer.actor).await?;
    let inhibitions = state.alerts.inhibitions(&viewer.actor).await?;
    let webhooks = state.webhooks.list(&viewer.actor).await?;
    let clock = live::clock(state);
    let main = layout::main(views::page(
        &views::Page {
            rules: &rules,
            silences: &silences,
            noticed: &noticed,
            inhibitions: &inhibitions,
            webhooks: &webhooks,
            typed,
            errors,
            clock: clock.clone(),
        },
        &state.directory.snapshot(),
    ));
    Ok(layout::page()
        .viewer(viewer)
        .title("Alerts")
        .nav(Nav::Alerts)
        .clock(clock)
        .live(View::Alerts.url())
        .main(main)
        .render())
}

/// A form for a new rule.
pub(super) async fn fresh(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    rule_page(&viewer, &state, &Asked::of(None, &Typed::fresh())).await
}

/// The form of a rule.
pub(super) async fn edit(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Markup, Fault> {
    let rule = state.alerts.rule(&viewer.actor, id.into()).await?;
    let typed = Typed::of_rule(&rule);
    rule_page(&viewer, &state, &Asked::of(Some(id.into()), &typed)).await
}

pub(super) async fn create(
    viewer: Viewer,
    State(state): State<AppState>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    submit(&viewer, &state, None, &Typed::read(&body)).await
}

pub(super) async fn change(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    // One that is gone is not made again.
    state.alerts.rule(&viewer.actor, id.into()).await?;
    submit(&viewer, &state, Some(id.into()), &Typed::read(&body)).await
}

/// Keeps a rule, or tells what it would have sent.
async fn submit(
    viewer: &Viewer,
    state: &AppState,
    id: Option<AlertRuleId>,
    typed: &Typed,
) -> Result<Response, Fault> {
    let asked = Asked::of(id, typed);
    let again = async |asked: Asked<'_>, status| {
        Ok((status, rule_page(viewer, state, &asked).await?).into_response())
    };
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let rule = match typed.rule(id.unwrap_or_else(|| Uuid::now_v7().into())) {
        Ok(rule) => rule,
        Err(errors) => return again(Asked { errors, ..asked }, refused).await,
    };
    let done = if typed.get("do") == "preview" {
        state.alerts.preview(&viewer.actor, rule).await.map(Some)
    } else {
        state.alerts.save(&viewer.actor, rule, typed.has("meant")).await.map(|()| None)
    };
    match done {
        Ok(Some(preview)) => {
            let flooded = preview.floods();
            again(Asked { preview: Some(preview), flooded, ..asked }, StatusCode::OK).await
        }
        Ok(None) => Ok(Redirect::to(urls::ALERTS).into_response()),
        Err(AlertsError::Floods(preview)) => {
            again(Asked { preview: Some(preview), flooded: true, ..asked }, refused).await
        }
        Err(AlertsError::Rule(error)) => {
            let errors = Errors::from([(field(error), error.to_string())]);
            again(Asked { errors, ..asked }, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form of a rule is asked to show.
struct Asked<'a> {
    id: Option<AlertRuleId>,
    typed: &'a Typed,
    errors: Errors,
    preview: Option<Preview>,
    flooded: bool,
}

impl<'a> Asked<'a> {
    const fn of(id: Option<AlertRuleId>, typed: &'a Typed) -> Self {
        Self { id, typed, errors: Errors::new(), preview: None, flooded: false }
    }
}

/// Which field is at fault.
const fn field(error: AlertRuleError) -> &'static str {
    match error {
        AlertRuleError::Recipients => "to",
        AlertRuleError::Least => "least",
        AlertRuleError::Lasting => "lasting",
        AlertRuleError::Gather => "gather",
        AlertRuleError::Escalation => "escalate_after",
    }
}

async fn rule_page(viewer: &Viewer, state: &AppState, asked: &Asked<'_>) -> Result<Markup, Fault> {
    let webhooks = state.webhooks.list(&viewer.actor).await?;
    let form = RuleForm {
        id: asked.id,
        typed: asked.typed,
        errors: &asked.errors,
        preview: asked.preview,
        flooded: asked.flooded,
        fleet: &state.directory.snapshot(),
        webhooks: &webhooks,
    };
    Ok(layout::page()
        .viewer(viewer)
        .title(if asked.id.is_some() { "Change a rule" } else { "New rule" })
        .nav(Nav::Alerts)
        .main(layout::main(form::rule(&form)))
        .render())
}

pub(super) async fn remove(
    viewer: Viewer,
    State(alerts): State<Alerts>,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Fault> {
    alerts.remove(&viewer.actor, id.into()).await?;
    Ok(Redirect::to(urls::ALERTS))
}

/// Begins a silence.
pub(super) async fn silence(
    viewer: Viewer,
    State(state): State<AppState>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    let typed = Typed::read(&body);
    let errors = match typed.silence(Uuid::now_v7().into(), state.clock.now()) {
        Ok(silence) => match state.alerts.silence(&viewer.actor, silence).await {
            Ok(()) => return Ok(Redirect::to(urls::ALERTS).into_response()),
            Err(AlertsError::Silence(error)) => Errors::from([("hours", error.to_string())]),
            Err(error) => return Err(error.into()),
        },
        Err(errors) => errors,
    };
    let page = page(&viewer, &state, &typed, &errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Lets one kind of anomaly keep another quiet.
pub(super) async fn inhibit(
    viewer: Viewer,
    State(state): State<AppState>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    let typed = Typed::read(&body);
    match keep_inhibition(&viewer, &state, Uuid::now_v7().into(), &typed).await? {
        Ok(kept) => Ok(kept.into_response()),
        Err(errors) => {
            let page = page(&viewer, &state, &typed, &errors).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The form of an inhibition.
pub(super) async fn inhibition(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Markup, Fault> {
    let inhibition = state.alerts.inhibition(&viewer.actor, id.into()).await;
    let inhibition = inhibition.map_err(missing)?;
    let typed = Typed::of_inhibition(&inhibition);
    Ok(inhibition_page(&viewer, &state, id.into(), &typed, &Errors::new()))
}

/// Keeps an inhibition in another way.
pub(super) async fn change_inhibition(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    RawForm(body): RawForm,
) -> Result<Response, Fault> {
    // One that is gone is not made again.
    state.alerts.inhibition(&viewer.actor, id.into()).await.map_err(missing)?;
    let typed = Typed::read(&body);
    match keep_inhibition(&viewer, &state, id.into(), &typed).await? {
        Ok(kept) => Ok(kept.into_response()),
        Err(errors) => {
            let page = inhibition_page(&viewer, &state, id.into(), &typed, &errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Keeps what was typed, or says what is wrong with it.
async fn keep_inhibition(
    viewer: &Viewer,
    state: &AppState,
    id: InhibitionId,
    typed: &Typed,
) -> Result<Result<Redirect, Errors>, Fault> {
    let inhibition = match typed.inhibition(id) {
        Ok(inhibition) => inhibition,
        Err(errors) => return Ok(Err(errors)),
    };
    match state.alerts.inhibit(&viewer.actor, inhibition).await {
        Ok(()) => Ok(Ok(Redirect::to(urls::ALERTS))),
        Err(AlertsError::Inhibition(error)) => {
            Ok(Err(Errors::from([("equal", error.to_string())])))
        }
        Err(error) => Err(error.into()),
    }
}

fn inhibition_page(
    viewer: &Viewer,
    state: &AppState,
    id: InhibitionId,
    typed: &Typed,
    errors: &Errors,
) -> Markup {
    let form = inhibitions::page(id, typed, errors, &state.directory.snapshot());
    layout::page()
        .viewer(viewer)
        .title("Change an inhibition")
        .nav(Nav::Alerts)
        .main(layout::main(form))
        .render()
}

/// A page of what is not there is not there either.
fn missing(error: AlertsError) -> Fault {
    match error {
        AlertsError::NoSuchInhibition => Fault::NotFound,
        error => error.into(),
    }
}

pub(super) async fn uninhibit(
    viewer: Viewer,
    State(alerts): State<Alerts>,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Fault> {
    alerts.uninhibit(&viewer.actor, id.into()).await?;
    Ok(Redirect::to(urls::ALERTS))
}

pub(super) async fn unsilence(
    viewer: Viewer,
    State(alerts): State<Alerts>,
    Path(id): Path<Uuid>,
) -> Result<Redirect, Fault> {
    alerts.unsilence(&viewer.actor, id.into()).await?;
    Ok(Redirect::to(urls::ALERTS))
}

impl From<AlertsError> for Fault {
    fn from(error: AlertsError) -> Self {
        match error {
            AlertsError::Denied(denied) => denied.into(),
            AlertsError::NoSuchRule => Self::NotFound,
            AlertsError::NoSuchSilence | AlertsError::NoSuchInhibition => {
                Self::Conflict(error.to_string())
            }
            AlertsError::Store(store) => store.into(),
            AlertsError::Rule(_)
            | AlertsError::Silence(_)
            | AlertsError::Inhibition(_)
            | AlertsError::Floods(_) => Self::Unprocessable(error.to_string()),
        }
    }
}
