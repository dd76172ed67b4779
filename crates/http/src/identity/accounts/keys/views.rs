use greengrid_app::ingestion::connections::Key;
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Quota;
use greengrid_domain::onboarding::access;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::dto::{NewKeyDto, PlanDto, PlanErrors};
use crate::auth::Viewer;
use crate::components::typed_key::{self, KeyProblems};
use crate::components::{PageClock, format, icon, pill, post};
use crate::identity::accounts::frame::{Place, frame, lede};
use crate::onboarding::guidance;
use crate::urls;

/// Where the shape of what is being typed is looked at.
const CHECK: &str = "/admin/keys/check";

/// The form of a new key, as typed but for the key.
pub(super) struct KeyForm<'a> {
    brand: Brand,
    name: &'a str,
    plan: PlanDto,
    pub(super) name_error: Option<String>,
    pub(super) plan_errors: PlanErrors,
    pub(super) problems: KeyProblems,
}

impl<'a> KeyForm<'a> {
    /// With what the smallest plan of a brand allows.
    pub(super) fn blank(brand: Brand) -> Self {
        Self::with(brand, "", PlanDto::of(Quota::smallest_of(brand)))
    }

    pub(super) fn typed(typed: &'a NewKeyDto) -> Self {
        Self::with(typed.brand, &typed.name, typed.plan.clone())
    }

    fn with(brand: Brand, name: &'a str, plan: PlanDto) -> Self {
        let (plan_errors, problems) = (PlanErrors::default(), KeyProblems::new());
        Self { brand, name, plan, name_error: None, plan_errors, problems }
    }
}

/// What the page of a key shows.
pub(super) struct KeyPage {
    pub(super) key: Key,
    /// What is wrong with another that was typed.
    pub(super) problems: KeyProblems,
    pub(super) plan: PlanDto,
    pub(super) plan_errors: PlanErrors,
    pub(super) clock: PageClock,
}

/// All keys.
pub(super) fn list(viewer: &Viewer, keys: &[Key], clock: &PageClock) -> Markup {
    let struck = keys.iter().filter(|key| key.cause.is_some()).count();
    let first = html! {
        strong { (format::counted(keys.len(), "key is", "keys are")) " kept." }
        @if struck > 0 { " " (struck) (if struck == 1 { " does" } else { " do" }) " not bring everything." }
    };
    let sub = html! {
        "With a key we read what a vendor knows of sites. It is sealed as soon as it arrives and shown to nobody."
    };
    let content = html! {
        section .section .section--apart aria-labelledby="h-keys" {
            div .section__head {
                h2 #h-keys { "Keys of vendors" }
                span .dim { "owners of Enphase systems approve access as a step of their onboarding" }
            }
            @if keys.is_empty() {
                div .state { h3 { "No key yet" } p { "Add the installer’s key for all their sites; what owners approve comes with their onboarding." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Keys of vendors, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Name" } th scope="col" { "State" }
                            th scope="col" { "Given" } th scope="col" .n { "Opens" }
                            th scope="col" .n { "Calls" }
                        } }
                        tbody { @for key in keys { (row(key, clock)) } }
                    }
                }
            }
            div .formfoot {
                @for brand in Brand::iter().filter(|brand| !access(*brand).keys.is_empty()) {
                    a .btn href={ (urls::ADMIN_KEYS) "/new?brand=" (<&str>::from(brand)) } { (icon("plus")) " Add a key of " (brand.name()) }
                }
            }
        }
    };
    frame(viewer, Place::Keys, None, &lede("keys-lede", &first, &sub), &content)
}

fn row(key: &Key, clock: &PageClock) -> Markup {
    let credential = &key.credential;
    html! {
        tr {
            th scope="row" {
                a href=(urls::admin_key(credential.id)) { (credential.name) }
                small { (credential.brand.name()) }
            }
            td { (state(key)) }
            td data-label="Given" { (given(key, clock)) }
            td .n data-label="Opens" { (opens(key)) }
            td .n data-label="Calls" { (plan_in_words(credential.quota)) }
        }
    }
}

fn state(key: &Key) -> Markup {
    html! {
        @match key.cause {
            Some(cause) => { (pill::pill("watch", "Look", false)) " " (format::sentence(cause.words())) },
            None if key.connections > 0 => (pill::pill("ok", "Good", false)),
            None if key.in_case => (pill::pill("busy", "Onboarding", false)),
            None => (pill::pill("none", "Unused", false)),
        }
    }
}

fn given(key: &Key, clock: &PageClock) -> Markup {
    html! {
        @match key.credential.given_at {
            Some(at) => (format::since(at, clock.now, &clock.zone)),
            None => "some time ago",
        }
    }
}

fn opens(key: &Key) -> String {
    format::counted(key.connections, "connection", "connections")
}

