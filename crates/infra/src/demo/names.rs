//! Invented names of sites, people and places.

use std::collections::HashSet;

use super::fleet::Kind;
use super::noise::Draws;

const FIRST: [&str; 64] = [
    "Alder", "Amber", "Ash", "Aspen", "Badger", "Barley", "Beacon", "Beech", "Birch", "Bramble",
    "Bridge", "Brook", "Bumble", "Cedar", "Chalk", "Cherry", "Clover", "Copper", "Corn", "Crane",
    "Dove", "Elder", "Elm", "Fallow", "Falcon", "Fern", "Flint", "Fox", "Gorse", "Granary",
    "Hawthorn", "Hazel", "Heather", "Heron", "Holly", "Hollow", "Ivy", "Juniper", "Kestrel",
    "Kiln", "Lark", "Laurel", "Lime", "Linden", "Maple", "Marsh", "Mill", "Moss", "Oak", "Orchard",
    "Otter", "Plum", "Poplar", "Raven", "Reed", "Rowan", "Rye", "Sorrel", "Swallow", "Thistle",
    "Thorn", "Walnut", "Willow", "Wren",
];

const SECOND: [&str; 28] = [
    "bank", "bourne", "bridge", "brook", "bury", "cote", "croft", "dale", "den", "field", "ford",
    "gate", "grove", "ham", "hill", "holm", "hurst", "lea", "ley", "mead", "mere", "mount",
    "ridge", "side", "stead", "ton", "well", "wick",
];

const STREETS: [&str; 14] = [
    "Lane", "Street", "Road", "Close", "Row", "Way", "Gardens", "Terrace", "Rise", "Walk", "Hill",
    "Green", "Crescent", "Path",
];

const FARMS: [&str; 10] = [
    "Farm",
    "Dairy Farm",
    "Fruit Farm",
    "Stud Farm",
    "Poultry Farm",
    "Nursery",
    "Vineyard",
    "Hop Farm",
    "Sheep Farm",
    "Riding Stables",
];

const PUBLIC: [&str; 14] = [
    "School",
    "Primary School",
    "Village Hall",
    "Library",
    "Surgery",
    "Fire Station",
    "Swimming Baths",
    "Town Hall",
    "Sports Hall",
    "Care Home",
    "Kindergarten",
    "Waterworks",
    "College",
    "Community Centre",
];

const COMMERCIAL: [&str; 16] = [
    "Cold Store",
    "Logistics",
    "Offices",
    "Retail Park",
    "Bakery",
    "Joinery",
    "Print Works",
    "Garden Centre",
    "Brewery",
    "Sawmill",
    "Packing House",
    "Furniture Works",
    "Supermarket",
    "Workshops",
    "Timber Yard",
    "Laundry",
];

const GIVEN: [&str; 32] = [
    "Ada", "Albin", "Anouk", "Bruno", "Carla", "Cedric", "Dora", "Edgar", "Elif", "Emil", "Fiona",
    "Greta", "Hanno", "Ines", "Ivo", "Jana", "Jonas", "Karin", "Levin", "Lotte", "Marek", "Milena",
    "Nadia", "Nils", "Olga", "Paul", "Romy", "Selim", "Tessa", "Ulla", "Viktor", "Yara",
];

const FAMILY: [&str; 32] = [
    "Adler",
    "Bachmann",
    "Brandt",
    "Castell",
    "Dorn",
    "Eberle",
    "Falk",
    "Forster",
    "Gruber",
    "Hagen",
    "Hollander",
    "Imhof",
    "Jansen",
    "Kessler",
    "Kovar",
    "Lindqvist",
    "Marten",
    "Moreau",
    "Nowak",
    "Oberg",
    "Pohl",
    "Quandt",
    "Reuter",
    "Rossi",
    "Sandor",
    "Silva",
    "Thaler",
    "Ullmann",
    "Vogel",
    "Weiss",
    "Yilmaz",
    "Zander",
];

/// Gives names, none of them twice.
pub(super) struct Names {
    draws: Draws,
    taken: HashSet<String>,
}

impl Names {
    /// Names that belong to a seed, besides those already taken.
    pub(super) fn of(seed: u64, taken: impl IntoIterator<Item = String>) -> Self {
        Self { draws: Draws::of(seed, 0x4a3e), taken: taken.into_iter().collect() }
    }

    /// The name of a site of this kind.
    pub(super) fn site(&mut self, kind: Kind) -> String {
        loop {
            let name = match kind {
                Kind::Home => format!("{} {}", self.street(), 1 + self.draws.below(120)),
                Kind::Farm => self.with_place(&FARMS),
                Kind::Public => self.with_place(&PUBLIC),
                Kind::Commercial => self.with_place(&COMMERCIAL),
            };
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    /// Whose site it is.
    pub(super) fn customer(&mut self, kind: Kind, site: &str) -> String {
        match kind {
            Kind::Home | Kind::Farm => self.person(),
            Kind::Public => format!("{} Council", self.town()),
            Kind::Commercial => format!("{site} Ltd"),
        }
    }

    /// A street and number, with the town.
    pub(super) fn address(&mut self, kind: Kind, site: &str, region: usize) -> String {
        let street = match kind {
            Kind::Home => site.to_owned(),
            _ => format!("{} {}", self.street(), 1 + self.draws.below(90)),
        };
        let postcode = 1000 * (2 + 3 * region) + self.draws.below(2900);
        format!("{street}, {postcode} {}", self.town())
    }

    fn person(&mut self) -> String {
        format!("{} {}", self.draws.pick(&GIVEN), self.draws.pick(&FAMILY))
    }

    fn street(&mut self) -> String {
        format!("{} {}", self.draws.pick(&FIRST), self.draws.pick(&STREETS))
    }

    fn town(&mut self) -> String {
        format!("{}{}", self.draws.pick(&FIRST), self.draws.pick(&SECOND))
    }

    fn with_place(&mut self, what: &[&str]) -> String {
        format!("{} {}", self.town(), self.draws.pick(what))
    }
}
