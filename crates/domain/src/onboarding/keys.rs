//! What opens the interface of each brand, and the shapes it has.

use super::Problem;
use crate::fleet::Brand;

/// A secret, or a part of one, that a person types in.
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
pub enum KeyPart {
    /// The key of SolarEdge’s Monitoring API v2.
    SolaredgeKey,
    /// The id of a Solar.web key: `FKIA…`.
    FroniusKeyId,
    /// Its value, a GUID.
    FroniusKeyValue,
}

/// The ways to give access to a brand’s interface; either is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// What is typed in; nothing where there is no such key.
    pub keys: &'static [KeyPart],
    /// Whether an owner can approve it on the vendor’s own page.
    pub approval: bool,
}

/// How access is given to the interface of a brand.
#[must_use]
pub const fn access(brand: Brand) -> Access {
    match brand {
        Brand::SolarEdge => Access { keys: &[KeyPart::SolaredgeKey], approval: true },
        Brand::Fronius => {
            Access { keys: &[KeyPart::FroniusKeyId, KeyPart::FroniusKeyValue], approval: false }
        }
        Brand::Enphase => Access { keys: &[], approval: true },
        Brand::Other => Access { keys: &[], approval: false },
    }
}

/// Fewest characters of a key of SolarEdge.
const SOLAREDGE_SHORTEST: usize = 16;

impl KeyPart {
    /// What it is called in the vendor’s portal.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SolaredgeKey => "API key",
            Self::FroniusKeyId => "AccessKeyId",
            Self::FroniusKeyValue => "AccessKeyValue",
        }
    }

    /// How it looks.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::SolaredgeKey => "Letters, digits and hyphens without spaces, of the interface v2",
            Self::FroniusKeyId => "36 characters, begins with FKIA",
            Self::FroniusKeyValue => "36 characters in five groups, such as 7f7c5f8e-…-…-…-………",
        }
    }

    /// Checks its shape, which tells a slip of copying before the vendor does.
    /// The secret itself never stands in a message.
    pub fn check(self, text: &str) -> Result<(), Problem> {
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            return Err(Problem::new(format!("the {} is missing", self.label())));
        }
        if text.contains(char::is_whitespace) {
            return Err(Problem::new(
                "there is a space inside; copy it once more with the copy button",
            ));
        }
        match self {
            Self::SolaredgeKey => solaredge(text, length),
            Self::FroniusKeyId => {
                if !text.starts_with("FKIA") {
                    return Err(Problem::new("an AccessKeyId begins with FKIA; is this the value"));
                }
                of_length("an AccessKeyId", length, 36)
            }
            Self::FroniusKeyValue => guid("an AccessKeyValue", text),
        }
    }
}

fn solaredge(text: &str, length: usize) -> Result<(), Problem> {
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        return Err(Problem::new("a key holds only letters, digits, hyphens and dots"));
    }
    if length == 32 && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return Err(Problem::new(
            "this looks like a key of the old interface, which has ended; create one for v2",
        ));
    }
    if length < SOLAREDGE_SHORTEST {
        return Err(Problem::new(format!(
            "this key has {length} characters, keys have {SOLAREDGE_SHORTEST} and more; the end was probably lost when copying"
        )));
    }
    if length > 512 {
        return Err(Problem::new("this is longer than any key"));
    }
    Ok(())
}

fn of_length(what: &str, length: usize, wanted: usize) -> Result<(), Problem> {
    if length == wanted {
        return Ok(());
    }
    let lost = if length < wanted { "; the end was probably lost when copying" } else { "" };
    Err(Problem::new(format!("this has {length} characters, {what} has {wanted}{lost}")))
}

fn guid(what: &str, text: &str) -> Result<(), Problem> {
    of_length(what, text.chars().count(), 36)?;
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    if groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit()) {
        Ok(())
    } else {
        Err(Problem::new(format!(
            "{what} has five groups of the digits 0 to 9 and a to f, such as 7f7c5f8e-0000-4000-8000-00000000f00d"
        )))
    }
}

