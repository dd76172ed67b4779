use greengrid_app::ingestion::connections::SiteFacts;
use greengrid_app::monitoring::{
    AnomalyRecord, DeviceStanding, HistoryEntry, ReadingRecord, SiteCases, SitePage,
};
use greengrid_domain::fleet::{Device, DeviceKind};
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Measurement, Quality, Reason, Reasons};
use greengrid_domain::monitoring::{
    AnomalyEvent, AnomalyKind, Baseline, Dismissal, LocalHours, MaintenanceScope,
    MaintenanceWindow, QuietPattern, Recovery, Resolution, Stage,
};
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{Cases, SiteView, main};
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::fleet::dto::Days;
use crate::monitoring::{Problem, ProblemAt};
use crate::testing;

fn sample(i: usize) -> SitePage {
    let row = testing::row(i);
    let device = |n: i32, kind, power: Option<i64>, code: Option<&str>| DeviceStanding {
        device: Some(Device {
            id: n.into(),
            site: row.site.id,
            kind,
            serial: format!("SE-77{n}").parse().unwrap(),
            model: Some("SE100K".to_owned()),
        }),
        measured_at: Some(testing::now() - SignedDuration::from_secs(78)),
        power: power.map(Power::from_watts),
        temperature_c: Some(48.2),
        status_code: code.map(ToOwned::to_owned),
        quality: Some(Quality::Valid),
    };
    SitePage {
        as_of: testing::now(),
        site: row.site.clone(),
        region_name: "Central".to_owned(),
        baseline: Baseline {
            gain: 0.86,
            confidence: 0.9,
            version: 4,
            trained: Some(("2026-04-01".parse().unwrap(), "2026-06-01".parse().unwrap())),
            ..Baseline::untrained(row.site.id)
        },
        devices: vec![
            device(1, DeviceKind::Inverter, Some(46_000), None),
            device(2, DeviceKind::Inverter, Some(0), Some("301")),
            device(3, DeviceKind::Meter, None, None),
        ],
        days: testing::days(i),
        span: Some(("2026-03-14".parse().unwrap(), "2026-06-12".parse().unwrap())),
        neighbours: 40,
        row: Some(row),
    }
}

fn readings() -> Vec<ReadingRecord> {
    (0..12)
        .map(|n| ReadingRecord {
            measured_at: testing::now() - SignedDuration::from_mins(5 * n),
            device: (n % 2 == 0).then(|| "SE-771".to_owned()),
            revision: i16::from(n == 3),
            measurement: Measurement {
                power: Some(Power::from_watts(45_900 - n * 100)),
                energy: (n != 2).then(|| Energy::from_wh(3_830)),
                energy_total: Some(MeterRegister::from_wh(171_400_000)),
                ..Measurement::default()
            },
            quality: if n == 4 { Quality::Inconsistent } else { Quality::Valid },
            reasons: if n == 4 { Reasons::from_iter([Reason::AboveLimit]) } else { Reasons::NONE },
        })
        .collect()
}

fn shown(site: &SitePage, days: i32, readings: &[ReadingRecord], may_take: bool) -> maud::Markup {
    let curve = testing::curve(0, days);
    let days = Days { from: curve.from, to: curve.to };
    let cases = cases(site, may_take);
    main(&SiteView {
        page: site,
        curve: &curve,
        readings,
        cases: &cases,
        facts: &SiteFacts::default(),
        days,
        may_take,
        ignored: &[],
    })
}

#[test]
fn the_pages_as_files() {
    for (name, theme, days) in
        [("site", Theme::Light, 1), ("site-3", Theme::Light, 3), ("site-dark", Theme::Dark, 14)]
    {
        let document = page()
            .viewer(&testing::viewer(Role::Ops, theme))
            .title("Harbour Cold Store")
            .nav(Nav::Sites)
            .clock(testing::clock())
            .scripts(&["uplot.js", "chart.js"])
            .main(shown(&sample(0), days, &readings(), true))
            .render();
        testing::save(name, &document);
    }
}

#[test]
fn the_heading_is_the_finding() {
    let html = shown(&sample(0), 1, &readings(), true).0.replace('\u{a0}', " ");

    assert!(html.contains("<strong>Harbour Cold Store:</strong> Inverter 2 of 4 is off."));
    assert!(html.contains("€109</span> a day."));
    assert!(html.contains("Since Thu 13:20. Lost so far <b>312 kWh</b>, <b>€66</b>."));
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(!html.contains("style="));
}

