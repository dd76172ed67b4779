//! From what the rules see at one moment to anomalies that begin, change, end
//! and come back.

use jiff::{SignedDuration, Timestamp};

use super::{AnomalyId, AnomalyKind, AnomalyNews, Detection};
/// What comes back within this time of its end is the same anomaly.
const REJOIN: SignedDuration = SignedDuration::from_hours(24);

/// What was over for longer than this when it is first seen is not raised.
const TOLD_LATE: SignedDuration = SignedDuration::from_hours(48);

/// Ended anomalies are remembered for so long, since they may come back.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(72);

/// An anomaly as the detector follows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracked {
    /// Which anomaly.
    pub id: AnomalyId,
    /// When it was raised, by the clock of the readings.
    pub raised_at: Timestamp,
    /// What was seen last.
    pub detection: Detection,
}

impl Tracked {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> AnomalyKind {
        self.detection.finding.kind
    }

    /// When it began.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        self.detection.finding.since
    }

    /// Whether it still lasts.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.detection.until.is_none()
    }

    /// Whether this instant lies within it.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.since() <= at && self.detection.until.is_none_or(|until| at < until)
    }

    fn is_continued_by(&self, fresh: &Detection) -> bool {
        let (known, found) = (&self.detection, &fresh.finding);
        let soon = known.until.is_none_or(|until| found.since <= until + REJOIN);
        let not_before = fresh.until.is_none_or(|until| until + REJOIN >= self.since());
        same_cause(known.finding.kind, found.kind) && soon && not_before
    }
}

/// Losses of a share go by two names, and the better one may show later.
const fn same_cause(a: AnomalyKind, b: AnomalyKind) -> bool {
    const fn is_step(kind: AnomalyKind) -> bool {
        matches!(kind, AnomalyKind::StringLoss | AnomalyKind::Underperformance)
    }
    a as u8 == b as u8 || is_step(a) && is_step(b)
}

/// Brings what is tracked of a site up to what the rules see now, and tells
/// what happened. `id` makes the id of a new anomaly.
pub fn advance(
    tracked: &mut Vec<Tracked>,
    detections: Vec<Detection>,
    now: Timestamp,
    mut id: impl FnMut() -> AnomalyId,
) -> Vec<(AnomalyId, AnomalyNews)> {
    let mut news = Vec::new();
    let mut seen: Vec<AnomalyId> = Vec::new();
    for fresh in detections {
        // One look continues an anomaly once: what it sees besides is another.
        // Of several that could be meant it is the one that began closest.
        let apart = |known: &Tracked| known.since().duration_since(fresh.finding.since).abs();
        let known = tracked
            .iter_mut()
            .rev()
            .filter(|known| !seen.contains(&known.id) && known.is_continued_by(&fresh))
            .min_by_key(|known| apart(known));
        let Some(known) = known else {
            let since = fresh.finding.since;
            if fresh.until.is_some_and(|until| until <= since || now > until + TOLD_LATE) {
                continue;
            }
            let raised = Tracked { id: id(), raised_at: now, detection: fresh };
            seen.push(raised.id);
            news.push((raised.id, AnomalyNews::Raised(raised.detection.clone())));
            if !raised.is_open() {
                news.push((raised.id, AnomalyNews::Ended(raised.detection.clone())));
            }
            tracked.push(raised);
            continue;
        };
        seen.push(known.id);
        // What lasted no time at all was nothing: later readings explain it.
        if known.is_open() && fresh.until.is_some_and(|until| until <= known.since()) {
            known.detection.until = fresh.until;
            news.push((known.id, AnomalyNews::Withdrawn(fresh.finding.cause)));
            continue;
        }
        let since = known.since().min(fresh.finding.since);
        let mut fresh = fresh;
        fresh.finding.since = since;
        if known.detection == fresh {
            continue;
        }
        let (was_open, is_open) = (known.is_open(), fresh.until.is_none());
        known.detection = fresh;
        let fresh = known.detection.clone();
        news.push((
            known.id,
            match (was_open, is_open) {
                (true, false) => AnomalyNews::Ended(fresh),
                (false, true) => AnomalyNews::Reopened(fresh),
                _ => AnomalyNews::Updated(fresh),
            },
        ));
    }
    // A rule that sees nothing any more has seen the end.
    for known in tracked.iter_mut().filter(|known| known.is_open() && !seen.contains(&known.id)) {
        known.detection.until = Some(now);
        news.push((known.id, AnomalyNews::Ended(known.detection.clone())));
    }
    let withdrawn = |known: &Tracked| known.detection.until == Some(known.since());
    tracked.retain(|known| {
        !withdrawn(known) && known.detection.until.is_none_or(|until| now <= until + REMEMBERED)
    });
    news
}

#[cfg(test)]
mod tests;
