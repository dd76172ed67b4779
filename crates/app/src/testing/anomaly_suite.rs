//! What every [`AnomalyStore`] has to keep to.

use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::incident::IncidentKind;
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyEvent, AnomalyKind, AnomalyNews, Dismissal, LifeError,
    LocalHours, MaintenanceScope, MaintenanceWindow, Note, Phase, Rung, Tracked,
};
use greengrid_domain::units::Energy;
use uuid::Uuid;

pub use super::anomaly_news::{anomaly, minute, news, seen, until};

use crate::monitoring::{Acted, AnomalyRecord, AnomalyStore, Lesson};

/// What a suite begins with: an empty store, at least six Fronius sites in UTC
/// of the region `south`, and two people to whom anomalies can be given.
pub struct AnomalyWorld<'a> {
    /// The store.
    pub store: &'a dyn AnomalyStore,
    /// The sites, all there are.
    pub sites: Vec<SiteId>,
    /// The people: key and name.
    pub people: [(UserId, String); 2],
}

/// Runs the whole suite.
///
/// # Panics
///
/// When the store does not keep to its contract.
pub async fn anomaly_store_suite(world: &AnomalyWorld<'_>) {
    what_is_raised_lasts_until_it_ends(world).await;
    the_same_news_may_come_again(world).await;
    what_people_decided_survives_updates(world).await;
    the_second_of_two_is_refused(world).await;
    a_dismissal_teaches(world).await;
    a_withdrawal_is_visible_and_final(world).await;
    what_comes_back_is_told(world).await;
    notes_are_kept_with_their_writer(world).await;
    planned_work_is_kept_until_cancelled(world).await;
    silence_of_a_brand_is_one_incident(world).await;
    the_tally_counts_each_once(world).await;
}

const OUTAGE: AnomalyKind = AnomalyKind::Outage;

async fn known(world: &AnomalyWorld<'_>, number: u128) -> AnomalyRecord {
    world.store.find(anomaly(number)).await.expect("works").expect("is known")
}

async fn record(world: &AnomalyWorld<'_>, changes: &[AnomalyChange]) {
    world.store.record(changes).await.expect("works");
}

async fn events(world: &AnomalyWorld<'_>, number: u128) -> Vec<AnomalyEvent> {
    let history = world.store.history(&[anomaly(number)]).await.expect("works");
    history.into_iter().map(|entry| entry.event).collect()
}

async fn act(
    world: &AnomalyWorld<'_>,
    person: usize,
    number: u128,
    at: i64,
    action: Action,
) -> Acted {
    let by = world.people[person].0;
    world.store.act(by, anomaly(number), minute(at), &action, None).await.expect("works")
}

fn note(text: &str) -> Note {
    text.parse().expect("a note")
}

async fn what_is_raised_lasts_until_it_ends(world: &AnomalyWorld<'_>) {
    let site = world.sites[0];
    let mut later = seen(OUTAGE, 0);
    later.finding.lost = Energy::from_wh(9_000);
    let open = async |after: i64| {
        let open = world.store.open_of(&[site], minute(after)).await.expect("works");
        open.into_iter().map(AnomalyRecord::tracked).collect::<Vec<_>>()
    };

    record(world, &[news(1, site, 10, AnomalyNews::Raised(seen(OUTAGE, 0)))]).await;
    record(world, &[news(1, site, 20, AnomalyNews::Updated(later.clone()))]).await;
    let lasting = known(world, 1).await;
    let during = open(0).await;
    record(world, &[news(1, site, 40, AnomalyNews::Ended(until(later.clone(), 30)))]).await;

    assert_eq!(
        (lasting.since, lasting.raised_at, lasting.heard_at),
        (minute(0), minute(10), minute(20))
    );
    assert_eq!(lasting.lost, Energy::from_wh(9_000));
    assert_eq!(lasting.facts[0].label, "Against expected");
    assert_eq!((lasting.rung, lasting.neighbours), (Rung::Neighbours, 7));
    let followed = Tracked { id: anomaly(1), raised_at: minute(10), detection: later.clone() };
    assert_eq!(during, [followed]);
    let over = known(world, 1).await;
    assert_eq!((over.until, over.life.phase(minute(40))), (Some(minute(30)), Phase::Recovered));
    assert_eq!(over.life.recovery.map(|it| it.per_day), Some(Energy::from_wh(5_000)));
    let over_at: Vec<_> = open(0).await.iter().map(|known| known.detection.until).collect();
    assert_eq!(over_at, [Some(minute(30))], "it may begin again");
    assert_eq!(open(30).await, []);
    assert_eq!(world.store.active().await.expect("works"), []);
    assert_eq!(events(world, 1).await, [AnomalyEvent::Ended, AnomalyEvent::Raised]);
}

