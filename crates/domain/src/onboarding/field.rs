use std::fmt;
use std::str::FromStr;

/// Roof faces that a case can have.
pub const MOST_FACES: u8 = 4;

/// Inverters that a case can have.
pub const MOST_INVERTERS: u8 = 8;

/// A field that a case has once.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Plain {
    /// Whose site it is, as on the contract.
    Customer,
    /// Where mail reaches the customer.
    Email,
    /// Where a call reaches them.
    Phone,
    /// Who put it up, and how to reach them.
    Installer,
    /// Where mail reaches the installer.
    InstallerEmail,
    /// The day of the contract.
    SignedOn,
    /// Whether the customer agreed to our reading their data.
    Consent,
    /// What the site is called.
    SiteName,
    /// Its postal address.
    Address,
    /// Latitude and longitude.
    Coordinates,
    /// Its time zone, where the one found is not right.
    TimeZone,
    /// Its region, where the nearest is not right.
    Region,
    /// The first day of operation.
    CommissionedOn,
    /// Power that may be fed in at most.
    ExportLimit,
    /// What a kilowatt-hour is worth.
    Price,
    /// Whose inverters it has.
    Brand,
    /// What the vendor calls the site.
    ExternalId,
}

/// A part of a roof face.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum FacePart {
    /// DC capacity of its modules.
    Capacity,
    /// Angle from the horizontal.
    Tilt,
    /// Direction it faces.
    Azimuth,
}

/// A part of an inverter.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum InverterPart {
    /// Serial number.
    Serial,
    /// AC rating.
    Rating,
    /// Model name.
    Model,
}

/// A field of a case. As text: `email`, `face.2.tilt`, `inverter.1.serial`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldKey {
    /// One that there is once.
    Plain(Plain),
    /// One of a roof face, counted from 1.
    Face(u8, FacePart),
    /// One of an inverter, counted from 1.
    Inverter(u8, InverterPart),
}

/// Not the name of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such field")]
pub struct NoSuchField;

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(plain) => f.write_str(plain.into()),
            Self::Face(number, part) => write!(f, "face.{number}.{part}"),
            Self::Inverter(number, part) => write!(f, "inverter.{number}.{part}"),
        }
    }
}

impl FromStr for FieldKey {
    type Err = NoSuchField;
    fn from_str(text: &str) -> Result<Self, NoSuchField> {
        let parts: Vec<&str> = text.split('.').collect();
        let number = |text: &str, most| {
            text.parse::<u8>().ok().filter(|n| (1..=most).contains(n)).ok_or(NoSuchField)
        };
        match parts.as_slice() {
            [plain] => plain.parse().map(Self::Plain).map_err(|_| NoSuchField),
            ["face", n, part] => {
                let part = part.parse().map_err(|_| NoSuchField)?;
                Ok(Self::Face(number(n, MOST_FACES)?, part))
            }
            ["inverter", n, part] => {
                let part = part.parse().map_err(|_| NoSuchField)?;
                Ok(Self::Inverter(number(n, MOST_INVERTERS)?, part))
            }
            _ => Err(NoSuchField),
        }
    }
}

impl From<Plain> for FieldKey {
    fn from(plain: Plain) -> Self {
        Self::Plain(plain)
    }
}

impl FieldKey {
    /// What people call it.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Plain(plain) => plain.label().to_owned(),
            Self::Face(n, FacePart::Capacity) => format!("Capacity of roof face {n}"),
            Self::Face(n, FacePart::Tilt) => format!("Tilt of roof face {n}"),
            Self::Face(n, FacePart::Azimuth) => format!("Direction of roof face {n}"),
            Self::Inverter(n, InverterPart::Serial) => format!("Serial number of inverter {n}"),
            Self::Inverter(n, InverterPart::Rating) => format!("Rating of inverter {n}"),
            Self::Inverter(n, InverterPart::Model) => format!("Model of inverter {n}"),
        }
    }

    /// Whether what the first data are compared with rests on it.
    #[must_use]
    pub const fn bears_on_verification(self) -> bool {
        matches!(
            self,
            Self::Face(..)
                | Self::Inverter(_, InverterPart::Serial | InverterPart::Rating)
                | Self::Plain(Plain::Coordinates | Plain::TimeZone | Plain::ExportLimit)
        )
    }

    /// Whether the connection to the vendor rests on it.
    #[must_use]
    pub const fn bears_on_connection(self) -> bool {
        matches!(self, Self::Plain(Plain::Brand | Plain::ExternalId))
    }
}

impl Plain {
    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Email => "E-mail",
            Self::Phone => "Telephone",
            Self::Installer => "Installer",
            Self::InstallerEmail => "Installer’s e-mail",
            Self::SignedOn => "Contract signed on",
            Self::Consent => "Consent to read the data",
            Self::SiteName => "Name of the site",
            Self::Address => "Address",
            Self::Coordinates => "Coordinates",
            Self::TimeZone => "Time zone",
            Self::Region => "Region",
            Self::CommissionedOn => "In operation since",
            Self::ExportLimit => "Feed-in limit",
            Self::Price => "Worth of a kilowatt-hour",
            Self::Brand => "Inverter brand",
            Self::ExternalId => "Site number at the vendor",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_text_and_bounds_hold() {
        for text in ["email", "face.4.tilt", "inverter.8.serial", "external_id"] {
            assert_eq!(text.parse::<FieldKey>().unwrap().to_string(), text);
        }
        for text in ["", "face.5.tilt", "face.0.tilt", "inverter.9.serial", "face.1", "secret"] {
            assert_eq!(text.parse::<FieldKey>(), Err(NoSuchField), "{text}");
        }
    }
}
