use greengrid_app::monitoring::DeviceStanding;
use greengrid_domain::fleet::DeviceKind;
use greengrid_domain::ingestion::Quality;
use greengrid_domain::units::Power;
use jiff::SignedDuration;
use maud::{Markup, html};

use super::SiteView;
use crate::components::{format, icon, pill};

/// The devices with their newest readings.
pub(super) fn devices(view: &SiteView<'_>) -> Markup {
    let devices = &view.page.devices;
    html! {
        section #s-d .section aria-labelledby="h-d" {
            div .section__head { h2 #h-d { "Devices" } span .dim { (devices.len()) } }
            @if devices.is_empty() {
                p .dim { "No device is known. They appear with the first reading that names one." }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="Devices, table" {
                    table .table data-list {
                        thead { tr {
                            th scope="col" { "Device" } th scope="col" { "State" } th scope="col" .n { "Power" }
                            th scope="col" .n { "Temp." } th scope="col" { "Code" } th scope="col" .n { "Answered" }
                        } }
                        tbody { @for device in devices { (row(view, device)) } }
                    }
                }
            }
        }
    }
}

fn row(view: &SiteView<'_>, standing: &DeviceStanding) -> Markup {
    let (page, zone) = (view.page, &view.page.site.details.zone);
    html! {
        tr data-tone=[is_idle(view, standing).then_some("act")] {
            th scope="row" {
                span .dv {
                    (icon(picture(standing)))
                    @match &standing.device {
                        Some(device) => span { (device.serial.as_str()) small { (kind(device.kind)) @if let Some(model) = &device.model { ", " (model) } } },
                        None => span { "Whole site" small { "readings that name no device" } },
                    }
                }
            }
            td { (state(view, standing)) }
            td .n data-live { (power(view, standing)) }
            td .n {
                @match standing.temperature_c {
                    Some(celsius) => { (format::number(f64::from(celsius), 0)) span .u { "\u{a0}°C" } },
                    None => span .dim { "none" },
                }
            }
            td { @match &standing.status_code { Some(code) => span .mono { (code) }, None => span .dim { "none" } } }
            td .n data-live {
                @match standing.measured_at {
                    Some(at) => (format::moment(at, page.as_of, zone)),
                    None => span .dim { "never" },
                }
            }
        }
    }
}

/// Its power, or when it was last heard of: what is older than two of its
/// intervals is not of now.
fn power(view: &SiteView<'_>, standing: &DeviceStanding) -> Markup {
    let (page, zone) = (view.page, &view.page.site.details.zone);
    html! {
        @match (standing.power, standing.measured_at) {
            (Some(power), _) if is_of_now(view, standing) => (format::power(power)),
            (Some(_), Some(at)) => span .dim { "last reading " (format::moment(at, page.as_of, zone)) },
            _ => span .dim { "none" },
        }
    }
}

/// Whether its newest reading is no older than two intervals; each is stamped
/// with its start.
fn is_of_now(view: &SiteView<'_>, standing: &DeviceStanding) -> bool {
    let cadence = SignedDuration::from_secs(view.page.site.details.cadence_s.into());
    standing.measured_at.is_some_and(|at| view.page.as_of.duration_since(at) <= cadence * 3)
}

/// Whether the device answers as often as it should: three times its cadence
/// late is late, and silence is normal at night where devices sleep.
fn state(view: &SiteView<'_>, standing: &DeviceStanding) -> Markup {
    let details = &view.page.site.details;
    let patience = SignedDuration::from_secs(i64::from(details.cadence_s) * 3 + 600);
    match (standing.measured_at, standing.quality) {
        (None, _) => pill::pill("none", "Never heard", false),
        (Some(at), _) if view.page.as_of.duration_since(at) > patience => {
            pill::pill("none", "Silent", false)
        }
        _ if is_idle(view, standing) => pill::pill("act", "Makes nothing", false),
        (Some(_), Some(Quality::Inconsistent)) => pill::pill("plan", "Implausible", false),
        (Some(_), Some(Quality::Incomplete)) => pill::pill("watch", "Incomplete", false),
        (Some(_), _) => pill::pill("ok", "Answers", false),
    }
}

/// Whether an inverter makes nothing while another one of the site does.
fn is_idle(view: &SiteView<'_>, standing: &DeviceStanding) -> bool {
    let inverter = |other: &DeviceStanding| {
        other.device.as_ref().is_some_and(|device| device.kind == DeviceKind::Inverter)
    };
    let makes = |other: &DeviceStanding| {
        is_of_now(view, other) && other.power.is_some_and(|power| power > Power::ZERO)
    };
    let idle = inverter(standing) && standing.power.is_some() && !makes(standing);
    idle && view.page.devices.iter().any(|other| inverter(other) && makes(other))
}

fn picture(standing: &DeviceStanding) -> &'static str {
    match standing.device.as_ref().map(|device| device.kind) {
        Some(DeviceKind::Inverter) => "inverter",
        Some(DeviceKind::Meter) => "meter",
        Some(DeviceKind::Logger) => "gateway",
        Some(DeviceKind::Charger) => "charging",
        None => "sites",
    }
}

const fn kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Inverter => "Inverter",
        DeviceKind::Meter => "Meter",
        DeviceKind::Logger => "Logger",
        DeviceKind::Charger => "Charger",
    }
}