async fn the_same_news_may_come_again(world: &AnomalyWorld<'_>) {
    let before = known(world, 1).await;
    let site = world.sites[0];

    record(
        world,
        &[
            news(1, site, 10, AnomalyNews::Raised(seen(OUTAGE, 0))),
            news(1, site, 20, AnomalyNews::Updated(seen(OUTAGE, 0))),
            news(1, site, 40, AnomalyNews::Ended(until(seen(OUTAGE, 0), 30))),
            news(99, 1_000_000.into(), 40, AnomalyNews::Raised(seen(OUTAGE, 0))),
            news(98, site, 40, AnomalyNews::Withdrawn("Never raised.".to_owned())),
        ],
    )
    .await;

    let after = known(world, 1).await;
    assert_eq!(AnomalyRecord { lost: before.lost, ..after }, before);
    assert_eq!(events(world, 1).await.len(), 2);
    assert_eq!(world.store.find(anomaly(99)).await.expect("works"), None, "a site that is gone");
    assert_eq!(world.store.find(anomaly(98)).await.expect("works"), None);
}

async fn what_people_decided_survives_updates(world: &AnomalyWorld<'_>) {
    let (site, [first, second]) = (world.sites[0], &world.people);
    record(world, &[news(2, site, 100, AnomalyNews::Raised(seen(AnomalyKind::StringLoss, 90)))])
        .await;

    act(world, 0, 2, 101, Action::Assign(second.0)).await;
    let snoozed = act(world, 0, 2, 102, Action::Snooze { until: minute(500) }).await;
    record(world, &[news(2, site, 110, AnomalyNews::Updated(seen(AnomalyKind::StringLoss, 90)))])
        .await;

    let kept = known(world, 2).await;
    assert!(matches!(snoozed, Acted::Done(record) if record.life == kept.life));
    assert_eq!(
        (kept.life.assigned, kept.assigned_name.as_ref()),
        (Some(second.0), Some(&second.1))
    );
    assert!(kept.life.is_snoozed(minute(110)) && !kept.needs_people(minute(110)));
    let history = world.store.history(&[anomaly(2)]).await.expect("works");
    assert_eq!(history[1].words.as_ref(), Some(&second.1));
    assert_eq!(history[1].by_name.as_ref(), Some(&first.1));
}

async fn the_second_of_two_is_refused(world: &AnomalyWorld<'_>) {
    let site = world.sites[1];
    record(world, &[news(3, site, 100, AnomalyNews::Raised(seen(OUTAGE, 90)))]).await;

    let (one, other) = tokio::join!(
        act(world, 0, 3, 101, Action::Acknowledge),
        act(world, 1, 3, 101, Action::Acknowledge),
    );

    let refused = Acted::Refused(LifeError::AlreadySeen);
    assert_eq!([&one, &other].into_iter().filter(|acted| **acted == refused).count(), 1);
    assert_eq!(events(world, 3).await, [AnomalyEvent::Acknowledged, AnomalyEvent::Raised]);
    let nobody = act(world, 0, 97, 101, Action::Acknowledge).await;
    assert_eq!(nobody, Acted::NoSuchAnomaly);
}