#[test]
fn readings_say_why_they_are_not_trusted() {
    let html = shown(&sample(0), 1, &readings(), false).0;

    assert!(html.contains("Inconsistent</span></span><small>power is above 1.3 times"));
    assert!(html.contains("<small>correction 1</small>"));
    assert!(html.contains("0 incomplete, 1 inconsistent."));
    assert!(!html.contains("Take it"));
    assert!(html.find("Inconsistent</span>") < html.find("Valid</span>"));
}

#[test]
fn an_inverter_that_makes_nothing_beside_one_that_does_stands_out() {
    let html = shown(&sample(0), 1, &[], false).0;

    assert_eq!(html.matches("data-tone=\"act\"").count(), 1);
    assert!(html.contains("Makes nothing"));
}

#[test]
fn a_site_that_is_not_judged_yet_says_so() {
    let mut site = sample(7);
    site.row = None;
    site.devices.clear();
    site.days.clear();
    site.span = None;
    site.baseline = Baseline::untrained(site.site.id);

    let html = shown(&site, 1, &[], false).0;

    assert!(html.contains("not judged yet."));
    assert!(html.contains("No device is known."));
    assert!(html.contains("No readings were measured on this day."));
    assert!(html.contains("nothing learned yet"));
    assert!(html.contains("Castle &lt;View&gt; Flats &amp; Sons"));
}

#[test]
fn a_day_leads_to_the_days_around_it() {
    let html = shown(&sample(0), 3, &[], false).0;

    assert!(html.contains("href=\"/sites/gg-0001?day=2026-06-09&amp;days=3\" rel=\"prev\""));
    assert!(!html.contains("rel=\"next\""));
    assert!(html.contains("data-curve=\"/sites/gg-0001/curve?from=2026-06-10&amp;to=2026-06-12\""));
}

/// The anomalies of the sample: the one found, open and with its chart, and
/// one that recovered and came back.
fn cases(site: &SitePage, handles: bool) -> Cases {
    let found = testing::case(0).filter(|_| site.row.is_some());
    let entry = |event, minutes: i64, by: Option<&str>, words: Option<&str>| HistoryEntry {
        anomaly: Uuid::from_u128(1).into(),
        at: testing::now() - SignedDuration::from_mins(minutes),
        event,
        by: None,
        by_name: by.map(ToOwned::to_owned),
        words: words.map(ToOwned::to_owned),
    };
    let history = vec![
        entry(AnomalyEvent::Noted, 12, Some("Carla"), Some("She says <b>the fuse</b>\nis out.")),
        entry(AnomalyEvent::Assigned, 30, Some("Diana"), Some("R. Silva")),
        entry(AnomalyEvent::Raised, 1_300, None, Some("Inverter 2 of 4 is off.")),
    ];
    let mut all: Vec<(AnomalyRecord, Vec<HistoryEntry>)> =
        found.into_iter().map(|record| (record, history.clone())).collect();
    if let Some((record, _)) = all.first() {
        let mut over = record.clone();
        over.id = Uuid::from_u128(99).into();
        over.since = testing::now() - SignedDuration::from_hours(24 * 20);
        over.until = Some(testing::now() - SignedDuration::from_hours(24 * 18));
        let recovery = Recovery {
            at: testing::now() - SignedDuration::from_hours(24 * 18),
            per_day: Energy::from_wh(480_000),
            came_back: Some(record.since),
        };
        over.life.recovery = Some(recovery);
        over.life.stage = Stage::Resolved { at: recovery.at, how: Resolution::Recovered };
        all.push((over, Vec::new()));
    }
    let incident = testing::incident_line();
    if let Some((record, _)) = all.first_mut() {
        record.incident = Some(incident.record.id);
    }
    let window = MaintenanceWindow::new(
        Uuid::from_u128(5).into(),
        MaintenanceScope::Site(site.site.id),
        testing::now() + SignedDuration::from_hours(20),
        testing::now() + SignedDuration::from_hours(26),
        "New AC breaker".parse().unwrap(),
    );
    let pattern = QuietPattern {
        id: Uuid::from_u128(6).into(),
        site: site.site.id,
        kind: AnomalyKind::Underperformance,
        why: Dismissal::KnownShading,
        hours: LocalHours::new(16, 19).ok(),
        until: None,
        most_per_day: Energy::from_wh(12_000),
    };
    Cases {
        shown: (!all.is_empty()).then(|| (0, testing::curve(0, 3))),
        all: SiteCases {
            site: site.site.clone(),
            cases: all,
            incidents: vec![(incident.record, incident.place)],
            patterns: vec![pattern],
            windows: vec![window.unwrap()],
            crew: vec![(Uuid::from_u128(7).into(), "R. Silva".to_owned())],
        },
        may_handle: handles,
        may_note: true,
        may_plan: handles,
        problem: None,
    }
}

