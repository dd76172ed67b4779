use jiff::{SignedDuration, Timestamp};

use crate::monitoring::{MaintenanceWindow, Status};
use crate::time::SiteZone;

/// By when something happens about a fault, as its owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// Work at the site is planned, from one instant to another.
    Work(Timestamp, Timestamp),
    /// We look at it again then.
    LookAgain(Timestamp),
    /// It is said to be repaired; the readings prove it by then.
    Proof(Timestamp),
    /// It is repaired, or the owner hears why not, by then.
    Repair(Timestamp),
    /// What is to be done is decided by then.
    Decision(Timestamp),
    /// We said by then, and did not keep it.
    Late(Timestamp),
}

impl Promise {
    /// What the owner of a site may count on, in a sentence. Times are those of
    /// the site.
    #[must_use]
    pub fn words(self, now: Timestamp, zone: &SiteZone) -> String {
        let day = |at: Timestamp| zone.local(at).strftime("%A %-d %B").to_string();
        let hour = |at: Timestamp| zone.local(at).strftime("%H:%M").to_string();
        match self {
            Self::Work(from, to) if from <= now => {
                format!("Work at your site is going on until {}.", hour(to))
            }
            Self::Work(from, to) => {
                let same_day = zone.day(from) == zone.day(to);
                let ends = if same_day { hour(to) } else { format!("{}, {}", day(to), hour(to)) };
                let begins = hour(from);
                format!("Work at your site is planned for {}, {begins} to {ends}.", day(from))
            }
            Self::LookAgain(at) => format!("We look at it again on {}.", day(at)),
            Self::Proof(at) => format!("By {} the readings show whether it holds.", day(at)),
            Self::Repair(at) => {
                format!("By {} it is repaired, or you hear from us why not.", day(at))
            }
            Self::Decision(at) => format!("By {} we decide what to do.", day(at)),
            Self::Late(at) => {
                format!("We meant to be done by {}. That is late, and we are sorry.", day(at))
            }
        }
    }
}

/// How far a fault got among those who mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has it.
    Open,
    /// Somebody has it.
    Taken,
    /// Put off until then.
    PutOff(Timestamp),
    /// Said to be repaired at that time.
    Repaired(Timestamp),
}

/// How long a decision takes at most.
const fn decision(status: Status) -> SignedDuration {
    SignedDuration::from_hours(match status {
        Status::ActToday => 24,
        _ => 48,
    })
}

/// How long a repair takes at most.
const fn repair(status: Status) -> SignedDuration {
    SignedDuration::from_hours(
        24 * match status {
            Status::ActToday => 3,
            Status::NoData => 7,
            _ => 14,
        },
    )
}

/// Two days have sun enough to prove a repair.
const PROOF: SignedDuration = SignedDuration::from_hours(48);

/// What the owner of a site may count on, for a fault raised at an instant.
/// Planned work goes before everything else, since it has an hour.
#[must_use]
pub fn promise(
    status: Status,
    raised_at: Timestamp,
    standing: Standing,
    planned: Option<&MaintenanceWindow>,
    now: Timestamp,
) -> Promise {
    if let Some(window) = planned.filter(|window| window.to() > now) {
        return Promise::Work(window.from(), window.to());
    }
    let due = |at: Timestamp, promise: fn(Timestamp) -> Promise| {
        if at < now { Promise::Late(at) } else { promise(at) }
    };
    match standing {
        Standing::PutOff(until) => due(until, Promise::LookAgain),
        Standing::Repaired(at) => due(at + PROOF, Promise::Proof),
        Standing::Taken => due(raised_at + repair(status), Promise::Repair),
        Standing::Open => due(raised_at + decision(status), Promise::Decision),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::SiteId;
    use crate::monitoring::MaintenanceScope;
    use uuid::Uuid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        at("2026-06-12T08:00:00Z")
    }

    fn check(status: Status, raised: &str, standing: Standing, expected: Promise) {
        assert_eq!(promise(status, at(raised), standing, None, now()), expected);
    }

    #[test]
    fn a_promise_has_a_date_and_a_broken_one_says_so() {
        let friday = "2026-06-12T06:00:00Z";
        check(
            Status::ActToday,
            friday,
            Standing::Open,
            Promise::Decision(at("2026-06-13T06:00:00Z")),
        );
        check(
            Status::ActToday,
            friday,
            Standing::Taken,
            Promise::Repair(at("2026-06-15T06:00:00Z")),
        );
        check(
            Status::PlanVisit,
            friday,
            Standing::Taken,
            Promise::Repair(at("2026-06-26T06:00:00Z")),
        );
        let earlier = "2026-06-08T06:00:00Z";
        check(Status::NoData, earlier, Standing::Open, Promise::Late(at("2026-06-10T06:00:00Z")));
        let until = at("2026-06-13T10:00:00Z");
        check(Status::Watch, earlier, Standing::PutOff(until), Promise::LookAgain(until));
        check(
            Status::Watch,
            earlier,
            Standing::Repaired(now()),
            Promise::Proof(at("2026-06-14T08:00:00Z")),
        );
    }

    #[test]
    fn planned_work_goes_before_all_limits_while_it_is_ahead() {
        let (from, to) = (at("2026-06-12T13:30:00Z"), at("2026-06-12T15:00:00Z"));
        let window = MaintenanceWindow::new(
            Uuid::nil().into(),
            MaintenanceScope::Site(SiteId::from(1)),
            from,
            to,
            "New fuse".parse().unwrap(),
        )
        .unwrap();
        let raised = at("2026-06-01T06:00:00Z");

        let ahead = promise(Status::ActToday, raised, Standing::Taken, Some(&window), now());
        let over = promise(Status::ActToday, raised, Standing::Taken, Some(&window), to);

        let berlin = "Europe/Berlin".parse().unwrap();
        assert_eq!(
            ahead.words(now(), &berlin),
            "Work at your site is planned for Friday 12 June, 15:30 to 17:00."
        );
        assert_eq!(ahead.words(from, &berlin), "Work at your site is going on until 17:00.");
        assert_eq!(ahead, Promise::Work(from, to));
        assert!(matches!(over, Promise::Late(_)));
    }
}
