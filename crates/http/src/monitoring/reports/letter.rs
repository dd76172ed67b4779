use std::fmt::Write as _;

use greengrid_app::messages::Links;
use greengrid_app::monitoring::handover::{Deed, Turns};
use greengrid_app::monitoring::reports::{MorningReport, ReportLine, ReportPress};
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::{Letter, LetterKind};
use maud::{Markup, html};

use crate::components::charts::Pictures;
use crate::components::{format, letter};
use crate::monitoring::handover::gist;
use crate::urls;

/// Sites that a letter names; the page has them all.
const NAMED: usize = 20;

/// Things that people did that a letter names.
const DONE: usize = 6;

/// Writes morning reports as letters, with links to the pages.
pub(crate) struct Press {
    links: Links,
}

impl Press {
    pub(crate) const fn new(links: Links) -> Self {
        Self { links }
    }
}

impl ReportPress for Press {
    fn letter(&self, report: &MorningReport, turns: &Turns, to: &EmailAddress) -> Letter {
        let headline = headline(report);
        let subject = format!("{}: {headline}", report.region_name);
        let mut pictures = Pictures::default();
        let html = html(report, turns, &headline, &self.links, &mut pictures);
        Letter::builder()
            .key(format!("report:{}:{}:{}", report.region, report.day, to.folded()))
            .to(to.clone())
            .kind(LetterKind::Report)
            .subject(subject.as_str())
            .text(text(report, turns, &headline, &self.links))
            .html(html)
            .images(pictures.finish())
            .build()
    }
}

/// The answer in one sentence.
pub(super) fn headline(report: &MorningReport) -> String {
    let need = report.counts.need_action();
    let lost = format::amounts(&report.money_per_day);
    match need {
        0 => "no site needs action".to_owned(),
        1 => format!("1\u{a0}site needs action, {lost} a day"),
        _ => format!("{} need action, {lost} a day", format::counted(need, "site", "sites")),
    }
}

fn whole(report: &MorningReport, links: &Links) -> String {
    links.to(&urls::report(&report.region, report.day))
}

fn text(report: &MorningReport, turns: &Turns, headline: &str, links: &Links) -> String {
    let mut text = format!(
        "Morning report, {}, {}\n\n{}.\n",
        report.region_name,
        format::long_day(report.day),
        sentence(headline)
    );
    if let Some(late) = late(report) {
        let _ = writeln!(text, "{late}");
    }
    for incident in &report.incidents {
        let _ = writeln!(
            text,
            "\n* {}\n  {}, {} a day",
            incident.headline,
            format::counted(incident.sites, "site", "sites"),
            format::amounts(&incident.money_per_day)
        );
    }
    for (place, line) in report.lines.iter().take(NAMED).enumerate() {
        let _ = writeln!(
            text,
            "\n{}. {}{}, {} a day ({})\n   {}\n   Since {}. {}.{}\n   {}",
            place + 1,
            line.name,
            if line.is_new { " (new)" } else { "" },
            format::money(line.money_per_day),
            format::energy(line.lost_per_day),
            line.cause,
            format::since(line.since, report.made_at, &report.zone),
            line.next_step.words(),
            owner(line),
            links.to(&urls::site(&line.site))
        );
    }
    if let Some(more) = more(report) {
        let _ = writeln!(text, "\n{more}");
    }
    if let Some(settled) = settled(report) {
        let _ = writeln!(text, "\n{settled}");
    }
    if let Some(stuck) = stuck(report) {
        let _ = writeln!(text, "\n{stuck}");
    }
    let _ = writeln!(text, "\n{}: {}", since(report, turns), gist::sentence(turns));
    for deed in told(turns) {
        let _ = writeln!(text, "- {}", done(deed));
    }
    let _ = writeln!(text, "\nThe whole report: {}", whole(report, links));
    let _ = writeln!(text, "The handover as it is now: {}", handover(report, links));
    text
}

