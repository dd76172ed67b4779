use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::messages::webhooks::StoredWebhook;
use greengrid_app::monitoring::alerts::{NoticeState, Noticed, StoredRule};
use greengrid_domain::fleet::Brand;
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::monitoring::alert::{AlertEvent, AlertRule, AlertSilence, Inhibition};
use jiff::SignedDuration;
use maud::{Markup, html};
use rust_decimal::Decimal;
use strum::IntoEnumIterator;

use super::dto::{Errors, Typed};
use super::{form, inhibitions};
use crate::components::select::{option, select};
use crate::components::{PageClock, format, icon, pill};
use crate::urls;

/// What the page shows.
pub(super) struct Page<'a> {
    pub(super) rules: &'a [StoredRule],
    pub(super) silences: &'a [AlertSilence],
    pub(super) noticed: &'a [Noticed],
    /// What keeps what quiet.
    pub(super) inhibitions: &'a [Inhibition],
    /// Programs that rules may tell.
    pub(super) webhooks: &'a [StoredWebhook],
    /// What was typed into the form of a silence that was refused.
    pub(super) typed: &'a Typed,
    pub(super) errors: &'a Errors,
    pub(super) clock: PageClock,
}

pub(super) fn page(page: &Page<'_>, fleet: &FleetSnapshot) -> Markup {
    html! {
        (lede(page))
        (rules(page))
        (silences(page))
        (silence_form(page, fleet))
        (inhibitions::list(page.inhibitions))
        (inhibitions::fresh(page.typed, page.errors, fleet))
        (log(page))
    }
}

/// The parts that change, each with its own id.
pub(super) fn parts(page: &Page<'_>) -> Markup {
    html! { (lede(page)) (rules(page)) (silences(page)) (inhibitions::list(page.inhibitions)) (log(page)) }
}

fn lede(page: &Page<'_>) -> Markup {
    let on = page.rules.iter().filter(|stored| stored.rule.enabled).count();
    html! {
        div #alerts-lede .lede {
            p .lede__date { "Alerts" }
            div {
                h1 { @match on {
                    0 => { strong { "Nobody is told anything." } " Make a rule to change that." },
                    _ => { strong { (format::counted(on, "rule tells", "rules tell")) } " the right people." },
                } }
                p .lede__sub { "An anomaly is told once by each rule, even if the mail server is away for a while." }
            }
            p .lede__act {
                a .btn .btn--primary href=(urls::NEW_ALERT) { (icon("plus")) "New rule" }
                " " a .btn href=(urls::WEBHOOKS) { (icon("swap")) "Webhooks" }
            }
        }
    }
}

fn rules(page: &Page<'_>) -> Markup {
    html! {
        section #alerts-rules .section aria-labelledby="h-rules" {
            div .section__head { h2 #h-rules { "Rules" } }
            @if page.rules.is_empty() {
                div .state { p { "There is no rule yet." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Rules, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Rule" } th scope="col" { "Tells of" } th scope="col" { "When" }
                            th scope="col" { "To" } th scope="col" { "Last told" } th scope="col" .n { "Waiting" }
                            th scope="col" { span .sr { "Actions" } }
                        } }
                        tbody { @for stored in page.rules { (rule_row(stored, page)) } }
                    }
                }
            }
        }
    }
}

fn rule_row(stored: &StoredRule, page: &Page<'_>) -> Markup {
    let (rule, clock) = (&stored.rule, &page.clock);
    let told = page.webhooks.iter().filter(|it| rule.webhooks.contains(&it.webhook.id));
    html! {
        tr {
            th scope="row" {
                a href=(urls::alert(rule.id)) { (rule.name) }
                @if !rule.enabled { small { "switched off" } }
            }
            td { (filter(rule)) }
            td { (when(rule)) }
            td data-label="To" {
                @for (place, to) in rule.to.iter().enumerate() { @if place > 0 { ", " } (to) }
                @for stored in told { small { "webhook " a href=(urls::webhook(stored.webhook.id)) { (stored.webhook.name) } } }
                @if let Some(escalation) = &rule.escalation {
                    small { "after " (duration(escalation.after)) " without an answer also " (format::counted(escalation.to.len(), "other", "others")) }
                }
            }
            td data-label="Last told" { @match stored.told_at { Some(at) => (format::moment(at, clock.now, &clock.zone)), None => "never" } }
            td .n data-label="Waiting" { (stored.held) }
            td .n {
                form method="post" action=(urls::remove_alert(rule.id)) {
                    button .btn .btn--small .btn--quiet type="submit" { (icon("x")) "Remove" span .sr { " " (rule.name) } }
                }
            }
        }
    }
}

/// What a rule tells of, in words.
fn filter(rule: &AlertRule) -> String {
    let filter = &rule.filter;
    let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.name()).collect();
    let mut words = vec![if kinds.is_empty() {
        "any kind".to_owned()
    } else {
        kinds.join(", ").to_lowercase()
    }];
    words.push(filter.severity.name().to_lowercase());
    words.extend(filter.region.as_ref().map(ToString::to_string));
    words.extend(filter.brand.map(|brand| brand.name().to_owned()));
    if filter.least_per_day > Decimal::ZERO {
        words.push(format!("from {} a day", filter.least_per_day));
    }
    words.join(" · ")
}

