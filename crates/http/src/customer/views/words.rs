//! How a site stands, in words that need no manual.

use greengrid_app::customer::OwnSite;
use greengrid_domain::monitoring::Status;
use maud::Markup;

use crate::components::{format, pill};

/// How the site stands, in one sentence.
pub(super) fn sentence(site: &OwnSite) -> String {
    if let Some(trouble) = &site.trouble {
        return trouble.what.clone();
    }
    let assessment = &site.row.assessment;
    match (assessment.power_now, assessment.expected_now) {
        (Some(power), Some(expected)) if expected.watts() > 0 && power.watts() > 0 => {
            "Your system works as it should: it makes what the sun on your roof allows.".to_owned()
        }
        (Some(power), None) if power.watts() > 0 => {
            "Your system makes power. What it should make shows after its first days.".to_owned()
        }
        (Some(_), _) => "Your system works as it should. The sun is down, so it rests.".to_owned(),
        (None, _) => {
            "Your system works as it should. At this hour it sends no readings, which is normal."
                .to_owned()
        }
    }
}

/// The state as an owner needs it: fine, being looked at, unknown.
pub(super) fn state_pill(site: &OwnSite) -> Markup {
    match &site.trouble {
        None => pill::pill("ok", "All good", false),
        Some(trouble) if trouble.who.is_some() => pill::pill("busy", "We are on it", false),
        Some(trouble) if trouble.only_unseen => pill::pill("none", "No readings", false),
        Some(_) => pill::pill("plan", "Something is not right", false),
    }
}

/// Background of the line with the state.
pub(super) fn tint(site: &OwnSite) -> &'static str {
    match &site.trouble {
        None => "hero__ok--ok",
        Some(trouble) if trouble.who.is_none() && trouble.only_unseen => "hero__ok--none",
        Some(_) => "hero__ok--busy",
    }
}

/// When the site was last heard of.
pub(super) fn heard(site: &OwnSite) -> String {
    let zone = &site.row.site.details.zone;
    match site.row.assessment.last_reading_at {
        Some(at) => format!("Last reading {}", format::moment(at, site.as_of, zone)),
        None => "No reading yet".to_owned(),
    }
}

/// Whether there is anything to say of today: nothing heard is not nothing
/// made.
pub(super) fn today_known(site: &OwnSite) -> bool {
    let assessment = &site.row.assessment;
    assessment.energy_today.wh() > 0 || assessment.status != Status::NoData
}

/// Today against what was expected up to now.
pub(super) fn against_expected(site: &OwnSite) -> String {
    let assessment = &site.row.assessment;
    let (made, expected) = (assessment.energy_today, assessment.expected_today);
    match format::share(made.wh(), expected.wh()) {
        None if made.wh() > 0 => "Nothing to compare it with yet".to_owned(),
        None => "The day has not begun".to_owned(),
        Some(share) if (0.95..=1.05).contains(&share) => "As expected so far".to_owned(),
        Some(share) => {
            format!("{} of {} expected so far", format::percent(share), format::energy(expected))
        }
    }
}
