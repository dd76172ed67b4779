//! Coordinates as people paste them, and what follows from them.

use super::number::typed;
use super::{Problem, RegionAt};
use crate::fleet::Location;

/// Mean radius of the earth in kilometres.
const EARTH_KM: f64 = 6_371.0;

/// A site farther than this from every region of ours is probably mistyped
/// (kilometres), if it is near when the two numbers are swapped.
const FAR_KM: f64 = 600.0;

/// Reads `53.5511, 9.9937`, `53,5511 9,9937`, `53°33'04"N 9°59'37"E` and the
/// like. Numbers that lie near a region of ours only when swapped are told.
pub(super) fn coordinates(text: &str, regions: &[RegionAt]) -> Result<Location, Problem> {
    let numbers = numbers(text)?;
    let [first, second] = numbers[..] else {
        return Err(Problem::new("write latitude and longitude, such as 53.5511, 9.9937"));
    };
    let swapped = Location::new(second, first);
    let hint = |problem: Problem| problem.suggest(format!("{}, {}", typed(second), typed(first)));
    let Ok(place) = Location::new(first, second) else {
        let problem =
            Problem::new("latitude lies between −90 and 90, longitude between −180 and 180");
        let better = swapped.is_ok_and(|place| regions.is_empty() || is_near(place, regions));
        return Err(if better { hint(problem) } else { problem });
    };
    if !regions.is_empty()
        && !is_near(place, regions)
        && let Ok(other) = swapped
        && is_near(other, regions)
    {
        let region =
            nearest(other, regions).map_or("our regions", |(region, _)| region.name.as_str());
        return Err(hint(Problem::new(format!(
            "latitude and longitude seem to be swapped: the other way round this lies near {region}"
        ))));
    }
    if first == 0.0 && second == 0.0 {
        return Err(Problem::new("0, 0 lies in the Atlantic; what are the site’s coordinates"));
    }
    Ok(place)
}

fn is_near(place: Location, regions: &[RegionAt]) -> bool {
    nearest(place, regions).is_some_and(|(_, km)| km <= FAR_KM)
}

/// The region whose middle is nearest, and how far it is in kilometres.
#[must_use]
pub fn nearest(place: Location, regions: &[RegionAt]) -> Option<(&RegionAt, f64)> {
    regions
        .iter()
        .map(|region| (region, distance_km(place, region.middle)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// The way along the surface of a sphere: the haversine formula (Sinnott,
/// "Virtues of the Haversine", Sky and Telescope 68, 1984).
fn distance_km(a: Location, b: Location) -> f64 {
    let (lat_a, lat_b) = (a.latitude().to_radians(), b.latitude().to_radians());
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (b.longitude() - a.longitude()).to_radians() / 2.0;
    let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_KM * h.sqrt().clamp(0.0, 1.0).asin()
}

fn numbers(text: &str) -> Result<Vec<f64>, Problem> {
    let odd = || Problem::new("write latitude and longitude, such as 53.5511, 9.9937");
    let text = text.trim().replace(['\u{2212}', '\u{2013}'], "-");
    if text.contains('°') {
        return Ok(in_minutes(&text));
    }
    if text.contains(|c: char| c.is_alphabetic() && !"NSEWOnsewo".contains(c)) {
        return Err(Problem::new("coordinates are two numbers, such as 53.5511, 9.9937"));
    }
    let bare: String = text.chars().filter(|c| !c.is_alphabetic()).collect();
    let parts: Vec<&str> = if bare.contains(';') {
        bare.split(';').collect()
    } else if bare.contains('.') {
        bare.split([',', ' ', '/']).collect()
    } else {
        // Commas are decimal signs here, so that spaces divide.
        bare.split(' ').collect()
    };
    let numbers: Option<Vec<f64>> = parts
        .iter()
        .map(|part| part.trim().trim_matches(',').replace(',', "."))
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect();
    let mut numbers = numbers.ok_or_else(odd)?;
    for (sign, number) in signs(&text).into_iter().zip(&mut numbers) {
        *number *= sign;
    }
    Ok(numbers)
}

/// Minus one for south and west, in the order they stand in.
fn signs(text: &str) -> Vec<f64> {
    text.chars()
        .filter_map(|c| match c.to_ascii_uppercase() {
            'N' | 'E' | 'O' => Some(1.0),
            'S' | 'W' => Some(-1.0),
            _ => None,
        })
        .collect()
}

/// Degrees, minutes and seconds; a direction ends each of the two.
fn in_minutes(text: &str) -> Vec<f64> {
    let halves = text.split_inclusive(|c: char| c.is_ascii_alphabetic());
    halves
        .filter(|half| half.contains(|c: char| c.is_ascii_digit()))
        .map(|half| {
            let parts = half
                .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
                .filter_map(|part| part.parse::<f64>().ok());
            let value: f64 = parts.zip([1.0, 60.0, 3_600.0]).map(|(part, of)| part / of).sum();
            value * signs(half).first().copied().unwrap_or(1.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions() -> Vec<RegionAt> {
        let at = |code: &str, name: &str, latitude, longitude| RegionAt {
            code: code.parse().unwrap(),
            name: name.to_owned(),
            middle: Location::new(latitude, longitude).unwrap(),
        };
        vec![at("north", "North", 53.4, 9.9), at("south", "South", 48.1, 13.6)]
    }

    fn check(text: &str, latitude: f64, longitude: f64) {
        let place = coordinates(text, &regions()).unwrap_or_else(|p| panic!("{text}: {p:?}"));
        assert!((place.latitude() - latitude).abs() < 1e-3, "{text}: {place:?}");
        assert!((place.longitude() - longitude).abs() < 1e-3, "{text}: {place:?}");
    }

    #[test]
    fn coordinates_as_maps_and_people_give_them() {
        check("53.5511, 9.9937", 53.5511, 9.9937);
        check("53.5511 9.9937", 53.5511, 9.9937);
        check("53,5511 9,9937", 53.5511, 9.9937);
        check("53,5511; 9,9937", 53.5511, 9.9937);
        check("N 53.5511, E 9.9937", 53.5511, 9.9937);
        check("53°33'04\"N 9°59'37\"E", 53.5511, 9.9937);
        check("33.9 S, 151.2 E", -33.9, 151.2);
    }

    #[test]
    fn swapped_numbers_are_noticed() {
        let problem = coordinates("9.9937, 53.5511", &regions()).unwrap_err();

        assert_eq!(problem.suggestion.as_deref(), Some("53.5511, 9.9937"));
        assert!(problem.message.contains("North"));
        // Far from every region either way: it may be a new one.
        check("-33.9, 18.4", -33.9, 18.4);
    }

    #[test]
    fn what_is_no_place_is_told() {
        for text in ["", "Hamburg", "53.5", "91, 200", "0, 0", "<script>", "1 2 3"] {
            assert!(coordinates(text, &regions()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_nearest_region_and_its_distance() {
        let regions = regions();
        let (region, km) = nearest(Location::new(52.5, 13.4).unwrap(), &regions).unwrap();

        assert_eq!(region.name, "North");
        assert!((240.0..270.0).contains(&km), "{km}");
    }
}
