use std::str::FromStr;

use jiff::Timestamp;
use strum::IntoEnumIterator;

use super::{
    Case, FacePart, FieldKey, Happened, Happening, InverterPart, MOST_FACES, MOST_INVERTERS,
    NoSuchField,
};
use crate::observability::Initiator;

/// What a case can have several of.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Several {
    /// Faces of its roof.
    Face,
    /// Inverters.
    Inverter,
}

/// One of them, counted from 1. As text: `face.2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OneOf {
    /// Of what.
    pub of: Several,
    /// Which.
    pub number: u8,
}

/// For how many of each there is room in the form of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Faces of the roof.
    pub faces: u8,
    /// Inverters.
    pub inverters: u8,
}

impl Default for Room {
    fn default() -> Self {
        Self { faces: 1, inverters: 1 }
    }
}

/// How what a case can have several of is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomChange {
    /// There is to be room for this one too.
    Add(OneOf),
    /// This one is to go, and those behind it move up.
    Remove(OneOf),
}

impl Several {
    /// The most that there can be.
    #[must_use]
    pub const fn most(self) -> u8 {
        match self {
            Self::Face => MOST_FACES,
            Self::Inverter => MOST_INVERTERS,
        }
    }

    /// What people call one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Face => "roof face",
            Self::Inverter => "inverter",
        }
    }

    /// The fields of one of them.
    #[must_use]
    pub fn fields(self, number: u8) -> Vec<FieldKey> {
        match self {
            Self::Face => FacePart::iter().map(|part| FieldKey::Face(number, part)).collect(),
            Self::Inverter => {
                InverterPart::iter().map(|part| FieldKey::Inverter(number, part)).collect()
            }
        }
    }

    /// Which one a field belongs to.
    const fn number_of(self, key: FieldKey) -> Option<u8> {
        match (self, key) {
            (Self::Face, FieldKey::Face(number, _))
            | (Self::Inverter, FieldKey::Inverter(number, _)) => Some(number),
            _ => None,
        }
    }
}

impl std::fmt::Display for OneOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.of, self.number)
    }
}

impl FromStr for OneOf {
    type Err = NoSuchField;
    fn from_str(text: &str) -> Result<Self, NoSuchField> {
        let (of, number) = text.split_once('.').ok_or(NoSuchField)?;
        let (of, number): (Several, u8) =
            (of.parse().map_err(|_| NoSuchField)?, number.parse().map_err(|_| NoSuchField)?);
        if (1..=of.most()).contains(&number) { Ok(Self { of, number }) } else { Err(NoSuchField) }
    }
}

impl Room {
    fn of(&mut self, of: Several) -> &mut u8 {
        match of {
            Several::Face => &mut self.faces,
            Several::Inverter => &mut self.inverters,
        }
    }
}

impl Case {
    /// How many there are, filled in or with room made for them; one at least.
    #[must_use]
    pub fn count(&self, of: Several) -> u8 {
        let filled = self.fields.filled().filter_map(|key| of.number_of(key)).max();
        let mut room = self.room;
        (*room.of(of)).max(filled.unwrap_or(0)).clamp(1, of.most())
    }

    /// Makes room for another one, or takes one away. Asking twice for the same
    /// one makes room once. Gives what happened.
    pub fn make_room(
        &mut self,
        change: RoomChange,
        by: Initiator,
        at: Timestamp,
    ) -> Vec<Happening> {
        match change {
            RoomChange::Add(OneOf { of, number }) => {
                if number <= self.count(of) {
                    return Vec::new();
                }
                *self.room.of(of) = number;
                vec![Happening::new(Happened::RoomMade, format!("{} {number}", of.name()))]
            }
            RoomChange::Remove(one) => self.remove(one, by, at),
        }
    }

    /// What stood in the one that goes stays in the history; somebody who types
    /// into one that moved up is told of it as of any other change.
    fn remove(&mut self, one: OneOf, by: Initiator, at: Timestamp) -> Vec<Happening> {
        let OneOf { of, number } = one;
        let count = self.count(of);
        if number > count {
            return Vec::new();
        }
        let words = format!("{} {number}", of.name());
        let mut happened = vec![Happening::new(Happened::RoomTaken, words)];
        for here in number..=count {
            let next = of.fields(here + 1);
            for (key, from) in of.fields(here).into_iter().zip(next) {
                let text =
                    if here < count { self.fields.text(from).to_owned() } else { String::new() };
                happened.extend(self.type_in(key, &text, None, by, at).1);
            }
        }
        *self.room.of(of) = count.saturating_sub(1).max(1);
        happened
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn begun() -> Case {
        let at = Timestamp::UNIX_EPOCH;
        Case::builder().id(uuid::Uuid::nil().into()).opened_at(at).stage_since(at).build()
    }

    fn change(case: &mut Case, change: RoomChange) -> Vec<Happening> {
        case.make_room(change, Initiator::System, Timestamp::UNIX_EPOCH)
    }

    fn capacity(number: u8) -> FieldKey {
        FieldKey::Face(number, FacePart::Capacity)
    }

    fn typed(case: &mut Case, key: FieldKey, text: &str) {
        case.type_in(key, text, None, Initiator::System, Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn asking_twice_makes_room_once() {
        let mut case = begun();
        let second = RoomChange::Add("face.2".parse().unwrap());

        let first = change(&mut case, second);
        let again = change(&mut case, second);

        assert_eq!((first.len(), again.len()), (1, 0));
        assert_eq!((case.count(Several::Face), case.count(Several::Inverter)), (2, 1));
    }

    #[test]
    fn what_is_behind_one_that_goes_moves_up() {
        let mut case = begun();
        for (number, text) in [(1, "5 kWp"), (2, "3 kWp"), (3, "2 kWp")] {
            typed(&mut case, capacity(number), text);
        }

        let happened = change(&mut case, RoomChange::Remove("face.2".parse().unwrap()));

        let texts = [1, 2, 3].map(|number| case.fields.text(capacity(number)));
        assert_eq!(texts, ["5 kWp", "2 kWp", ""]);
        assert_eq!(case.count(Several::Face), 2);
        let before: Vec<&str> = happened.iter().filter_map(|it| it.before.as_deref()).collect();
        assert_eq!(before, ["3 kWp", "2 kWp"], "what went is in no history");
    }

    #[test]
    fn only_what_there_can_be_is_read() {
        for text in ["face.1", "face.4", "inverter.8"] {
            assert_eq!(text.parse::<OneOf>().unwrap().to_string(), text);
        }
        for text in ["", "face", "face.0", "face.5", "inverter.9", "roof.1", "face.x"] {
            assert_eq!(text.parse::<OneOf>(), Err(NoSuchField), "{text}");
        }
    }

    proptest! {
        #[test]
        fn there_is_always_one_and_never_more_than_the_most(
            steps in proptest::collection::vec((any::<bool>(), 1_u8..=8, any::<bool>()), 0..30),
        ) {
            let mut case = begun();
            for (adds, number, types) in steps {
                let one = OneOf { of: Several::Inverter, number };
                change(&mut case, if adds { RoomChange::Add(one) } else { RoomChange::Remove(one) });
                let count = case.count(Several::Inverter);
                prop_assert!((1..=MOST_INVERTERS).contains(&count));
                if types {
                    typed(&mut case, FieldKey::Inverter(count, InverterPart::Serial), "7E1234B5-67");
                    prop_assert_eq!(case.count(Several::Inverter), count);
                }
            }
        }
    }
}
