use greengrid_app::customer::OwnSite;
use maud::{Markup, html};

use super::words;
use crate::components::{format, layout};
use crate::urls;

/// A person's own sites: how all of them stand, and each with its sentence.
pub(crate) fn list(sites: &[OwnSite]) -> Markup {
    layout::main(html! {
        @if sites.is_empty() {
            (nothing_yet())
        } @else {
            section .section aria-labelledby="h-sites" {
                h1 #h-sites .hero__say { (answer(sites)) }
                ol .own {
                    @for site in sites { (row(site)) }
                }
            }
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

/// How all of them stand.
fn answer(sites: &[OwnSite]) -> String {
    let all = format::counted(sites.len(), "site", "sites");
    match sites.iter().filter(|site| site.trouble.is_some()).count() {
        0 => format!("All is well at your {all}."),
        1 => {
            let others = if sites.len() == 2 { "The other is" } else { "The others are" };
            format!("One of your {all} is not as it should be. {others} fine.")
        }
        n if n == sites.len() => format!("None of your {all} is as it should be."),
        n => format!("{n} of your {all} are not as they should be. The others are fine."),
    }
}

fn row(site: &OwnSite) -> Markup {
    let details = &site.row.site.details;
    let assessment = &site.row.assessment;
    html! {
        li .own__site id={ "site-" (site.row.site.code) } {
            div {
                h2 { a href=(urls::own_site(&site.row.site.code)) { (details.name.as_str()) } }
                @if let Some(customer) = &details.customer { p .dim { (customer) } }
            }
            div .own__say {
                p { (words::sentence(site)) }
                p { (words::state_pill(site)) " " span .dim { (words::heard(site)) } }
            }
            dl .own__now {
                div {
                    dt { "Now" }
                    dd data-live {
                        @match assessment.power_now {
                            Some(power) => (format::power(power)),
                            None => span .dim { "unknown" },
                        }
                    }
                }
                div {
                    dt { "Today" }
                    dd data-live {
                        @if words::today_known(site) { (format::energy(assessment.energy_today)) }
                        @else { span .dim { "unknown" } }
                    }
                }
            }
        }
    }
}