fn plan_in_words(quota: Quota) -> String {
    let limits =
        [(Some(quota.per_minute), "minute"), (quota.per_day, "day"), (quota.per_month, "month")];
    let told = limits.into_iter().filter_map(|(limit, of)| {
        limit.map(|limit| format!("{} a {of}", format::count(limit.into())))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The form of a new key.
pub(super) fn new(viewer: &Viewer, form: &KeyForm<'_>) -> Markup {
    let brand = form.brand;
    let first = html! { strong { "A new key of " (brand.name()) "." } };
    let sub = html! { "Sites are connected with it by their onboarding, or by " code { "greengrid connection add" } "." };
    let state = form.name_error.as_ref().map(|_| "error");
    let content = html! {
        section .section .section--apart aria-label="New key" {
            div .ways {
                div { (guidance(brand)) }
                form .form method="post" action=(urls::ADMIN_KEYS) autocomplete="off" novalidate
                    "data-on:input__debounce.500ms"=(post(CHECK)) {
                    input type="hidden" name="brand" value=(<&str>::from(brand));
                    div .field data-state=[state] {
                        label for="key-name" { "Name" }
                        p #key-name-hint .hint { "Whose it is, such as “Helio Installers, all sites”." }
                        input #key-name .input name="name" maxlength="80" value=(form.name) aria-invalid=[state.map(|_| "true")]
                            aria-describedby={ "key-name-hint" @if state.is_some() { " key-name-error" } };
                        @if let Some(error) = &form.name_error {
                            p #key-name-error .msg role="alert" { (icon("act")) span { (format::sentence(error)) } }
                        }
                    }
                    (typed_key::fields(access(brand).keys, &form.problems, 0))
                    (limits(&form.plan, &form.plan_errors))
                    div .formfoot { button .btn .btn--primary type="submit" { (icon("lock")) " Seal and keep" } }
                }
            }
        }
    };
    frame(viewer, Place::Keys, None, &lede("keys-lede", &first, &sub), &content)
}

/// One key: another in its place, its plan, its end.
pub(super) fn one(viewer: &Viewer, page: &KeyPage) -> Markup {
    let (key, clock) = (&page.key, &page.clock);
    let credential = &key.credential;
    let first = html! { strong { (credential.name) } " opens " (credential.brand.name()) " for " (opens(key)) "." };
    let sub = html! { "Given " (given(key, clock)) ". What it is, is sealed and shown to nobody." };
    let content = html! {
        @if let Some(cause) = key.cause {
            section .section .section--apart aria-labelledby="h-state" {
                div .section__head { h2 #h-state { "What is wrong" } }
                p { (state(key)) }
                p .dim { (format::sentence(cause.remedy())) " " a href=(urls::CONNECTIONS) { "All connections" } }
            }
        }
        (another(page))
        (plan(page))
        (end(key))
    };
    frame(viewer, Place::Keys, None, &lede("keys-lede", &first, &sub), &content)
}

fn another(page: &KeyPage) -> Markup {
    let credential = &page.key.credential;
    let (to, at) = (urls::admin_key(credential.id), credential.given_at);
    html! {
        section .section .section--apart aria-labelledby="h-replace" {
            div .section__head { h2 #h-replace { "Another in its place" } }
            @if let Some(until) = credential.approved_until {
                p {
                    "An owner approved it on the page of " (credential.brand.name()) ". It is renewed by itself; unused, it ends on "
                    (format::long_day(page.clock.zone.day(until))) ", and the owner has to approve again. An engineer can put other tokens in its place from the command line."
                }
            } @else {
                div .ways {
                    div { (guidance(credential.brand)) }
                    form .form method="post" action={ (to) "/replace" } autocomplete="off" novalidate
                        "data-on:input__debounce.500ms"=(post(CHECK)) {
                        p .hint { "Everything that it opens is tried at once with the new one; what was missed is fetched." }
                        (typed_key::fields(access(credential.brand).keys, &page.problems, at.map_or(0, jiff::Timestamp::as_microsecond)))
                        div .formfoot { button .btn .btn--primary type="submit" { (icon("lock")) " Seal and replace" } }
                    }
                }
            }
        }
    }
}

fn plan(page: &KeyPage) -> Markup {
    html! {
        section .section .section--apart aria-labelledby="h-plan" {
            div .section__head { h2 #h-plan { "What its plan allows" } }
            form .form .form--narrow method="post" action={ (urls::admin_key(page.key.credential.id)) "/plan" } novalidate {
                (limits(&page.plan, &page.plan_errors))
                div .formfoot { button .btn type="submit" { "Save the plan" } }
            }
        }
    }
}

fn limits(plan: &PlanDto, errors: &PlanErrors) -> Markup {
    html! {
        (limit("minute", "Calls in a minute", &plan.minute, errors.minute, "Of all who use the key together."))
        (limit("day", "Calls on a day", &plan.day, errors.day, "Leave it empty where nobody counts; days are those of UTC."))
        (limit("month", "Calls in a month", &plan.month, errors.month, "Leave it empty where nobody counts."))
    }
}

fn limit(name: &str, label: &str, value: &str, error: Option<&str>, hint: &str) -> Markup {
    html! {
        div .field data-state=[error.map(|_| "error")] {
            label for=(name) { (label) }
            p id={ "h-" (name) } .hint { (hint) }
            input id=(name) .input name=(name) inputmode="numeric" autocomplete="off" value=(value)
                aria-invalid=[error.map(|_| "true")] aria-describedby={ "h-" (name) @if error.is_some() { " e-" (name) } };
            @if let Some(error) = error {
                p id={ "e-" (name) } .msg role="alert" { (icon("act")) span { (format::sentence(error)) } }
            }
        }
    }
}

fn end(key: &Key) -> Markup {
    html! {
        section .section .section--apart aria-labelledby="h-end" {
            div .section__head { h2 #h-end { "Take it away" } }
            @if key.connections > 0 {
                p .dim { "It opens " (opens(key)) ". Put another in its place, or take those away first with " code { "greengrid connection remove" } "." }
            } @else if key.in_case {
                p .dim { "A case of onboarding needs it. It can go when the case has another." }
            } @else {
                form method="post" action={ (urls::admin_key(key.credential.id)) "/remove" } {
                    button .btn type="submit" { "Take away " (key.credential.name) }
                }
            }
        }
    }
}
