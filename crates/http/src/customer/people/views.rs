use greengrid_app::customer::{SiteMember, SitePeople};
use greengrid_domain::customer::SiteRole;
use maud::{Markup, html};

use super::dto::ShareDto;
use crate::components::{format, icon, layout};
use crate::urls;

/// What was wrong with something sent.
pub(super) struct Problem {
    /// What, in a sentence without its full stop.
    pub(super) message: String,
    /// What was typed into the form that shares; `None` for another.
    pub(super) typed: Option<ShareDto>,
}

/// Who belongs to the site, and for owners the form that shares it.
pub(super) fn main(people: &SitePeople, problem: Option<&Problem>) -> Markup {
    let details = &people.site.details;
    layout::main(html! {
        p .dim { a href=(urls::own_site(&people.site.code)) { (details.name.as_str()) } }
        section .section aria-labelledby="h-people" {
            h1 #h-people .hero__say {
                (format::counted(people.members.len(), "person sees", "people see")) " this site"
            }
            @if let Some(Problem { message, typed: None }) = problem {
                p .msg role="alert" { (icon("act")) " " (format::sentence(message)) }
            }
            (table(people))
        }
        @if people.role.decides() { (form(people, problem)) }
    })
}

fn table(people: &SitePeople) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="People, table" {
            table .table.table--rows {
                thead { tr { th scope="col" { "Who" } th scope="col" { "May" } th scope="col" { "Since" } th scope="col" { span .sr { "Remove" } } } }
                tbody { @for member in &people.members { (row(people, member)) } }
            }
        }
    }
}

fn row(people: &SitePeople, member: &SiteMember) -> Markup {
    let own = member.user == people.viewer;
    let zone = &people.site.details.zone;
    let action = format!("people/{}/remove", member.user);
    html! {
        tr {
            th scope="row" {
                (member.email.as_str()) @if own { span .dim { " (you)" } }
                @if !member.seen && !own { small { "has not been here yet" } }
            }
            td data-label="May" {
                (may(member.role))
                @if people.role.decides() { (other_role(people, member)) }
            }
            td data-label="Since" { (format::short_day(zone.day(member.since))) }
            td .n.table__do {
                @if own || people.role.decides() {
                    form method="post" action=(urls::of_own_site(&people.site.code, &action)) {
                        button .btn.btn--small type="submit" {
                            @if own { "Leave" } @else { "Remove" }
                            span .sr { " " (member.email.as_str()) }
                        }
                    }
                }
            }
        }
    }
}

/// A button that makes an owner of a viewer, or a viewer of an owner.
fn other_role(people: &SitePeople, member: &SiteMember) -> Markup {
    let (other, words) = match member.role {
        SiteRole::Owner => (SiteRole::Viewer, "Make viewer"),
        SiteRole::Viewer => (SiteRole::Owner, "Make owner"),
    };
    html! {
        form method="post" action=(urls::of_own_site(&people.site.code, "people")) {
            input type="hidden" name="email" value=(member.email.as_str());
            input type="hidden" name="role" value=(other);
            button .btn.btn--small.btn--quiet type="submit" { (words) span .sr { ": " (member.email.as_str()) } }
        }
    }
}

const fn may(role: SiteRole) -> &'static str {
    match role {
        SiteRole::Owner => "Owner: sees and shares it",
        SiteRole::Viewer => "Viewer: sees it",
    }
}

fn form(people: &SitePeople, problem: Option<&Problem>) -> Markup {
    let typed = problem.and_then(|problem| problem.typed.as_ref());
    let wrong = problem.filter(|problem| problem.typed.is_some());
    let role = typed.map_or(SiteRole::Viewer, ShareDto::role);
    let described = if wrong.is_some() { "e-email h-email" } else { "h-email" };
    html! {
        section .section aria-labelledby="h-share" {
            div .section__head { h2 #h-share { "Share it with somebody" } }
            form #share .form method="post" action=(urls::of_own_site(&people.site.code, "people")) data-ignore-morph {
                div .field data-state=[wrong.map(|_| "error")] {
                    label for="f-email" { "Their e-mail address" }
                    p #h-email .hint { "They get a letter from us with the way in." }
                    input #f-email .input type="email" name="email" autocomplete="off" required
                        value=(typed.map_or("", |typed| typed.email.as_str()))
                        aria-describedby=(described) aria-invalid=[wrong.map(|_| "true")] autofocus[wrong.is_some()];
                    @if let Some(problem) = wrong {
                        p #e-email .msg { (icon("act")) " " (format::sentence(&problem.message)) }
                    }
                }
                fieldset .field {
                    legend { "What they may" }
                    div .choice {
                        @for choice in [SiteRole::Viewer, SiteRole::Owner] {
                            label {
                                input type="radio" name="role" value=(choice) checked[choice == role];
                                (may(choice))
                            }
                        }
                    }
                }
                div .formfoot { button .btn.btn--primary type="submit" { "Share" } }
            }
        }
    }
}
