use greengrid_app::monitoring::handover::{
    AlertDeed, Deed, Handover, PlannedWork, PutOff, Turn, Turns, Waits,
};
use greengrid_domain::monitoring::alert::AlertChange;
use greengrid_domain::monitoring::{AnomalyEvent, AnomalyKind};
use greengrid_domain::units::{Currency, Money};
use jiff::SignedDuration;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{gist, turns, waits};
use crate::testing::{now, zone};

fn turn(event: AnomalyEvent, by: Option<&str>, words: Option<&str>) -> Turn {
    Turn {
        anomaly: Uuid::from_u128(1).into(),
        site: ("alpha".parse().unwrap(), "Hill <Farm>".to_owned()),
        kind: AnomalyKind::Outage,
        cause: "The inverter is off.".to_owned(),
        money_per_day: Money { amount: Decimal::from(40), currency: Currency::Eur },
        at: now() - SignedDuration::from_hours(2),
        event,
        by: by.map(str::to_owned),
        words: words.map(str::to_owned),
    }
}

#[test]
fn what_changed_and_who_did_what_is_told_in_words_and_escaped() {
    let told = Turns {
        since: now(),
        began: vec![turn(AnomalyEvent::Raised, None, None)],
        over: vec![turn(AnomalyEvent::Ended, None, None)],
        brief: 2,
        done: vec![
            Deed::Anomaly(turn(AnomalyEvent::Noted, Some("Diana"), Some("Call <back>"))),
            Deed::Alerts(AlertDeed {
                at: now(),
                event: AlertChange::SilenceBegun,
                what: "Outage · <north>".to_owned(),
                why: Some("Grid works".to_owned()),
                by: Some("Rui".to_owned()),
            }),
        ],
        cut: false,
    };

    let changed = turns::changed(&told, now(), &zone()).into_string();
    let done = turns::done(&told, now(), &zone()).into_string();

    assert!(changed.contains("Began and lasts") && changed.contains("Hill &lt;Farm&gt;"));
    assert!(changed.contains("2\u{a0}problems more began and were over"), "{changed}");
    assert!(done.contains("Diana") && done.contains("Note: Call &lt;back&gt;"), "{done}");
    let silenced = "Silenced “Outage · &lt;north&gt;”: Grid works";
    assert!(done.contains(silenced) && done.contains("Rui"), "{done}");
    let sentence = gist::sentence(&told).replace('\u{a0}', " ");
    assert_eq!(sentence, "1 problem began, 1 is over, and people did 2 things.");
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let none = Turns::default();

    assert!(turns::changed(&none, now(), &zone()).into_string().contains("Nothing began"));
    assert!(turns::done(&none, now(), &zone()).into_string().contains("Nobody wrote"));
}

#[test]
fn what_comes_back_and_what_is_planned_waits() {
    let handover = Handover {
        region: None,
        since: now(),
        after_report: true,
        now: now(),
        zone: zone(),
        turns: Turns::default(),
        waits: Waits {
            put_off: vec![PutOff {
                anomaly: Uuid::from_u128(1).into(),
                site: ("alpha".parse().unwrap(), "Hill".to_owned()),
                cause: "Dust.".to_owned(),
                until: now() + SignedDuration::from_hours(3),
            }],
            work: vec![PlannedWork {
                site: None,
                region: "North".to_owned(),
                from: now(),
                to: now() + SignedDuration::from_hours(4),
                why: "Grid works".to_owned(),
                by: Some("Rui".to_owned()),
            }],
            ..Waits::default()
        },
    };

    let html = waits::waits(&handover).into_string();

    assert!(html.contains("No site needs action.") && html.contains("Put off, and back"));
    assert!(html.contains("all of North") && html.contains("(Rui)"), "{html}");
}
