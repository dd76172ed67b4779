use greengrid_app::onboarding::{BoardQuery, TypedField};
use greengrid_domain::onboarding::{FieldKey, OneOf, RoomChange};

use crate::query::{Address, Asked};
use crate::urls;

/// Reads what the board is asked for, and what of it made no sense.
pub(crate) fn read_board(query: &str) -> (BoardQuery, Vec<String>) {
    let mut asked = Asked::read(query);
    let query = BoardQuery {
        scope: asked.parse("scope").unwrap_or_default(),
        owner: asked.parse::<uuid::Uuid>("owner").map(Into::into),
        brand: asked.parse("brand"),
    };
    (query, asked.ignored)
}

/// Adds what the board is asked for to an address.
pub(crate) fn write_board(query: &BoardQuery, to: Address) -> Address {
    to.with("scope", (query.scope != greengrid_app::onboarding::Scope::All).then_some(query.scope))
        .with("owner", query.owner)
        .with("brand", query.brand)
}

/// The address of a board.
pub(super) fn board_address(query: &BoardQuery) -> String {
    write_board(query, Address::new(urls::ONBOARDING)).finish()
}

/// The fields of a form as they came: each with its text, the version that was
/// seen of it, and what somebody decided where two had changed it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FieldsDto {
    /// What was typed.
    pub(super) typed: Vec<TypedField>,
    /// Fields of which the other’s text was taken.
    pub(super) taken: Vec<FieldKey>,
    /// Another roof face or inverter, or one fewer.
    pub(super) room: Option<RoomChange>,
}

impl FieldsDto {
    /// Reads a form. What is not a field of ours is left alone.
    pub(super) fn read(pairs: &[(String, String)]) -> Self {
        let last = |name: &str| {
            pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let decided = |name: &str| last(name).and_then(|key| key.parse::<FieldKey>().ok());
        let (keep, take) = (decided("keep"), decided("take"));
        let one = |name: &str| last(name).and_then(|one| one.parse::<OneOf>().ok());
        let room = one("add").map(RoomChange::Add).or(one("remove").map(RoomChange::Remove));
        // A button that fills in what was probably meant: `key=text`.
        let meant = last("use").and_then(|text| {
            let (key, text) = text.split_once('=')?;
            Some((key.parse::<FieldKey>().ok()?, text.to_owned()))
        });
        let mut typed: Vec<TypedField> = Vec::new();
        for (name, text) in pairs {
            let Ok(key) = name.parse::<FieldKey>() else { continue };
            if Some(key) == take || typed.iter().any(|field| field.key == key) {
                continue;
            }
            let seen = last(&format!("v:{name}")).and_then(|version| version.parse().ok());
            let seen = if Some(key) == keep { None } else { Some(seen.unwrap_or(0)) };
            let meant = meant.as_ref().filter(|(of, _)| *of == key).map(|(_, text)| text.clone());
            typed.push(TypedField { key, text: meant.unwrap_or_else(|| text.clone()), seen });
        }
        Self { typed, taken: take.into_iter().collect(), room }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn fields_come_with_the_version_that_was_seen() {
        let dto = FieldsDto::read(&pairs(&[
            ("email", "a@example.org"),
            ("v:email", "3"),
            ("phone", "040"),
            ("secret", "x"),
            ("keep", "phone"),
        ]));

        let seen: Vec<Option<u32>> = dto.typed.iter().map(|field| field.seen).collect();
        assert_eq!(seen, [Some(3), None]);
    }

    #[test]
    fn taking_the_others_text_and_using_what_was_meant() {
        let form = [
            ("email", "x"),
            ("face.1.capacity", "9900"),
            ("take", "email"),
            ("use", "face.1.capacity=9.9 kWp"),
        ];
        let dto = FieldsDto::read(&pairs(&form));

        assert_eq!(dto.taken, ["email".parse().unwrap()]);
        let [field] = dto.typed.as_slice() else { panic!("{dto:?}") };
        assert_eq!(field.text, "9.9 kWp");
        assert_eq!(dto.room, None);
    }

    #[test]
    fn buttons_add_one_or_take_one_away() {
        let room = |name: &str, one: &str| FieldsDto::read(&pairs(&[(name, one)])).room;

        assert_eq!(room("add", "face.3"), Some(RoomChange::Add("face.3".parse().unwrap())));
        let gone = RoomChange::Remove("inverter.2".parse().unwrap());
        assert_eq!(room("remove", "inverter.2"), Some(gone));
        assert_eq!(room("add", "face.9"), None);
    }
}
