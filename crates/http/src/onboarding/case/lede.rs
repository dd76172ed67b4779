use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Party;
use greengrid_domain::onboarding::{Plain, Stage, compass_words};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::Page;
use crate::components::{format, icon, pill};
use crate::urls;

/// What the case is, and what it waits for.
pub(super) fn lede(page: &Page<'_>) -> Markup {
    let view = page.view;
    let case = &view.case;
    html! {
        div #case-lede .lede {
            p .lede__date { a href=(urls::ONBOARDING) { "Onboarding" } " / " (case.number) }
            div {
                h1 { strong { (case.name()) ":" } " " (claim(page)) }
                p .lede__sub {
                    (standing(page)) " "
                    span {
                        @if let Some(details) = &view.details { (format::capacity(details.array().capacity)) " · " }
                        (case.fields.brand().map_or("no brand yet", Brand::name))
                        @let customer = case.fields.text(Plain::Customer.into());
                        @if !customer.is_empty() { " · customer " (customer) }
                        @let phone = case.fields.text(Plain::Phone.into());
                        @if !phone.is_empty() { ", " (phone) }
                        " · " @match &view.owner { Some(owner) => { "with " (owner) }, None => "nobody’s yet" }
                    }
                }
                p #here .here data-init=(here(page)) "data-on-interval__duration.20s"=(here(page)) {
                    (here_names(&[]))
                }
            }
            @if let Some(site) = &view.site {
                div .lede__act { a .btn .btn--primary href=(urls::site(site)) { "Open the site " (icon("right")) } }
            }
        }
    }
}

fn here(page: &Page<'_>) -> String {
    format!("@post('{}', {{payload: {{}}}})", page.to("here"))
}

/// Who else looks at the case. Streams leave it alone: it differs from reader to
/// reader.
pub(super) fn here_names(names: &[String]) -> Markup {
    html! {
        span #here-names data-ignore-morph {
            @match names {
                [] => {},
                [one] => { (icon("eye")) " " (one) " is here too" },
                [all @ .., last] => { (icon("eye")) " " (all.join(", ")) " and " (last) " are here too" },
            }
        }
    }
}

/// What the case comes to, in a sentence.
fn claim(page: &Page<'_>) -> String {
    let view = page.view;
    if view.case.live.is_some() {
        return "the site is live.".to_owned();
    }
    // With another key the test of the one before says nothing any more.
    let tested = view.case.test.is_some();
    if let (Stage::ConnectionTest, true, Some(diagnosis)) =
        (view.case.stage, tested, &view.diagnosis)
    {
        return format!("{}.", diagnosis.claim);
    }
    if view.is_ready {
        return "everything is there. It can go live.".to_owned();
    }
    match view.waits.party {
        Party::Nobody => format!("waits for {}.", view.waits.what),
        Party::Cs => format!("next is {}.", lower(&view.waits.what)),
        party => format!("waits for {}: {}.", party.name(), view.waits.what),
    }
}

fn lower(text: &str) -> String {
    let text = text.strip_prefix("to ").unwrap_or(text);
    let mut chars = text.chars();
    let first = chars.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(chars).collect()
}

fn standing(page: &Page<'_>) -> Markup {
    let (view, case) = (page.view, &page.view.case);
    let days = case.due_on.filter(|due| view.today > *due);
    let late = days.and_then(|due| due.until(view.today).ok()).map(|span| span.get_days());
    html! {
        @match (&case.live, &case.stuck, late) {
            (Some(live), ..) => { (pill::pill("ok", "Live", true)) " since " (format::since(live.at, view.now, &view.zone)) " ·" },
            (_, Some(stuck), _) => { (pill::pill("act", "Stuck", true)) " " (stuck.reason) " ·" },
            (_, _, Some(days)) => {
                (pill::pill("act", &format!("Overdue by {}", format::counted(usize::try_from(days).unwrap_or(0), "day", "days")), true))
                " ·"
            },
            _ => {
                (pill::pill("busy", case.stage.name(), true))
                @if let Some(due) = case.due_on { " due " (due.strftime("%a %-d %B").to_string()) " ·" }
            },
        }
    }
}

/// The steps of the case, with what each came to.
pub(super) fn steps(page: &Page<'_>) -> Markup {
    let now = page.view.case.stage;
    html! {
        nav #case-steps .section aria-label="Steps" {
            div .section__head {
                h2 { @if now == Stage::Live { "All steps done" } @else { "Step " (now.done() + 1) " of 6" } }
            }
            ol .steps {
                @for stage in Stage::iter() {
                    @let state = if now == Stage::Live || stage < now { "done" } else if stage == now { "now" } else { "todo" };
                    li data-state=(state) aria-current=[(state == "now").then_some("step")] {
                        span .steps__n {
                            @if state == "done" { (icon("check")) span .sr { "Done: " } } @else { (stage.done() + 1) }
                        }
                        span .steps__t {
                            a href=(anchor(stage)) { (stage.name()) }
                            small .s-act[state == "now" && page.view.case.stuck.is_some()] { (came_to(page, stage, state)) }
                        }
                    }
                }
            }
        }
    }
}

const fn anchor(stage: Stage) -> &'static str {
    match stage {
        Stage::Signed => "#s-customer",
        Stage::Details => "#s-site",
        Stage::Credentials => "#case-access",
        Stage::ConnectionTest => "#case-test",
        Stage::Verification | Stage::Live => "#case-verification",
    }
}

/// What a step came to: its result when done, what it lacks now.
fn came_to(page: &Page<'_>, stage: Stage, how: &str) -> String {
    let view = page.view;
    if how == "now" {
        return match view.needs.as_slice() {
            [] => String::new(),
            [one] => one.words(),
            [one, rest @ ..] => format!("{} and {} more", one.words(), rest.len()),
        };
    }
    let case = &view.case;
    match (stage, how) {
        (Stage::Signed, "done") => case.fields.text(Plain::Customer.into()).to_owned(),
        (Stage::Details, "done") => view.details.as_ref().map_or_else(String::new, |details| {
            let array = details.array();
            let faces = match details.faces.len() {
                1 => array.azimuth_deg.map_or("", compass_words).to_owned(),
                many => format!("{many} faces"),
            };
            format!("{}, {faces}", format::capacity(array.capacity))
        }),
        (Stage::Credentials, "done") => {
            format!("key for {}", case.fields.brand().map_or("", Brand::name))
        }
        (Stage::ConnectionTest, "done") => "passed".to_owned(),
        (Stage::Verification, "done") => "fits".to_owned(),
        (Stage::Live, "done") => "on the overview".to_owned(),
        (Stage::Verification, _) => "first data against a clear sky".to_owned(),
        (Stage::Live, _) => "site, account, invitation".to_owned(),
        _ => String::new(),
    }
}
