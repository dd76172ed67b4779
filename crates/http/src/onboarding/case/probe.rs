//! The connection test, as it happens, and what it came to.

use greengrid_app::ingestion::vendors::{Outcome, Rung};
use greengrid_app::onboarding::{TestRun, TimedCheck};
use greengrid_domain::ingestion::Party;
use greengrid_domain::onboarding::{Diagnosis, Plain, Stage, TestOutcome};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::{Page, told};
use crate::components::{format, icon, toned_icon};
use crate::onboarding::answer::At;

/// The section: the checks, the diagnosis, and the button.
pub(super) fn section(page: &Page<'_>) -> Markup {
    let view = page.view;
    let running = view.test.as_ref().is_some_and(is_running);
    let may = page.is_open() && view.case.stage >= Stage::ConnectionTest;
    html! {
        section #case-test .section aria-labelledby="h-test" {
            div .section__head { h2 #h-test { "Connection test" } (when(page)) }
            (told(page, At::Test))
            ol #probe .probe aria-live="polite" {
                @for rung in Rung::iter() { (line(rung, view.test.as_ref())) }
            }
            @if let Some(test) = &view.test { (came_to(page, test)) }
            @if may {
                form .row method="post" action=(page.to("test")) data-on:submit__prevent=(page.post("test")) {
                    button .btn .btn--primary[view.test.is_none()] type="submit" disabled[running] aria-busy=[running.then_some("true")] {
                        (icon("refresh")) " "
                        @if running { "Testing…" } @else if view.test.is_some() { "Test again" } @else { "Test the connection" }
                    }
                }
            } @else if page.is_open() {
                p .dim { "It can run once the details are complete and the key is here." }
            }
        }
    }
}

const fn is_running(test: &TestRun) -> bool {
    test.outcome.is_none() && !test.cut_off
}

