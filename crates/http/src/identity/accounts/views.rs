use greengrid_app::identity::Person;
use greengrid_domain::identity::{ApiToken, Role, Scope};
use greengrid_domain::observability::{AuditEntry, AuditSubject};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::model::{Accounts, Names};
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
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
pub(super) fn page(viewer: &Viewer, accounts: &Accounts, form: &TokenForm) -> Markup {
    let can_sign_in = |person: &&Person| person.user.active && !person.invited;
    let active = accounts.people.iter().filter(can_sign_in).count();
    let main = layout::main(html! {
        div .lede {
            div {
                h1 { strong { (format::counted(active, "person", "people")) " can sign in." } }
                p .lede__sub { "Every change here is kept in the trail below, which nobody can edit." }
            }
        }
        @if let Some((name, secret)) = &form.made { (made(name, secret)) }
        (people(accounts))
        (tokens(accounts))
        (token_form(form))
        (trail(accounts))
    });
    layout::page()
        .viewer(viewer)
        .title("Accounts")
        .nav(Nav::Admin)
        .live(View::Accounts.url())
        .main(main)
        .render()
}

/// The parts that change, each with its own id.
pub(super) fn parts(accounts: &Accounts) -> Markup {
    html! { (people(accounts)) (tokens(accounts)) (trail(accounts)) }
}

fn people(accounts: &Accounts) -> Markup {
    html! {
        section #people .section .section--apart aria-labelledby="h-people" {
            div .section__head { h2 #h-people { "People" } }
            div .scroll tabindex="0" role="region" aria-label="People, table" {
                table .table {
                    thead { tr {
                        th scope="col" { "Name" } th scope="col" { "Role" }
                        th scope="col" { "State" } th scope="col" .n { "Last seen" }
                        th scope="col" { span .sr { "Access" } }
                    } }
                    tbody { @for person in &accounts.people { (person_row(person, accounts)) } }
                }
            }
        }
    }
}

fn person_row(person: &Person, accounts: &Accounts) -> Markup {
    let user = &person.user;
    html! {
        tr id={ "user-" (user.id) } {
            th scope="row" {
                span .dv {
                    span .avatar aria-hidden="true" { (user.name.initials()) }
                    span { (user.name) small { (user.email) } }
                }
            }
            td {
                form .rowform method="post" action={ "/admin/users/" (user.id) "/role" } {
                    select .select name="role" aria-label={ "Role of " (user.name) } {
                        @for role in Role::iter() {
                            option value=(<&str>::from(role)) selected[role == user.role] { (role.name()) }
                        }
                    }
                    button .btn .btn--small type="submit" { "Change" span .sr { " role of " (user.name) } }
                }
            }
            td {
                @if !user.active { (pill::pill("none", "No access", false)) }
                @else if person.invited { (pill::pill("busy", "Invited", false)) }
                @else { (pill::pill("ok", "Active", false)) }
            }
            td .n {
                @match person.last_seen_at {
                    Some(at) => (format::since(at, accounts.now, &accounts.zone)),
                    None => "never",
                }
            }
            td .n {
                form method="post" action={ "/admin/users/" (user.id) "/active" } {
                    button .btn .btn--small name="active" value=(!user.active) type="submit" {
                        (if user.active { "Take access away" } else { "Give access back" })
                        span .sr { ": " (user.name) }
                    }
                }
            }
        }
    }
}

fn tokens(accounts: &Accounts) -> Markup {
    html! {
        section #tokens .section .section--apart aria-labelledby="h-tokens" {
            div .section__head { h2 #h-tokens { "Tokens for devices and programs" } }
            @if accounts.tokens.is_empty() {
                p .dim { "None yet. A logger or script needs one to send readings." }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Tokens, table" {
                    table .table {
                        thead { tr {
                            th scope="col" { "Name" } th scope="col" { "May" } th scope="col" { "State" }
                            th scope="col" .n { "Made" } th scope="col" .n { "Last used" }
                            th scope="col" { span .sr { "Action" } }
                        } }
                        tbody { @for token in &accounts.tokens { (token_row(token, accounts)) } }
                    }
                }
            }
        }
    }
}

fn token_row(token: &ApiToken, accounts: &Accounts) -> Markup {
    let told = |at| format::since(at, accounts.now, &accounts.zone);
    html! {
        tr id={ "token-" (token.id) } {
            th scope="row" { (token.name) }
            td { @for (i, scope) in token.scopes.iter().enumerate() { @if i > 0 { ", " } (words(*scope)) } }
            td {
                @if token.revoked_at.is_some() { (pill::pill("none", "Revoked", false)) }
                @else { (pill::pill("ok", "Good", false)) }
            }
            td .n { (told(token.created_at)) }
            td .n { @match token.last_used_at { Some(at) => (told(at)), None => "never" } }
            td .n {
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

fn trail(accounts: &Accounts) -> Markup {
    let names = accounts.names();
    html! {
        section #trail .section aria-labelledby="h-trail" {
            div .section__head { h2 #h-trail { "Who did what" } }
            ul .feed {
                @for entry in &accounts.trail { (trail_entry(entry, &names, accounts)) }
            }
        }
    }
}

fn trail_entry(entry: &AuditEntry, names: &Names<'_>, accounts: &Accounts) -> Markup {
    let subject = names.subject(entry);
    html! {
        li {
            time datetime=(format::iso(entry.at)) { (format::since(entry.at, accounts.now, &accounts.zone)) }
            (icon(picture(entry.subject)))
            span {
                b { (names.initiator(entry.initiator)) } ": " (entry.action.replace('_', " "))
                @if !subject.is_empty() { ", " (subject) }
                @if let Some(change) = change(entry) { span .dim { " (" (change) ")" } }
            }
        }
    }
}

const fn picture(subject: AuditSubject) -> &'static str {
    match subject {
        AuditSubject::User => "users",
        AuditSubject::Session => "lock",
        AuditSubject::Token => "key",
        AuditSubject::Site => "sites",
        AuditSubject::Import => "download",
        AuditSubject::Quarantine => "quality",
        AuditSubject::Projection => "refresh",
        AuditSubject::Connection => "cloud",
        AuditSubject::Anomaly | AuditSubject::Incident => "watch",
        AuditSubject::Maintenance => "wrench",
        AuditSubject::Post => "chat",
        AuditSubject::Letter => "mail",
        AuditSubject::AlertRule | AuditSubject::AlertSilence => "act",
    }
}

/// What changed, where one field did: “ops to cs”.
fn change(entry: &AuditEntry) -> Option<String> {
    let field = |json: &Option<String>| {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(json.as_deref()?).ok()?;
        let (_, value) = object.iter().next().filter(|_| object.len() == 1)?;
        value.as_str().map(str::to_owned)
    };
    Some(format!("{} to {}", field(&entry.before)?, field(&entry.after)?))
}
