//! The page behind a customer’s link, and the way back from a vendor’s.

use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::onboarding::{ApprovalFrom, CustomerPage, Grant, GrantError, OnboardingError};
use maud::{Markup, html};

use super::case::access::{Approver, key_form, ways};
use super::case::pictures::guidance;
use crate::auth::{Caller, Theme, Viewer, patched};
use crate::components::typed_key::{self, KeyProblems, checked, parts_of};
use crate::components::{format, icon, layout};
use crate::fault::Fault;
use crate::query::Asked;
use crate::state::AppState;
use crate::urls;

pub(super) async fn show(
    theme: Theme,
    State(state): State<AppState>,
    Path(secret): Path<String>,
) -> Result<Response, Fault> {
    Ok(match state.onboarding.customer_page(&secret).await? {
        Some(page) => {
            document(theme, &asking(&page, &secret, &state, &KeyProblems::new())).into_response()
        }
        None => (StatusCode::NOT_FOUND, document(theme, &over())).into_response(),
    })
}

pub(super) async fn check(Form(pairs): Form<Vec<(String, String)>>) -> Response {
    checked(&pairs)
}

pub(super) async fn give(
    theme: Theme,
    caller: Caller,
    State(state): State<AppState>,
    Path(secret): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let page = state.onboarding.customer_page(&secret).await?;
    let given = state.onboarding.give_by_link(&secret, Grant::Parts(parts_of(&pairs))).await;
    let (status, main) = match (given, page) {
        (Ok(()), _) => (StatusCode::OK, thanks()),
        (Err(GrantError::Parts(problems)), Some(page)) => {
            let problems = typed_key::told(problems);
            (StatusCode::UNPROCESSABLE_ENTITY, asking(&page, &secret, &state, &problems))
        }
        (Err(GrantError::Other(OnboardingError::Missing)), _)
        | (Err(GrantError::Parts(_)), None) => (StatusCode::NOT_FOUND, over()),
        (Err(GrantError::Other(error)), _) => return Err(error.into()),
    };
    if caller.datastar {
        return Ok(patched(main));
    }
    Ok((status, document(theme, &main)).into_response())
}

pub(super) async fn approve(
    State(state): State<AppState>,
    Path(secret): Path<String>,
) -> Result<Redirect, Fault> {
    let back_to = state.links.to(urls::APPROVED);
    Ok(Redirect::to(&state.onboarding.approve_by_link(&secret, &back_to).await?))
}

/// Somebody comes back from the vendor’s page.
pub(super) async fn callback(
    viewer: Option<Viewer>,
    theme: Theme,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let (Some(passed_on), Some(code)) = (asked.get("state"), asked.get("code")) else {
        return Ok((StatusCode::OK, document(theme, &declined())).into_response());
    };
    let back_to = state.links.to(urls::APPROVED);
    let actor = viewer.as_ref().map(|viewer| &viewer.actor);
    let done =
        state.onboarding.approved(actor, passed_on, code, asked.get("site_id"), &back_to).await;
    Ok(match done {
        Ok(approval) => match approval.from {
            ApprovalFrom::Colleague(_) => {
                Redirect::to(&urls::case(approval.case.into())).into_response()
            }
            ApprovalFrom::Link(_) => document(theme, &thanks()).into_response(),
        },
        Err(GrantError::Other(OnboardingError::Missing)) => {
            (StatusCode::NOT_FOUND, document(theme, &over())).into_response()
        }
        Err(GrantError::Other(error)) => return Err(error.into()),
        Err(error @ GrantError::Parts(_)) => {
            return Err(Fault::Unprocessable(error.to_string()));
        }
    })
}

fn document(theme: Theme, main: &Markup) -> Markup {
    layout::bare(theme, "Connect your system", main)
}

fn frame(content: &Markup) -> Markup {
    html! {
        main #main .page .connect tabindex="-1" {
            (layout::brand(None))
            (content)
        }
    }
}

fn asking(page: &CustomerPage, secret: &str, state: &AppState, problems: &KeyProblems) -> Markup {
    let zone = state.onboarding.usual_zone();
    let to = format!("{}{secret}", urls::CONNECT);
    frame(&html! {
        h1 { "Connect “" (page.site) "”" }
        p {
            "To watch over your system we read its data from " (page.brand.name())
            ". Please give us access here. We can read with it and change nothing; it is sealed as soon as it arrives and shown to nobody."
        }
        div .ways {
            div { (guidance(page.brand)) }
            div .stack {
                (ways(page.brand, page.may_approve, Approver::Reader, &format!("{to}/approve"), |wanted| {
                    key_form(wanted, &to, problems, "Give access", None)
                }))
                p .section__note { "This page works once, until " (format::long_moment(page.good_until, &zone)) "." }
            }
        }
    })
}

fn thanks() -> Markup {
    frame(&html! {
        h1 { (icon("ok")) " Thank you, that was all" }
        p { "We test the connection now and write to you when your system is on screen. You can close this page." }
    })
}

fn over() -> Markup {
    frame(&html! {
        h1 { "This link does not work any more" }
        p { "It was used already, or its seven days are over. Nothing is lost: ask us for another one, by an answer to the mail in which you found it." }
    })
}

fn declined() -> Markup {
    frame(&html! {
        h1 { "Nothing was approved" }
        p { "Without the approval we cannot read your data. The link stays good: open it again whenever you like." }
    })
}
