//! What a site has shown it can do, by where the sun stands.

use jiff::civil::Date;

use super::orientation::Orientation;
use super::sun::SunPosition;
use crate::fleet::{Array, SiteId};

mod learn;

pub use learn::{ANY_GAIN, GAINS, HEALTHY_DAYS, learn};

/// Azimuths at which a profile has a value: every 15° around the horizon.
const AZIMUTHS: usize = 24;
/// Elevations at which a profile has a value: 5°, 15°, … 85°.
const ELEVATIONS: usize = 9;
/// Values of a profile.
const NODES: usize = AZIMUTHS * ELEVATIONS;

const AZIMUTH_STEP: f64 = 15.0;
const ELEVATION_STEP: f64 = 10.0;
const LOWEST: f64 = 5.0;

/// By which factor production differs from a site's gain with the sun in a
/// place of the sky: shade, and an orientation other than the one on record.
/// Between its nodes the factor is drawn straight.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile(Vec<f32>);

impl Profile {
    /// A profile from its stored values; `None` when they are not as many as a
    /// profile has, or not factors.
    #[must_use]
    pub fn from_values(values: Vec<f32>) -> Option<Self> {
        let fits = values.len() == NODES && values.iter().all(|v| v.is_finite() && *v >= 0.0);
        fits.then_some(Self(values))
    }

    /// The stored values, by azimuth and then elevation.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// The factor with the sun at this place.
    #[must_use]
    pub fn factor(&self, sun: SunPosition) -> f64 {
        let (a, a_next, across) = azimuth_node(sun.azimuth_deg);
        let (e, e_next, up) = elevation_node(sun.elevation_deg);
        let at = |a: usize, e: usize| f64::from(self.0[a * ELEVATIONS + e]);
        let low = at(a, e) + (at(a_next, e) - at(a, e)) * across;
        let high = at(a, e_next) + (at(a_next, e_next) - at(a, e_next)) * across;
        low + (high - low) * up
    }
}

impl Default for Profile {
    /// The same everywhere.
    fn default() -> Self {
        Self(vec![1.0; NODES])
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an azimuth within one turn"
)]
fn azimuth_node(azimuth_deg: f64) -> (usize, usize, f64) {
    let place = azimuth_deg.rem_euclid(360.0) / AZIMUTH_STEP;
    let below = (place as usize).min(AZIMUTHS - 1);
    (below, (below + 1) % AZIMUTHS, place.fract())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the nodes there are"
)]
fn elevation_node(elevation_deg: f64) -> (usize, usize, f64) {
    let place = ((elevation_deg - LOWEST) / ELEVATION_STEP).clamp(0.0, 8.0);
    let below = place as usize;
    (below, (below + 1).min(ELEVATIONS - 1), place.fract())
}

/// What a site has shown it can do, learned from its own healthy days.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Whose baseline.
    pub site: SiteId,
    /// Which way it seems to face, where that is not on record.
    pub orientation: Option<Orientation>,
    /// Production as a share of what the clear-sky model gives for the site's
    /// place, orientation and capacity, weather taken out. About 0.8 to 1.1 for
    /// a healthy site whose orientation is known.
    pub gain: f64,
    /// How that differs with the place of the sun.
    pub profile: Profile,
    /// What each hour of the mean solar day gave as a share of the model, over
    /// all the days that are kept.
    pub hours: [f32; 24],
    /// How much of a cloudless day a usual day brings, 0 to 1: what is expected
    /// when too few neighbours tell the sky.
    pub usual_sky: f64,
    /// Share by which a healthy day differs from what was expected of it, as
    /// the standard deviation of the logarithm.
    pub scatter: f64,
    /// Highest power of a quarter hour on its best healthy days, W: what the
    /// inverters really let through. 0 while nothing is known.
    pub peak_w: f64,
    /// 0 (nothing learned, the model alone) to 1 (many consistent days).
    pub confidence: f64,
    /// Counts up with every training.
    pub version: i32,
    /// First and last day of the training window.
    pub trained: Option<(Date, Date)>,
}

impl Baseline {
    /// The baseline of a site that has shown nothing yet: 0.85 of the model,
    /// the usual performance ratio of a healthy system.
    #[must_use]
    pub fn untrained(site: SiteId) -> Self {
        Self {
            site,
            orientation: None,
            gain: 0.85,
            profile: Profile::default(),
            hours: [0.85; 24],
            usual_sky: 0.7,
            scatter: 0.06,
            peak_w: 0.0,
            confidence: 0.0,
            version: 0,
            trained: None,
        }
    }

    /// The array with its orientation: as on record, or else as it seems.
    #[must_use]
    pub fn array(&self, on_record: &Array) -> Array {
        match (self.orientation, on_record.tilt_deg, on_record.azimuth_deg) {
            (Some(seems), None, _) | (Some(seems), _, None) => seems.of(on_record),
            _ => *on_record,
        }
    }

    /// Gain and factor together.
    #[must_use]
    pub fn share(&self, sun: SunPosition) -> f64 {
        self.gain * self.profile.factor(sun)
    }
}

#[cfg(test)]
mod tests;
