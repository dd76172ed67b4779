use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::incident::{Incident, IncidentId};
use greengrid_domain::monitoring::{
    AnomalyEvent, AnomalyId, AnomalyKind, Confidence, Detection, Evidence, Fact, Finding, Life,
    LocalHours, NextStep, QuietPatternId, Rung, Tracked,
};
use greengrid_domain::units::{Energy, Money};
use jiff::Timestamp;

/// An anomaly as kept: what the detector last said of it, and its life.
#[derive(Debug, Clone, PartialEq)]
pub struct AnomalyRecord {
    /// Which.
    pub id: AnomalyId,
    /// At which site.
    pub site: SiteId,
    /// In what way the site differs.
    pub kind: AnomalyKind,
    /// When it began.
    pub since: Timestamp,
    /// When it was over by the detector's measure; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// When it was first seen.
    pub raised_at: Timestamp,
    /// When the detector last spoke of it.
    pub heard_at: Timestamp,
    /// Lost so far.
    pub lost: Energy,
    /// Loss over a day like the last one.
    pub lost_per_day: Energy,
    /// What that is worth at the site's price.
    pub money_per_day: Money,
    /// The cause in one plain sentence.
    pub cause: String,
    /// What to do.
    pub next_step: NextStep,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// Where the expectation came from.
    pub rung: Rung,
    /// How many neighbours told the sky.
    pub neighbours: u16,
    /// The numbers that decided, most telling first.
    pub facts: Vec<Fact>,
    /// For a curtailment: the limit as a share of what the site could make.
    pub held_at: Option<f64>,
    /// Where it stands among people.
    pub life: Life,
    /// The name of whoever works on it.
    pub assigned_name: Option<String>,
    /// The known pattern that it is, which nobody needs to hear of.
    pub quiet: Option<QuietPatternId>,
    /// The incident that it is part of.
    pub incident: Option<IncidentId>,
}

impl AnomalyRecord {
    /// The anomaly as the detector goes on following it.
    #[must_use]
    pub fn tracked(self) -> Tracked {
        let finding = Finding {
            kind: self.kind,
            since: self.since,
            lost: self.lost,
            lost_per_day: self.lost_per_day,
            money_per_day: self.money_per_day,
            cause: self.cause,
            next_step: self.next_step,
        };
        let evidence = Evidence { rung: self.rung, neighbours: self.neighbours, facts: self.facts };
        let (until, confidence) = (self.until, self.confidence);
        let detection = Detection { finding, until, confidence, evidence };
        Tracked { id: self.id, raised_at: self.raised_at, detection }
    }

    /// Whether somebody should do something about it, planned work aside.
    #[must_use]
    pub fn needs_people(&self, now: Timestamp) -> bool {
        self.quiet.is_none() && self.life.is_live() && !self.life.is_snoozed(now)
    }
}

/// Something that happened in the life of an anomaly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Of which.
    pub anomaly: AnomalyId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AnomalyEvent,
    /// Who did it; the detector without.
    pub by: Option<UserId>,
    /// The name of that person.
    pub by_name: Option<String>,
    /// More words: a note, a reason, a name.
    pub words: Option<String>,
}

/// What a dismissal teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lesson {
    /// The key of the pattern to be kept.
    pub id: QuietPatternId,
    /// Only these hours of the local day.
    pub hours: Option<LocalHours>,
    /// Only until then.
    pub until: Option<Timestamp>,
}

/// An incident that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentRecord {
    /// Which.
    pub id: IncidentId,
    /// What is folded in it.
    pub incident: Incident,
}

/// How the anomalies of one kind ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTally {
    /// Which kind.
    pub kind: AnomalyKind,
    /// How many were raised, quiet ones included.
    pub fired: u32,
    /// How many of them were known patterns, or became some.
    pub quiet: u32,
    /// How many a person called real and repaired, or recovered by measure.
    pub confirmed: u32,
    /// How many were dismissed.
    pub dismissed: u32,
    /// How many the detector withdrew.
    pub withdrawn: u32,
    /// How many came back within a month of their end.
    pub came_back: u32,
}

impl RuleTally {
    /// A tally of nothing.
    #[must_use]
    pub const fn empty(kind: AnomalyKind) -> Self {
        Self { kind, fired: 0, quiet: 0, confirmed: 0, dismissed: 0, withdrawn: 0, came_back: 0 }
    }

    /// How many are not decided yet, known patterns aside.
    #[must_use]
    pub const fn undecided(&self) -> u32 {
        let decided = self.confirmed + self.dismissed + self.withdrawn + self.quiet;
        self.fired.saturating_sub(decided)
    }

    /// The share of what was decided that was right; `None` while nothing is.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        let decided = self.confirmed + self.dismissed + self.withdrawn;
        (decided > 0).then(|| f64::from(self.confirmed) / f64::from(decided))
    }
}
