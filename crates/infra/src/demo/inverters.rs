//! The inverters of the invented sites.

use greengrid_domain::fleet::{Brand, DeviceSerial};

use super::fleet::parsed;
use super::noise::Draws;

/// An inverter of a demo site.
#[derive(Debug, Clone, PartialEq)]
pub struct Inverter {
    /// Serial number in the shape its brand uses.
    pub serial: DeviceSerial,
    /// Model name.
    pub model: &'static str,
    /// Share of the site's modules that hang on it.
    pub share: f64,
}

/// So many inverters of a site of this brand and capacity.
pub(super) fn inverters(brand: Brand, count: usize, kwp: f64, draws: &mut Draws) -> Vec<Inverter> {
    let small = kwp < 30.0;
    let model = match (brand, small) {
        (Brand::SolarEdge, true) => "SE10K Home Hub",
        (Brand::SolarEdge, false) => "SE100K Synergy",
        (Brand::Fronius, true) => "Symo GEN24 10.0",
        (Brand::Fronius, false) => "Tauro ECO 100-3-P",
        (_, true) => "IQ8 microinverters",
        (_, false) => "IQ8P-3P microinverters",
    };
    let share = 1.0 / f64::from(u32::try_from(count.max(1)).unwrap_or(1));
    let mut serials: Vec<DeviceSerial> = (0..count.max(1)).map(|_| serial(brand, draws)).collect();
    // Inverters are counted in the order of their serial numbers.
    serials.sort_unstable();
    serials.into_iter().map(|serial| Inverter { serial, model, share }).collect()
}

/// A serial number in the shape of the brand: SolarEdge `7E1234B5-67`, Fronius
/// eight digits, Enphase the twelve digits of its gateway.
fn serial(brand: Brand, draws: &mut Draws) -> DeviceSerial {
    let mut from = |alphabet: &str, count: usize| -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| letters[draws.below(letters.len())]).collect()
    };
    let text = match brand {
        Brand::SolarEdge => {
            format!("7{}-{}", from("0123456789ABCDEF", 7), from("0123456789ABCDEF", 2))
        }
        Brand::Fronius => format!("3{}", from("0123456789", 7)),
        Brand::Enphase | Brand::Other => format!("122{}", from("0123456789", 9)),
    };
    parsed(&text)
}
