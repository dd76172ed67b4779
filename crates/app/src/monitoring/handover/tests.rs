use greengrid_domain::monitoring::AnomalyEvent::{
    self, Acknowledged, CameBack, Ended, Noted, Raised, RaisedQuietly, Reopened, Withdrawn,
};
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::monitoring::alert::AlertChange;
use greengrid_domain::units::{Currency, Money};
use jiff::Timestamp;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{AlertDeed, Deed, Turn};
use super::sort::sort;
use crate::testing::anomaly_suite::minute;

fn turn(number: u8, at: i64, event: AnomalyEvent, by: Option<&str>) -> Turn {
    Turn {
        anomaly: Uuid::from_u128(number.into()).into(),
        site: (format!("s-{number}").parse().unwrap(), format!("Site {number}")),
        kind: AnomalyKind::Outage,
        cause: "No production in daylight".to_owned(),
        money_per_day: Money { amount: Decimal::from(number), currency: Currency::Eur },
        at: minute(at),
        event,
        by: by.map(str::to_owned),
        words: None,
    }
}

/// The sites of what was done, and what was changed about alerts.
fn named(done: Vec<Deed>) -> Vec<String> {
    let name = |deed| match deed {
        Deed::Anomaly(turn) => turn.site.1,
        Deed::Alerts(deed) => deed.what,
    };
    done.into_iter().map(name).collect()
}

/// The numbers of what began, what is over and what was done, and how many were
/// brief.
fn sorted(turns: Vec<Turn>) -> (Vec<String>, Vec<String>, Vec<String>, usize) {
    let names = |turns: Vec<Turn>| turns.into_iter().map(|turn| turn.site.1).collect();
    let sorted = sort(Timestamp::UNIX_EPOCH, turns, Vec::new(), false);
    (names(sorted.began), names(sorted.over), named(sorted.done), sorted.brief)
}

#[test]
fn what_began_and_lasts_is_apart_from_what_is_over() {
    let (began, over, done, brief) = sorted(vec![
        turn(1, 0, Raised, None),
        turn(2, 1, Ended, None),
        turn(3, 2, Raised, None),
        turn(3, 3, Withdrawn, None),
        turn(4, 4, Ended, None),
        turn(4, 5, CameBack, None),
        turn(5, 6, RaisedQuietly, None),
    ]);

    assert_eq!(began, ["Site 4", "Site 1"], "largest loss first");
    assert_eq!((over, done, brief), (vec!["Site 2".to_owned()], vec![], 1));
}

#[test]
fn what_people_did_is_theirs_and_the_newest_comes_first() {
    let (began, over, done, _) = sorted(vec![
        turn(1, 0, Acknowledged, Some("Diana")),
        turn(2, 1, Reopened, Some("Diana")),
        turn(3, 2, Noted, Some("Rui")),
    ]);

    assert_eq!((began, over), (vec![], vec![]));
    assert_eq!(done, ["Site 3", "Site 2", "Site 1"]);
}

#[test]
fn rules_and_silences_stand_among_the_rest_by_their_time() {
    let silenced = AlertDeed {
        at: minute(2),
        event: AlertChange::SilenceBegun,
        what: "Outage · north".to_owned(),
        why: Some("Grid works".to_owned()),
        by: Some("Rui".to_owned()),
    };
    let turns = vec![turn(1, 0, Acknowledged, Some("Diana")), turn(2, 3, Noted, Some("Diana"))];

    let sorted = sort(Timestamp::UNIX_EPOCH, turns, vec![silenced], false);

    assert_eq!(sorted.done[1].by(), Some("Rui"));
    assert_eq!(named(sorted.done), ["Site 2", "Outage · north", "Site 1"]);
}
