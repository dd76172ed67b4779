use std::borrow::Cow;

use jiff::Timestamp;

use super::Finding;

/// How sure a rule is, in the words a person would use.
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
pub enum Confidence {
    /// It may be something else.
    Possible,
    /// It is rather this than anything else.
    Likely,
    /// Hardly anything else looks like this.
    VeryLikely,
}

impl Confidence {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::VeryLikely => "very likely",
        }
    }
}

/// Where an expectation comes from, best first. Each step down knows less and
/// has a wider band.
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
pub enum Rung {
    /// Five or more healthy neighbours tell the sky.
    Neighbours,
    /// Three or four healthy neighbours tell it.
    FewNeighbours,
    /// The site's own past, in hours when its curve shows a cloudless sky.
    OwnHistory,
    /// The clear-sky model alone: the site has shown too little yet.
    ClearSky,
}

impl Rung {
    /// Whether other sites told the sky.
    #[must_use]
    pub const fn is_told(self) -> bool {
        matches!(self, Self::Neighbours | Self::FewNeighbours)
    }

    /// The source in words, to follow “compared with”.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Neighbours => "its neighbours at the same moment",
            Self::FewNeighbours => "a few neighbours at the same moment",
            Self::OwnHistory => "its own cloudless hours",
            Self::ClearSky => "the clear-sky model alone",
        }
    }
}

/// A number behind a detection: what it is and its value with unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What the number says, as a short noun phrase.
    pub label: Cow<'static, str>,
    /// The value with its unit.
    pub value: String,
}

impl Fact {
    /// A number with its name.
    pub fn new(label: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

/// What a detection rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Where the expectation came from.
    pub rung: Rung,
    /// How many neighbours told the sky, in the middle of the span.
    pub neighbours: u16,
    /// The numbers that decided, most telling first.
    pub facts: Vec<Fact>,
}

/// A stretch of time in which a site differs from what is expected of it, as
/// one rule sees it at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// What is wrong, since when, and what it costs.
    pub finding: Finding,
    /// When it was over; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// What it rests on.
    pub evidence: Evidence,
}
