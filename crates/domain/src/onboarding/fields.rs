use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{FieldKey, Plain};
use crate::fleet::Brand;
use crate::observability::Initiator;

/// What stands in a field, and who typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As typed, on one line; good or not.
    pub text: String,
    /// Counts the changes of this field, from 1.
    pub version: u32,
    /// Who changed it last.
    pub by: Initiator,
    /// When.
    pub at: Timestamp,
}

/// The fields of a case. A field that was never touched has no entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(BTreeMap<FieldKey, Entry>);

/// Somebody else has changed a field since it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Which field.
    pub key: FieldKey,
    /// What stands there now.
    pub theirs: Entry,
    /// What was typed.
    pub mine: String,
}

/// What came of typing into a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// It stood there already.
    Same,
    /// It stands there now.
    Changed {
        /// What stood there before.
        before: String,
    },
    /// Somebody else was faster.
    Conflict(Conflict),
}

impl FromIterator<(FieldKey, Entry)> for Fields {
    fn from_iter<T: IntoIterator<Item = (FieldKey, Entry)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl Fields {
    /// What stands in a field; empty where nothing does.
    #[must_use]
    pub fn text(&self, key: FieldKey) -> &str {
        self.0.get(&key).map_or("", |entry| entry.text.as_str())
    }

    /// The entry of a field.
    #[must_use]
    pub fn entry(&self, key: FieldKey) -> Option<&Entry> {
        self.0.get(&key)
    }

    /// How often a field was changed.
    #[must_use]
    pub fn version(&self, key: FieldKey) -> u32 {
        self.0.get(&key).map_or(0, |entry| entry.version)
    }

    /// Every field that was ever touched.
    pub fn keys(&self) -> impl Iterator<Item = FieldKey> {
        self.0.keys().copied()
    }

    /// Every field in which something stands.
    pub fn filled(&self) -> impl Iterator<Item = FieldKey> {
        self.0.iter().filter(|(_, entry)| !entry.text.is_empty()).map(|(key, _)| *key)
    }

    /// The brand, once it is chosen.
    #[must_use]
    pub fn brand(&self) -> Option<Brand> {
        self.text(Plain::Brand.into()).parse().ok().filter(|brand| *brand != Brand::Other)
    }

    /// Puts text into a field by somebody who had seen the version `seen` of
    /// it; without one, whatever stands there. A change of somebody else since
    /// then is never overwritten: the two have to be looked at.
    pub(super) fn put(
        &mut self,
        key: FieldKey,
        text: &str,
        seen: Option<u32>,
        by: Initiator,
        at: Timestamp,
    ) -> Typed {
        let present = self.0.get(&key);
        let before = present.map_or("", |entry| entry.text.as_str());
        if before == text {
            return Typed::Same;
        }
        let version = present.map_or(0, |entry| entry.version);
        if let Some(theirs) = present
            && seen.is_some_and(|seen| seen < version)
            && theirs.by != by
        {
            let (theirs, mine) = (theirs.clone(), text.to_owned());
            return Typed::Conflict(Conflict { key, theirs, mine });
        }
        let before = before.to_owned();
        self.0.insert(key, Entry { text: text.to_owned(), version: version + 1, by, at });
        Typed::Changed { before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn person(n: u128) -> Initiator {
        Initiator::User(Uuid::from_u128(n).into())
    }

    const KEY: FieldKey = FieldKey::Plain(Plain::SiteName);

    #[test]
    fn nobody_overwrites_what_they_have_not_seen() {
        let mut fields = Fields::default();
        let at = Timestamp::UNIX_EPOCH;
        fields.put(KEY, "Mill", Some(0), person(1), at);

        let late = fields.put(KEY, "Mill Race", Some(0), person(2), at);
        let own = fields.put(KEY, "Mill 7", Some(0), person(1), at);
        let decided = fields.put(KEY, "Mill Race", None, person(2), at);

        let Typed::Conflict(conflict) = late else { panic!("{late:?}") };
        assert_eq!((conflict.theirs.text.as_str(), conflict.mine.as_str()), ("Mill", "Mill Race"));
        assert_eq!(own, Typed::Changed { before: "Mill".to_owned() });
        assert_eq!(decided, Typed::Changed { before: "Mill 7".to_owned() });
        assert_eq!(fields.version(KEY), 3);
    }

    proptest! {
        #[test]
        fn a_change_is_either_there_or_told(
            steps in proptest::collection::vec((0_u128..3, "[a-c]", 0_u32..6), 1..20),
        ) {
            let mut fields = Fields::default();
            for (who, text, seen) in steps {
                let before = fields.clone();
                match fields.put(KEY, &text, Some(seen), person(who), Timestamp::UNIX_EPOCH) {
                    Typed::Conflict(conflict) => {
                        prop_assert_eq!(&fields, &before);
                        prop_assert_eq!(conflict.mine, text);
                        prop_assert!(seen < before.version(KEY));
                    }
                    Typed::Same => prop_assert_eq!(&fields, &before),
                    Typed::Changed { .. } => {
                        prop_assert_eq!(fields.text(KEY), text.as_str());
                        prop_assert_eq!(fields.version(KEY), before.version(KEY) + 1);
                    }
                }
            }
        }
    }
}