fn when(page: &Page<'_>) -> Markup {
    let view = page.view;
    html! {
        @if let Some(test) = &view.test {
            @let took: u64 = test.checks.iter().map(|check| u64::from(check.took_ms)).sum();
            span .dim {
                (format::moment(test.started_at, view.now, &view.zone))
                @if test.outcome.is_some() { ", took " (format::number(seconds(took), 1)) " s" }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a minute")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

/// One check: done with its time, or not reached.
fn line(rung: Rung, test: Option<&TestRun>) -> Markup {
    let check = test.and_then(|test| test.checks.iter().find(|it| it.check.rung == rung));
    let next = test.filter(|test| is_running(test)).and_then(|test| {
        let last = test.checks.last().map(|it| it.check.rung);
        Rung::iter().find(|rung| last.is_none_or(|last| *rung > last))
    });
    let words = format::sentence(rung.words());
    let words = words.trim_end_matches('.');
    html! {
        @match check {
            Some(check) => (told_line(words, check)),
            None if next == Some(rung) => {
                li data-state="busy" { span .spin aria-hidden="true" {} span { (words) } small { "asking…" } }
            },
            None => {
                li data-state="wait" {
                    (icon("clock")) span { (words) }
                    small { @if test.is_some_and(|test| !is_running(test)) { "not reached" } @else { "to come" } }
                }
            },
        }
    }
}

fn told_line(words: &str, timed: &TimedCheck) -> Markup {
    let (state, shape, seen) = match &timed.check.outcome {
        Outcome::Passed(seen) if seen == "yes" => ("ok", "ok", String::new()),
        Outcome::Passed(seen) => ("ok", "ok", format::sentence(seen)),
        Outcome::Doubtful(why) => ("doubt", "watch", format::sentence(why)),
        Outcome::Failed { error, .. } => ("act", "act", format::sentence(error.cause.words())),
    };
    html! {
        li data-state=(state) {
            (toned_icon(shape, Some(&format!("s-{shape}"))))
            span {
                @if state == "act" { b { (words) } } @else { (words) }
                @if state == "doubt" { span .sr { ": worth a look" } }
                @if state == "act" { span .sr { ": failed" } }
            }
            small { @if timed.took_ms == 0 { "same answer" } @else { (format::count(timed.took_ms.into())) " ms" } }
            @if !seen.is_empty() { p { (seen) } }
        }
    }
}

/// What a test came to, for people.
fn came_to(page: &Page<'_>, test: &TestRun) -> Markup {
    let view = page.view;
    html! {
        @match test.outcome {
            None if test.cut_off => div .diag role="status" {
                h3 { "The test was cut off" }
                p { "The program stopped in the middle of it. Nothing is wrong with the connection; test again." }
            },
            None => {},
            Some(TestOutcome::Passed) => div .diag .diag--ok role="status" {
                h3 { "The connection works" }
                p { "Readings come with this key. The first data are compared with what is on record." }
            },
            Some(TestOutcome::Asleep) => div .diag .diag--wait role="status" {
                h3 { "All is well for the night" }
                p {
                    "The inverters sleep, so fresh readings cannot come yet. The test goes on by itself"
                    @if let Some(at) = view.case.test_at { " at about " (format::since(at, view.now, &view.zone).replace("today\u{a0}", "")) }
                    "; nobody has to do anything."
                }
            },
            Some(TestOutcome::Failed(_)) => {
                @if let Some(diagnosis) = &view.diagnosis { (failed(page, test, diagnosis)) }
            },
        }
    }
}

fn failed(page: &Page<'_>, test: &TestRun, diagnosis: &Diagnosis) -> Markup {
    let view = page.view;
    let failure = test.checks.iter().find_map(|it| match &it.check.outcome {
        Outcome::Failed { error, near } => Some((error, near)),
        _ => None,
    });
    html! {
        div .diag role="status" {
            h3 { (diagnosis.claim) }
            p { (diagnosis.meaning) }
            p { (acts(diagnosis.party)) " " (format::sentence(diagnosis.remedy)) }
            @if let Some((_, near)) = failure {
                @if !near.is_empty() {
                    p { "Sites that this key opens and that may be meant:" }
                    ul .near { @for site in near { li { b { (site.id) } " “" (site.name) "”" } } }
                }
            }
            @if let Some(seen) = &view.recurrence { (known(seen)) }
        }
        @if let Some((error, _)) = failure {
            @if error.said.is_some() || error.reference.is_some() {
                details .raw #raw data-preserve-attr="open" {
                    summary { "What the vendor answered" }
                    pre tabindex="0" {
                        @if let Some(said) = &error.said { (said) "\n" }
                        @if let Some(reference) = &error.reference { "reference for their support: " (reference) }
                    }
                }
            }
        }
        @if let Some(draft) = &diagnosis.draft {
            @if page.is_open() { (message(page, draft)) }
        }
    }
}

/// Who acts, as the begin of a sentence.
const fn acts(party: Party) -> &'static str {
    match party {
        Party::Nobody => "Nobody has to act:",
        Party::Engineering => "Our engineers act:",
        Party::Admin => "An administrator acts:",
        Party::Cs => "You act:",
        Party::Installer => "The installer acts:",
        Party::Customer => "The customer acts:",
        Party::Vendor => "The vendor acts:",
    }
}

fn known(seen: &greengrid_app::onboarding::Recurrence) -> Markup {
    html! {
        p .known {
            @match (seen.cases, seen.last) {
                (0, _) => "This is the first such failure with this brand in 90 days.",
                (cases, last) => {
                    (icon("refresh")) " Seen before: in "
                    (format::counted(cases as usize, "other case", "other cases")) " in 90 days"
                    @if let Some(last) = last { ", last in " (last) }
                    ". " (seen.solved) " of them passed afterwards."
                },
            }
        }
    }
}

/// The message that can be copied, or mailed at once.
fn message(page: &Page<'_>, draft: &greengrid_domain::onboarding::Draft) -> Markup {
    let fields = &page.view.case.fields;
    let field = if draft.to == Party::Installer { Plain::InstallerEmail } else { Plain::Email };
    let address = fields.text(field.into());
    html! {
        details .act #message data-preserve-attr="open" {
            summary { "Message to " (draft.to.name()) (icon("down")) }
            form .form method="post" action=(page.to("message")) data-on:submit__prevent=(page.post("message")) {
                (told(page, At::Message))
                input type="hidden" name="to" value=(draft.to);
                div .field {
                    label for="message-subject" { "Subject" }
                    input #message-subject .input name="subject" value=(draft.subject) maxlength="160";
                }
                div .field {
                    label for="message-text" { "Text" }
                    p #h-message .hint {
                        @if address.is_empty() { "Copy it; there is no address on record to mail it to" }
                        @else { "To " (address) ", or copy it" }
                    }
                    textarea #message-text .textarea .textarea--tall name="text" rows="12" aria-describedby="h-message" data-select { (draft.text) }
                }
                div .row {
                    button .btn .btn--small type="submit" disabled[address.is_empty()] { (icon("mail")) " Mail it" }
                    button .btn .btn--small type="button" data-copy="message-text" { "Copy" }
                }
            }
        }
    }
}
