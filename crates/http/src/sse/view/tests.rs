use greengrid_app::identity::{PeopleSort, Standing};
use greengrid_app::onboarding::Scope;
use greengrid_domain::monitoring::rules::Threshold;

use super::*;

fn survives(view: &View) {
    let url = view.url();
    let (path, query) = url.split_once('?').unwrap();
    assert_eq!(path, "/live");
    assert_eq!(View::from_query(query).unwrap(), *view, "{url}");
}

#[test]
fn a_view_survives_its_address() {
    survives(&View::Overview(OverviewQuery::default()));
    survives(&View::Overview(OverviewQuery {
        view: OverviewView::Mine,
        region: Some("north-west".parse().unwrap()),
        brand: Some("fronius".parse().unwrap()),
        kind: Some("comm_gap".parse().unwrap()),
        owner: Some(Uuid::from_u128(7).into()),
        text: Some("Zürich & 'co' $x @get(1)".to_owned()),
        order: vec![142.into(), 77.into()],
        limit: 100,
    }));
    survives(&View::Sites(SitesQuery { descending: true, page: 3, ..SitesQuery::default() }));
    survives(&View::Site {
        site: "ucsd-cup".parse().unwrap(),
        from: Some(jiff::civil::date(2026, 6, 1)),
        to: None,
        anomaly: Some(Uuid::from_u128(8)),
    });
    survives(&View::Scorecard(ScorecardQuery { days: 90, ..ScorecardQuery::default() }));
    let tried = Some((Threshold::OutageOff, "8".to_owned()));
    survives(&View::Scorecard(ScorecardQuery { tried, ..ScorecardQuery::default() }));
    survives(&View::OwnSites);
    survives(&View::OwnData);
    survives(&View::SitePeople("gg-0001".parse().unwrap()));
    survives(&View::OwnSite {
        site: "gg-0001".parse().unwrap(),
        history: HistoryQuery {
            span: "year".parse().unwrap(),
            at: Some(jiff::civil::date(2025, 6, 1)),
        },
    });
    survives(&View::Import(Uuid::from_u128(9)));
    survives(&View::Quarantine);
    survives(&View::Connections);
    survives(&View::Alerts);
    survives(&View::Reports);
    survives(&View::Handover(None));
    survives(&View::Handover(Some("north".parse().unwrap())));
    survives(&View::Webhooks);
    survives(&View::Webhook(Uuid::from_u128(7), Some(DeliveryState::Dead)));
    survives(&View::Letters(None));
    survives(&View::Letters(Some(LetterState::Dead)));
    survives(&View::Tokens);
    survives(&View::Accounts(PeopleQuery::default()));
    survives(&View::Accounts(PeopleQuery {
        text: Some("Zürich & 'co' $x".to_owned()),
        role: Some(Role::Cs),
        standing: Some(Standing::Invited),
        sort: PeopleSort::Seen,
        page: 3,
    }));
    survives(&View::Onboarding(BoardQuery {
        scope: Scope::Stuck,
        owner: Some(Uuid::from_u128(7).into()),
        brand: Some("fronius".parse().unwrap()),
    }));
    survives(&View::Case(Uuid::from_u128(7)));
    survives(&View::Room(Room::Lobby, Window { from: 51, until: None }));
    let north = Room::Region("north".parse().unwrap());
    survives(&View::Room(north.clone(), Window { from: 1, until: Some(100) }));
    survives(&View::Inbox(None));
    survives(&View::Inbox(Some(north)));
    survives(&View::Moderation);
    survives(&View::System(None, None));
    survives(&View::System(Some("/chat & 'co'".to_owned()), None));
    let followed = Followed { site: "gg-0142".parse().unwrap(), trace: Uuid::from_u128(5) };
    survives(&View::System(None, Some(followed)));
    survives(&View::Trace(Uuid::from_u128(4).to_string()));
}

#[test]
fn nothing_in_an_address_can_end_the_string_it_stands_in() {
    let text = Some("';alert(1)//\\ $a @post('x')".to_owned());
    let url = View::Overview(OverviewQuery { text, ..OverviewQuery::default() }).url();

    assert!(!url.contains(['\'', '\\', '$', '@', '"', '<']), "{url}");
}

#[test]
fn what_is_unknown_is_refused() {
    for query in [
        "",
        "view=salaries",
        "view=overview&region=a%20b%2Fc",
        "view=overview&brand=volt",
        "view=site&site=a&from=2020-01-01&to=2026-01-01",
        "view=site&site=a&from=2026-01-02&to=2026-01-01",
        "view=site",
        "view=site&site=..%2Fetc",
        "view=import&job=1",
        "view=room&room=attic&from=1",
        "view=room&room=lobby",
    ] {
        assert!(matches!(View::from_query(query), Err(Fault::BadRequest(_))), "{query}");
    }
}

#[test]
fn only_what_is_personal_is_rendered_for_one_person() {
    let (user, role) = (UserId::from(Uuid::from_u128(1)), Role::Ops);
    let mine = OverviewQuery { view: OverviewView::Mine, ..OverviewQuery::default() };

    assert_eq!(View::Quarantine.audience(user, role), Audience::Everyone(role));
    assert_eq!(View::OwnSites.audience(user, role), Audience::Person(user, role));
    assert_eq!(View::Inbox(None).audience(user, role), Audience::Person(user, role));
    assert_eq!(View::Overview(mine).audience(user, role), Audience::Person(user, role));
    assert_eq!(Audience::Everyone(role).actor().user(), None);
}
