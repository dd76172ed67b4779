use greengrid_app::identity::{PEOPLE_PER_PAGE, PeopleQuery, PeopleSort, Person, Standing};
use greengrid_domain::identity::{Role, User};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::dto::{InviteDto, InviteError};
use super::frame::{Place, frame, lede};
use super::people::People;
use super::query::people_address;
use crate::auth::Viewer;
use crate::components::select::{option, select};
use crate::components::{format, icon, pill};
use crate::sse::View;
use crate::urls;

/// The form that invites somebody: as typed, or what came of it.
#[derive(Default)]
pub(super) struct InviteForm {
    pub(super) typed: InviteDto,
    pub(super) error: Option<InviteError>,
    pub(super) sent: Option<User>,
}

/// The whole page. The form stands outside the parts that a stream replaces.
pub(super) fn page(viewer: &Viewer, people: &People, form: &InviteForm) -> Markup {
    let content = html! {
        @if let Some(user) = &form.sent {
            p .section__note role="status" { (icon("ok")) " An invitation is on its way to " (user.email) "." }
        }
        (list(people))
        (invite(form))
    };
    let live = View::Accounts(people.query.clone());
    frame(viewer, Place::People, Some(&live), &headline(people), &content)
}

/// The parts that change, each with its own id.
pub(super) fn parts(people: &People) -> Markup {
    html! { (headline(people)) (list(people)) }
}

fn headline(people: &People) -> Markup {
    let counts = people.page.counts;
    let owners = counts.active - counts.staff;
    lede(
        "people-lede",
        &html! {
            strong { (format::counted(counts.active, "person", "people")) " can sign in." }
            @if counts.invited > 0 { " " (format::counted(counts.invited, "invitation is", "invitations are")) " open." }
        },
        &html! {
            (counts.staff) " staff, " (format::counted(owners, "site owner", "site owners")) ". "
            (counts.staff_with_factor) " of " (counts.staff) " staff have a second factor."
        },
    )
}

fn list(people: &People) -> Markup {
    html! {
        section #people .section .section--apart aria-labelledby="h-people" {
            div .section__head {
                h2 #h-people { "People" }
                a .btn .btn--small href="#invite" { (icon("plus")) "Invite somebody" }
            }
            (filters(people))
            @if !people.ignored.is_empty() {
                p .section__note role="status" { @for message in &people.ignored { (message) " " } }
            }
            @if people.page.people.is_empty() { (nothing()) } @else { (table(people)) (pager(people)) }
        }
    }
}

fn filters(people: &People) -> Markup {
    let query = &people.query;
    html! {
        form #people-filters .filters method="get" action=(urls::ADMIN) data-auto data-ignore-morph aria-label="Filter people" {
            label .sr for="f-text" { "Search by name or address" }
            input #f-text .input.filters__text name="q" type="search" placeholder="Name, address" value=[query.text.as_ref()] autocomplete="off";
            (select("Role", "role", html! {
                (option("", "Any", query.role.is_none()))
                @for role in Role::iter() { (option(role.into(), role.name(), query.role == Some(role))) }
            }))
            (select("State", "standing", html! {
                (option("", "Any", query.standing.is_none()))
                @for standing in Standing::iter() { (option(standing.into(), standing.name(), query.standing == Some(standing))) }
            }))
            (select("Order", "sort", html! {
                @for (sort, words) in [(PeopleSort::Name, "Name"), (PeopleSort::Seen, "Last seen"), (PeopleSort::Newest, "Newest")] {
                    (option(sort.into(), words, query.sort == sort))
                }
            }))
            button .btn.btn--small type="submit" { "Filter" }
            @if narrowed(query) { a .btn.btn--small.btn--quiet href=(urls::ADMIN) { "Clear" } }
            span .filters__count role="status" { (people.page.matching) " found" }
        }
    }
}

const fn narrowed(query: &PeopleQuery) -> bool {
    query.text.is_some() || query.role.is_some() || query.standing.is_some()
}

fn table(people: &People) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="People, table" {
            table .table.table--rows {
                thead { tr {
                    th scope="col" { "Name" } th scope="col" { "Role" }
                    th scope="col" { "State" } th scope="col" .n { "Last seen" }
                    th scope="col" { span .sr { "Access" } }
                } }
                tbody { @for person in &people.page.people { (row(person, people)) } }
            }
        }
    }
}

fn row(person: &Person, people: &People) -> Markup {
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
                (standing(person))
                @if person.second_factor { " " small .dim { "second factor" } }
            }
            td .n data-label="Last seen" {
                @match person.last_seen_at {
                    Some(at) => (format::since(at, people.now, &people.zone)),
                    None => "never",
                }
            }
            td .n.table__do { (actions(person)) }
        }
    }
}

