use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::fleet::Site;
use greengrid_domain::monitoring::AnomalyKind;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::StoreError;

/// A number by which a rule decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name in the code: `outage.minutes`.
    pub name: &'static str,
    /// The kind whose rule it belongs to.
    pub kind: AnomalyKind,
    /// What it is, in words.
    pub label: &'static str,
    /// Its unit; empty for a bare number.
    pub unit: &'static str,
    /// Its present value.
    pub present: f64,
    /// The least and the most that make sense.
    pub range: (f64, f64),
}

/// A stretch that is raised with one value and not with the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Fired {
    /// At which site.
    pub site: Arc<Site>,
    /// On which local day it begins.
    pub day: Date,
    /// Which kind.
    pub kind: AnomalyKind,
}

/// What would have fired if a parameter had another value.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIfOutcome {
    /// The parameter.
    pub parameter: Parameter,
    /// The value tried.
    pub tried: f64,
    /// How many sites were looked at.
    pub sites: usize,
    /// For each kind that differs or fires at all: anomalies with the present
    /// value and with the one tried.
    pub counts: Vec<(AnomalyKind, u32, u32)>,
    /// What fires only with the value tried, newest first, at most 100.
    pub added: Vec<Fired>,
    /// What no longer fires with it, newest first, at most 100.
    pub gone: Vec<Fired>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhatIfError {
    /// No rule has such a parameter.
    #[error("there is no such parameter")]
    NoSuchParameter,
    /// The value lies outside of [`Parameter::range`].
    #[error("the value must lie between {0} and {1}")]
    OutOfRange(f64, f64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs the rules over stored history with one parameter changed. It raises
/// and keeps nothing.
#[async_trait]
pub trait WhatIf: Send + Sync {
    /// The parameters that can be changed, by kind.
    fn parameters(&self) -> Vec<Parameter>;
    /// What would have been raised since an instant with this value.
    async fn try_value(
        &self,
        parameter: &str,
        value: f64,
        since: Timestamp,
    ) -> Result<WhatIfOutcome, WhatIfError>;
}