async fn a_dismissal_teaches(world: &AnomalyWorld<'_>) {
    let (site, by) = (world.sites[2], world.people[0].0);
    let loss = AnomalyKind::Underperformance;
    record(world, &[news(4, site, 100, AnomalyNews::Raised(seen(loss, 90)))]).await;
    let lesson = Lesson {
        id: Uuid::from_u128(41).into(),
        hours: Some(LocalHours::new(8, 20).expect("hours")),
        until: Some(minute(100_000)),
    };
    let dismiss =
        Action::Dismiss { why: Dismissal::KnownShading, note: Some(note("The chimney.")) };

    let acted = world.store.act(by, anomaly(4), minute(101), &dismiss, Some(&lesson)).await;
    let mut worse = seen(loss, 200);
    worse.finding.lost_per_day = Energy::from_wh(50_000);
    record(
        world,
        &[
            news(5, site, 210, AnomalyNews::Raised(seen(loss, 200))),
            news(6, site, 210, AnomalyNews::Raised(worse)),
            news(7, world.sites[3], 210, AnomalyNews::Raised(seen(loss, 200))),
        ],
    )
    .await;

    assert!(matches!(acted, Ok(Acted::Done(_))));
    let patterns = world.store.patterns(site, minute(0)).await.expect("works");
    assert_eq!((patterns[0].id, patterns[0].hours), (lesson.id, lesson.hours));
    assert_eq!((patterns[0].until, patterns[0].why), (lesson.until, Dismissal::KnownShading));
    assert_eq!(patterns[0].most_per_day, Energy::from_wh(7_500));
    assert_eq!(known(world, 5).await.quiet, Some(lesson.id));
    assert!(!known(world, 5).await.needs_people(minute(210)));
    assert_eq!(events(world, 5).await, [AnomalyEvent::RaisedQuietly]);
    assert_eq!((known(world, 6).await.quiet, known(world, 7).await.quiet), (None, None));
    assert_eq!(world.store.patterns(site, minute(100_000)).await.expect("works"), []);
    assert!(!world.store.forget(by, world.sites[3], lesson.id).await.expect("works"));
    assert!(world.store.forget(by, site, lesson.id).await.expect("works"));
    assert_eq!(world.store.patterns(site, minute(0)).await.expect("works"), []);
}

async fn a_withdrawal_is_visible_and_final(world: &AnomalyWorld<'_>) {
    let site = world.sites[3];
    let reason = "The counter has caught up: nothing was lost.".to_owned();

    record(world, &[news(7, site, 220, AnomalyNews::Withdrawn(reason.clone()))]).await;

    let withdrawn = known(world, 7).await;
    assert_eq!(withdrawn.life.phase(minute(221)), Phase::Withdrawn);
    let history = world.store.history(&[anomaly(7)]).await.expect("works");
    assert_eq!(
        (history[0].event, history[0].words.as_ref()),
        (AnomalyEvent::Withdrawn, Some(&reason))
    );
    let open = world.store.open_of(&[site], minute(0)).await.expect("works");
    assert_eq!(open, []);
    let reopened = act(world, 0, 7, 222, Action::Reopen { reason: note("Really?") }).await;
    assert_eq!(reopened, Acted::Refused(LifeError::Withdrawn));
}

async fn what_comes_back_is_told(world: &AnomalyWorld<'_>) {
    let site = world.sites[0];

    record(world, &[news(8, site, 3_000, AnomalyNews::Raised(seen(OUTAGE, 2_990)))]).await;

    let recovery = known(world, 1).await.life.recovery.expect("it had recovered");
    assert_eq!(recovery.came_back, Some(minute(3_000)));
    assert_eq!(events(world, 1).await[0], AnomalyEvent::CameBack);
    let of_site = world.store.of_site(site, 2).await.expect("works");
    assert_eq!(of_site.iter().map(|it| it.id).collect::<Vec<_>>(), [anomaly(8), anomaly(2)]);
}

