use std::fmt::Write as _;

use greengrid_app::messages::Links;
use greengrid_app::messages::webhooks::Post;
use greengrid_app::monitoring::alerts::{AlertLine, AlertMessage, AlertPress};
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::{Letter, LetterKind};
use greengrid_domain::monitoring::alert::AlertEvent;
use greengrid_domain::units::{Energy, Money};
use maud::{Markup, html};

use super::post;
use crate::components::charts::Pictures;
use crate::components::{format, letter};
use crate::urls;

/// Lines that a letter spells out; the overview has them all.
pub(super) const NAMED: usize = 20;

/// Writes alerts as letters, with links to the cases.
pub(crate) struct Press {
    links: Links,
}

impl Press {
    pub(crate) const fn new(links: Links) -> Self {
        Self { links }
    }
}

impl AlertPress for Press {
    fn letter(&self, message: &AlertMessage, to: &EmailAddress) -> Letter {
        let headline = headline(message);
        let mut pictures = Pictures::default();
        let html = html(message, &headline, &self.links, &mut pictures);
        Letter::builder()
            .key(format!(
                "alert:{}:{}:{}:{}",
                message.rule.id,
                message.event,
                message.first,
                to.folded()
            ))
            .to(to.clone())
            .kind(LetterKind::Alert)
            .subject(headline.as_str())
            .text(text(message, &headline, &self.links))
            .html(html)
            .images(pictures.finish())
            .build()
    }

    fn post(&self, message: &AlertMessage) -> Post {
        post::post(message, &self.links)
    }
}

/// What happened, in one line: of one site its name, of many how many.
pub(super) fn headline(message: &AlertMessage) -> String {
    let sites: usize = message.lines.iter().map(|line| 1 + line.others).sum();
    let lost = Money::sums(message.lines.iter().map(|line| line.record.money_per_day));
    let lost = format::amounts(&lost);
    let first = message.lines.first().map_or("", |line| line.site.1.as_str());
    // Of what shares a cause only the largest loss is in the sum.
    let and_more = if message.lines.iter().any(|line| line.others > 0) { " and more" } else { "" };
    match (message.event, sites) {
        (AlertEvent::Raised, 1) => format!("{first}: {lost} a day"),
        (AlertEvent::Raised, many) => format!("{many} anomalies, {lost} a day{and_more}"),
        (AlertEvent::Escalated, 1) => format!("Nobody has looked at {first}: {lost} a day"),
        (AlertEvent::Escalated, many) => format!("Nobody has looked at {many} anomalies"),
        (AlertEvent::Ended, 1) => format!("{first}: over"),
        (AlertEvent::Ended, many) => format!("{many} anomalies are over"),
    }
}

fn text(message: &AlertMessage, headline: &str, links: &Links) -> String {
    let mut text = format!("{headline}\n");
    for line in message.lines.iter().take(NAMED) {
        let _ = write!(
            text,
            "\n* {}\n  {}\n  {}",
            line.site.1,
            line.record.cause,
            facts(line, message)
        );
        if line.others > 0 {
            let _ = write!(text, "\n  {}", others(line));
        }
        let _ = writeln!(text, "\n  {}", case(line, links));
    }
    if let Some(more) = more(message) {
        let _ = writeln!(text, "\n{more}");
    }
    let _ = writeln!(
        text,
        "\nThe overview: {}\nYou have this because of the rule “{}”: {}",
        links.to(urls::OVERVIEW),
        message.rule.name,
        links.to(&urls::alert(message.rule.id))
    );
    text
}

fn html(message: &AlertMessage, headline: &str, links: &Links, pictures: &mut Pictures) -> String {
    letter::sheet(
        headline,
        html! {
            h1 style=(letter::FIGURE) { (headline) }
            table role="presentation" width="100%" cellspacing="0" cellpadding="0" {
                @for line in message.lines.iter().take(NAMED) { (row(line, message, links, pictures)) }
            }
            @if let Some(more) = more(message) { p { (more) } }
            (letter::button("Open the overview", &links.to(urls::OVERVIEW)))
        },
        html! {
            "You have this letter because of the rule “" a href=(links.to(&urls::alert(message.rule.id))) { (message.rule.name) } "”."
        },
    )
}

fn row(line: &AlertLine, message: &AlertMessage, links: &Links, pictures: &mut Pictures) -> Markup {
    html! {
        tr {
            td style=(letter::CELL) {
                a href=(case(line, links)) style="color:#17211c;font-weight:600" { (line.site.1) }
                div { (line.record.cause) }
                div style=(letter::DIM) { (facts(line, message)) }
                @if line.others > 0 { div { (others(line)) } }
                @if let Some(spark) = &line.spark { (pictures.spark(spark, &line.record.cause)) }
            }
        }
    }
}

fn facts(line: &AlertLine, message: &AlertMessage) -> String {
    let record = &line.record;
    let since = format::since(record.since, message.at, &line.fact.zone);
    let money = format::money(record.money_per_day);
    match message.event {
        AlertEvent::Ended if record.lost > Energy::ZERO => {
            format!("Began {since}, cost {} in all.", format::energy(record.lost))
        }
        AlertEvent::Ended => format!("Began {since}."),
        _ => format!(
            "{}, since {since}, {money} a day. {}.",
            record.kind.name(),
            record.next_step.words()
        ),
    }
}

fn others(line: &AlertLine) -> String {
    format!("The same cause at {} more.", format::counted(line.others, "site", "sites"))
}

fn more(message: &AlertMessage) -> Option<String> {
    let more = message.lines.len().saturating_sub(NAMED);
    (more > 0).then(|| format!("And {more} more."))
}

pub(super) fn case(line: &AlertLine, links: &Links) -> String {
    links.to(&urls::anomaly(&line.site.0, line.record.id))
}
