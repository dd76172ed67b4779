//! The invented fleet.

use std::collections::HashMap;
use std::str::FromStr;

use greengrid_domain::fleet::{Array, Brand, Location, RegionCode, SiteCode, SiteDetails};
use greengrid_domain::units::{Currency, Money, PeakPower, Power, Price};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::faults::Fault;
use super::inverters::{Inverter, inverters};
use super::names::Names;
use super::noise::{Draws, derive};
use super::placed::{PLACED, Placed};
use super::{HISTORY_DAYS, OPENING_DAY};

/// What kind of site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A house.
    Home,
    /// A farm.
    Farm,
    /// A school, a surgery, a hall.
    Public,
    /// Offices, shops, works.
    Commercial,
}

/// A region: its code, its middle and its time zone.
struct Region {
    code: &'static str,
    latitude: f64,
    longitude: f64,
    zone: &'static str,
    share: f64,
}

/// The regions of one imagined country, laid over real coordinates.
const REGIONS: [Region; 3] = [
    Region { code: "north", latitude: 53.4, longitude: 9.9, zone: "Europe/Berlin", share: 0.4 },
    Region { code: "central", latitude: 50.6, longitude: 9.6, zone: "Europe/Berlin", share: 0.35 },
    Region { code: "south", latitude: 48.1, longitude: 13.6, zone: "Europe/Vienna", share: 0.25 },
];

/// A site of the demo: what is written down about it, and what is true.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoSite {
    /// Public name.
    pub code: SiteCode,
    /// What is written down.
    pub details: SiteDetails,
    /// Its inverters.
    pub inverters: Vec<Inverter>,
    /// What is wrong with it, and when.
    pub faults: Vec<Fault>,
    /// Position of its region among North, Central and South.
    pub(super) region: usize,
    /// Its roof faces as they really are, with their shares.
    pub(super) faces: Vec<(f64, Array)>,
    /// Share of the model's power that arrives at the meter of a healthy day.
    pub(super) gain: f64,
    /// How much later clouds pass here than in the middle of the region.
    pub(super) lag_s: f64,
    /// Seconds after the end of an interval at which its reading arrives.
    pub(super) arrives_after_s: i64,
    /// Share of readings that its logger spoils.
    pub(super) glitches: f64,
    /// Whether its readings are asked for at its vendor, once the demo runs,
    /// and not sent by a logger.
    pub is_polled: bool,
    /// Whether it measures irradiance.
    pub(super) pyranometer: bool,
    /// Seed of everything that varies at this site.
    pub(super) seed: u64,
}

/// The fleet of the demo.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoFleet {
    /// From what it was made.
    pub seed: u64,
    /// Its sites, in the order of their codes.
    pub sites: Vec<DemoSite>,
}

impl DemoFleet {
    /// The fleet that belongs to a seed, with this many sites. The same seed
    /// and count give the same fleet.
    #[must_use]
    pub fn plan(seed: u64, sites: usize) -> Self {
        let mut names = Names::of(seed, PLACED.iter().map(|placed| placed.site.to_owned()));
        let sites = (0..sites)
            .map(|index| {
                let mut draws = Draws::of(seed, 0x1000 + index as u64);
                let sketch = match placed_at(index, sites) {
                    Some(placed) => Sketch::of(placed, &mut names),
                    None => Sketch::invent(&mut draws, &mut names),
                };
                sketch.into_site(index, derive(seed, 0x2000 + index as u64), draws)
            })
            .collect();
        let mut fleet = Self { seed, sites };
        fleet.let_vendors_be_asked();
        fleet
    }

    /// Has every fifth site be polled, up to some of each brand; not those
    /// with a story, which has to show as it happens.
    fn let_vendors_be_asked(&mut self) {
        let mut polled: HashMap<Brand, usize> = HashMap::new();
        for (index, site) in self.sites.iter_mut().enumerate() {
            let of_brand = polled.entry(site.details.brand).or_default();
            let plain = index % 5 == 3 && site.faults.is_empty() && site.inverters.len() == 1;
            if plain && *of_brand < POLLED_OF_EACH {
                *of_brand += 1;
                site.is_polled = true;
                if site.details.brand == Brand::SolarEdge {
                    site.details.cadence_s = SOLAREDGE_CADENCE_S;
                }
            }
        }
    }

