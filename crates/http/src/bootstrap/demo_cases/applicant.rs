use greengrid_app::ingestion::vendors::{Check, Outcome, Rung, VendorError, VendorSite};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Cause;
use greengrid_domain::onboarding::{FieldKey, TestOutcome};
use greengrid_infra::demo::DemoSite;

use super::told::{Known, Story, Twist};
use crate::standins;

/// A customer who is about to join, and their site.
pub(super) struct Applicant<'a> {
    pub(super) site: &'a DemoSite,
    /// Position among those who join.
    pub(super) position: usize,
    /// Position among all sites that the vendors know.
    pub(super) number: usize,
}

impl Applicant<'_> {
    pub(super) const fn brand(&self) -> Brand {
        self.site.details.brand
    }

    /// The number of the approval that they gave.
    pub(super) fn approval(&self) -> u32 {
        u32::try_from(self.number).unwrap_or(u32::MAX)
    }

    /// What was typed in so far.
    pub(super) fn fields(&self, story: &Story) -> Vec<(FieldKey, String)> {
        let details = &self.site.details;
        let customer = details.customer.clone().unwrap_or_else(|| "A. Customer".to_owned());
        let mail: String = customer
            .to_lowercase()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == ' ')
            .collect();
        let mail = format!("{}@example.net", mail.trim().replace(' ', "."));
        let number =
            |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value}"));
        let azimuth = details.array.azimuth_deg.map(|azimuth| match story.twist {
            Twist::Turned => (azimuth + 110.0) % 360.0,
            _ => azimuth,
        });
        let kwp = details.array.capacity.kwp();
        let capacity = match story.twist {
            Twist::Watts => format!("{}", kwp * 1_000.0),
            Twist::Half => format!("{:.1} kWp", kwp / 2.0),
            _ => format!("{kwp} kWp"),
        };
        let (latitude, longitude) = (details.location.latitude(), details.location.longitude());
        let coordinates = match story.twist {
            Twist::Watts => format!("{longitude}, {latitude}"),
            _ => format!("{latitude}, {longitude}"),
        };
        let mut fields: Vec<(&str, String)> = vec![
            ("customer", customer),
            ("site_name", details.name.as_str().to_owned()),
            ("phone", format!("+49 40 555 01{:02}", 10 + self.position)),
        ];
        if story.known > Known::Little {
            fields.push(("email", mail));
            fields.push(("signed_on", "2026-06-01".to_owned()));
            fields.push(("brand", self.brand().to_string()));
            fields.push(("address", details.address.clone().unwrap_or_default()));
        }
        if story.known > Known::Some || story.twist == Twist::Watts {
            fields.push(("coordinates", coordinates));
            fields.push(("face.1.capacity", capacity));
            fields.push(("face.1.tilt", number(details.array.tilt_deg)));
        }
        if story.known > Known::Some {
            fields.push(("face.1.azimuth", number(azimuth)));
            fields.push(("consent", "yes".to_owned()));
            fields.push(("price", "0.21".to_owned()));
            fields.push(("installer", "Brightroof Installers".to_owned()));
            fields.push(("installer_email", "office@brightroof.example".to_owned()));
            for (n, inverter) in (1..).zip(&self.site.inverters) {
                let key = if n == 1 { "inverter.1.serial" } else { "inverter.2.serial" };
                fields.push((key, inverter.serial.as_str().to_owned()));
            }
        }
        if story.known > Known::Details {
            let id = match story.tested {
                Some((_, TestOutcome::Failed(Cause::SiteUnknown))) => "410999".to_owned(),
                _ => standins::name_of(self.brand(), self.number),
            };
            fields.push(("external_id", id));
        }
        fields.into_iter().filter_map(|(key, text)| Some((key.parse().ok()?, text))).collect()
    }

    /// The checks of a test that came to this, with their times.
    pub(super) fn checks(&self, outcome: TestOutcome) -> Vec<(Check, u32)> {
        let passed = |rung, seen: &str| Check { rung, outcome: Outcome::Passed(seen.to_owned()) };
        let name = self.site.details.name.as_str();
        let all = [
            (passed(Rung::Reachable, "yes"), 182),
            (passed(Rung::Accepted, "yes"), 0),
            (passed(Rung::SiteFound, name), 0),
            (passed(Rung::Permitted, "yes"), 640),
            (passed(Rung::DevicesListed, "1 active"), 0),
            (passed(Rung::DataFresh, "6 min old"), 0),
            (passed(Rung::UnitsPlausible, "the values fit"), 0),
            (passed(Rung::CapacityPlausible, "as on record"), 0),
            (passed(Rung::ZonePlausible, "the same clock"), 0),
        ];
        let TestOutcome::Failed(cause) = outcome else {
            let asleep = outcome == TestOutcome::Asleep;
            return all
                .into_iter()
                .map(|(check, took)| match check.rung {
                    Rung::DataFresh if asleep => {
                        let why = "the inverters sleep; test again by day".to_owned();
                        (Check { outcome: Outcome::Doubtful(why), ..check }, took)
                    }
                    _ => (check, took),
                })
                .collect();
        };
        let rung = match cause {
            Cause::CredentialRejected => Rung::Accepted,
            Cause::SiteUnknown => Rung::SiteFound,
            Cause::PermissionMissing => Rung::Permitted,
            _ => Rung::DataFresh,
        };
        let said = match cause {
            Cause::CredentialRejected => "Invalid API key",
            Cause::SiteUnknown => "Site not found",
            Cause::PermissionMissing => "Insufficient permissions for devices",
            _ => "last reading 10 Jun 16:20",
        };
        let near = match (cause, standins::name_of(self.brand(), self.number).parse()) {
            (Cause::SiteUnknown, Ok(id)) => vec![VendorSite::new(id, name, None)],
            _ => Vec::new(),
        };
        let error = VendorError::new(cause).saying(said);
        all.into_iter()
            .filter(|(check, _)| check.rung < rung)
            .chain([(Check { rung, outcome: Outcome::Failed { error, near } }, 1_020)])
            .collect()
    }
}