/// Checks what a vendor calls a site.
pub(super) fn external_id(brand: Option<Brand>, text: &str) -> Result<(), Problem> {
    let text = text.trim();
    let digits = |what: &str, range: std::ops::RangeInclusive<usize>| {
        if !text.chars().all(|c| c.is_ascii_digit()) {
            return Err(Problem::new(format!(
                "{what} is digits only, such as 410 233 without spaces"
            )));
        }
        if range.contains(&text.len()) {
            Ok(())
        } else {
            Err(Problem::new(format!(
                "{what} has {} to {} digits, this one has {}",
                range.start(),
                range.end(),
                text.len()
            )))
        }
    };
    match brand {
        Some(Brand::SolarEdge) => digits("a SolarEdge site id", 4..=9),
        Some(Brand::Enphase) => digits("an Enphase system id", 4..=9),
        Some(Brand::Fronius) => guid("a Solar.web system id", text),
        _ if (1..=64).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') =>
        {
            Ok(())
        }
        _ => Err(Problem::new("a site number has 1 to 64 letters, digits or hyphens")),
    }
}

/// Checks the serial number of an inverter against the pattern of its brand.
pub(super) fn serial(brand: Option<Brand>, text: &str) -> Result<(), Problem> {
    let is_hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    let fits = match brand {
        Some(Brand::SolarEdge) => text.rsplit_once('-').is_some_and(|(head, tail)| {
            (7..=8).contains(&head.len()) && tail.len() == 2 && is_hex(head) && is_hex(tail)
        }),
        Some(Brand::Fronius) => {
            text.len() >= 7
                && text.len() <= 17
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        }
        Some(Brand::Enphase) => text.len() == 12 && text.chars().all(|c| c.is_ascii_digit()),
        _ => (1..=64).contains(&text.chars().count()),
    };
    if fits {
        return Ok(());
    }
    Err(Problem::new(match brand {
        Some(Brand::SolarEdge) => {
            "a SolarEdge serial looks like 7E1234B5-67: eight and two of 0 to 9 and A to F"
        }
        Some(Brand::Fronius) => "a Fronius serial has 7 to 17 letters and digits, such as 34567890",
        Some(Brand::Enphase) => "an Enphase serial has 12 digits, such as 122045678901",
        _ => "a serial number has 1 to 64 characters",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: KeyPart, text: &str, expected: Option<&str>) {
        let told = part.check(text).err().map(|problem| problem.message);
        match expected {
            None => assert_eq!(told, None, "{text}"),
            Some(words) => {
                let told = told.unwrap_or_else(|| panic!("{text} was taken"));
                assert!(told.contains(words), "{text}: {told}");
                assert!(text.len() < 12 || !told.contains(text), "the secret stands in {told}");
            }
        }
    }

    #[test]
    fn keys_are_known_by_their_shape() {
        check(KeyPart::SolaredgeKey, "", Some("missing"));
        check(KeyPart::SolaredgeKey, "fleet-key-of-this-installer", None);
        check(KeyPart::SolaredgeKey, "L4QLVQ1LOKCQX2193VSEICXW61NP6B1O", Some("old interface"));
        check(KeyPart::SolaredgeKey, "fleet-key", Some("9 characters"));
        check(KeyPart::SolaredgeKey, "fleet key of this installer", Some("a space"));
        check(KeyPart::FroniusKeyId, "FKIA00000000000000000000000000000001", None);
        check(KeyPart::FroniusKeyId, "FKIA0000000000000000000000000000001", Some("35 characters"));
        check(KeyPart::FroniusKeyId, "7f7c5f8e-0000-4000-8000-00000000f00d", Some("FKIA"));
        check(KeyPart::FroniusKeyValue, "7f7c5f8e-0000-4000-8000-00000000f00d", None);
        check(
            KeyPart::FroniusKeyValue,
            "7f7c5f8e-0000-4000-8000-00000000f00z",
            Some("five groups"),
        );
    }

    #[test]
    fn site_numbers_and_serials_follow_their_brand() {
        assert!(external_id(Some(Brand::SolarEdge), "410233").is_ok());
        assert!(external_id(Some(Brand::SolarEdge), "41O233").is_err());
        assert!(external_id(Some(Brand::Fronius), "410233").is_err());
        assert!(serial(Some(Brand::SolarEdge), "7E1234B5-67").is_ok());
        assert!(serial(Some(Brand::SolarEdge), "7E1234B567").is_err());
        assert!(serial(Some(Brand::Enphase), "122045678901").is_ok());
        assert!(serial(None, "anything goes").is_ok());
    }
}