    /// Customers who are about to join: sites without faults that stand in no
    /// directory yet, known to their vendors alone.
    #[must_use]
    pub fn applicants(seed: u64, sites: usize) -> Self {
        const BRANDS: [Brand; 3] = [Brand::SolarEdge, Brand::Fronius, Brand::Enphase];
        let mut names = Names::of(derive(seed, 0x7001), std::iter::empty());
        let sites = (0..sites)
            .map(|index| {
                let mut draws = Draws::of(seed, 0x7100 + index as u64);
                // Roofs with two faces are written down as flat; these are plain.
                let mut sketch = Sketch::invent(&mut draws, &mut names);
                while sketch.kind == Kind::Commercial {
                    sketch = Sketch::invent(&mut draws, &mut names);
                }
                sketch.brand = BRANDS[index % BRANDS.len()];
                let mut site = sketch.into_site(index, derive(seed, 0x7200 + index as u64), draws);
                site.glitches = f64::MIN_POSITIVE;
                site
            })
            .collect();
        Self { seed, sites }
    }

    /// The site with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&DemoSite> {
        self.sites.iter().find(|site| site.details.name.as_str() == name)
    }
}

/// The placed site at this position: they are spread over the fleet, and a
/// fleet too small for all has the first of them.
fn placed_at(index: usize, sites: usize) -> Option<&'static Placed> {
    let stride = (sites / PLACED.len()).max(1);
    let at = index.checked_sub(stride / 2)?;
    if at.is_multiple_of(stride) { PLACED.get(at / stride) } else { None }
}

/// Polled sites of each brand.
const POLLED_OF_EACH: usize = 12;

/// SolarEdge answers by quarter hours.
const SOLAREDGE_CADENCE_S: i32 = 900;

/// What distinguishes a site before the rest is drawn.
struct Sketch {
    name: String,
    customer: String,
    address: String,
    kind: Kind,
    region: usize,
    brand: Brand,
    kwp: f64,
    inverters: usize,
    placed: Option<&'static Placed>,
}

impl Sketch {
    fn of(placed: &'static Placed, names: &mut Names) -> Self {
        Self {
            name: placed.site.to_owned(),
            customer: placed.customer.to_owned(),
            address: names.address(placed.kind, placed.site, placed.region),
            kind: placed.kind,
            region: placed.region,
            brand: placed.brand,
            kwp: placed.kwp,
            inverters: placed.inverters,
            placed: Some(placed),
        }
    }

    fn invent(draws: &mut Draws, names: &mut Names) -> Self {
        let kind = match draws.unit() {
            ..0.56 => Kind::Home,
            ..0.70 => Kind::Farm,
            ..0.86 => Kind::Public,
            _ => Kind::Commercial,
        };
        let kwp = match kind {
            Kind::Home => (draws.between(4.0, 12.0) * 10.0).round() / 10.0,
            Kind::Farm => draws.between(30.0, 115.0).round(),
            Kind::Public => draws.between(20.0, 85.0).round(),
            // Most are middling, a few large.
            Kind::Commercial => (35.0 * 17.0_f64.powf(draws.unit().powf(1.9))).round(),
        };
        let north = REGIONS[0].share;
        let region = match draws.unit() {
            place if place < north => 0,
            place if place < north + REGIONS[1].share => 1,
            _ => 2,
        };
        let brand = match (kind, draws.unit()) {
            (Kind::Home, ..0.45) | (_, ..0.12) => Brand::Enphase,
            (_, ..0.6) => Brand::SolarEdge,
            _ => Brand::Fronius,
        };
        let inverters = match kwp {
            ..200.0 => 1,
            200.0..350.0 => 2,
            350.0..450.0 => 3,
            _ => 4,
        };
        let name = names.site(kind);
        Self {
            customer: names.customer(kind, &name),
            address: names.address(kind, &name, region),
            name,
            kind,
            region,
            brand,
            kwp,
            inverters,
            placed: None,
        }
    }

    /// Draws the rest.
    fn into_site(self, index: usize, seed: u64, mut draws: Draws) -> DemoSite {
        let has_story = self.placed.is_some();
        let region = &REGIONS[self.region];
        let location = Location::new(
            round(region.latitude + draws.between(-0.45, 0.45), 4),
            round(region.longitude + draws.between(-0.7, 0.7), 4),
        );
        let zone: greengrid_domain::time::SiteZone = parsed(region.zone);
        let array = self.array(&mut draws);
        let two_faced =
            self.kind == Kind::Commercial && self.placed.is_none() && draws.chance(0.35);
        let faces = faces(&array, two_faced, &mut draws);
        let recorded = Array { tilt_deg: recorded_tilt(&faces, &array), ..array };
        let faults: Vec<Fault> =
            self.placed.and_then(|placed| placed.fault_in(&zone)).into_iter().collect();
        let details = SiteDetails::builder()
            .name(parsed(&self.name))
            .customer(self.customer)
            .address(self.address)
            .location(location.expect("regions lie on the globe"))
            .zone(zone)
            .array(recorded)
            .region(parsed::<RegionCode>(region.code))
            .brand(self.brand)
            .commissioned_on(commissioned(&mut draws, has_story))
            .reports_at_night(draws.chance(0.08) || self.name == "Holm Street 14")
            .price(price(self.kind, has_story, &mut draws))
            .build();
        DemoSite {
            code: parsed(&format!("GG-{:04}", index + 1)),
            details,
            inverters: inverters(self.brand, self.inverters, self.kwp, &mut draws),
            faults,
            region: self.region,
            faces,
            gain: draws.between(0.83, 0.93),
            lag_s: draws.between(-150.0, 150.0),
            arrives_after_s: 3 + i64::try_from(draws.below(292)).unwrap_or(0),
            glitches: if draws.chance(0.07) && !has_story { 0.05 } else { 0.003 },
            is_polled: false,
            pyranometer: self.kwp >= 200.0,
            seed,
        }
    }

