use greengrid_domain::fleet::Brand;
use greengrid_domain::onboarding::{FacePart, FieldKey, InverterPart, OneOf, Plain, Several};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::field::{Control, field, not_saved_yet, now};
use super::{Page, told};
use crate::components::{format, icon};
use crate::onboarding::answer::At;

/// All fields in short steps. They save themselves while one types, and by a
/// button where there is no script.
pub(super) fn form(page: &Page<'_>) -> Markup {
    let view = page.view;
    let post = page.post("fields");
    html! {
        form #fields .form .casefields method="post" action=(page.to("fields")) novalidate aria-label="Details of the case"
            data-case=(view.case.id) "data-on:input__debounce.600ms"=(post) data-on:submit__prevent=(post) {
            // What Enter in a field presses: the first button of the form.
            @if page.is_open() { button .sr type="submit" tabindex="-1" aria-hidden="true" { "Save" } }
            (errors(page))
            (told(page, At::Fields))
            template #unsaved {
                (not_saved_yet(None, "Not saved yet. It stays here and is sent again by itself."))
            }
            fieldset #s-customer .step {
                legend { h2 { "Customer" } }
                div .fields {
                    (line(page, Plain::Customer, "As on the contract", Some("P. Hartley")))
                    (mode(page, Plain::Email, "The invitation goes there", "email", Some("name@example.org")))
                    (mode(page, Plain::Phone, "With the area code", "tel", Some("+49 40 555 0173")))
                    (line(page, Plain::SignedOn, "The day of the contract", Some("12 June 2026")))
                    (line(page, Plain::Installer, "Who put it up; may be empty", None))
                    (mode(page, Plain::InstallerEmail, "For questions about rights and wiring; may be empty", "email", None))
                    (choice(page, Plain::Consent, "In writing, in the contract", vec![
                        (String::new(), "not yet".to_owned()), ("yes".to_owned(), "given".to_owned()),
                    ]))
                }
            }
            fieldset #s-site .step {
                legend { h2 { "Site" } }
                div .fields {
                    (line(page, Plain::SiteName, "What everybody will call it", Some("Weir Cottage")))
                    (line(page, Plain::CommissionedOn, "The first day of operation; may be empty", Some("1 June 2026")))
                    (wide(page, Plain::Address, "Street, number, postcode, town", Some("Deichweg 4, 20457 Hamburg")))
                    (wide(page, Plain::Coordinates, "Latitude and longitude, as a map gives them: time zone and region follow from them", Some("53.5511, 9.9937")))
                    (line(page, Plain::TimeZone, "Only if the one found is not right", found_zone(page).as_deref()))
                    (choice(page, Plain::Region, "Only if the nearest is not right", regions(page)))
                }
            }
            fieldset #s-roof .step {
                legend { h2 { "Roof" } }
                p .hint { "One part for each face of the roof. A direction is a word or degrees clockwise from north: 90 is east, 180 south, 270 west." }
                (several(page, Several::Face))
            }
            fieldset #s-equipment .step {
                legend { h2 { "Inverters and tariff" } }
                div .fields {
                    (choice(page, Plain::Brand, "Whose interface the readings come from", brands()))
                    (mode(page, Plain::Price, "What a kilowatt-hour is worth to the customer", "decimal", Some("0.21")))
                    (mode(page, Plain::ExportLimit, "Power that may be fed in at most, in kW; may be empty", "decimal", Some("7 kW")))
                }
                (several(page, Several::Inverter))
                div .fields {
                    (field().page(page).key(Plain::ExternalId.into()).label(Plain::ExternalId.label()).wide(true)
                        .hint(where_number(view.case.fields.brand())).render())
                }
            }
            div .formfoot {
                @if page.is_open() { button .btn type="submit" { "Save" } }
                span #saved .dim role="status" data-saved {
                    @if page.is_open() { "Saves by itself while you type; nothing is lost when you leave" }
                    @else if view.case.live.is_some() { "This case is live and no longer changes" }
                    @else { "Only customer success changes cases" }
                }
            }
        }
    }
}

/// The parts of all fields that streams replace.
pub(super) fn fields_now(page: &Page<'_>) -> Markup {
    html! {
        (errors(page))
        @for key in Plain::iter() { (now(page, key.into())) }
        @for of in Several::iter() { (several(page, of)) }
    }
}

/// Every field that the form shows.
fn keys(page: &Page<'_>) -> Vec<FieldKey> {
    let of = |of: Several| (1..=page.view.case.count(of)).flat_map(move |n| of.fields(n));
    Plain::iter().map(FieldKey::Plain).chain(Several::iter().flat_map(of)).collect()
}

/// What has to be put right, with a way to each.
fn errors(page: &Page<'_>) -> Markup {
    let bad: Vec<FieldKey> = keys(page)
        .into_iter()
        .filter(|key| {
            matches!(page.view.judgement(*key), greengrid_domain::onboarding::Judgement::Bad(_))
        })
        .collect();
    html! {
        div #field-errors {
            @if !bad.is_empty() {
                div .errors tabindex="-1" {
                    h3 { (icon("act")) " " (format::counted(bad.len(), "thing", "things")) " to put right" }
                    ul { @for key in &bad { li { a href={ "#" (super::control_id(*key)) } { (key.label()) } } } }
                }
            }
        }
    }
}

