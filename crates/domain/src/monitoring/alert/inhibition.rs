use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{AlertFact, Severity};
use crate::fleet::{Brand, RegionCode, SiteId};
use crate::ids::uuid_id;
use crate::monitoring::{AnomalyKind, Note};

uuid_id! {
    /// Which inhibition.
    InhibitionId
}

/// While an anomaly like the source lasts, no rule tells of those like the
/// target that have the same labels: whoever knows that a site is off need not
/// hear that it produces too little. As with Prometheus Alertmanager, what is
/// like the source itself is not kept quiet by others that are like both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inhibition {
    /// Which.
    pub id: InhibitionId,
    /// Why, as people read it.
    pub why: Note,
    /// What keeps others quiet.
    pub source: Matcher,
    /// What is kept quiet.
    pub target: Matcher,
    /// What both have to have in common.
    pub equal: BTreeSet<Label>,
}

/// What an anomaly has to be like. What is not given does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matcher {
    /// Only this kind.
    pub kind: Option<AnomalyKind>,
    /// At least so urgent.
    pub severity: Option<Severity>,
    /// Only this region.
    pub region: Option<RegionCode>,
    /// Only this brand.
    pub brand: Option<Brand>,
}

/// What two anomalies may have in common.
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
pub enum Label {
    /// Their site.
    Site,
    /// The region of their sites.
    Region,
    /// The brand of their sites.
    Brand,
    /// In what way the sites differ.
    Kind,
}

impl Label {
    /// In words, after “the same”.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Region => "region",
            Self::Brand => "brand",
            Self::Kind => "kind",
        }
    }
}

/// Why an inhibition was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InhibitionError {
    /// One anomaly would keep the whole fleet quiet.
    #[error("choose what both have in common, or anything would keep the whole fleet quiet")]
    NothingEqual,
    /// Nothing can be kept quiet by what is like itself.
    #[error("the two sides are the same, so nothing would be kept quiet")]
    SameSides,
}

impl Matcher {
    /// Whether an anomaly is like this.
    #[must_use]
    pub fn holds(&self, fact: &AlertFact) -> bool {
        self.kind.is_none_or(|kind| kind == fact.kind)
            && self.severity.is_none_or(|severity| fact.severity >= severity)
            && self.region.as_ref().is_none_or(|region| *region == fact.region)
            && self.brand.is_none_or(|brand| brand == fact.brand)
    }
}

impl Inhibition {
    /// Refuses what makes no sense.
    pub fn check(self) -> Result<Self, InhibitionError> {
        if self.equal.is_empty() {
            return Err(InhibitionError::NothingEqual);
        }
        if self.source == self.target {
            return Err(InhibitionError::SameSides);
        }
        Ok(self)
    }

    fn key(&self, fact: &AlertFact) -> Key {
        let has = |label| self.equal.contains(&label);
        Key {
            site: has(Label::Site).then_some(fact.site),
            region: has(Label::Region).then(|| fact.region.clone()),
            brand: has(Label::Brand).then_some(fact.brand),
            kind: has(Label::Kind).then_some(fact.kind),
        }
    }
}

/// The values of the labels that both have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    site: Option<SiteId>,
    region: Option<RegionCode>,
    brand: Option<Brand>,
    kind: Option<AnomalyKind>,
}

/// Anomalies that keep others quiet, found by what they have in common.
#[derive(Debug, Default)]
pub struct Inhibitors<'a> {
    rules: Vec<(&'a Inhibition, BTreeMap<Key, Vec<Span>>)>,
}

/// From when until when an anomaly lasted, and whether it is like the target
/// too.
type Span = (Timestamp, Option<Timestamp>, bool);

impl<'a> Inhibitors<'a> {
    /// Those among these anomalies, each from when on it was known and until
    /// when it lasted, if it is over.
    #[must_use]
    pub fn among<'f>(
        rules: &'a [Inhibition],
        lasting: impl Iterator<Item = (&'f AlertFact, Timestamp, Option<Timestamp>)>,
    ) -> Self {
        let all: Vec<_> = lasting.filter(|_| !rules.is_empty()).collect();
        let rules = rules.iter().map(|rule| {
            let mut spans: BTreeMap<Key, Vec<Span>> = BTreeMap::new();
            for (fact, from, until) in &all {
                if !rule.source.holds(fact) {
                    continue;
                }
                spans.entry(rule.key(fact)).or_default().push((
                    *from,
                    *until,
                    rule.target.holds(fact),
                ));
            }
            (rule, spans)
        });
        Self { rules: rules.collect() }
    }

    /// The inhibition that keeps an anomaly quiet at an instant, if one does.
    #[must_use]
    pub fn of(&self, fact: &AlertFact, at: Timestamp) -> Option<&'a Inhibition> {
        let quiet = |(rule, spans): &&(&'a Inhibition, BTreeMap<Key, Vec<Span>>)| {
            let both = rule.source.holds(fact);
            rule.target.holds(fact)
                && spans.get(&rule.key(fact)).is_some_and(|spans| {
                    spans.iter().any(|(from, until, is_both)| {
                        !(both && *is_both) && *from <= at && until.is_none_or(|until| until > at)
                    })
                })
        };
        self.rules.iter().find(quiet).map(|(rule, _)| *rule)
    }
}
