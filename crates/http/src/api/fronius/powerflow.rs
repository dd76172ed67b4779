//! `CurrentData – Powerflow`: what still tells power where firmware has dropped
//! the data of inverters.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

/// Power by the number of the inverter.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Powerflow {
    #[serde(default, rename = "Inverters")]
    inverters: HashMap<String, Inverter>,
}

#[derive(Debug, Deserialize)]
struct Inverter {
    /// W; null while it sleeps.
    #[serde(rename = "P")]
    power: Option<f64>,
}

impl Powerflow {
    /// Reads one, which stands in the body or below `Data`.
    pub(super) fn read(body: &HashMap<String, Value>) -> Option<Self> {
        let within = body.get("Data").and_then(|data| data.get("Inverters"));
        let inverters = body.get("Inverters").or(within)?;
        let inverters = HashMap::deserialize(inverters).ok()?;
        Some(Self { inverters })
    }

    /// Watts by number.
    pub(super) fn powers(self) -> impl Iterator<Item = (String, f64)> {
        let powers = self.inverters.into_iter();
        powers.filter_map(|(number, inverter)| Some((number, inverter.power?)))
    }
}
