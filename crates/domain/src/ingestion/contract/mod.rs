use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[cfg(test)]
mod tests;

/// What a value in an answer is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::Display, strum::EnumString,
)]
#[strum(serialize_all = "snake_case")]
pub enum ValueKind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A list of values.
    List,
    /// Named values.
    Object,
    /// Nothing: `null`.
    Null,
}

impl ValueKind {
    /// As a noun in a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Null => "empty",
        }
    }
}

/// The fields of an answer and what they were. A field is named by its way:
/// `devices[].model` is the model of each device; `*` stands for a name that
/// differs from answer to answer, such as a serial number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape(BTreeMap<String, BTreeSet<ValueKind>>);

impl Shape {
    /// Adds what a field was once.
    pub fn see(&mut self, way: &str, kind: ValueKind) {
        self.0.entry(way.to_owned()).or_default().insert(kind);
    }

    /// The ways of all fields.
    pub fn ways(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn kinds(&self, way: &str) -> Option<&BTreeSet<ValueKind>> {
        self.0.get(way)
    }
}

/// What is known of the answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract(BTreeMap<String, Known>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    kinds: BTreeSet<ValueKind>,
    /// May be missing, or null.
    optional: bool,
    /// What is inside does not matter to us.
    closed: bool,
}

/// A contract that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no line of a contract")]
pub struct ContractError(String);

/// How an answer differs from what is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A field that must be there is not, or is null.
    Missing(String),
    /// A field is something else than it was.
    Retyped {
        /// Which.
        way: String,
        /// What it was known to be.
        was: ValueKind,
        /// What it is.
        is: ValueKind,
    },
    /// A field that nobody knew.
    New {
        /// Which.
        way: String,
        /// What it is.
        is: ValueKind,
    },
}

impl fmt::Display for Difference {
    /// As a clause for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(way) => write!(f, "“{way}” is no longer sent"),
            Self::Retyped { way, was, is } => {
                write!(f, "“{way}” was {} and is now {}", was.words(), is.words())
            }
            Self::New { way, is } => write!(f, "“{way}” is new: {}", is.words()),
        }
    }
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// In the order of the fields, what matters most first.
    pub differences: Vec<Difference>,
    /// Whether everything that must be there could be looked at: a list without
    /// entries says nothing of what they would hold.
    pub whole: bool,
}

impl Contract {
    /// Reads a contract: a field in each line, as its way and its kinds, which
    /// are joined by `|`. With `?` a field may be missing, with `~` what is
    /// inside is left alone.
    pub fn parse(text: &str) -> Result<Self, ContractError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(Known::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the names inside this field differ from answer to answer.
    #[must_use]
    pub fn has_free_names(&self, way: &str) -> bool {
        self.0.contains_key(&inside(way, "*"))
    }

    /// Compares an answer with what is known. Fields whose ways are in `learned`
    /// are known too, whatever they are.
    #[must_use]
    pub fn compare(&self, seen: &Shape, learned: &BTreeSet<String>) -> Comparison {
        let mut comparison = Comparison { differences: Vec::new(), whole: true };
        for (way, known) in &self.0 {
            match seen.kinds(way) {
                None if known.optional => {}
                None if way.ends_with("[]") => comparison.whole = false,
                None => match parent(way) {
                    Some(parent) if !seen.0.contains_key(parent) => comparison.whole = false,
                    _ => comparison.differences.push(Difference::Missing(way.clone())),
                },
                Some(kinds) => comparison.differences.extend(known.difference(way, kinds)),
            }
        }
        for (way, kinds) in &seen.0 {
            if self.0.contains_key(way) || learned.contains(way) || !self.is_open(way) {
                continue;
            }
            let is = kinds.iter().next().copied().unwrap_or(ValueKind::Null);
            comparison.differences.push(Difference::New { way: way.clone(), is });
        }
        comparison.differences.sort();
        comparison
    }

    /// Whether a field lies right inside one that is known and looked into.
    fn is_open(&self, way: &str) -> bool {
        parent(way).is_none_or(|parent| self.0.get(parent).is_some_and(|known| !known.closed))
    }
}

impl Known {
    fn parse(line: &str) -> Result<(String, Self), ContractError> {
        let wrong = || ContractError(line.to_owned());
        let (way, kinds) = line.split_once(char::is_whitespace).ok_or_else(wrong)?;
        let kinds = kinds.trim();
        let closed = kinds.ends_with('~');
        let kinds = kinds.trim_end_matches('~');
        let optional = kinds.ends_with('?');
        let kinds = kinds.trim_end_matches('?').split('|').map(str::parse);
        let kinds = kinds.collect::<Result<_, _>>().map_err(|_| wrong())?;
        Ok((way.to_owned(), Self { kinds, optional, closed }))
    }

    fn difference(&self, way: &str, seen: &BTreeSet<ValueKind>) -> Option<Difference> {
        let only_null = seen.iter().all(|kind| *kind == ValueKind::Null);
        if only_null && !self.optional {
            return Some(Difference::Missing(way.to_owned()));
        }
        let other = |kind: &&ValueKind| **kind != ValueKind::Null && !self.kinds.contains(kind);
        let (is, was) = (seen.iter().find(other)?, self.kinds.iter().next()?);
        Some(Difference::Retyped { way: way.to_owned(), was: *was, is: *is })
    }
}

/// The way of a field inside another; of the answer itself for an empty one.
#[must_use]
pub fn inside(way: &str, name: &str) -> String {
    if way.is_empty() { name.to_owned() } else { format!("{way}.{name}") }
}

/// The field that holds this one; none for those of the answer itself.
fn parent(way: &str) -> Option<&str> {
    if let Some(list) = way.strip_suffix("[]") {
        return Some(list).filter(|list| !list.is_empty());
    }
    way.rsplit_once('.').map(|(parent, _)| parent)
}