fn standing(person: &Person) -> Markup {
    let standing = Standing::of(person);
    let shape = match standing {
        Standing::Active => "ok",
        Standing::Invited => "busy",
        Standing::Deactivated => "none",
    };
    pill::pill(shape, standing.name(), false)
}

fn actions(person: &Person) -> Markup {
    let user = &person.user;
    let name = html! { span .sr { ": " (user.name) } };
    html! {
        div .rowform {
            @if Standing::of(person) == Standing::Invited {
                form method="post" action={ "/admin/users/" (user.id) "/invite" } {
                    button .btn .btn--small type="submit" { "Invite again" (name) }
                }
            }
            @if person.second_factor {
                form method="post" action={ "/admin/users/" (user.id) "/factor/off" } {
                    button .btn .btn--small type="submit" { "Turn second factor off" (name) }
                }
            }
            form method="post" action={ "/admin/users/" (user.id) "/active" } {
                button .btn .btn--small name="active" value=(!user.active) type="submit" {
                    (if user.active { "Take access away" } else { "Give access back" }) (name)
                }
            }
        }
    }
}

fn pager(people: &People) -> Markup {
    let page = people.query.page.max(1);
    let pages = people.page.matching.div_ceil(PEOPLE_PER_PAGE as usize);
    let to = |page: u32| people_address(&PeopleQuery { page, ..people.query.clone() });
    html! {
        @if pages > 1 {
            nav .pager aria-label="Pages" {
                @if (page as usize) < pages {
                    a .btn.btn--small href=(to(page + 1)) rel="next" { "Next " (PEOPLE_PER_PAGE) " " (icon("right")) }
                }
                span .dim { "page " (page) " of " (pages) }
                @if page > 1 { a .btn.btn--small href=(to(page - 1)) rel="prev" { "Previous" } }
            }
        }
    }
}

fn nothing() -> Markup {
    html! {
        div .state {
            h3 { "Nobody fits" }
            p { "Try fewer letters, or clear the filters." }
            a .btn href=(urls::ADMIN) { "Everybody" }
        }
    }
}

fn invite(form: &InviteForm) -> Markup {
    let typed = &form.typed;
    let said = |about: fn(&InviteError) -> bool| {
        form.error.as_ref().filter(|error| about(error)).map(ToString::to_string)
    };
    let email = said(|error| matches!(error, InviteError::Email(_) | InviteError::Taken));
    let name = said(|error| matches!(error, InviteError::Name(_)));
    let role = said(|error| matches!(error, InviteError::Role));
    html! {
        section #invite .section .section--apart aria-labelledby="h-invite" {
            div .section__head { h2 #h-invite { "Invite somebody" } }
            form .form method="post" action="/admin/users" novalidate {
                div .fields {
                    (field("invite-email", "E-mail", email.as_deref(), &html! {
                        input #invite-email .input name="email" type="email" autocomplete="off" required
                            inputmode="email" autocapitalize="none" spellcheck="false" maxlength="254" value=(typed.email)
                            aria-invalid=[email.as_ref().map(|_| "true")]
                            aria-describedby=[email.as_ref().map(|_| "invite-email-error")];
                    }))
                    (field("invite-name", "Name", name.as_deref(), &html! {
                        input #invite-name .input name="name" autocomplete="off" required maxlength="80" value=(typed.name)
                            aria-invalid=[name.as_ref().map(|_| "true")]
                            aria-describedby=[name.as_ref().map(|_| "invite-name-error")];
                    }))
                    (field("invite-role", "Role", role.as_deref(), &html! {
                        select #invite-role .select name="role" required
                            aria-invalid=[role.as_ref().map(|_| "true")]
                            aria-describedby=[role.as_ref().map(|_| "invite-role-error")] {
                            @for role in Role::iter() { (option(role.into(), role.name(), typed.role == <&str>::from(role))) }
                        }
                    }))
                }
                div .formfoot {
                    button .btn .btn--primary type="submit" { "Send the invitation" }
                    p .dim { "The link in it works once, for three days." }
                }
            }
        }
    }
}

fn field(id: &str, label: &str, error: Option<&str>, input: &Markup) -> Markup {
    html! {
        div .field data-state=[error.map(|_| "error")] {
            label for=(id) { (label) }
            (input)
            @if let Some(error) = error {
                p id={ (id) "-error" } .msg role="alert" { (icon("act")) span { (error) "." } }
            }
        }
    }
}
