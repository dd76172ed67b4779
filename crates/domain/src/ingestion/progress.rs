use jiff::{SignedDuration, Timestamp};

use crate::time::Interval;

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LONGEST: SignedDuration = SignedDuration::from_hours(12);
    const STEP: i64 = 15;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::constant(1_781_222_400, 0) + SignedDuration::from_mins(minutes)
    }

    fn hours(count: i64) -> i64 {
        count * 60
    }

    fn window(from: i64, to: i64) -> Window {
        Window { from: at(from), to: at(to) }
    }

    fn complete(asked: Window) -> Reached {
        Reached { asked, complete_to: asked.to, newest: Some(asked.to) }
    }

    fn nothing(asked: Window) -> Reached {
        Reached { asked, complete_to: asked.from, newest: None }
    }

    #[test]
    fn fresh_readings_go_before_what_was_missed() {
        let progress = Progress::from(at(0));
        let now = at(hours(30));

        let fresh = progress.fresh(now, LONGEST).unwrap();
        let after = progress.fetched(Purpose::Fresh, complete(fresh), now);

        assert_eq!(fresh, window(hours(18), hours(30)));
        assert_eq!(after.checkpoint, at(0));
        assert_eq!(after.spare(now, LONGEST), Some((Purpose::Gap, window(0, hours(12)))));
        let half = after.fetched(Purpose::Gap, complete(window(0, hours(12))), now);
        assert_eq!(half.spare(now, LONGEST), Some((Purpose::Gap, window(hours(12), hours(18)))));
        let whole = half.fetched(Purpose::Gap, complete(window(hours(12), hours(18))), now);
        assert_eq!((whole.checkpoint, whole.ahead), (now, None));
    }

    #[test]
    fn no_gap_is_shorter_than_a_quarter_hour() {
        let now = at(hours(30)) + SignedDuration::from_millis(7_300);

        let fresh = Progress::from(at(0)).fresh(now, LONGEST).unwrap();

        assert_eq!(fresh.from, at(hours(18) + 15));
    }

    #[test]
    fn a_night_without_readings_settles_once_the_morning_came() {
        let evening = Progress { newest: Some(at(0)), ..Progress::from(at(0)) };
        let now = at(hours(9));
        let night = evening.fetched(Purpose::Fresh, nothing(window(0, hours(9))), now);
        let morning = Reached {
            asked: window(0, hours(10)),
            complete_to: at(hours(10)),
            newest: Some(at(hours(10))),
        };

        assert_eq!(night.checkpoint, at(0));
        let day = night.fetched(Purpose::Fresh, morning, at(hours(10)));
        assert_eq!(day.checkpoint, at(hours(10)));
    }

    #[test]
    fn silence_is_given_up_after_two_days() {
        let progress = Progress::from(at(0));
        let now = at(hours(72));

        let after = progress.fetched(Purpose::Gap, nothing(window(0, hours(12))), now);

        assert_eq!(after.checkpoint, at(hours(12)));
    }

    #[test]
    fn two_days_are_read_again_once_a_day() {
        let mut progress = Progress { newest: Some(at(0)), ..Progress::from(at(0)) };
        let now = at(hours(24));
        progress = progress.fetched(Purpose::Fresh, complete(window(0, hours(24))), now);
        let mut windows = Vec::new();
        while let Some((purpose, window)) = progress.spare(now, LONGEST) {
            assert_eq!(purpose, Purpose::Reread);
            windows.push(window);
            progress = progress.fetched(purpose, complete(window), now);
        }

        assert_eq!(windows.len(), 4);
        assert_eq!((windows[0].from, windows[3].to), (at(hours(-24)), now));
        assert_eq!(progress.spare(at(hours(47)), LONGEST), None);
        assert!(progress.spare(at(hours(48)), LONGEST).is_some());
    }

    #[test]
    fn nothing_from_before_what_is_wanted_is_read_again() {
        for wanted in [0, -hours(12), -hours(24), -hours(300)] {
            let mut progress = Progress::of_new(at(wanted), at(0));
            for now in (0..hours(100)).step_by(60) {
                if let Some(fresh) = progress.fresh(at(now), LONGEST) {
                    progress = progress.fetched(Purpose::Fresh, complete(fresh), at(now));
                }
                while let Some((purpose, window)) = progress.spare(at(now), LONGEST) {
                    assert!(
                        window.from >= at(wanted),
                        "{window:?} of what is wanted from {wanted}"
                    );
                    progress = progress.fetched(purpose, complete(window), at(now));
                }
            }
            assert!(progress.reread_at > at(hours(48)), "nothing was read again");
        }
    }

    #[test]
    fn back_filling_keeps_what_is_ahead() {
        let progress = Progress::from(at(hours(10)));

        let wanted = progress.back_filled_from(at(0));

        assert_eq!(wanted.head(), at(hours(10)));
        let gap = window(0, hours(10));
        assert_eq!(wanted.spare(at(hours(11)), LONGEST), Some((Purpose::Gap, gap)));
        let done = wanted.fetched(Purpose::Gap, complete(gap), at(hours(11)));
        assert_eq!((done.checkpoint, done.ahead), (at(hours(10)), None));
        assert_eq!(progress.back_filled_from(at(hours(20))), progress);
    }

    /// What happens next to a connection.
    #[derive(Debug, Clone)]
    enum Step {
        /// Time passes.
        Wait(i64),
        /// The site stops sending to its vendor, or sends all it kept.
        Offline(bool),
        Fresh,
        Spare,
        BackFill(i64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            1 => (1_i64..2_000).prop_map(Step::Wait),
            1 => any::<bool>().prop_map(Step::Offline),
            3 => Just(Step::Fresh),
            3 => Just(Step::Spare),
            1 => (0_i64..5_000).prop_map(Step::BackFill),
        ];
        proptest::collection::vec(step, 1..120)
    }

    proptest! {
        /// A vendor that reports in order, with outages of up to two days:
        /// whatever is before the checkpoint has been fetched.
        #[test]
        fn the_checkpoint_never_skips_data(steps in steps()) {
            let mut progress = Progress::from(at(0));
            let (mut now, mut sent_to, mut offline_since) = (0_i64, 0_i64, None::<i64>);
            let mut fetched = std::collections::BTreeSet::new();
            for step in steps {
                let work = match step {
                    Step::Wait(minutes) => {
                        now += minutes;
                        None
                    }
                    Step::Offline(offline) => {
                        offline_since = offline.then_some(offline_since.unwrap_or(now));
                        None
                    }
                    Step::BackFill(from) => {
                        progress = progress.back_filled_from(at(from.min(now)));
                        None
                    }
                    Step::Fresh => {
                        progress.fresh(at(now), LONGEST).map(|window| (Purpose::Fresh, window))
                    }
                    Step::Spare => progress.spare(at(now), LONGEST),
                };
                // Nobody stays away for longer than is waited for.
                if offline_since.is_some_and(|since| now - since > hours(40)) {
                    offline_since = None;
                }
                if offline_since.is_none() {
                    sent_to = now;
                }
                let Some((purpose, asked)) = work else { continue };
                prop_assert!(asked.to.duration_since(asked.from) <= LONGEST);
                let known: Vec<i64> = (0..sent_to / STEP)
                    .map(|step| step * STEP)
                    .filter(|start| asked.contains(at(*start)) && start + STEP <= sent_to)
                    .collect();
                let newest = known.last().map(|start| at(start + STEP));
                fetched.extend(known);
                let complete_to = newest.map_or(asked.from, |end| end.min(asked.to));
                let reached = Reached { asked, complete_to, newest };
                progress = progress.fetched(purpose, reached, at(now));
                let before = (0..=now / STEP)
                    .map(|step| step * STEP)
                    .filter(|start| at(start + STEP) <= progress.checkpoint);
                for start in before {
                    prop_assert!(fetched.contains(&start), "{start} was skipped at {now}");
                }
                prop_assert!(progress.ahead.is_none_or(|ahead| ahead.from > progress.checkpoint));
            }
        }
    }
}
