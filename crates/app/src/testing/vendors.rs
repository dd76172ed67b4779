use async_trait::async_trait;
use greengrid_domain::fleet::{Brand, DeviceKind, DeviceSerial};
use greengrid_domain::ingestion::{Cause, Measurement, Window};
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Energy, PeakPower, Power};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::ingestion::vendors::{
    ExternalId, Fetched, VendorAlarm, VendorDevice, VendorError, VendorGateway, VendorReading,
    VendorSite, VendorSiteDetails,
};

/// A vendor in memory with one site, which sends the same power every quarter
/// hour until it falls silent.
#[derive(Debug)]
pub struct FakeVendor {
    site: VendorSiteDetails,
    power: Mutex<Power>,
    silent_from: Mutex<Timestamp>,
    failure: Mutex<Option<VendorError>>,
    asked: Mutex<Vec<Window>>,
    refused: Mutex<u32>,
}

const STEP: SignedDuration = SignedDuration::from_mins(15);

impl FakeVendor {
    /// A vendor that knows the site 4711, “Hill Farm”, of 10 kWp in Berlin.
    ///
    /// # Panics
    ///
    /// Never: all of it is valid.
    #[must_use]
    pub fn new() -> Self {
        let id = "4711".parse().expect("an id");
        Self {
            site: VendorSiteDetails {
                site: VendorSite::new(id, "Hill Farm", None),
                capacity: PeakPower::from_kwp(10.0).ok(),
                zone: "Europe/Berlin".parse().ok(),
            },
            power: Mutex::new(Power::from_watts(4_000)),
            silent_from: Mutex::new(Timestamp::MAX),
            failure: Mutex::default(),
            asked: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// Fails every call from now on, or none.
    pub fn fail(&self, cause: Option<Cause>) {
        *self.failure.lock() = cause.map(VendorError::new);
    }

    /// Its site sends nothing from an instant on.
    pub fn fall_silent(&self, from: Timestamp) {
        *self.silent_from.lock() = from;
    }

    /// Its site sends this power.
    pub fn send(&self, power: Power) {
        *self.power.lock() = power;
    }

    /// The windows that were asked for.
    pub fn asked(&self) -> Vec<Window> {
        self.asked.lock().clone()
    }

    /// How many calls failed.
    pub fn refused(&self) -> u32 {
        *self.refused.lock()
    }

    fn answer<T>(&self, answer: T) -> Result<T, VendorError> {
        let failure = self.failure.lock().clone();
        *self.refused.lock() += u32::from(failure.is_some());
        failure.map_or(Ok(answer), Err)
    }

    fn known(&self, id: &ExternalId) -> Result<(), VendorError> {
        self.answer(())?;
        if *id == self.site.site.id { Ok(()) } else { Err(VendorError::new(Cause::SiteUnknown)) }
    }
}

impl Default for FakeVendor {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl VendorGateway for FakeVendor {
    fn brand(&self) -> Brand {
        Brand::SolarEdge
    }

    fn longest_window(&self) -> SignedDuration {
        SignedDuration::from_hours(12)
    }

    fn interval(&self) -> SignedDuration {
        STEP
    }

    fn lists_reports(&self) -> bool {
        false
    }

    async fn sites(&self) -> Result<Vec<VendorSite>, VendorError> {
        self.answer(vec![self.site.site.clone()])
    }

    async fn site(&self, id: &ExternalId) -> Result<VendorSiteDetails, VendorError> {
        self.known(id)?;
        Ok(self.site.clone())
    }

    async fn devices(&self, id: &ExternalId) -> Result<Vec<VendorDevice>, VendorError> {
        self.known(id)?;
        let serial: DeviceSerial =
            "INV-1".parse().map_err(|_| VendorError::new(Cause::VendorFault))?;
        Ok(vec![VendorDevice::new(serial, DeviceKind::Inverter)])
    }

    async fn readings(
        &self,
        id: &ExternalId,
        _zone: &SiteZone,
        window: Window,
        now: Timestamp,
    ) -> Result<Fetched, VendorError> {
        self.known(id)?;
        let asked = Window { to: window.to.min(window.from + self.longest_window()), ..window };
        self.asked.lock().push(asked);
        let power = *self.power.lock();
        let until = now.min(*self.silent_from.lock()).min(asked.to);
        let measurement = Measurement {
            power: Some(power),
            energy: Some(Energy::of(power, STEP.as_secs())),
            ..Measurement::default()
        };
        let mut readings = Vec::new();
        let first = asked.from.as_second().div_euclid(STEP.as_secs());
        let steps = first..=asked.to.as_second().div_euclid(STEP.as_secs());
        for start in steps.filter_map(|n| Timestamp::from_second(n * STEP.as_secs()).ok()) {
            if asked.contains(start) && start + STEP <= until {
                let measurement = measurement.clone();
                readings.push(VendorReading { device: None, start, measurement });
            }
        }
        let complete_to = readings.last().map_or(asked.from, |last| last.start + STEP);
        Ok(Fetched { asked, readings, complete_to, remarks: Vec::new() })
    }

    async fn alarms(
        &self,
        id: &ExternalId,
        _since: Timestamp,
    ) -> Result<Vec<VendorAlarm>, VendorError> {
        self.known(id)?;
        Ok(Vec::new())
    }
}
