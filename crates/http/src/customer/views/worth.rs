use greengrid_domain::customer::{Assumptions, AssumptionsError, SelfUse};
use greengrid_domain::units::Price;
use maud::{Markup, html};

use super::SiteView;
use crate::components::{format, icon};
use crate::urls;

/// What the energy was worth and what it kept out of the air, with how both
/// are counted.
pub(super) fn worth(view: &SiteView<'_>) -> Markup {
    html! {
        div .cols {
            (money(view))
            (air(view))
        }
    }
}

fn money(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let (year, lifetime) = (&page.this_year, &page.lifetime);
    html! {
        section #worth .section aria-labelledby="h-worth" {
            div .section__head { h2 #h-worth { "Worth in " (page.history.today.year()) } }
            p .save__big { "about " (format::money(year.worth.total())) }
            dl .facts {
                div { dt { "Power you did not buy" } dd { (format::money(year.worth.saved)) } }
                div { dt { "Power you sold" } dd { (format::money(year.worth.earned)) } }
                @if let Some(first) = page.history.first {
                    div { dt { "Since " (format::short_day(first)) } dd { (format::money(lifetime.worth.total())) } }
                }
            }
            h3 { "How we count" }
            ul .plain {
                li { (own_use(lifetime.worth.self_use)) }
                li { (prices(&page.assumptions)) }
            }
            @if page.site.role.decides() { (form(view)) }
        }
    }
}

fn own_use(self_use: SelfUse) -> String {
    let share = format::percent(f64::from(self_use.per_mille()) / 1000.0);
    match self_use {
        SelfUse::Measured(_) => {
            format!("You use {share} of what you make yourself: your meter measured that.")
        }
        SelfUse::Assumed(_) => format!(
            "You use {share} of what you make yourself: that is assumed, since no meter tells us \
             what goes into the grid."
        ),
    }
}

fn prices(assumptions: &Assumptions) -> String {
    let (bought, fed_in) = (format::price(assumptions.bought), format::price(assumptions.fed_in));
    if assumptions.stated {
        format!(
            "Power from the grid costs {bought}, and what you sell brings {fed_in}: as stated by an owner."
        )
    } else {
        format!(
            "Power from the grid costs {bought}, the tariff on record for your site; what you \
             sell brings {fed_in}: that is assumed."
        )
    }
}

/// Where an owner states what is assumed.
fn form(view: &SiteView<'_>) -> Markup {
    let assumptions = &view.page.assumptions;
    let typed = view.typed;
    let amount = |price: Price| price.of_one_kwh().amount.normalize().to_string();
    let sign = assumptions.bought.of_one_kwh().currency.sign();
    let value = |field: fn(&crate::customer::dto::WorthDto) -> &String, known: String| {
        typed.map_or(known, |typed| field(&typed.worth).clone())
    };
    let wrong = |at: AssumptionsError| typed.map(|typed| typed.error).filter(|error| *error == at);
    html! {
        details #worth-form .raw data-preserve-attr="open" data-ignore-morph open[typed.is_some()] {
            summary { "Change what we count with" }
            form .form method="post" action=(urls::of_own_site(&view.site().code, "worth")) {
                (field("bought", "What you pay for power", &format!("{sign} for one kWh, as on your bill"),
                    &value(|dto| &dto.bought, amount(assumptions.bought)), wrong(AssumptionsError::Bought)))
                (field("fed_in", "What you get for power you sell", &format!("{sign} for one kWh"),
                    &value(|dto| &dto.fed_in, amount(assumptions.fed_in)), wrong(AssumptionsError::FedIn)))
                (field("self_use", "How much you use yourself", "Per cent of what you make; counts while no meter measures it",
                    &value(|dto| &dto.self_use, (assumptions.self_use / 10).to_string()), wrong(AssumptionsError::SelfUse)))
                div .formfoot { button .btn type="submit" { "Keep" } }
            }
        }
    }
}

fn field(
    name: &str,
    label: &str,
    hint: &str,
    value: &str,
    wrong: Option<AssumptionsError>,
) -> Markup {
    let described =
        if wrong.is_some() { format!("e-{name} h-{name}") } else { format!("h-{name}") };
    html! {
        div .field data-state=[wrong.map(|_| "error")] {
            label for={ "f-" (name) } { (label) }
            p .hint id={ "h-" (name) } { (hint) }
            input .input id={ "f-" (name) } name=(name) value=(value) inputmode="decimal" autocomplete="off" required
                aria-describedby=(described) aria-invalid=[wrong.map(|_| "true")] autofocus[wrong.is_some()];
            @if let Some(error) = wrong {
                p .msg id={ "e-" (name) } { (icon("act")) " " (format::sentence(&error.to_string())) }
            }
        }
    }
}

fn air(view: &SiteView<'_>) -> Markup {
    let page = view.page;
    let [_, year, lifetime] = page.avoided;
    html! {
        section #air .section aria-labelledby="h-air" {
            div .section__head { h2 #h-air { "CO₂ kept out of the air" } }
            p .save__big { (format::carbon(year)) }
            dl .facts {
                div { dt { "This year" } dd { (format::carbon(year)) } }
                div { dt { "Since the first reading" } dd { (format::carbon(lifetime)) } }
            }
            h3 { "How we count" }
            ul .plain {
                li {
                    "Each kWh you make replaces one from the grid, which emits "
                    (page.grid.grams_per_kwh) "\u{a0}g: " (page.grid.of) "."
                }
                li { "Source: " (page.grid.source) ". What making the panels emitted is not taken off." }
            }
        }
    }
}
