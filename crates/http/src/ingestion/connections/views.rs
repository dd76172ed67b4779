use greengrid_app::ingestion::vendors::{Check, Outcome};
use greengrid_domain::ingestion::{Health, Party};
use jiff::SignedDuration;
use maud::{Markup, html};

use super::incidents::incidents;
use super::model::{Budget, Model, Row, Trouble};
use super::{notes, outside};
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::components::{format, icon, pill, remark};
use crate::sse::View;
use crate::urls;

/// Sites that a trouble names before it only counts them.
const NAMED: usize = 6;

/// Letters of a vendor's number that are shown.
const SHOWN: usize = 10;

/// What came of something just done to a connection.
pub(super) struct Done {
    /// Name of its site.
    pub(super) site: String,
    /// The steps of a test.
    pub(super) checks: Vec<Check>,
}

/// The whole page. What was just done stands outside the parts that a stream
/// replaces, so it stays in sight.
pub(super) fn page(viewer: &Viewer, model: &Model, done: Option<&Done>) -> Markup {
    let main = layout::main(html! {
        (lede(model))
        @if let Some(done) = done { (tested(done)) }
        (troubles(model))
        (incidents(model))
        (outside::contracts(model))
        (outside::broker(model))
        (list(model))
        (budgets(model))
    });
    layout::page()
        .viewer(viewer)
        .title("Connections")
        .nav(Nav::Connections)
        .clock(model.clock.clone())
        .live(View::Connections.url())
        .main(main)
        .render()
}

/// The parts that change, each with its own id.
pub(super) fn parts(model: &Model) -> Markup {
    html! { (lede(model)) (troubles(model)) (incidents(model)) (outside::contracts(model))
    (outside::broker(model)) (list(model)) (budgets(model)) }
}

fn lede(model: &Model) -> Markup {
    let struck = model.rows.iter().filter(|row| is_late(row.health)).count();
    html! {
        div #connections-lede .lede {
            p .lede__date { "Connections" }
            div {
                @match (model.rows.len(), struck) {
                    (0, _) => { h1 { strong { "No site is connected to its vendor yet." } } },
                    (_, 0) => { h1 { strong { "All connections bring their readings." } } },
                    (all, _) => { h1 {
                        strong { (format::counted(struck, "connection", "connections")) }
                        " of " (all) (if struck == 1 { " needs" } else { " need" }) " a look."
                    } },
                }
                p .lede__sub {
                    "A failure shows here at its first attempt. Whatever was missed is fetched "
                    "afterwards, oldest first."
                }
            }
        }
    }
}

const fn is_late(health: Health) -> bool {
    matches!(health, Health::Down | Health::Failing | Health::Degraded)
}

/// What a test of a connection showed, step by step.
fn tested(done: &Done) -> Markup {
    html! {
        section .section .section--apart aria-labelledby="h-tested" role="status" {
            div .section__head { h2 #h-tested { "Tested: " (done.site) } }
            dl .facts {
                @for check in &done.checks {
                    div {
                        dt { (check.rung.words()) }
                        dd { (outcome(&check.outcome)) }
                    }
                }
            }
        }
    }
}

fn outcome(outcome: &Outcome) -> Markup {
    html! {
        @match outcome {
            Outcome::Passed(seen) => { (pill::pill("ok", "Good", false)) " " (seen) },
            Outcome::Doubtful(why) => { (pill::pill("watch", "Look", false)) " " (why) },
            Outcome::Failed { error, near } => {
                (pill::pill("act", "Failed", false)) " " (format::sentence(error.cause.words()))
                small { (whose(error.cause.party())) ": " (error.cause.remedy()) "." }
                @if let Some(said) = &error.said { small { "The vendor says: " (said) } }
                @if let Some(reference) = &error.reference {
                    small { "For the vendor’s support: " code { (reference) } }
                }
                @for site in near { small { "Perhaps " (site.id) ", “" (site.name) "”?" } }
            },
        }
    }
}

/// One line for each cause, however many sites it strikes.
fn troubles(model: &Model) -> Markup {
    html! {
        section #connections-troubles .section .section--apart aria-labelledby="h-troubles" {
            div .section__head { h2 #h-troubles { "What is wrong" } }
            @if model.troubles.is_empty() {
                div .state { p { "Nothing. Every vendor answers." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="What is wrong, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Vendor" } th scope="col" { "What" }
                            th scope="col" { "Who has to act" } th scope="col" { "Sites" }
                        } }
                        tbody { @for trouble in &model.troubles { (trouble_row(trouble, model)) } }
                    }
                }
            }
        }
    }
}