async fn notes_are_kept_with_their_writer(world: &AnomalyWorld<'_>) {
    let (by, name) = &world.people[1];
    let text = note("Fuse 3 was blown.\nReplaced.");

    let written = world.store.note(*by, anomaly(8), minute(3_010), &text).await;
    let lost = world.store.note(*by, anomaly(96), minute(3_010), &text).await;

    assert!(matches!((written, lost), (Ok(true), Ok(false))));
    let history = world.store.history(&[anomaly(8)]).await.expect("works");
    assert_eq!(history[0].words.as_deref(), Some("Fuse 3 was blown.\nReplaced."));
    assert_eq!((history[0].by, history[0].by_name.as_ref()), (Some(*by), Some(name)));
}

async fn planned_work_is_kept_until_cancelled(world: &AnomalyWorld<'_>) {
    let by = world.people[0].0;
    let scopes = [
        MaintenanceScope::Region("south".parse().expect("a region")),
        MaintenanceScope::Site(world.sites[0]),
    ];
    let windows: Vec<MaintenanceWindow> = scopes
        .into_iter()
        .zip([(81, 600), (82, 500)])
        .map(|(scope, (id, from))| {
            let id = Uuid::from_u128(id).into();
            let (from, to) = (minute(from), minute(700));
            MaintenanceWindow::new(id, scope, from, to, note("New roof")).expect("a window")
        })
        .collect();

    for window in &windows {
        world.store.plan(by, window).await.expect("works");
    }

    let kept = async |after| world.store.windows(minute(after)).await.expect("works");
    assert_eq!(kept(699).await, [windows[1].clone(), windows[0].clone()]);
    assert_eq!(kept(700).await, []);
    assert_eq!(
        world.store.cancel(by, windows[0].id, minute(10)).await.expect("works").as_ref(),
        Some(&windows[0])
    );
    assert_eq!(world.store.cancel(by, windows[0].id, minute(11)).await.expect("works"), None);
    assert_eq!(kept(0).await, [windows[1].clone()]);
}

async fn silence_of_a_brand_is_one_incident(world: &AnomalyWorld<'_>) {
    let gap = |number: u128, site, at| {
        news(number, site, at, AnomalyNews::Raised(seen(AnomalyKind::CommGap, at - 5)))
    };
    let silent: Vec<AnomalyChange> =
        (200..).zip(&world.sites).take(5).map(|(number, site)| gap(number, *site, 5_000)).collect();

    record(world, &silent).await;
    let one = world.store.incidents().await.expect("works");
    record(world, &[gap(205, world.sites[5], 5_010)]).await;
    let grown = world.store.incidents().await.expect("works");

    assert_eq!(one.len(), 1);
    assert_eq!(one[0].incident.cause.kind(), IncidentKind::VendorDown);
    assert_eq!((grown[0].id, grown[0].incident.sites), (one[0].id, 6));
    assert_eq!(grown[0].incident.lost_per_day, Energy::from_wh(30_000));
    assert_eq!(known(world, 200).await.incident, Some(one[0].id));

    let back: Vec<AnomalyChange> = (200..)
        .zip(&world.sites)
        .take(6)
        .map(|(number, site)| {
            let over = until(seen(AnomalyKind::CommGap, 4_995), 5_100);
            news(number, *site, 5_101, AnomalyNews::Ended(over))
        })
        .collect();
    record(world, &back).await;
    assert_eq!(world.store.incidents().await.expect("works"), []);
}

async fn the_tally_counts_each_once(world: &AnomalyWorld<'_>) {
    act(world, 0, 8, 6_000, Action::Resolve { reason: note("New fuse") }).await;
    let tallies = world.store.tally(minute(0)).await.expect("works");
    let of = |kind| *tallies.iter().find(|tally| tally.kind == kind).expect("fired");

    let outages = of(OUTAGE);
    assert_eq!((outages.fired, outages.confirmed, outages.came_back), (3, 2, 1));
    assert_eq!(outages.undecided(), 1);
    let losses = of(AnomalyKind::Underperformance);
    assert_eq!((losses.fired, losses.dismissed, losses.quiet, losses.withdrawn), (4, 1, 1, 1));
    assert_eq!(losses.precision(), Some(0.0));
    assert_eq!(of(AnomalyKind::CommGap).confirmed, 6);
    assert_eq!(world.store.tally(minute(10_000)).await.expect("works"), []);
}