#[test]
fn a_case_shows_its_claim_its_numbers_and_what_happened() {
    let html = shown(&sample(0), 1, &[], true).0.replace('\u{a0}', " ");

    assert!(html.contains("<h3 id=\"h-case\">Inverter 2 of 4 is off."));
    assert!(html.contains("Partial loss, very likely, since Thu 13:20"));
    assert!(html.contains("Part of an incident: SolarEdge gives no readings: 2 sites are silent."));
    assert!(html.contains("please do not restart your inverter"));
    assert!(html.contains("9 neighbours at the same moment"));
    assert!(html.contains("class=\"c-span\""));
    assert!(html.contains("She says &lt;b&gt;the fuse&lt;/b&gt;"));
    assert!(html.contains("From one moment on the same share is missing"));
    assert!(
        html.contains("<b>Assigned</b> by Diana<span class=\"feed__words\">to R. Silva</span>")
    );
    for action in ["acknowledge", "assign", "snooze", "resolve", "dismiss", "note"] {
        let address = format!("/sites/gg-0001/anomalies/{}/{action}\"", Uuid::from_u128(1));
        assert!(html.contains(&address), "{action}");
    }
}

#[test]
fn a_recovery_is_proved_in_numbers_and_says_that_it_did_not_last() {
    let site = sample(0);
    let mut cases = cases(&site, true);
    cases.shown = Some((1, testing::curve(0, 3)));
    let curve = testing::curve(0, 1);
    let days = Days { from: curve.from, to: curve.to };
    let view = SiteView {
        page: &site,
        curve: &curve,
        readings: &[],
        cases: &cases,
        facts: &SiteFacts::default(),
        days,
        may_take: true,
        ignored: &[],
    };

    let html = main(&view).0.replace('\u{a0}', " ");

    assert!(html.contains("It makes <b>480 kWh a day</b> more than while it lasted."));
    assert!(html.contains("The same fault was seen again Thu 13:20."));
    assert!(html.contains("/reopen\"") && !html.contains("/snooze\""));
}

#[test]
fn whoever_may_only_write_notes_is_offered_nothing_else() {
    let html = shown(&sample(0), 1, &[], false).0;

    assert!(html.contains("/note\""));
    for action in ["acknowledge", "assign", "snooze", "resolve", "dismiss", "forget", "cancel"] {
        assert!(!html.contains(&format!("/{action}\"")), "{action}");
    }
}

#[test]
fn what_was_wrong_with_a_form_stands_beside_it_with_what_was_typed() {
    let site = sample(0);
    let mut cases = cases(&site, true);
    cases.problem = Some(Problem {
        at: ProblemAt::Resolve,
        message: "write a word or two".to_owned(),
        typed: "</textarea><script>".to_owned(),
    });
    let curve = testing::curve(0, 1);
    let days = Days { from: curve.from, to: curve.to };
    let view = SiteView {
        page: &site,
        curve: &curve,
        readings: &[],
        cases: &cases,
        facts: &SiteFacts::default(),
        days,
        may_take: true,
        ignored: &[],
    };

    let html = main(&view).0;

    assert!(html.contains("Write a word or two."));
    assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;</textarea>"));
    assert_eq!(html.matches("<details class=\"act\" open>").count(), 1);
}

#[test]
fn what_is_not_known_of_a_site_is_said_with_what_it_limits() {
    let mut site = sample(0);
    let complete = shown(&site, 1, &[], true).0;
    site.neighbours = 2;

    let html = shown(&site, 1, &[], true).0;

    assert!(!complete.contains("id=\"s-missing\""));
    assert!(html.contains("Five healthy neighbours"));
}
