//! The ways in which a site of the demo can fail.

use jiff::{SignedDuration, Timestamp};

/// What is wrong with a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FaultKind {
    /// Every inverter is off and says so.
    SiteOff,
    /// One inverter is off and says so, counted from 0.
    InverterOff {
        /// Which.
        inverter: usize,
    },
    /// Strings carry no current.
    StringLoss {
        /// Share of the site's power that is missing.
        share: f64,
    },
    /// Power is held at a limit.
    Curtailment {
        /// The limit as a share of the AC rating.
        limit: f64,
    },
    /// The gateway is silent while the site goes on producing. When it ends,
    /// the readings of the gap arrive late.
    CommGap,
    /// Dust gathers, evenly day by day.
    Soiling {
        /// Share of power lost with each day.
        per_day: f64,
        /// Share at which rain and wind keep the balance.
        at_most: f64,
    },
    /// Something new stands between the sun and a part of the roof.
    AfternoonShade {
        /// Hour of the local day from which on.
        from_hour: i8,
        /// Share of power that is missing then.
        share: f64,
    },
    /// The first value after the beginning is sent again and again.
    StuckValue,
    /// Power is reported while the sun is down.
    NightProduction {
        /// How much, in watts.
        watts: f64,
    },
    /// The inverter was replaced: its energy counter began anew.
    CounterReset,
}

/// A fault at a site, from an instant on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` while it goes on.
    pub until: Option<Timestamp>,
}

impl Fault {
    /// Whether the fault is there at this instant.
    #[must_use]
    pub fn is_on(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// When a reading reaches the program that would have come at `arrives_at`:
/// then, or once the gap is over in which it was measured, or never.
pub(super) fn held_back(
    faults: &[Fault],
    measured_at: Timestamp,
    arrives_at: Timestamp,
) -> Option<Timestamp> {
    let gap =
        faults.iter().find(|fault| fault.kind == FaultKind::CommGap && fault.is_on(measured_at));
    match gap {
        None => Some(arrives_at),
        // The gateway needs a moment to send what it kept.
        Some(gap) => Some((gap.until? + SignedDuration::from_secs(20)).max(arrives_at)),
    }
}