/// The id of the part with all roof faces, or all inverters.
pub(super) fn several_id(of: Several) -> &'static str {
    match of {
        Several::Face => "faces",
        Several::Inverter => "inverters",
    }
}

/// All roof faces or inverters, with ways to add one and to take one away. What
/// was typed is sent along by either.
fn several(page: &Page<'_>, of: Several) -> Markup {
    let count = page.view.case.count(of);
    html! {
        div id=(several_id(of)) .several {
            @for number in 1..=count {
                @let one = OneOf { of, number };
                div id={ "one-" (of) "-" (number) } .several__one role="group" aria-label=(capital(&format!("{} {number}", of.name()))) {
                    @match of {
                        Several::Face => (face(page, number)),
                        Several::Inverter => (inverter(page, number)),
                    }
                    @if count > 1 && page.is_open() {
                        button .btn .btn--small .btn--quiet type="submit" name="remove" value=(one) data-room=(of) {
                            (icon("x")) " Remove " (of.name()) " " (number)
                        }
                    }
                }
            }
            @if page.is_open() {
                @if count < of.most() {
                    div {
                        button .btn .btn--small type="submit" name="add" value=(OneOf { of, number: count + 1 }) data-room=(of) {
                            (icon("plus")) " Add another " (of.name())
                        }
                    }
                } @else {
                    p .hint { "More than " (count) " do not fit into one case." }
                }
            }
        }
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(char::to_uppercase).into_iter().flatten().chain(chars).collect()
}

fn face(page: &Page<'_>, number: u8) -> Markup {
    let part = |part, label: &str, hint: &str, example: &'static str| {
        field()
            .page(page)
            .key(FieldKey::Face(number, part))
            .label(label)
            .hint(hint.to_owned())
            .placeholder(example)
            .render()
    };
    html! {
        div .fields .fields--three {
            (part(FacePart::Capacity, &format!("Face {number}: capacity"), "in kWp", "9.9 kWp"))
            (part(FacePart::Tilt, "Tilt", "degrees from flat", "35°"))
            (part(FacePart::Azimuth, "Direction", "it faces", "south-west"))
        }
    }
}

fn inverter(page: &Page<'_>, number: u8) -> Markup {
    let part = |part, label: &str, hint: &str, example: &'static str| {
        field()
            .page(page)
            .key(FieldKey::Inverter(number, part))
            .label(label)
            .hint(hint.to_owned())
            .placeholder(example)
            .render()
    };
    let serial = match page.view.case.fields.brand() {
        Some(Brand::Fronius) => "34567890",
        Some(Brand::Enphase) => "122045678901",
        _ => "7E1234B5-67",
    };
    html! {
        div .fields .fields--three {
            (part(InverterPart::Serial, &format!("Inverter {number}: serial number"), "on its label", serial))
            (part(InverterPart::Rating, "Rating", "in kW; may be empty", "8 kW"))
            (part(InverterPart::Model, "Model", "may be empty", ""))
        }
    }
}

fn line(page: &Page<'_>, key: Plain, hint: &str, example: Option<&str>) -> Markup {
    mode(page, key, hint, "text", example)
}

fn mode(page: &Page<'_>, key: Plain, hint: &str, mode: &str, example: Option<&str>) -> Markup {
    field()
        .page(page)
        .key(key.into())
        .label(key.label())
        .hint(hint.to_owned())
        .control(&Control::Line(mode))
        .maybe_placeholder(example)
        .render()
}

fn wide(page: &Page<'_>, key: Plain, hint: &str, example: Option<&str>) -> Markup {
    field()
        .page(page)
        .key(key.into())
        .label(key.label())
        .hint(hint.to_owned())
        .wide(true)
        .maybe_placeholder(example)
        .render()
}

fn choice(page: &Page<'_>, key: Plain, hint: &str, options: Vec<(String, String)>) -> Markup {
    field()
        .page(page)
        .key(key.into())
        .label(key.label())
        .hint(hint.to_owned())
        .control(&Control::Choice(options))
        .render()
}

fn brands() -> Vec<(String, String)> {
    [Brand::SolarEdge, Brand::Fronius, Brand::Enphase]
        .map(|brand| (brand.to_string(), brand.name().to_owned()))
        .to_vec()
}

fn regions(page: &Page<'_>) -> Vec<(String, String)> {
    let nearest = page.view.details.as_ref().map(|details| details.region.to_string());
    let name = page.regions.iter().find(|(code, _)| Some(code) == nearest.as_ref());
    let words = name.map_or("the nearest".to_owned(), |(_, name)| format!("the nearest: {name}"));
    std::iter::once((String::new(), words)).chain(page.regions.iter().cloned()).collect()
}

fn found_zone(page: &Page<'_>) -> Option<String> {
    page.view.details.as_ref().map(|details| details.zone.name().to_owned())
}

fn where_number(brand: Option<Brand>) -> &'static str {
    match brand {
        Some(Brand::SolarEdge) => {
            "Monitoring portal, the site’s page: digits at the end of the address, such as 410233"
        }
        Some(Brand::Fronius) => {
            "Solar.web, the system’s page: five groups after pvSystemId= in the address"
        }
        Some(Brand::Enphase) => {
            "Enlighten, the system’s page: digits after /systems/ in the address, such as 700233"
        }
        _ => "Choose the brand first; each has its own",
    }
}
