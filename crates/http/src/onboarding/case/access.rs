//! What opens the vendor’s interface: typed in, taken from what is there,
//! approved on the vendor’s page, or given by the customer behind a link.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::onboarding::{Grant, GrantError};
use greengrid_domain::fleet::Brand;
use greengrid_domain::onboarding::{Access, KeyPart, Plain, access};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::{Page, Told, page, parts, pictures, told};
use crate::auth::{Caller, Viewer, patched};
use crate::components::typed_key::{self, KeyProblems, checked, fields, parts_of};
use crate::components::{format, icon, pill, post};
use crate::fault::Fault;
use crate::onboarding::answer::{At, answer, told_page};
use crate::state::AppState;
use crate::urls;

/// The section: what is there, and the ways to give it.
pub(super) fn section(page: &Page<'_>) -> Markup {
    let (view, case) = (page.view, &page.view.case);
    let brand = case.fields.brand();
    let sealed = case.access.as_ref().map(|given| given.at);
    html! {
        section #case-access .section aria-labelledby="h-access" {
            div .section__head { h2 #h-access { "Access to the vendor" } (held(page)) }
            (told(page, At::Access))
            @match brand {
                None => p .dim { "Choose the inverter brand above: each asks for something else." },
                Some(_) if !page.is_open() => {},
                Some(brand) => {
                    div .ways {
                        div { (pictures::guidance(brand)) }
                        div .stack {
                            (ways(brand, view.may_approve, Approver::Owner, &page.to("approve"), |wanted| {
                                key_form(wanted, &page.to("access"), &page.key_problems, "Seal and keep", sealed)
                            }))
                            (reuse_form(page))
                            (link_form(page))
                        }
                    }
                },
            }
            @if let Some(until) = case.link_until.filter(|until| *until > view.now) {
                p .section__note { "A link for the customer is good until " (format::since(until, view.now, &view.zone)) "." }
            }
        }
    }
}

fn held(page: &Page<'_>) -> Markup {
    let (view, case) = (page.view, &page.view.case);
    html! {
        @match (case.credential(), &case.access) {
            (Some(_), Some(given)) => {
                span { (pill::pill("ok", "Sealed", false)) " " span .dim { "since " (format::since(given.at, view.now, &view.zone)) ", never shown again" } }
            },
            (None, Some(given)) => span .dim { "there is a key for " (given.brand.name()) ", not for this brand" },
            _ => span .dim { "nothing is here yet" },
        }
    }
}

/// Who approves, as the page speaks of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::onboarding) enum Approver {
    /// Somebody else: a colleague reads the page.
    Owner,
    /// Whoever reads it.
    Reader,
}

/// The ways to give access, whoever gives it: by approving on the vendor’s page
/// at `to_approve`, or by the form of `keys`.
pub(in crate::onboarding) fn ways(
    brand: Brand,
    may_approve: bool,
    who: Approver,
    to_approve: &str,
    keys: impl FnOnce(&[KeyPart]) -> Markup,
) -> Markup {
    let Access { keys: wanted, approval: has_page } = access(brand);
    html! {
        @if has_page && may_approve {
            (approval(to_approve, brand, who))
        } @else if has_page && wanted.is_empty() {
            p .dim { "Owners approve on a page of " (brand.name()) ", with which we are not registered yet." }
        }
        @if !wanted.is_empty() {
            @if has_page && may_approve {
                div .ways__or { p { strong { "Or with a key" } } p .hint { "The installer has it; the drawing shows where." } }
            }
            (keys(wanted))
        }
        @if !has_page && wanted.is_empty() { p .dim { "This brand cannot be connected yet." } }
    }
}

/// A form for the parts of a key. Their shape is checked as they are typed, and
/// what was typed is never given back. The fields are others, and empty, once a
/// key was sealed.
pub(in crate::onboarding) fn key_form(
    wanted: &[KeyPart],
    to: &str,
    problems: &KeyProblems,
    word: &str,
    sealed: Option<Timestamp>,
) -> Markup {
    let generation = sealed.map_or(0, Timestamp::as_microsecond);
    html! {
        form .form .keyform method="post" action=(to) autocomplete="off" novalidate
            "data-on:input__debounce.500ms"=(post(&format!("{to}/check"))) data-on:submit__prevent=(post(to)) {
            (fields(wanted, problems, generation))
            div { button .btn .btn--primary type="submit" { (icon("lock")) " " (word) } }
        }
    }
}

/// The way to the vendor’s page, where the owner approves.
fn approval(to: &str, brand: Brand, who: Approver) -> Markup {
    let brand = brand.name();
    html! {
        div .form {
            p { @match who {
                Approver::Owner => { "The owner signs in to " (brand) " and approves that we read the data of the system. We never see their password." },
                Approver::Reader => { "You sign in to " (brand) " and approve that we read the data of your system. We never see your password." },
            } }
            p { a .btn .btn--primary href=(to) { (icon("key")) " Connect with " (brand) } }
        }
    }
}

