//! Looks at the shape of what vendors answer.

use std::collections::BTreeMap;

use greengrid_app::ingestion::canary::Canary;
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{Contract, Shape, ValueKind, inside};
use serde_json::Value;

use super::http::Answer;

/// Entries of a list that are looked at; the others are like them.
const ENTRIES: usize = 200;

/// What is known of the answer to a call.
pub(super) struct Known {
    /// Which call, in a few words for people.
    pub(super) call: &'static str,
    /// Its path, with `*` for what differs.
    pub(super) path: &'static [&'static str],
    /// The contract, as [`Contract::parse`] reads it.
    pub(super) fields: &'static str,
}

/// Compares the answers of one vendor with what is known of them.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) canary: Canary,
    pub(super) brand: Brand,
    pub(super) known: &'static [Known],
}

impl Watch {
    /// Looks at an answer when it is time to. What comes of it never changes
    /// what becomes of the answer.
    pub(super) async fn look(&self, path: &[&str], answer: &Answer) {
        let Some(known) = self.known.iter().find(|known| known.is_of(path)) else { return };
        if !answer.is_ok() || answer.is_html() || !self.canary.is_due(self.brand, known.call) {
            return;
        }
        let (Some(value), Ok(contract)) = (answer.maybe(), Contract::parse(known.fields)) else {
            return;
        };
        let shape = shape(&value, &contract);
        if let Err(error) = self.canary.saw(self.brand, known.call, &contract, &shape).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, vendor = %self.brand, "how an answer compares could not be kept");
        }
    }
}

impl Known {
    fn is_of(&self, path: &[&str]) -> bool {
        self.path.len() == path.len()
            && self.path.iter().zip(path).all(|(known, part)| *known == "*" || known == part)
    }
}

/// The fields of an answer.
pub(super) fn shape(value: &Value, contract: &Contract) -> Shape {
    let mut shape = Shape::default();
    walk(value, "", contract, &mut shape);
    shape
}

fn walk(value: &Value, way: &str, contract: &Contract, shape: &mut Shape) {
    if !way.is_empty() {
        shape.see(way, kind(value));
    }
    match value {
        Value::Array(entries) => {
            let way = format!("{way}[]");
            for entry in entries.iter().take(ENTRIES) {
                walk(entry, &way, contract, shape);
            }
        }
        Value::Object(fields) => {
            let free = contract.has_free_names(way);
            let named: BTreeMap<&str, &Value> =
                fields.iter().map(|(name, value)| (name.as_str(), value)).collect();
            for (name, value) in named {
                walk(value, &inside(way, if free { "*" } else { name }), contract, shape);
            }
        }
        _ => {}
    }
}

const fn kind(value: &Value) -> ValueKind {
    match value {
        Value::Null => ValueKind::Null,
        Value::Bool(_) => ValueKind::Flag,
        Value::Number(_) => ValueKind::Number,
        Value::String(_) => ValueKind::Text,
        Value::Array(_) => ValueKind::List,
        Value::Object(_) => ValueKind::Object,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::{enphase, fronius, solaredge};

    fn known<'a>(all: &'a [Known], path: &[&str]) -> &'a Known {
        all.iter().find(|known| known.is_of(path)).unwrap()
    }

    /// How an answer in the documented shape differs from the contract.
    fn differences(all: &[Known], path: &[&str], answer: &str) -> Vec<String> {
        let known = known(all, path);
        let contract = Contract::parse(known.fields).unwrap();
        let seen = shape(&serde_json::from_str(answer).unwrap(), &contract);
        let compared = contract.compare(&seen, &std::collections::BTreeSet::new());
        compared.differences.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_contract_can_be_read() {
        for known in [solaredge::KNOWN, fronius::KNOWN, enphase::KNOWN].concat_all() {
            assert!(Contract::parse(known.fields).is_ok(), "{}", known.call);
        }
    }

    trait ConcatAll {
        fn concat_all(self) -> Vec<&'static Known>;
    }

    impl ConcatAll for [&'static [Known]; 3] {
        fn concat_all(self) -> Vec<&'static Known> {
            self.into_iter().flatten().collect()
        }
    }

    #[test]
    fn answers_as_they_are_documented_differ_in_nothing() {
        let check = |all: &[Known], path: &[&str], answer: &str| {
            assert_eq!(differences(all, path, answer), Vec::<String>::new(), "{path:?}");
        };
        let solaredge = solaredge::KNOWN;
        check(solaredge, &["v2", "sites"], include_str!("solaredge/fixtures/sites.json"));
        check(solaredge, &["v2", "sites", "1"], include_str!("solaredge/fixtures/site.json"));
        let telemetry = ["v2", "sites", "1", "inverters", "telemetry"];
        check(solaredge, &telemetry, include_str!("solaredge/fixtures/telemetry.json"));
        let path = ["v2", "sites", "1", "devices"];
        check(solaredge, &path, include_str!("solaredge/fixtures/devices.json"));
        let path = ["v2", "sites", "1", "alerts"];
        check(solaredge, &path, include_str!("solaredge/fixtures/alerts.json"));
        let fronius = fronius::KNOWN;
        check(fronius, &["swqapi", "pvsystems"], include_str!("fronius/fixtures/systems.json"));
        let path = ["swqapi", "pvsystems", "a", "devices"];
        check(fronius, &path, include_str!("fronius/fixtures/devices.json"));
        let path = ["swqapi", "pvsystems", "a", "devices", "d", "histdata"];
        check(fronius, &path, include_str!("fronius/fixtures/histdata_old.json"));
        check(fronius, &path, include_str!("fronius/fixtures/histdata_new.json"));
        let enphase = enphase::KNOWN;
        let path = ["api", "v4", "systems"];
        check(enphase, &path, include_str!("enphase/fixtures/systems.json"));
        let path = ["api", "v4", "systems", "1", "summary"];
        check(enphase, &path, include_str!("enphase/fixtures/summary.json"));
        let path = ["api", "v4", "systems", "1", "devices"];
        check(enphase, &path, include_str!("enphase/fixtures/devices.json"));
        let path = ["api", "v4", "systems", "1", "telemetry", "production_micro"];
        check(enphase, &path, include_str!("enphase/fixtures/production_micro.json"));
    }

    #[test]
    fn a_changed_answer_is_told_in_plain_words() {
        let answer = include_str!("enphase/fixtures/production_micro.json");
        let changed = answer
            .replace("\"devices_reporting\": ", "\"reporting\": ")
            .replace("\"powr\": 40000", "\"powr\": \"40 kW\"");

        let told = differences(
            enphase::KNOWN,
            &["api", "v4", "systems", "1", "telemetry", "production_micro"],
            &changed,
        );

        assert_eq!(
            told,
            [
                "“intervals[].devices_reporting” is no longer sent",
                "“intervals[].powr” was a number and is now text",
                "“intervals[].reporting” is new: a number",
            ]
        );
    }
}
