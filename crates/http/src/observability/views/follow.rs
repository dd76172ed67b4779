use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::ingestion::Receipt;
use maud::{Markup, html};

use super::SystemPage;
use super::trace::{answered, diagram};
use crate::components::{format, icon, pill, post};
use crate::observability::follow::{ReadingDto, ReadingWrong, Way};
use crate::urls;

/// Sites that are offered to choose from; any other can be typed.
const OFFERED: usize = 50;

/// The forms whose very request is followed, and the way of a reading.
pub(super) fn section(page: &SystemPage<'_>) -> Markup {
    html! {
        section .section.section--apart aria-labelledby="h-follow" {
            div .section__head {
                h2 #h-follow { "Follow one" }
                span .dim { "and see the way of that very request" }
            }
            div .follow {
                (post_form(page.problem.post.as_ref()))
                @if let Some(fleet) = page.fleet {
                    @match &page.problem.reading {
                        Some((wrong, typed)) => (reading_form(fleet, typed, wrong)),
                        None => {
                            (reading_form(fleet, &offered(fleet, page.now.filter), &ReadingWrong::default()))
                        },
                    }
                }
            }
            p .dim {
                "Or choose the time of any request above to see its way, such as that of a batch at "
                code { "/api/v1/readings" } "."
            }
            (followed(page.way))
        }
    }
}

fn post_form(problem: Option<&(String, String)>) -> Markup {
    html! {
        form .form method="post" action=(urls::FOLLOW) {
            div .field data-state=[problem.map(|_| "error")] {
                label for="follow" { "A post for the lobby" }
                div .row {
                    input #follow .input name="text" required value=[problem.map(|(_, typed)| typed)]
                        aria-invalid=[problem.map(|_| "true")] aria-describedby=[problem.map(|_| "follow-wrong")];
                    button .btn.btn--primary type="submit" { (icon("send")) " Post and follow" }
                }
                @if let Some((message, _)) = problem { (wrong_field("follow-wrong", message)) }
            }
        }
    }
}

/// What the form of a reading begins with.
fn offered(fleet: &FleetSnapshot, filter: Option<&str>) -> ReadingDto {
    let site = codes(fleet).first().map(ToString::to_string).unwrap_or_default();
    ReadingDto { site, power: "4200".to_owned(), q: filter.unwrap_or_default().to_owned() }
}

/// The form that sends one reading of a demo's site.
pub(in crate::observability) fn reading_form(
    fleet: &FleetSnapshot,
    typed: &ReadingDto,
    wrong: &ReadingWrong,
) -> Markup {
    let send = post(urls::FOLLOW_READING);
    html! {
        form #follow-reading .form method="post" action=(urls::FOLLOW_READING) data-on:submit=(send) {
            input type="hidden" name="q" value=(typed.q);
            div .row {
                div .field data-state=[wrong.site.as_ref().map(|_| "error")] {
                    label for="follow-site" { "A reading of the site" }
                    input #follow-site .input name="site" list="follow-sites" required autocomplete="off" value=(typed.site)
                        aria-invalid=[wrong.site.as_ref().map(|_| "true")]
                        aria-describedby=[wrong.site.as_ref().map(|_| "follow-site-wrong")];
                    @if let Some(message) = &wrong.site { (wrong_field("follow-site-wrong", message)) }
                }
                div .field data-state=[wrong.power.as_ref().map(|_| "error")] {
                    label for="follow-power" { "Power of an inverter, W" }
                    input #follow-power .input name="power" required inputmode="numeric" autocomplete="off" value=(typed.power)
                        aria-invalid=[wrong.power.as_ref().map(|_| "true")]
                        aria-describedby=[wrong.power.as_ref().map(|_| "follow-power-wrong")];
                    @if let Some(message) = &wrong.power { (wrong_field("follow-power-wrong", message)) }
                }
                button .btn.btn--primary type="submit" { (icon("send")) " Send and follow" }
            }
            datalist #follow-sites {
                @for code in codes(fleet).into_iter().take(OFFERED) { option value=(code) {} }
            }
            (verdict(None))
        }
    }
}

/// What became of the reading that was sent.
pub(in crate::observability) fn verdict(receipt: Option<&Receipt>) -> Markup {
    html! {
        p #follow-verdict .hint role="status" {
            @match receipt {
                None => {
                    "It takes the place of the newest reading of one inverter, through the door by which all readings come in."
                },
                Some(receipt) if receipt.corrections > 0 => "Taken, as a correction of the newest reading.",
                Some(receipt) if receipt.accepted > 0 => "Taken, as a new reading.",
                Some(receipt) if receipt.duplicates > 0 => {
                    "This very reading was there already, so nothing follows from it. Change the power."
                },
                Some(receipt) => {
                    "Kept in quarantine"
                    @if let Some(why) = receipt.rejected.first() { ": " (why.message) }
                    "."
                },
            }
        }
    }
}

fn codes(fleet: &FleetSnapshot) -> Vec<&greengrid_domain::fleet::SiteCode> {
    let mut codes: Vec<_> = fleet.sites().map(|site| &site.code).collect();
    codes.sort();
    codes
}

fn wrong_field(id: &str, message: &str) -> Markup {
    html! { p .error id=(id) { (icon("act")) " " (format::sentence(message)) } }
}

/// The way of the reading that is followed, beside the site as it stands now:
/// the part of the page that a stream replaces.
pub(in crate::observability) fn followed(way: Option<&Way>) -> Markup {
    html! {
        div #followed .followed {
            @if let Some(way) = way {
                (site_now(way))
                @if way.entries.is_empty() {
                    p { "Nothing is kept of this request. Send another reading." }
                } @else {
                    p { (answered(&way.entries)) }
                    (diagram(&way.entries))
                }
            }
        }
    }
}

fn site_now(way: &Way) -> Markup {
    let (site, clock) = (&way.site.site, &way.clock);
    let assessment = way.site.row.as_ref().map(|row| &row.assessment);
    html! {
        h3 {
            a href=(urls::site(&site.code)) { (site.details.name.as_str()) }
            @if let Some(assessment) = assessment { " " (pill::status_pill(assessment.status)) }
        }
        p .dim {
            @if let Some(power) = assessment.and_then(|it| it.power_now) {
                "Produces " b { (format::power(power).to_string()) } " now"
            } @else { "Its power is not known now" }
            @if let Some(at) = assessment.and_then(|it| it.last_reading_at) {
                ", newest reading of " (format::time_of_day(at, &clock.zone))
            }
            "."
        }
    }
}
