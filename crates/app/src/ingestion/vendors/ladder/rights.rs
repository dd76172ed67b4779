use greengrid_domain::fleet::DeviceKind;
use greengrid_domain::ingestion::{Cause, Noted, Remark};
use jiff::{SignedDuration, Timestamp};

use super::{Expected, Outcome};
use crate::ingestion::connections::of_devices;
use crate::ingestion::vendors::{
    Fetched, VendorDevice, VendorError, VendorGateway, VendorSiteDetails, Window,
};

/// Alarms of a day are asked for, to see whether they can be.
const ALARMS: SignedDuration = SignedDuration::from_hours(24);

/// Each right that we need, tried by a call of its own: what one call is
/// refused says nothing of the others.
pub(super) struct Rights {
    pub(super) details: Option<VendorSiteDetails>,
    pub(super) devices: Option<Vec<VendorDevice>>,
    /// Why there are no devices, where that is no matter of rights.
    failure: Option<VendorError>,
    pub(super) readings: Result<Fetched, VendorError>,
    /// What was refused, with why.
    missing: Vec<(&'static str, VendorError)>,
}

impl Rights {
    /// Tries all of them. `details` is what came of those of the site.
    pub(super) async fn try_all(
        gateway: &dyn VendorGateway,
        expected: &Expected,
        details: Result<VendorSiteDetails, VendorError>,
        now: Timestamp,
    ) -> Self {
        let mut missing = Vec::new();
        let mut refused = |what, error: &VendorError| {
            if error.is_of_one_endpoint() {
                missing.push((what, error.clone()));
            }
        };
        let details = details.inspect_err(|error| refused("the site’s details", error)).ok();
        let listed = gateway.devices(&expected.id).await;
        let listed = listed.inspect_err(|error| refused("its devices", error));
        let zone = details.as_ref().and_then(|details| details.zone.clone());
        let zone = zone.unwrap_or_else(|| expected.zone.clone());
        let window = Window { from: now - gateway.longest_window(), to: now };
        let readings = gateway.readings(&expected.id, &zone, window, now).await;
        let readings = readings.inspect_err(|error| refused("its readings", error));
        let alarms = gateway.alarms(&expected.id, now - ALARMS).await;
        let _ = alarms.inspect_err(|error| refused("its alarms", error));
        let (devices, failure) = match listed {
            Ok(devices) => (Some(devices), None),
            Err(error) if error.is_of_one_endpoint() => (None, None),
            Err(error) => (None, Some(error)),
        };
        Self { details, devices, failure, readings, missing }
    }

    /// Whether everything is there that readings need, and what else is not.
    pub(super) fn outcome(&self) -> Outcome {
        let failed = |error: &VendorError| Outcome::Failed { error: error.clone(), near: vec![] };
        let fetched = match (&self.failure, &self.readings) {
            (None, Err(error)) if error.is_of_one_endpoint() => {
                let what: Vec<&str> = self.missing.iter().map(|(what, _)| *what).collect();
                let said = error.said.as_deref().unwrap_or("no");
                let said = format!("{said} (asked for: {})", what.join(", "));
                return failed(&error.clone().saying(said));
            }
            (Some(error), _) | (None, Err(error)) => return failed(error),
            (None, Ok(fetched)) => fetched,
        };
        let mut doubts: Vec<String> =
            [Cause::PermissionMissing, Cause::PlanTooSmall, Cause::Retired]
                .into_iter()
                .filter_map(|cause| self.doubt(cause))
                .collect();
        let worth_a_look = |noted: &&Noted| noted.remark.is_worth_a_look();
        let remarks = fetched.remarks.iter().filter(worth_a_look);
        doubts.extend(remarks.map(|noted| noted.remark.words().to_owned()));
        if doubts.is_empty() {
            Outcome::Passed("yes".to_owned())
        } else {
            Outcome::Doubtful(format!("readings come; {}", doubts.join("; ")))
        }
    }

    /// What is refused for one reason, in words.
    fn doubt(&self, cause: Cause) -> Option<String> {
        let refused = self.missing.iter().filter(|(_, error)| error.cause == cause);
        let what: Vec<&str> = refused.map(|(what, _)| *what).collect();
        if what.is_empty() {
            return None;
        }
        let what = what.join(", ");
        Some(match cause {
            Cause::PermissionMissing => {
                format!("the key lacks rights: ask the installer to let it see {what}")
            }
            Cause::PlanTooSmall => format!("our plan with the vendor does not hold {what}"),
            _ => format!("the vendor has ended {what}"),
        })
    }

    /// What the list of devices shows.
    pub(super) fn devices_outcome(&self, gateway: &dyn VendorGateway, now: Timestamp) -> Outcome {
        let Some(devices) = &self.devices else {
            return Outcome::Doubtful("the vendor does not list them".to_owned());
        };
        let active = devices.iter().filter(|device| device.active);
        let active = active.filter(|device| device.kind == DeviceKind::Inverter).count();
        let remarks = of_devices(gateway, &[], devices, now);
        let words = remarks.iter().map(|noted| match (noted.remark, noted.detail.as_str()) {
            (Remark::UpdateFirmware, detail) => format!("update firmware: {detail}"),
            (remark, _) => remark.words().to_owned(),
        });
        let words: Vec<String> = std::iter::once(format!("{active} active")).chain(words).collect();
        let words = words.join("; ");
        if active == 0 {
            Outcome::Doubtful("the vendor lists no active inverter".to_owned())
        } else if remarks.iter().any(|noted| noted.remark.is_worth_a_look()) {
            Outcome::Doubtful(words)
        } else {
            Outcome::Passed(words)
        }
    }
}
