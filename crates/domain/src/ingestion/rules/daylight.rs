use std::f64::consts::TAU;

use jiff::Timestamp;

use crate::fleet::Location;
use crate::monitoring::sun;

/// With the sun this far below the horizon, the end of civil twilight, no
/// module gives measurable power.
const DEEP_NIGHT_DEG: f64 = -6.0;

/// Whether the sun stands so low that nothing can be produced.
///
/// Most readings with power come in daylight; a rough look at the sun settles
/// those for a twentieth of the cost of its position.
pub(super) fn is_deep_night(place: Location, at: Timestamp) -> bool {
    rough_elevation_deg(place, at) < 0.0 && sun::position(place, at).elevation_deg < DEEP_NIGHT_DEG
}

/// Elevation of the sun to within six degrees: declination as a single cosine,
/// and the mean sun for the true one, which it leads or follows by up to 17
/// minutes.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
fn rough_elevation_deg(place: Location, at: Timestamp) -> f64 {
    let days = at.as_second() as f64 / 86_400.0;
    let declination = -23.44_f64.to_radians() * (TAU * (days + 10.0) / 365.2425).cos();
    let hour_angle = TAU * (days + 0.5) + place.longitude().to_radians();
    let latitude = place.latitude().to_radians();
    let sine =
        latitude.sin() * declination.sin() + latitude.cos() * declination.cos() * hour_angle.cos();
    sine.clamp(-1.0, 1.0).asin().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_rough_look_never_misses_a_deep_night(
            latitude in -66.0..66.0,
            longitude in -180.0..180.0,
            second in 631_152_000_i64..2_208_988_800,
        ) {
            let place = Location::new(latitude, longitude).unwrap();
            let at = Timestamp::from_second(second).unwrap();

            let exact = sun::position(place, at).elevation_deg;

            prop_assert!((rough_elevation_deg(place, at) - exact).abs() < 6.0);
            prop_assert_eq!(is_deep_night(place, at), exact < DEEP_NIGHT_DEG);
        }
    }
}