fn when(rule: &AlertRule) -> String {
    let mut words = Vec::new();
    if rule.lasting.is_positive() {
        words.push(format!("after {}", duration(rule.lasting)));
    }
    words.push(if rule.gather.is_positive() {
        format!("gathered for {}", duration(rule.gather))
    } else {
        "each by itself".to_owned()
    });
    if let Some(quiet) = rule.quiet {
        words.push(format!("quiet {}:00 to {}:00", quiet.from(), quiet.to()));
    }
    words.join(" · ")
}

/// A duration, in hours where it is whole ones.
fn duration(lasts: SignedDuration) -> String {
    match lasts.as_mins() {
        minutes if minutes >= 60 && minutes % 60 == 0 => format!("{}\u{a0}h", minutes / 60),
        minutes => format!("{minutes}\u{a0}min"),
    }
}

fn silences(page: &Page<'_>) -> Markup {
    html! {
        section #alerts-silences .section .section--apart aria-labelledby="h-silences" {
            div .section__head { h2 #h-silences { "Silences" } }
            @if page.silences.is_empty() {
                div .state { p { "Nothing is silenced." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Silences, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "What" } th scope="col" { "Until" } th scope="col" { "Why" }
                            th scope="col" { span .sr { "Actions" } }
                        } }
                        tbody {
                            @for silence in page.silences {
                                tr {
                                    th scope="row" { (silence.what()) }
                                    td data-label="Until" { (format::long_moment(silence.until, &page.clock.zone)) }
                                    td { (silence.why.as_str()) }
                                    td .n {
                                        form method="post" action=(urls::end_silence(silence.id)) {
                                            button .btn .btn--small type="submit" { "End now" span .sr { ": " (silence.what()) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn silence_form(page: &Page<'_>, fleet: &FleetSnapshot) -> Markup {
    let other = page.typed.get("form") == inhibitions::FORM;
    let nothing = (Typed::default(), Errors::new());
    let (typed, errors) = if other { (&nothing.0, &nothing.1) } else { (page.typed, page.errors) };
    let chosen = |field: &str, value: &str| typed.get(field) == value;
    let wrong = |field: &str| errors.contains_key(field).then_some("error");
    html! {
        details open[!errors.is_empty()] {
            summary .btn { (icon("pause")) "Silence for a while" }
            form .form method="post" action=(urls::SILENCES) {
                fieldset .field {
                    legend { "No rule tells of such" }
                    div .filters {
                        (select("Kind", "kind", html! {
                            (option("", "Any", chosen("kind", "")))
                            @for kind in AnomalyKind::iter() { (option(kind.into(), kind.name(), chosen("kind", kind.into()))) }
                        }))
                        (select("Region", "region", html! {
                            (option("", "All", chosen("region", "")))
                            @for region in fleet.regions() { (option(region.code.as_str(), &region.name, chosen("region", region.code.as_str()))) }
                        }))
                        (select("Brand", "brand", html! {
                            (option("", "All", chosen("brand", "")))
                            @for brand in Brand::iter() { (option(brand.into(), brand.name(), chosen("brand", brand.into()))) }
                        }))
                    }
                    @for field in ["kind", "region", "brand"] { (form::message(errors, field)) }
                }
                div .field data-state=[wrong("hours")] {
                    label for="s-hours" { "For hours" }
                    input #s-hours .input type="number" name="hours" min="1" max="336" required value=(if typed.has("hours") { typed.get("hours") } else { "8" })
                        aria-invalid=[wrong("hours").map(|_| "true")] aria-describedby=[wrong("hours").map(|_| "m-hours")];
                    (form::message(errors, "hours"))
                }
                div .field data-state=[wrong("why")] {
                    label for="s-why" { "Why" }
                    input #s-why .input type="text" name="why" maxlength="200" required value=(typed.get("why"))
                        aria-invalid=[wrong("why").map(|_| "true")] aria-describedby=[wrong("why").map(|_| "m-why")];
                    (form::message(errors, "why"))
                }
                div .formfoot { button .btn type="submit" { "Silence" } }
            }
        }
    }
}

fn log(page: &Page<'_>) -> Markup {
    html! {
        section #alerts-log .section .section--apart aria-labelledby="h-log" {
            div .section__head { h2 #h-log { "What was noticed" } span .dim { "newest first; " a href=(urls::MAILBOX) { "letters in the mailbox" } ", " a href=(urls::WEBHOOKS) { "messages to webhooks" } } }
            @if page.noticed.is_empty() {
                div .state { p { "Nothing yet." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="What was noticed, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "Site" } th scope="col" { "What" } th scope="col" { "Rule" }
                            th scope="col" { "State" } th scope="col" { "When" }
                        } }
                        tbody {
                            @for noticed in page.noticed {
                                tr {
                                    th scope="row" { a href=(urls::site(&noticed.site.0)) { (noticed.site.1) } }
                                    td { (event(noticed.event)) small { (noticed.cause) } }
                                    td data-label="Rule" { (noticed.rule) }
                                    td { (state(noticed.state)) @if let Some(why) = &noticed.why { small { (why) } } }
                                    td { (format::moment(noticed.at, page.clock.now, &page.clock.zone)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

const fn event(event: AlertEvent) -> &'static str {
    match event {
        AlertEvent::Raised => "It began",
        AlertEvent::Escalated => "Nobody answered",
        AlertEvent::Ended => "It is over",
    }
}

fn state(state: NoticeState) -> Markup {
    match state {
        NoticeState::Held => pill::pill("busy", "Held", false),
        NoticeState::Told => pill::pill("ok", "Told", false),
        NoticeState::Dropped => pill::pill("none", "Dropped", false),
    }
}
