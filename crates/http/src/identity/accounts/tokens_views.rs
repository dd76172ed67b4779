use greengrid_domain::identity::{ApiToken, Scope};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::frame::{Place, frame, lede};
use super::tokens::Tokens;
use crate::auth::Viewer;
use crate::components::{format, icon, pill};
use crate::sse::View;

/// The form of a new token: as typed, or what came of it.
#[derive(Default)]
pub(super) struct TokenForm {
    pub(super) name: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) error: Option<String>,
    /// Name and secret of the token just made.
    pub(super) made: Option<(String, String)>,
}

/// The whole page. What the form says stands outside the parts that a stream
/// replaces, so a secret stays in sight until its reader leaves.
pub(super) fn page(viewer: &Viewer, tokens: &Tokens, form: &TokenForm) -> Markup {
    let content = html! {
        @if let Some((name, secret)) = &form.made { (made(name, secret)) }
        (list(tokens))
        (token_form(form))
    };
    frame(viewer, Place::Tokens, Some(&View::Tokens), &headline(tokens), &content)
}

/// The parts that change, each with its own id.
pub(super) fn parts(tokens: &Tokens) -> Markup {
    html! { (headline(tokens)) (list(tokens)) }
}

fn headline(tokens: &Tokens) -> Markup {
    let good = tokens.list.iter().filter(|token| token.revoked_at.is_none()).count();
    lede(
        "tokens-lede",
        &html! { strong { (format::counted(good, "token is", "tokens are")) " good." } },
        &html! { "With a token a device or program sends readings without anybody's password." },
    )
}

fn list(tokens: &Tokens) -> Markup {
    html! {
        section #tokens .section .section--apart aria-labelledby="h-tokens" {
            div .section__head { h2 #h-tokens { "Tokens for devices and programs" } }
            @if tokens.list.is_empty() {
                p .dim { "None yet. A logger or script needs one to send readings." }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Tokens, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Name" } th scope="col" { "May" } th scope="col" { "State" }
                            th scope="col" .n { "Made" } th scope="col" .n { "Last used" }
                            th scope="col" { span .sr { "Action" } }
                        } }
                        tbody { @for token in &tokens.list { (token_row(token, tokens)) } }
                    }
                }
            }
        }
    }
}

fn token_row(token: &ApiToken, tokens: &Tokens) -> Markup {
    let told = |at| format::since(at, tokens.now, &tokens.zone);
    html! {
        tr id={ "token-" (token.id) } {
            th scope="row" { (token.name) }
            td data-label="May" { @for (i, scope) in token.scopes.iter().enumerate() { @if i > 0 { ", " } (words(*scope)) } }
            td {
                @if token.revoked_at.is_some() { (pill::pill("none", "Revoked", false)) }
                @else { (pill::pill("ok", "Good", false)) }
            }
            td .n data-label="Made" { (told(token.created_at)) }
            td .n data-label="Last used" { @match token.last_used_at { Some(at) => (told(at)), None => "never" } }
            td .n.table__do {
                @if token.revoked_at.is_none() {
                    form method="post" action={ "/admin/tokens/" (token.id) "/revoke" } {
                        button .btn .btn--small type="submit" { "Revoke" span .sr { " " (token.name) } }
                    }
                }
            }
        }
    }
}

const fn words(scope: Scope) -> &'static str {
    match scope {
        Scope::ReadingsWrite => "send readings",
        Scope::MetricsRead => "read metrics",
    }
}

fn token_form(form: &TokenForm) -> Markup {
    let state = form.error.as_ref().map(|_| "error");
    html! {
        section .section .section--apart aria-labelledby="h-new" {
            div .section__head { h2 #h-new { "New token" } }
            form .form method="post" action="/admin/tokens" {
                div .field data-state=[state] {
                    label for="token-name" { "Name" }
                    p #token-hint .hint { "What will use it, such as “Logger at Harbour Cold Store”." }
                    input #token-name .input name="name" maxlength="80" required value=(form.name)
                        aria-invalid=[state.map(|_| "true")]
                        aria-describedby={ "token-hint" @if state.is_some() { " token-error" } };
                    @if let Some(error) = &form.error {
                        p #token-error .msg role="alert" { (icon("act")) span { (error) "." } }
                    }
                }
                fieldset .field {
                    legend { "It may" }
                    div .choice {
                        @for scope in Scope::iter() {
                            label {
                                input type="checkbox" name=(scope) checked[ticked(form, scope)];
                                (words(scope))
                            }
                        }
                    }
                }
                div .formfoot {
                    button .btn .btn--primary type="submit" { "Make token" }
                    p .dim { "Its secret is shown once and kept nowhere." }
                }
            }
        }
    }
}

/// Sending readings is what nearly every token is for.
fn ticked(form: &TokenForm, scope: Scope) -> bool {
    form.scopes.contains(&scope) || (form.error.is_none() && scope == Scope::ReadingsWrite)
}

fn made(name: &str, secret: &str) -> Markup {
    html! {
        section #made .section .section--apart role="status" aria-labelledby="h-made" {
            div .section__head { h2 #h-made { "Copy this now: the secret of " (name) } }
            p { "It is shown this once. Whoever has it can use the token until you revoke it." }
            div .field {
                label .sr for="secret" { "Secret of " (name) }
                input #secret .input .input--mono readonly value=(secret) autocomplete="off" spellcheck="false";
            }
        }
    }
}