fn trouble_row(trouble: &Trouble, model: &Model) -> Markup {
    let cause = trouble.cause;
    let more = trouble.sites.len().saturating_sub(NAMED);
    html! {
        tr {
            th scope="row" {
                (trouble.brand.name())
                @if let Some(credential) = &trouble.credential { small { "key “" (credential) "”" } }
            }
            td {
                (format::sentence(cause.words()))
                @if let Some(since) = trouble.since {
                    small { "Last good " (format::moment(since, model.clock.now, &model.clock.zone)) }
                }
                @if let Some(said) = &trouble.said { small { "The vendor says: " (said) } }
            }
            td { (whose(cause.party())) small { (format::sentence(cause.remedy())) } }
            td data-label="Sites" {
                @for (position, site) in trouble.sites.iter().take(NAMED).enumerate() {
                    @if position > 0 { ", " }
                    a href=(urls::site(site)) { (site) }
                }
                @if more > 0 { " and " (more) " more" }
            }
        }
    }
}

fn list(model: &Model) -> Markup {
    html! {
        section #connections-list .section .section--apart aria-labelledby="h-list" {
            div .section__head { h2 #h-list { "All connections" } span .dim { "worst first" } }
            @if model.rows.is_empty() {
                div .state { p {
                    "Make one with " code { "greengrid connection add" } ", or a push address "
                    "with " code { "greengrid connection push" } "."
                } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="All connections, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Site" } th scope="col" { "Health" }
                            th scope="col" { "Last success" } th scope="col" { "Newest reading" }
                            th scope="col" { "Promise" } th scope="col" { "Next" }
                            @if model.may_manage { th scope="col" { span .sr { "Actions" } } }
                        } }
                        tbody { @for row in &model.rows { (connection_row(row, model)) } }
                    }
                }
            }
        }
    }
}

fn connection_row(row: &Row, model: &Model) -> Markup {
    let clock = &model.clock;
    let moment = |at| {
        html! {
            time datetime=(format::iso(at)) { (format::moment(at, clock.now, &clock.zone)) }
        }
    };
    html! {
        tr id={ "connection-" (row.id) } {
            th scope="row" {
                a href=(urls::site(&row.site)) { (row.name) }
                small {
                    (row.brand.name()) " · "
                    @match &row.by {
                        Some((credential, external)) => {
                            (credential) ", " span title=(external) { (short(external)) }
                        },
                        None => "sends by itself",
                    }
                }
            }
            td {
                @if row.untried { (pill::pill("busy", "Waiting", false)) } @else { (health(row.health)) }
                @if let Some(cause) = row.cause { small { (notes::why(row, cause, model)) } }
                @if let Some(from) = row.gap_from { small { "Filling in since " (moment(from)) } }
                @for kept in &row.remarks { (remark::line(kept, clock.now, &clock.zone)) }
            }
            td data-label="Last success" { @match row.last_success { Some(at) => (moment(at)), None => "never" } }
            td data-label="Newest reading" { @match row.newest { Some(at) => (moment(at)), None => "–" } }
            td data-label="Promise" { "every " (span(row.cadence)) }
            td data-label="Next" {
                @if row.by.is_none() || row.health == Health::Paused { "–" }
                @else if row.next_run <= clock.now { "now" }
                @else { (moment(row.next_run)) }
            }
            @if model.may_manage { td .n.table__do { (actions(row)) } }
        }
    }
}

