use greengrid_app::customer::{OwnSite, Trouble};
use greengrid_domain::customer::Promise;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::format;

/// What is wrong: what, since when, who has it, by when.
pub(super) fn trouble(site: &OwnSite) -> Markup {
    let Some(trouble) = &site.trouble else { return html! {} };
    let zone = &site.row.site.details.zone;
    html! {
        section #trouble .section.trouble aria-labelledby="h-trouble" {
            div .section__head { h2 #h-trouble { "What is wrong, and what we do about it" } }
            dl .facts {
                div { dt { "What" } dd { (trouble.what) } }
                div { dt { "Since" } dd { (format::since(trouble.since, site.as_of, zone)) } }
                div { dt { "Who is on it" } dd { (who(trouble)) } }
                div { dt { "What happens" } dd { (trouble.doing) } }
                div { dt { "By when" } dd { (by_when(trouble.promise, site.as_of, zone)) } }
                @if let Some(lost) = trouble.lost_per_day {
                    div { dt { "What it costs you" } dd { "about " (format::energy(lost).to_string()) " on a day like the last" } }
                }
            }
        }
    }
}

fn who(trouble: &Trouble) -> String {
    match &trouble.who {
        Some(name) => format!("{name}, from our operations team"),
        None => "Our operations team; nobody has taken it yet".to_owned(),
    }
}

/// What the owner may count on.
pub(crate) fn by_when(promise: Promise, now: Timestamp, zone: &SiteZone) -> String {
    let day = |at: Timestamp| zone.local(at).strftime("%A %-d %B").to_string();
    match promise {
        Promise::Work(from, to) if from <= now => {
            format!("Work at your site is going on until {}.", format::time_of_day(to, zone))
        }
        Promise::Work(from, to) => {
            let ends = if zone.day(from) == zone.day(to) {
                format::time_of_day(to, zone)
            } else {
                format!("{}, {}", day(to), format::time_of_day(to, zone))
            };
            format!(
                "Work at your site is planned for {}, {} to {ends}.",
                day(from),
                format::time_of_day(from, zone)
            )
        }
        Promise::LookAgain(at) => format!("We look at it again on {}.", day(at)),
        Promise::Proof(at) => format!("By {} the readings show whether it holds.", day(at)),
        Promise::Repair(at) => {
            format!("By {} it is repaired, or you hear from us why not.", day(at))
        }
        Promise::Decision(at) => format!("By {} we decide what to do.", day(at)),
        Promise::Late(at) => {
            format!("We meant to be done by {}. That is late, and we are sorry.", day(at))
        }
    }
}