fn reuse_form(page: &Page<'_>) -> Markup {
    html! {
        @if !page.view.credentials.is_empty() {
            details .act {
                summary { "Use a key that is here already" (icon("down")) }
                form .form method="post" action=(page.to("credential")) data-on:submit__prevent=(page.post("credential")) {
                    div .field {
                        label for="credential" { "Key" }
                        p #h-credential .hint { "Such as an installer’s key for all their sites" }
                        select #credential .select name="credential" aria-describedby="h-credential" {
                            @for (id, name) in &page.view.credentials { option value=(id) { (name) } }
                        }
                    }
                    div { button .btn type="submit" { "Use it" } }
                }
            }
        }
    }
}

fn link_form(page: &Page<'_>) -> Markup {
    let has_mail = page.view.case.fields.text(Plain::Email.into());
    html! {
        div .asklink {
            h3 { "Let the customer do it" }
            p .hint { "A link to a page that shows them where to find it. It needs no account, works once and for seven days." }
            form .row method="post" action=(page.to("link")) data-on:submit__prevent=(page.post("link")) {
                button .btn .btn--small type="submit" name="mail" value="true" disabled[has_mail.is_empty()] { (icon("mail")) " Mail the link" }
                button .btn .btn--small type="submit" name="mail" value="false" { "Show the link" }
            }
        }
    }
}

/// What came of making a link: the link itself, or that it was mailed. It stands
/// apart from what streams replace, since nothing could bring it back.
pub(super) fn link_made(page: &Page<'_>) -> Markup {
    html! {
        div #case-link .linkmade {
            (told(page, At::Link))
            @if let Some(link) = &page.made_link {
                div .field {
                    label for="made-link" { "The link for the customer, shown this once" }
                    p #h-made-link .hint { "It opens a page without an account, works once and for seven days." }
                    input #made-link .input .input--mono readonly value=(link) data-select aria-describedby="h-made-link";
                }
            }
        }
    }
}

pub(in crate::onboarding) async fn give(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let grant = Grant::Parts(parts_of(&pairs));
    match state.onboarding.give_access(&viewer.actor, case.into(), grant).await {
        Err(GrantError::Parts(problems)) => {
            let view = state.onboarding.case(&viewer.actor, case.into()).await?;
            let key_problems = typed_key::told(problems);
            let shown = Page { key_problems, ..Page::of(&view, &state, &viewer.actor) };
            if caller.datastar {
                return Ok(patched(section(&shown)));
            }
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&viewer, &shown, &state)).into_response())
        }
        Err(GrantError::Other(error)) => {
            answer(&viewer, caller, &state, case, At::Access, "", Err::<(), _>(error)).await
        }
        Ok(()) => answer(&viewer, caller, &state, case, At::Access, "", Ok(())).await,
    }
}

/// Looks at the shape of what is being typed.
pub(in crate::onboarding) async fn check(Form(pairs): Form<Vec<(String, String)>>) -> Response {
    checked(&pairs)
}

#[derive(Debug, Deserialize)]
pub(in crate::onboarding) struct CredentialDto {
    credential: Uuid,
}

pub(in crate::onboarding) async fn reuse(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<CredentialDto>,
) -> Result<Response, Fault> {
    let credential = dto.credential.into();
    let done = state.onboarding.use_credential(&viewer.actor, case.into(), credential).await;
    answer(&viewer, caller, &state, case, At::Access, "", done).await
}

#[derive(Debug, Deserialize)]
pub(in crate::onboarding) struct LinkDto {
    #[serde(default)]
    mail: bool,
}

/// Makes a link. It is shown in this answer alone; nothing keeps it.
pub(in crate::onboarding) async fn link(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<LinkDto>,
) -> Result<Response, Fault> {
    let base = state.links.origin();
    let made = state.onboarding.make_link(&viewer.actor, case.into(), base, dto.mail).await;
    let address = match made {
        Ok(address) => address,
        Err(error) => {
            return answer(&viewer, caller, &state, case, At::Link, "", Err::<(), _>(error)).await;
        }
    };
    if dto.mail {
        let words = "the link is on its way to the customer".to_owned();
        let told = Told { at: At::Link, words, typed: String::new(), good: true };
        return told_page(&viewer, caller, &state, case, StatusCode::OK, told).await;
    }
    let view = state.onboarding.case(&viewer.actor, case.into()).await?;
    let shown = Page { made_link: Some(address), ..Page::of(&view, &state, &viewer.actor) };
    if caller.datastar {
        return Ok(patched(parts(&shown)));
    }
    Ok(page(&viewer, &shown, &state).into_response())
}

/// Sends somebody to the vendor’s page to approve.
pub(in crate::onboarding) async fn approve(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
) -> Result<Redirect, Fault> {
    let back_to = state.links.to(urls::APPROVED);
    let to = state.onboarding.approve(&viewer.actor, case.into(), &back_to).await?;
    Ok(Redirect::to(&to))
}
