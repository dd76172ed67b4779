//! A customer's own sites: is all well, what do they make, what did they make.

use greengrid_app::monitoring::SiteOverview;
use greengrid_domain::monitoring::{AnomalyKind, NextStep, Status};
use greengrid_domain::units::Energy;
use jiff::{Span, Timestamp};
use maud::{Markup, html};

use crate::components::charts::{self, Curve, CurvePoint};
use crate::components::{format, layout, pill};

/// The region that streams replace.
pub(crate) fn main(sites: &[SiteOverview], now: Timestamp) -> Markup {
    layout::main(html! {
        @match sites {
            [] => (nothing_yet()),
            [only] => (site(only, now, true)),
            several => {
                h1 .sr { "My sites" }
                (contents(several, now))
                @for one in several { (site(one, now, false)) }
            },
        }
    })
}

fn nothing_yet() -> Markup {
    html! {
        div .state {
            h1 { "No site is linked to your account yet" }
            p { "Your site appears here as soon as we have connected it. You need not do anything." }
        }
    }
}

/// All sites in a line each, before the sites themselves.
fn contents(sites: &[SiteOverview], now: Timestamp) -> Markup {
    html! {
        section #s-sites .section aria-labelledby="h-sites" {
            div .section__head { h2 #h-sites { "Your sites" } }
            div .scroll tabindex="0" role="region" aria-label="Your sites, table" {
                table .table {
                    thead { tr {
                        th scope="col" { "Site" } th scope="col" { "State" } th scope="col" .n { "Power now" } th scope="col" .n { "Today" }
                    } }
                    tbody {
                        @for site in sites {
                            @let row = &site.row;
                            tr {
                                th scope="row" { a href={ "#" (dom_id(site)) } { (row.site.details.name.as_str()) } }
                                td { (state_pill(site)) }
                                td .n data-live {
                                    @match row.assessment.power_now {
                                        Some(power) => (format::power(power)),
                                        None => span .dim { (silence(site, now)) },
                                    }
                                }
                                td .n data-live {
                                    @if today_known(site) { (format::energy(row.assessment.energy_today)) }
                                    @else { span .dim { "unknown" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn dom_id(site: &SiteOverview) -> String {
    format!("site-{}", site.row.site.code)
}

/// One site. Alone on the page it has the page's heading.
fn site(site: &SiteOverview, now: Timestamp, alone: bool) -> Markup {
    let row = &site.row;
    let name = row.site.details.name.as_str();
    let id = dom_id(site);
    html! {
        section .hero id=(id) aria-labelledby={ "h-" (id) } {
            div {
                @let heard = row.assessment.power_now.is_some();
                @let heading = if heard { format!("{name} is making") } else { format!("{name} is silent") };
                @if alone { h1 id={ "h-" (id) } { (heading) } }
                @else { h2 .hero__name id={ "h-" (id) } { (heading) } }
                p .hero__now[heard].hero__unknown[!heard] {
                    @match row.assessment.power_now {
                        Some(power) => span data-live { (format::power(power)) },
                        None => "power unknown",
                    }
                }
                p .hero__say { (plain_sentence(site, now)) }
                p .hero__ok.(tint(row.assessment.status)) {
                    (state_pill(site))
                    span .dim { (checked(site, now)) }
                }
            }
            (sums(site, now))
        }
        (today(site, now))
        (history(site, now))
    }
}

/// Background of the state line.
const fn tint(status: Status) -> &'static str {
    match status {
        Status::OnTrack | Status::Watch => "hero__ok--ok",
        Status::NoData => "hero__ok--none",
        Status::ActToday | Status::PlanVisit => "hero__ok--busy",
    }
}

/// The state as an owner needs it: fine, being looked at, unknown.
fn state_pill(site: &SiteOverview) -> Markup {
    match site.row.assessment.status {
        Status::OnTrack | Status::Watch => pill::pill("ok", "All good", false),
        Status::NoData => pill::pill("none", "No readings", false),
        Status::ActToday | Status::PlanVisit if site.row.owner.is_some() => {
            pill::pill("busy", "We are on it", false)
        }
        Status::ActToday | Status::PlanVisit => pill::pill("plan", "Something is not right", false),
    }
}

/// What is going on, in words that need no manual.
fn plain_sentence(site: &SiteOverview, now: Timestamp) -> String {
    let (row, zone) = (&site.row, &site.row.site.details.zone);
    let Some(finding) = &row.assessment.finding else { return in_words_of_the_sun(site) };
    if let Some(shared) = &site.incident {
        return shared.clone();
    }
    let since = format::since(finding.since, now, zone);
    match row.assessment.status {
        Status::OnTrack | Status::Watch => in_words_of_the_sun(site),
        Status::NoData => format!(
            "We have had no readings since {since}. Your system may be working all the same: only its connection is silent."
        ),
        Status::ActToday | Status::PlanVisit => {
            let doing = match (row.owner.is_some(), finding.next_step) {
                (false, _) => "Our team has seen it and decides what to do.",
                (true, NextStep::SendTechnician | NextStep::BookCleaning) => {
                    "A person has it and arranges a visit."
                }
                (true, NextStep::FixRemotely) => "A person has it and sets it right from here.",
                (true, NextStep::CallCustomer | NextStep::AskForPhoto) => {
                    "A person has it and will get in touch with you."
                }
                (true, _) => "A person has it and looks into it.",
            };
            let lost = format::energy(finding.lost_per_day);
            if finding.kind == AnomalyKind::Outage {
                format!("It makes nothing since {since}; that is {lost} a day. {doing}")
            } else {
                format!("Since {since} it makes less than it should, about {lost} a day. {doing}")
            }
        }
    }
}

/// How production compares while all is well.
fn in_words_of_the_sun(site: &SiteOverview) -> String {
    let assessment = &site.row.assessment;
    match (assessment.power_now, assessment.expected_now) {
        (Some(power), Some(expected)) if expected.watts() > 0 && power.watts() > 0 => {
            "That is what the sun on your roof allows right now.".to_owned()
        }
        (Some(_), _) => "There is no sun on your roof right now, so nothing to make.".to_owned(),
        (None, _) => "There is no fresh reading at this hour. That is normal at night.".to_owned(),
    }
}

fn checked(site: &SiteOverview, now: Timestamp) -> String {
    let zone = &site.row.site.details.zone;
    match site.row.assessment.last_reading_at {
        Some(at) => format!("Last reading {}", format::moment(at, now, zone)),
        None => "No reading yet".to_owned(),
    }
}

fn silence(site: &SiteOverview, now: Timestamp) -> String {
    match site.row.assessment.last_reading_at {
        Some(at) => format!("none since {}", format::since(at, now, &site.row.site.details.zone)),
        None => "no reading yet".to_owned(),
    }
}

/// Energy of today, the last seven and the last thirty days.
fn sums(site: &SiteOverview, now: Timestamp) -> Markup {
    let today = site.row.site.details.zone.day(now);
    let since = |days: i32| today.saturating_sub(Span::new().days(days - 1));
    let sum = |days: i32| -> Energy {
        site.days.iter().filter(|day| day.day >= since(days)).map(|day| day.energy).sum()
    };
    html! {
        dl .energy aria-label="Energy made" {
            div {
                dt { "Today" }
                @if today_known(site) {
                    dd data-live { (format::energy(site.row.assessment.energy_today)) }
                    dd { (against_expected(site)) }
                } @else {
                    dd .dim { "unknown" }
                    dd { "no readings today" }
                }
            }
            div { dt { "Last 7 days" } dd { (format::energy(sum(7))) } }
            div { dt { "Last 30 days" } dd { (format::energy(sum(30))) } }
        }
    }
}

/// Whether there is anything to say of today: nothing heard is not nothing
/// made.
fn today_known(site: &SiteOverview) -> bool {
    let assessment = &site.row.assessment;
    assessment.energy_today > Energy::ZERO || assessment.status != Status::NoData
}

fn against_expected(site: &SiteOverview) -> Markup {
    let assessment = &site.row.assessment;
    let share = format::share(assessment.energy_today.wh(), assessment.expected_today.wh());
    html! {
        @match share {
            None => "The day has not begun",
            Some(share) if (0.95..=1.05).contains(&share) => "As expected so far",
            Some(share) => { (format::percent(share).to_string()) " of " (format::energy(assessment.expected_today).to_string()) " expected so far" },
        }
    }
}

fn today(site: &SiteOverview, now: Timestamp) -> Markup {
    let details = &site.row.site.details;
    let points: Vec<CurvePoint> = site.today.points.iter().map(CurvePoint::from).collect();
    let label = format!(
        "Power today: {} made, {} expected until now.",
        format::energy(site.today.energy),
        format::energy(site.today.expected)
    );
    let id = dom_id(site);
    html! {
        section .section aria-labelledby={ "h-day-" (id) " h-" (id) } {
            div .section__head {
                h2 id={ "h-day-" (id) } { "Today" }
                span .dim { "shaded: what we expect under this sky" }
            }
            div id={ "day-" (id) } {
                (charts::curve(&Curve::builder()
                    .points(&points)
                    .now(now)
                    .zone(&details.zone)
                    .height(240.0)
                    .label(label)
                    .filled(true)
                    .maybe_said(site.row.assessment.power_now)
                    .build()))
            }
        }
    }
}

fn history(site: &SiteOverview, now: Timestamp) -> Markup {
    let today = site.row.site.details.zone.day(now);
    let id = dom_id(site);
    html! {
        section .section aria-labelledby={ "h-days-" (id) " h-" (id) } {
            div .section__head { h2 id={ "h-days-" (id) } { "Last 30 days" } }
            (charts::day_bars(&site.days, today.saturating_sub(Span::new().days(29)), today))
            details .chart-data data-preserve-attr="open" {
                summary { "Show as table" }
                table .table {
                    caption { "Energy by day" }
                    thead { tr { th scope="col" { "Day" } th scope="col" .n { "Made" } } }
                    tbody {
                        @for day in site.days.iter().rev() {
                            tr { th scope="row" { (format::short_day(day.day)) } td .n { (format::energy(day.energy)) } }
                        }
                    }
                }
            }
        }
    }
}