fn actions(row: &Row) -> Markup {
    let of = html! { span .sr { ": " (row.name) } };
    let paused = row.health == Health::Paused;
    html! {
        div .rowform {
            @if row.by.is_some() {
                form method="post" action=(urls::connection(row.id.into(), "test")) {
                    button .btn .btn--small type="submit" { (icon("refresh")) "Test now" (of) }
                }
            }
            form method="post" action=(urls::connection(row.id.into(), "pause")) {
                button .btn .btn--small name="paused" value=(!paused) type="submit" {
                    (icon(if paused { "play" } else { "pause" }))
                    (if paused { "Resume" } else { "Pause" }) (of)
                }
            }
            @if row.by.is_some() {
                details {
                    summary .btn .btn--small { "Back-fill" (of) }
                    form .rowform method="post" action=(urls::connection(row.id.into(), "back-fill")) {
                        input .input type="date" name="from" required
                            aria-label={ "Back-fill " (row.name) " from" };
                        button .btn .btn--small type="submit" { "Fetch from here on" (of) }
                    }
                }
            }
        }
    }
}

fn budgets(model: &Model) -> Markup {
    html! {
        section #connections-budgets .section .section--apart aria-labelledby="h-budgets" {
            div .section__head { h2 #h-budgets { "Calls this month" } }
            @if model.budgets.is_empty() {
                div .state { p { "No key is kept yet." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Calls this month, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Key" } th scope="col" .n { "Spent" }
                            th scope="col" .n { "Allowed" } th scope="col" { "By whom, most first" }
                        } }
                        tbody { @for budget in &model.budgets { (budget_row(budget, model)) } }
                    }
                }
            }
        }
    }
}

fn budget_row(budget: &Budget, model: &Model) -> Markup {
    html! {
        tr {
            th scope="row" {
                @if model.may_administer { a href=(urls::admin_key(budget.id)) { (budget.name) } } @else { (budget.name) }
                small { (budget.brand.name()) }
                @if let Some(ends) = budget.ends { (notes::approve_again(ends, model)) }
            }
            td .n data-label="Spent" {
                (count(budget.spent))
                @if budget.points > 0 { small { (count(budget.points)) " data points" } }
            }
            td .n data-label="Allowed" {
                @match budget.limit {
                    Some(limit) => (count(limit.into())),
                    None => "not counted",
                }
                small {
                    (budget.per_minute) " a minute"
                    @if let Some(per_day) = budget.per_day { ", " (count(per_day.into())) " a day" }
                }
            }
            td data-label="By whom" {
                @if budget.by.is_empty() { "nobody yet" }
                @for (position, (site, calls)) in budget.by.iter().enumerate() {
                    @if position > 0 { ", " }
                    @match site {
                        Some(site) => { a href=(urls::site(site)) { (site) } },
                        None => "lists of sites",
                    }
                    " " (count(*calls))
                }
            }
        }
    }
}

fn health(health: Health) -> Markup {
    let (tone, word) = match health {
        Health::Healthy => ("ok", "Healthy"),
        Health::Degraded => ("watch", "Degraded"),
        Health::Failing => ("plan", "Failing"),
        Health::Down => ("act", "Down"),
        Health::Paused => ("none", "Paused"),
    };
    pill::pill(tone, word, false)
}

/// Who has to act, as the beginning of a sentence.
fn whose(party: Party) -> String {
    format::sentence(party.name()).trim_end_matches('.').to_owned()
}

/// A vendor's number, of which long ones differ at their end.
fn short(external: &str) -> String {
    let letters: Vec<char> = external.chars().collect();
    match letters.len().checked_sub(SHOWN) {
        Some(hidden @ 1..) => std::iter::once(&'…').chain(&letters[hidden..]).collect(),
        _ => external.to_owned(),
    }
}

fn span(cadence: SignedDuration) -> String {
    match cadence.as_mins() {
        minutes if minutes >= 60 && minutes % 60 == 0 => format!("{} h", minutes / 60),
        0 => format!("{} s", cadence.as_secs()),
        minutes => format!("{minutes} min"),
    }
}

fn count(number: u64) -> String {
    format::count(i64::try_from(number).unwrap_or(i64::MAX))
}
