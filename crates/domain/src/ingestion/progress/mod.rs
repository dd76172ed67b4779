use jiff::{SignedDuration, Timestamp};

use crate::time::Interval;

#[cfg(test)]
mod tests;

/// How long a vendor may still fill in or correct what it has given: two days.
/// So long is read again, and so long an empty answer is not taken as final.
pub const LATE_DATA: SignedDuration = SignedDuration::from_hours(48);

/// How often those two days are read again.
const REREAD_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// A half-open stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Window {
    /// Whether it holds an instant.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// Its beginning, no longer than this.
    fn at_most(self, longest: SignedDuration) -> Self {
        Self { to: self.to.min(self.from + longest), ..self }
    }

    fn is_empty(&self) -> bool {
        self.from >= self.to
    }
}

/// Why a window is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To have what was measured last.
    Fresh,
    /// To fill what was missed.
    Gap,
    /// To find what came late or was corrected.
    Reread,
}

/// What came of fetching a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// What was asked for: the window, or the part that fits into one call.
    pub asked: Window,
    /// Up to where the answer is complete by itself, within what was asked.
    pub complete_to: Timestamp,
    /// End of the newest reading in it.
    pub newest: Option<Timestamp>,
}

/// How far the readings of a connection have been fetched.
///
/// Before the checkpoint everything is settled. After a long silence the fresh
/// readings are fetched first, ahead of the checkpoint; what lies between is
/// filled afterwards, oldest first, until both meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// All before it has been fetched, as far as the vendor had it.
    pub checkpoint: Timestamp,
    /// Fetched ahead of the checkpoint.
    pub ahead: Option<Window>,
    /// End of the newest reading that the vendor ever gave.
    pub newest: Option<Timestamp>,
    /// How far the reading again of the last two days has come, while it runs.
    pub reread: Option<Timestamp>,
    /// When it began last.
    pub reread_at: Timestamp,
}

impl Progress {
    /// Of a connection whose readings are wanted from an instant on.
    #[must_use]
    pub const fn from(start: Timestamp) -> Self {
        Self { checkpoint: start, ahead: None, newest: None, reread: None, reread_at: start }
    }

    /// Of a connection made at an instant. Its first reading again comes so
    /// late that it reaches back to nothing from before what is wanted: that
    /// may have come in another way.
    #[must_use]
    pub fn of_new(wanted_from: Timestamp, made_at: Timestamp) -> Self {
        let first = wanted_from + (LATE_DATA - REREAD_EVERY);
        Self { reread_at: made_at.max(first), ..Self::from(wanted_from) }
    }

    /// Where fresh readings go on.
    #[must_use]
    pub fn head(&self) -> Timestamp {
        self.ahead.map_or(self.checkpoint, |ahead| ahead.to.max(self.checkpoint))
    }

    /// The window with the newest readings. After a silence longer than one
    /// call can fetch it begins later than where the last one ended, at a
    /// quarter hour: so no gap is shorter than one.
    #[must_use]
    pub fn fresh(&self, now: Timestamp, longest: SignedDuration) -> Option<Window> {
        let window = Window { from: self.head().max(next_quarter(now - longest)), to: now };
        (!window.is_empty()).then_some(window)
    }

    /// What to fetch with calls to spare: the oldest of what was missed, and
    /// when nothing was, the last two days once a day.
    #[must_use]
    pub fn spare(&self, now: Timestamp, longest: SignedDuration) -> Option<(Purpose, Window)> {
        if let Some(ahead) = self.ahead {
            let gap = Window { from: self.checkpoint, to: ahead.from };
            return (!gap.is_empty()).then_some((Purpose::Gap, gap.at_most(longest)));
        }
        let due = now.duration_since(self.reread_at) >= REREAD_EVERY;
        let from = self.reread.or_else(|| due.then(|| next_quarter(now - LATE_DATA)))?;
        let late = Window { from, to: self.head() };
        (!late.is_empty()).then_some((Purpose::Reread, late.at_most(longest)))
    }

    /// After a window was fetched and what came is durable.
    #[must_use]
    pub fn fetched(self, purpose: Purpose, reached: Reached, now: Timestamp) -> Self {
        let newest = self.newest.max(reached.newest);
        let this = Self { newest, ..self };
        let settled = this.settled(reached, now);
        match purpose {
            Purpose::Fresh | Purpose::Gap => {
                this.mark(Window { from: reached.asked.from, to: settled })
            }
            Purpose::Reread => {
                let begins = this.reread.is_none();
                let more = reached.asked.to < this.head();
                let reread_at = if begins { now } else { this.reread_at };
                Self { reread: more.then_some(reached.asked.to), reread_at, ..this }
            }
        }
    }

    /// The same with everything since an instant to be fetched again.
    #[must_use]
    pub fn back_filled_from(self, start: Timestamp) -> Self {
        if start >= self.checkpoint {
            return self;
        }
        let here = Window { from: self.checkpoint, to: self.checkpoint };
        Self { checkpoint: start, ahead: Some(self.ahead.unwrap_or(here)), ..self }
    }

    /// Up to where nothing more is to be expected of what was asked for. An
    /// answer that ends early is final once something newer has come, for
    /// vendors report in order, or once it is too late for it.
    fn settled(&self, reached: Reached, now: Timestamp) -> Timestamp {
        let Reached { asked, complete_to, .. } = reached;
        if self.newest.is_some_and(|newest| newest >= asked.to) {
            return asked.to;
        }
        complete_to.max(now - LATE_DATA).clamp(asked.from, asked.to)
    }

    /// Notes that a window is settled.
    fn mark(mut self, done: Window) -> Self {
        if done.from <= self.checkpoint {
            self.checkpoint = self.checkpoint.max(done.to);
        } else {
            let joined = self.ahead.filter(|ahead| done.from <= ahead.to && done.to >= ahead.from);
            // What was fetched ahead before and does not join becomes part of
            // the gap again: fetching it twice loses nothing.
            self.ahead = Some(joined.map_or(done, |ahead| Window {
                from: ahead.from.min(done.from),
                to: ahead.to.max(done.to),
            }));
        }
        if let Some(ahead) = self.ahead.filter(|ahead| ahead.from <= self.checkpoint) {
            self.checkpoint = self.checkpoint.max(ahead.to);
            self.ahead = None;
        }
        self
    }
}

/// The first quarter hour that starts at or after an instant.
fn next_quarter(at: Timestamp) -> Timestamp {
    let quarter = Interval::containing(at);
    if quarter.start() == at { at } else { quarter.end() }
}
