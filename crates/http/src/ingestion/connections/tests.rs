use greengrid_app::ingestion::connections::{Reach, VendorIncident};
use greengrid_app::ingestion::vendors::{Check, Outcome, Rung, VendorError};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Breaker, Cause, Health};
use jiff::SignedDuration;
use uuid::Uuid;

use super::incidents::Incident;
use super::model::{Budget, Model, Row, troubles};
use super::views::{Done, page, parts};
use crate::auth::Theme;
use crate::testing::{clock, now, viewer};

fn row(number: u128, health: Health, cause: Option<Cause>) -> Row {
    let hour = SignedDuration::from_hours(1);
    Row {
        id: Uuid::from_u128(number).into(),
        site: format!("S-{number}").parse().unwrap(),
        name: format!("Site <{number}>"),
        brand: Brand::SolarEdge,
        by: Some(("fleet & co".to_owned(), "4711".to_owned())),
        health,
        untried: false,
        cause,
        said: cause.map(|_| "<b>no</b>".to_owned()),
        last_success: Some(now() - hour),
        newest: None,
        cadence: hour,
        next_run: now() + hour,
        gap_from: None,
        remarks: Vec::new(),
    }
}

fn lasting() -> Incident {
    let reach = Reach { brand: Brand::SolarEdge, credential: None };
    let breaker = Breaker::open(Cause::VendorFault, now(), None, 0.0);
    let incident = VendorIncident { reach, breaker, said: None, ended: None, struck: 0 };
    Incident::of(&incident, &[])
}

fn over() -> Incident {
    let reach = Reach { brand: Brand::Enphase, credential: Some(Uuid::from_u128(7).into()) };
    let since = now() - SignedDuration::from_hours(3);
    let breaker = Breaker::open(Cause::QuotaSpent, since, None, 0.0);
    let ended = Some(now() - SignedDuration::from_hours(1));
    let incident = VendorIncident { reach, breaker, said: None, ended, struck: 34 };
    Incident::of(&incident, &[])
}

#[test]
fn a_disruption_tells_how_long_it_lasts_and_what_it_came_to() {
    let text = page(&viewer(Role::Ops, Theme::Auto), &model(Vec::new(), true), None).into_string();

    assert!(text.contains("The vendor’s server has a fault; it is not the customer’s."), "{text}");
    assert!(text.contains("Meanwhile one site alone is asked"), "{text}");
    assert!(text.contains("34\u{a0}sites"), "{text}");
}

fn model(rows: Vec<Row>, may_manage: bool) -> Model {
    let budgets = vec![Budget {
        id: Uuid::from_u128(7).into(),
        name: "fleet & co".to_owned(),
        brand: Brand::SolarEdge,
        spent: 1_234,
        limit: Some(2_000),
        per_minute: 10,
        per_day: Some(90),
        points: 0,
        ends: None,
        by: vec![(Some("S-1".parse().unwrap()), 1_200), (None, 34)],
    }];
    Model {
        troubles: troubles(&rows),
        incidents: vec![lasting(), over()],
        rows,
        budgets,
        contracts: Vec::new(),
        broker: None,
        clock: clock(),
        may_manage,
        may_administer: false,
    }
}

#[test]
fn one_cause_is_one_line_however_many_sites_it_strikes() {
    let down = |number| row(number, Health::Failing, Some(Cause::VendorFault));
    let paused = row(9, Health::Paused, Some(Cause::VendorFault));
    let rows = vec![down(1), down(2), row(3, Health::Down, Some(Cause::SiteUnknown)), paused];

    let troubles = troubles(&rows);

    assert_eq!(troubles.len(), 2);
    assert_eq!((troubles[0].cause, troubles[0].sites.len()), (Cause::VendorFault, 2));
    assert_eq!(troubles[0].credential, None);
    let html = parts(&model(rows, false)).into_string();
    assert!(html.contains("The vendor’s server has a fault; it is not the customer’s."));
    assert!(html.contains("Customer success"));
    assert!(html.contains("3\u{a0}connections"), "{html}");
}

#[test]
fn what_vendors_and_people_write_is_escaped() {
    let rows = vec![row(1, Health::Down, Some(Cause::CredentialRejected))];

    let html = parts(&model(rows, true)).into_string();

    assert!(!html.contains("<b>no</b>") && html.contains("&lt;b&gt;no&lt;/b&gt;"));
    assert!(html.contains("Site &lt;1&gt;") && html.contains("fleet &amp; co"));
}

#[test]
fn only_who_may_is_offered_something_to_do() {
    let rows = || vec![row(1, Health::Healthy, None)];

    let manager = parts(&model(rows(), true)).into_string();
    let reader = parts(&model(rows(), false)).into_string();

    assert!(manager.contains("/connections/00000000-0000-0000-0000-000000000001/back-fill"));
    assert!(!reader.contains("<form"));
    assert!(reader.contains("All connections bring their readings."));
}

#[test]
fn an_empty_page_says_how_to_begin() {
    let html = parts(&model(Vec::new(), true)).into_string();

    assert!(html.contains("No site is connected to its vendor yet."));
    assert!(html.contains("greengrid connection add"));
}

#[test]
fn a_test_shows_each_step_with_who_has_to_act_and_is_no_part_of_the_stream() {
    let error = VendorError::new(Cause::PermissionMissing).known_as(Some("t-42".to_owned()));
    let done = Done {
        site: "Hill Farm".to_owned(),
        checks: vec![
            Check { rung: Rung::Reachable, outcome: Outcome::Passed("yes".to_owned()) },
            Check { rung: Rung::Permitted, outcome: Outcome::Failed { error, near: Vec::new() } },
        ],
    };
    let model = model(vec![row(1, Health::Healthy, None)], true);

    let html = page(&viewer(Role::Ops, Theme::Light), &model, Some(&done)).into_string();

    assert!(html.contains("Tested: Hill Farm"));
    assert!(html.contains("The installer: ask the installer to give this key"));
    assert!(html.contains("t-42"));
    assert!(!parts(&model).into_string().contains("Tested"));
    for part in ["connections-lede", "connections-troubles", "connections-list"] {
        assert_eq!(html.matches(&format!("id=\"{part}\"")).count(), 1, "{part}");
    }
}
