//! The first data against a clear sky, and going live.

use greengrid_domain::onboarding::{Compared, Stage, Verification};
use maud::{Markup, html};

use super::{Page, told};
use crate::components::charts::{self, Curve, CurvePoint};
use crate::components::{format, icon};
use crate::onboarding::answer::At;

/// The section: what was compared, what was found, and the word to go live.
pub(super) fn section(page: &Page<'_>) -> Markup {
    let (view, case) = (page.view, &page.view.case);
    html! {
        section #case-verification .section aria-labelledby="h-verification" {
            div .section__head {
                h2 #h-verification { "First data" }
                @if let Some(seen) = &case.verification {
                    span .dim { "looked at " (format::moment(seen.at, view.now, &view.zone)) }
                }
            }
            (told(page, At::Verification))
            @match &case.verification {
                Some(seen) => (compared(page, seen)),
                None => p .dim {
                    @if case.stage == Stage::Verification { "The last 24 hours are fetched and compared in a moment." }
                    @else { "Once the connection works, the last 24 hours are compared with what a clear sky would give." }
                },
            }
            @if page.is_open() && case.stage == Stage::Verification {
                form .row method="post" action=(page.to("verify")) data-on:submit__prevent=(page.post("verify")) {
                    button .btn .btn--small type="submit" { (icon("refresh")) " Look at the data now" }
                }
            }
            (going_live(page))
        }
    }
}

fn compared(page: &Page<'_>, seen: &Verification) -> Markup {
    let view = page.view;
    let points: Vec<CurvePoint> = seen.curve.iter().map(point).collect();
    let sentence = sentence(seen);
    html! {
        @if !points.is_empty() {
            (charts::curve(&Curve::builder().points(&points).now(view.now).zone(&view.zone).label(sentence.as_str()).build()))
        }
        p .section__note { (sentence) }
        @if !seen.findings.is_empty() {
            ul .findings {
                @for finding in &seen.findings {
                    li { (crate::components::toned_icon("plan", Some("s-plan"))) div { b { (finding.claim()) } p { (finding.remedy()) } } }
                }
            }
            @if let Some(accepted) = &view.case.accepted {
                p .case__proof { (icon("check")) "Accepted by " (view.name_of(accepted.by)) ": " (accepted.reason) }
            } @else if page.is_open() {
                p { "Correct what is on record above, and it is compared anew. Or, if it is right as it is:" }
                form .row method="post" action=(page.to("accept")) data-on:submit__prevent=(page.post("accept")) {
                    label .sr for="accept" { "Why this is fine as it is" }
                    input #accept .input .input--grow name="text" placeholder="Why this is fine as it is" maxlength="200"
                        value=[page.told_at(At::Verification).map(|told| told.typed.as_str())];
                    button .btn type="submit" { "Accept" }
                }
            }
        }
    }
}

fn point(at: &Compared) -> CurvePoint {
    use greengrid_domain::units::Power;
    let power = Power::from_watts_rounded;
    CurvePoint {
        at: at.interval.middle(),
        actual: Some(power(at.measured_w)),
        expected: power(at.clear_w * 0.88),
        low: power(at.clear_w * 0.55),
        high: power(at.clear_w),
    }
}

fn sentence(seen: &Verification) -> String {
    if !seen.conclusive {
        return "There was too little light to judge by; the data are looked at again by themselves."
            .to_owned();
    }
    let share = seen.share.map_or_else(String::new, |share| {
        format!(" It made {} of what a clear sky gives.", format::percent(share))
    });
    if seen.findings.is_empty() {
        format!("The first data fit what is on record.{share}")
    } else {
        format!("The first data do not fit what is on record.{share}")
    }
}

fn going_live(page: &Page<'_>) -> Markup {
    let (view, case) = (page.view, &page.view.case);
    html! {
        div #case-live .golive {
            (told(page, At::Live))
            @match (&case.live, view.is_ready && page.may_manage) {
                (Some(live), _) => div .diag .diag--ok role="status" {
                    h3 { "Live since " (format::since(live.at, view.now, &view.zone)) }
                    p { "Site, connection and account are made, and the customer has been written to." }
                    @if let Some(site) = &view.site { p { a href=(crate::urls::site(site)) { "Open the site" } } }
                },
                (None, true) => div .diag .diag--ok {
                    h3 { "Everything is there" }
                    p { "Going live makes the site with its connection, gives the customer an account and mails them the invitation, all at once." }
                    form method="post" action=(page.to("live")) data-on:submit__prevent=(page.post("live")) {
                        button .btn .btn--primary type="submit" { (icon("sun")) " Go live" }
                    }
                },
                (None, false) => {},
            }
        }
    }
}