fn html(
    report: &MorningReport,
    turns: &Turns,
    headline: &str,
    links: &Links,
    pictures: &mut Pictures,
) -> String {
    let title = format!("Morning report, {}", report.region_name);
    letter::sheet(
        &title,
        html! {
            p style=(letter::DIM) { (title) ", " (format::long_day(report.day)) }
            h1 style=(letter::FIGURE) { (sentence(headline)) "." }
            @if let Some(late) = late(report) { p style=(letter::DIM) { (late) } }
            (letter::button("Open the report", &whole(report, links)))
            table role="presentation" width="100%" cellspacing="0" cellpadding="0" {
                @for incident in &report.incidents {
                    tr {
                        td style=(letter::MONEY) { (format::amounts(&incident.money_per_day)) }
                        td style=(letter::CELL) {
                            b { (incident.headline) }
                            div style=(letter::DIM) { (format::counted(incident.sites, "site", "sites")) " of this region" }
                        }
                    }
                }
                @for line in report.lines.iter().take(NAMED) { (row(report, line, links, pictures)) }
            }
            @if let Some(more) = more(report) { p { (more) } }
            @if let Some(settled) = settled(report) { p { (settled) } }
            @if let Some(stuck) = stuck(report) { p { (stuck) } }
            h2 style=(letter::HEAD) { (since(report, turns)) }
            p { (gist::sentence(turns)) }
            @if !turns.done.is_empty() {
                ul style="margin:0;padding-left:20px" { @for deed in told(turns) { li { (done(deed)) } } }
            }
            p { a href=(handover(report, links)) style="color:#17211c" { "The handover as it is now" } }
        },
        html! {
            "You have this letter because you work in operations. Losses are at each site’s own "
            "price of energy. Times are those of " (report.zone.name()) "."
        },
    )
}

/// From when on is told what happened: since the report before, or the last day.
fn since(report: &MorningReport, turns: &Turns) -> String {
    format!("Since {}", format::since(turns.since, report.made_at, &report.zone))
}

/// What of it a letter tells one by one: the newest.
fn told(turns: &Turns) -> impl Iterator<Item = &Deed> {
    turns.done.iter().take(DONE)
}

/// Something that people did, in a line.
fn done(deed: &Deed) -> String {
    let place = match deed {
        Deed::Anomaly(turn) => format!(" ({})", turn.site.1),
        Deed::Alerts(_) => String::new(),
    };
    format!("{}: {}{place}", gist::who(deed), gist::words(deed))
}

fn handover(report: &MorningReport, links: &Links) -> String {
    links.to(&urls::handover(&report.region))
}

fn row(
    report: &MorningReport,
    line: &ReportLine,
    links: &Links,
    pictures: &mut Pictures,
) -> Markup {
    html! {
        tr {
            td style=(letter::MONEY) {
                (format::money(line.money_per_day))
                div style=(letter::DIM) { (format::energy(line.lost_per_day).to_string()) }
            }
            td style=(letter::CELL) {
                a href=(links.to(&urls::site(&line.site))) style="color:#17211c;font-weight:600" { (line.name) }
                @if line.is_new { " (new)" }
                div { (line.cause) }
                div style=(letter::DIM) {
                    "Since " (format::since(line.since, report.made_at, &report.zone)) ". "
                    (line.next_step.words()) "." (owner(line))
                }
                (pictures.spark(&line.spark, &line.cause))
            }
        }
    }
}

fn owner(line: &ReportLine) -> String {
    line.owner.as_ref().map_or_else(String::new, |owner| format!(" {owner} has it."))
}

/// Names the customers whose onboarding does not go on, where there are any.
pub(super) fn stuck(report: &MorningReport) -> Option<String> {
    let names: Vec<&str> = report.stuck.iter().map(|case| case.name.as_str()).collect();
    let many =
        format::counted(names.len(), "customer’s onboarding is", "customers’ onboardings are");
    (!names.is_empty()).then(|| format!("{many} stuck: {}.", names.join(", ")))
}

/// Says that the morning was missed, where it was.
pub(super) fn late(report: &MorningReport) -> Option<String> {
    report.is_late().then(|| {
        format!(
            "It was due at {} and written at {}, because nobody was there to write it.",
            format::time_of_day(report.due_at, &report.zone),
            format::time_of_day(report.made_at, &report.zone)
        )
    })
}

fn more(report: &MorningReport) -> Option<String> {
    let more = report.lines.len().saturating_sub(NAMED);
    (more > 0).then(|| format!("And {} more.", format::counted(more, "site", "sites")))
}

/// Sites that needed action the morning before and do no more.
pub(super) fn settled(report: &MorningReport) -> Option<String> {
    let names: Vec<&str> = report.settled.iter().map(|(_, name)| name.as_str()).collect();
    (!names.is_empty()).then(|| format!("No longer in the list: {}.", names.join(", ")))
}

/// Words as the beginning of a sentence.
pub(super) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
