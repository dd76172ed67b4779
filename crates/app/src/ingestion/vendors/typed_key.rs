use greengrid_domain::fleet::Brand;
use greengrid_domain::onboarding::{KeyPart, Problem, access};

use super::{Credentials, SecretText};

/// A part of a key as it was typed.
pub type GivenPart = (KeyPart, SecretText);

/// Why what was typed is no key.
#[derive(Debug, thiserror::Error)]
pub enum TypedKeyError {
    /// The brand knows no keys that could be typed.
    #[error("owners of {} approve access on its page; there is no key to type", .0.name())]
    NoKey(Brand),
    /// Parts whose shape is not right; their text is in none of these.
    #[error("the key cannot be right as typed")]
    Parts(Vec<(KeyPart, Problem)>),
}

/// Credentials of the parts of a brand's key.
pub fn typed_key(brand: Brand, parts: &[GivenPart]) -> Result<Credentials, TypedKeyError> {
    let wanted = access(brand).keys;
    let text = |part: KeyPart| {
        parts.iter().find(|(key, _)| *key == part).map_or("", |(_, text)| text.expose())
    };
    let wrong: Vec<(KeyPart, Problem)> = wanted
        .iter()
        .filter_map(|part| part.check(text(*part)).err().map(|problem| (*part, problem)))
        .collect();
    if !wrong.is_empty() {
        return Err(TypedKeyError::Parts(wrong));
    }
    match brand {
        Brand::Fronius => Ok(Credentials::Fronius {
            key_id: text(KeyPart::FroniusKeyId).to_owned(),
            key_value: SecretText::new(text(KeyPart::FroniusKeyValue)),
        }),
        Brand::SolarEdge => {
            Ok(Credentials::SolarEdgeKey(SecretText::new(text(KeyPart::SolaredgeKey))))
        }
        Brand::Enphase | Brand::Other => Err(TypedKeyError::NoKey(brand)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_the_wrong_shape_is_named_without_what_was_typed() {
        let parts = [(KeyPart::FroniusKeyValue, SecretText::new("whisper"))];

        let Err(TypedKeyError::Parts(wrong)) = typed_key(Brand::Fronius, &parts) else {
            unreachable!()
        };

        let named: Vec<KeyPart> = wrong.iter().map(|(part, _)| *part).collect();
        assert_eq!(named, [KeyPart::FroniusKeyId, KeyPart::FroniusKeyValue]);
        assert!(wrong.iter().all(|(_, problem)| !problem.message.contains("whisper")));
    }

    #[test]
    fn where_owners_approve_nothing_can_be_typed() {
        assert!(matches!(typed_key(Brand::Enphase, &[]), Err(TypedKeyError::NoKey(_))));
    }
}
