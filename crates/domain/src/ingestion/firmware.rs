use crate::fleet::Brand;

/// Firmware of GEN24 inverters below this loses memory when it is asked often,
/// until it hangs.
const FRONIUS_GEN24: [u32; 3] = [1, 40, 7];

/// Whether a firmware has known faults and should be updated. Only versions of
/// the same line are compared: Datamanagers count from 3.
#[must_use]
pub fn should_be_updated(brand: Brand, version: &str) -> bool {
    let numbers: Vec<u32> = version
        .trim()
        .trim_start_matches(['v', 'V'])
        .split(['.', '-', ' '])
        .map_while(|part| part.parse().ok())
        .collect();
    brand == Brand::Fronius
        && numbers.first() == FRONIUS_GEN24.first()
        && numbers.as_slice() < FRONIUS_GEN24.as_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_firmware_with_known_faults_should_be_updated() {
        let check = |brand, version, expected| {
            assert_eq!(should_be_updated(brand, version), expected, "{brand} {version}");
        };
        check(Brand::Fronius, "1.38.6-1", true);
        check(Brand::Fronius, "1.9.0", true);
        check(Brand::Fronius, "v1.40.6", true);
        check(Brand::Fronius, "1.40.7-1", false);
        check(Brand::Fronius, "1.41", false);
        check(Brand::Fronius, "3.18.7-1", false);
        check(Brand::Fronius, "unknown", false);
        check(Brand::SolarEdge, "1.2.3", false);
    }
}
