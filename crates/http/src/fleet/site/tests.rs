use greengrid_app::monitoring::{DeviceStanding, ReadingRecord, SitePage};
use greengrid_domain::fleet::{Device, DeviceKind};
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Measurement, Quality, Reason, Reasons};
use greengrid_domain::monitoring::Baseline;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::SignedDuration;

use super::{SiteView, main};
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::fleet::dto::Days;
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
    main(&SiteView { page: site, curve: &curve, readings, days, may_take, ignored: &[] })
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
