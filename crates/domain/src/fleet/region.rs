use std::fmt;
use std::str::FromStr;

use crate::text::single_line;

/// Short stable name of a region: lower case letters, digits and hyphens, up
/// to 40 of them, such as `north-west`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegionCode(String);

/// Why a region code was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a region is written with up to 40 letters, digits and hyphens")]
pub struct RegionCodeError;

impl FromStr for RegionCode {
    type Err = RegionCodeError;
    fn from_str(raw: &str) -> Result<Self, RegionCodeError> {
        let code = raw.trim().to_lowercase().replace([' ', '_'], "-");
        let fits = (1..=40).contains(&code.len())
            && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if fits { Ok(Self(code)) } else { Err(RegionCodeError) }
    }
}

impl RegionCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a region is called on pages: one line of 1 to 60 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionName(String);

/// Why a name of a region was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a region has 1 to 60 characters")]
pub struct RegionNameError;

impl FromStr for RegionName {
    type Err = RegionNameError;
    fn from_str(raw: &str) -> Result<Self, RegionNameError> {
        let name = single_line(raw);
        if (1..=60).contains(&name.chars().count()) { Ok(Self(name)) } else { Err(RegionNameError) }
    }
}

impl RegionName {
    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Sites that share weather and a crew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its stable name.
    pub code: RegionCode,
    /// Its name on pages.
    pub name: String,
}
