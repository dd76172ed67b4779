//! Where to find what a brand asks for: steps, and a drawing of the place.

use greengrid_domain::fleet::Brand;
use maud::{Markup, html};

/// Steps and a picture for a brand.
pub(crate) fn guidance(brand: Brand) -> Markup {
    html! {
        figure .guide {
            (drawing(brand))
            figcaption {
                ol {
                    @match brand {
                        Brand::SolarEdge => {
                            li { "Sign in to " b { "monitoring.solaredge.com" } " as the installer." }
                            li { "Open " b { "Admin" } ", then " b { "Site access" } ", then " b { "Access control" } "." }
                            li { "Under " b { "API access" } " choose “Fleet access (v2)” and press " b { "New key" } "." }
                            li { "Use the copy button beside the key; typing it by hand loses letters." }
                        },
                        Brand::Fronius => {
                            li { "Sign in to " b { "solarweb.com" } " and open " b { "Settings" } "." }
                            li { "Open " b { "REST API" } " and accept the terms if it asks." }
                            li { "Press " b { "Create key" } ". It shows " b { "AccessKeyId" } " and " b { "AccessKeyValue" } " side by side." }
                            li { "Copy both at once: the value is never shown there again." }
                        },
                        Brand::Enphase => {
                            li { "The owner presses the button and signs in to " b { "Enlighten" } "." }
                            li { "Enphase lists what we may read: production and devices." }
                            li { "They press " b { "Approve" } " and come back here by themselves." }
                        },
                        Brand::Other => li { "This brand cannot be connected yet." },
                    }
                }
            }
        }
    }
}

fn drawing(brand: Brand) -> Markup {
    let (address, menu, chosen, label) = match brand {
        Brand::SolarEdge => (
            "monitoring.solaredge.com",
            ["Dashboard", "Layout", "Reports", "Admin"],
            3,
            "Drawing of the SolarEdge portal: under Admin, the API key stands in a box with a copy button",
        ),
        Brand::Fronius => (
            "solarweb.com",
            ["Systems", "Analysis", "Messages", "Settings"],
            3,
            "Drawing of Solar.web: under Settings, REST API shows AccessKeyId and AccessKeyValue in two boxes",
        ),
        _ => (
            "enlighten.enphaseenergy.com",
            ["System", "Energy", "Events", "Account"],
            3,
            "Drawing of the Enphase page: it asks to approve, with a button below",
        ),
    };
    html! {
        svg .guide__svg viewBox="0 0 320 168" role="img" aria-label=(label) {
            rect .g-frame x="1" y="1" width="318" height="166" rx="6" {}
            path .g-bar d="M1 27h318V7a6 6 0 0 0-6-6H7a6 6 0 0 0-6 6z" {}
            circle .g-dot cx="13" cy="14" r="3" {}
            circle .g-dot cx="23" cy="14" r="3" {}
            circle .g-dot cx="33" cy="14" r="3" {}
            rect .g-line x="48" y="7" width="200" height="14" rx="7" {}
            text .g-small x="58" y="17.5" { (address) }
            @for (i, word) in menu.iter().enumerate() {
                @let y = 48 + 22 * i;
                @if i == chosen { rect .g-here x="8" y=(y - 13) width="84" height="19" rx="3" {} }
                text .g-text .g-text--on[i == chosen] x="16" y=(y) { (word) }
            }
            path .g-rule d="M100 34v126" {}
            @match brand {
                Brand::SolarEdge => {
                    text .g-head x="114" y="50" { "API access" }
                    (key_box(114, 66, "Fleet access (v2) key", "•••• •••• •••• ••••", "1"))
                    rect .g-button x="114" y="126" width="72" height="20" rx="3" {}
                    text .g-button__t x="150" y="140" { "New key" }
                },
                Brand::Fronius => {
                    text .g-head x="114" y="50" { "REST API" }
                    (key_box(114, 58, "AccessKeyId", "FKIA••••••••••••••••", "1"))
                    (key_box(114, 106, "AccessKeyValue", "••••••••-••••-••••-…", "2"))
                },
                _ => {
                    text .g-head x="114" y="50" { "GreenGrid asks to" }
                    text .g-text x="126" y="72" { "✓ read production" }
                    text .g-text x="126" y="90" { "✓ list devices" }
                    text .g-text x="126" y="108" { "✕ change anything" }
                    rect .g-button x="114" y="122" width="84" height="24" rx="3" {}
                    text .g-button__t x="156" y="138" { "Approve" }
                    (mark(208, 134, "1"))
                },
            }
        }
    }
}

fn key_box(x: u16, y: u16, label: &str, text: &str, number: &str) -> Markup {
    html! {
        text .g-small x=(x) y=(y + 8) { (label) }
        rect .g-box x=(x) y=(y + 12) width="150" height="22" rx="3" {}
        text .g-mono x=(x + 8) y=(y + 27) { (text) }
        rect .g-copy x=(x + 154) y=(y + 12) width="22" height="22" rx="3" {}
        path .g-copy__i d={ "M" (x + 161) " " (y + 18) "h8v10h-8zM" (x + 159) " " (y + 26) "v-10h8" } {}
        (mark(x + 188, y + 23, number))
    }
}

fn mark(x: u16, y: u16, number: &str) -> Markup {
    html! {
        circle .g-mark cx=(x) cy=(y) r="9" {}
        text .g-mark__t x=(x) y=(y + 4) { (number) }
    }
}