    fn array(&self, draws: &mut Draws) -> Array {
        let (tilt, azimuth) = match self.kind {
            Kind::Home => (draws.between(25.0, 45.0), 180.0 + draws.between(-75.0, 75.0)),
            Kind::Farm => (draws.between(14.0, 28.0), 180.0 + draws.between(-60.0, 60.0)),
            Kind::Public => (draws.between(10.0, 30.0), 180.0 + draws.between(-40.0, 40.0)),
            Kind::Commercial => (draws.between(10.0, 15.0), 180.0 + draws.between(-25.0, 25.0)),
        };
        // A site with a story has a usual rating, so that the story holds.
        let oversized = draws.between(1.02, 1.2);
        let rating = self.kwp / if self.placed.is_some() { 1.2 } else { oversized };
        let step = if self.kwp < 30.0 { 0.1 } else { 1.0 };
        let ac_limit = Power::from_watts_rounded((rating / step).round() * step * 1000.0);
        // Some houses may feed in no more than 70 % of what they could.
        let limited = self.kind == Kind::Home && self.placed.is_none() && draws.chance(0.08);
        Array {
            capacity: PeakPower::from_kwp(self.kwp).expect("drawn between sane bounds"),
            tilt_deg: Some(tilt.round()),
            azimuth_deg: Some(azimuth.round()),
            ac_limit: Some(ac_limit),
            export_limit: limited.then(|| Power::from_watts_rounded(self.kwp * 700.0)),
        }
    }
}

/// The roof faces as they really are: a little off what was written down, or
/// half east and half west, as on every third large flat roof.
fn faces(array: &Array, two_faced: bool, draws: &mut Draws) -> Vec<(f64, Array)> {
    let tilt = array.tilt_deg.unwrap_or(20.0);
    let azimuth = array.azimuth_deg.unwrap_or(180.0);
    let face = |tilt: f64, azimuth: f64| Array {
        tilt_deg: Some(tilt.clamp(0.0, 90.0)),
        azimuth_deg: Some(azimuth.rem_euclid(360.0)),
        ..*array
    };
    if two_faced {
        return vec![(0.5, face(tilt, azimuth - 90.0)), (0.5, face(tilt, azimuth + 90.0))];
    }
    let tilt = tilt + draws.between(-2.0, 2.0);
    vec![(1.0, face(tilt, azimuth + draws.between(-4.0, 4.0)))]
}

/// One angle has to stand for a roof with two faces: flat gives what an east
/// and a west face give together.
fn recorded_tilt(faces: &[(f64, Array)], array: &Array) -> Option<f64> {
    if faces.len() > 1 { Some(2.0) } else { array.tilt_deg }
}

fn commissioned(draws: &mut Draws, placed: bool) -> Date {
    let days = i64::try_from(draws.below(3200)).unwrap_or(0);
    let new = draws.chance(0.012) && !placed;
    if new {
        // Joined while the history was being recorded.
        let before = i64::from(HISTORY_DAYS) / 4 + days % (i64::from(HISTORY_DAYS) / 2);
        OPENING_DAY.saturating_sub(before.days())
    } else {
        date(2017, 3, 1).saturating_add(days.days())
    }
}

fn price(kind: Kind, placed: bool, draws: &mut Draws) -> Price {
    let extra = i64::try_from(draws.below(5)).unwrap_or(0);
    let cents = match kind {
        _ if placed => 21,
        Kind::Home => 22 + extra,
        Kind::Farm | Kind::Public => 19 + extra,
        Kind::Commercial => 18 + extra,
    };
    Price::per_kwh(Money { amount: Decimal::new(cents, 2), currency: Currency::Eur })
}

/// A value from text that is written, here or in a table, to be valid.
pub(super) fn parsed<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("texts of the demo are valid")
}

fn round(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}
