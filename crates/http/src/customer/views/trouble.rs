use greengrid_app::customer::{OwnSite, Trouble};
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
                div { dt { "By when" } dd { (trouble.promise.words(site.as_of, zone)) } }
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
