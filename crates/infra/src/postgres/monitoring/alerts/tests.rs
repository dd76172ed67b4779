use greengrid_app::messages::webhooks::{Post, PostKind};
use greengrid_app::monitoring::AnomalyStore;
use greengrid_app::monitoring::alerts::{AlertMessage, AlertPress, AlertStore, NoticeState};
use greengrid_app::testing::anomaly_suite::{minute, news, seen, until};
use greengrid_domain::fleet::{Brand, SiteId};
use greengrid_domain::identity::{EmailAddress, UserId};
use greengrid_domain::messages::{Letter, LetterKind};
use greengrid_domain::monitoring::alert::{
    AlertEvent, AlertFilter, AlertRule, Escalation, Inhibition, Label, Matcher, Severity,
};
use greengrid_domain::monitoring::{Action, AnomalyChange, AnomalyKind, AnomalyNews};
use greengrid_domain::observability::Initiator;
use jiff::SignedDuration;
use rust_decimal::Decimal;
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use super::PgAlertStore;
use crate::postgres::ingestion::tests::sites;
use crate::postgres::monitoring::PgAnomalyStore;
use crate::postgres::testing::TestDatabase;

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

fn rule() -> AlertRule {
    AlertRule {
        id: Uuid::from_u128(7).into(),
        name: "Outages".parse().unwrap(),
        filter: AlertFilter {
            kinds: [AnomalyKind::Outage].into(),
            severity: Severity::Any,
            region: None,
            brand: None,
            least_per_day: Decimal::ZERO,
        },
        lasting: SignedDuration::ZERO,
        gather: minutes(5),
        quiet: None,
        to: vec!["diana@example.org".parse().unwrap(), "rui@example.org".parse().unwrap()],
        webhooks: std::collections::BTreeSet::new(),
        escalation: None,
        tells_end: true,
        enabled: true,
    }
}

/// Writes how many lines a message has.
struct Press;

impl AlertPress for Press {
    fn letter(&self, message: &AlertMessage, to: &EmailAddress) -> Letter {
        let sites: usize = message.lines.iter().map(|line| 1 + line.others).sum();
        Letter::builder()
            .key(format!("{}:{}:{}:{to}", message.rule.id, message.event, message.first))
            .to(to.clone())
            .kind(LetterKind::Alert)
            .subject(format!("{}: {sites}", message.event))
            .text(format!("{} lines", message.lines.len()))
            .build()
    }

    fn post(&self, message: &AlertMessage) -> Post {
        let key = format!("{}:{}:{}", message.rule.id, message.event, message.first).into();
        Post { key, kind: PostKind::AlertRaised, body: format!("{} lines", message.lines.len()) }
    }
}

struct World {
    db: TestDatabase,
    alerts: PgAlertStore,
    anomalies: PgAnomalyStore,
    sites: Vec<SiteId>,
}

impl World {
    async fn new(rule: AlertRule, count: usize) -> Self {
        let db = TestDatabase::from_template().await;
        let codes: Vec<String> = (0..count).map(|n| format!("s-{n}")).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let sites = sites(&db.pool(), &codes, "UTC").await;
        let alerts = PgAlertStore::new(db.pool());
        alerts.save(Initiator::System, &rule, minute(0)).await.unwrap();
        let anomalies = PgAnomalyStore::new(db.pool());
        Self { db, alerts, anomalies, sites }
    }

    async fn raise(&self, number: u128, at: i64) {
        let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
        self.anomalies.record(&[news(number, self.sites[0], at, raised)]).await.unwrap();
    }

    async fn tell(&self, at: i64) -> usize {
        self.alerts.tell_due(minute(at), &Press).await.unwrap()
    }

    async fn letters(&self) -> Vec<(String, String)> {
        sqlx::query_as("select recipient, subject from mail_letter order by id")
            .fetch_all(&self.db.pool())
            .await
            .unwrap()
    }

    async fn states(&self) -> Vec<(AlertEvent, NoticeState)> {
        let noticed = self.alerts.noticed(100).await.unwrap();
        noticed.into_iter().rev().map(|it| (it.event, it.state)).collect()
    }
}

async fn person(pool: &PgPool, name: &str) -> UserId {
    sqlx::query_scalar::<_, Uuid>(
        "insert into app_user (id, email, name, role, password_hash)
         values ($1, $2 || '@example.test', $2, 'ops', '') returning id",
    )
    .bind(Uuid::now_v7())
    .bind(name)
    .fetch_one(pool)
    .await
    .unwrap()
    .into()
}

fn to(subject: &str) -> Vec<(String, String)> {
    ["diana@example.org", "rui@example.org"].map(|to| (to.to_owned(), subject.to_owned())).to_vec()
}

#[tokio::test]
async fn a_rule_survives_the_store_and_its_trail_names_no_address() {
    let kept = AlertRule {
        escalation: Some(Escalation { after: minutes(60), to: rule().to }),
        quiet: Some(greengrid_domain::monitoring::LocalHours::new(22, 6).unwrap()),
        ..rule()
    };
    let world = World::new(kept.clone(), 1).await;

    let rules = world.alerts.rules().await.unwrap();
    let changed = AlertRule { enabled: false, ..kept.clone() };
    world.alerts.save(Initiator::System, &changed, minute(1)).await.unwrap();

    assert_eq!(rules[0].rule, kept);
    assert_eq!(world.alerts.rules().await.unwrap()[0].rule, changed);
    let trail: Vec<(String, String)> = sqlx::query_as(
        "select action, after::text from audit_entry where subject = 'alert_rule' order by id",
    )
    .fetch_all(&world.db.pool())
    .await
    .unwrap();
    let actions: Vec<&str> = trail.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["make_rule", "change_rule"]);
    assert!(trail.iter().all(|(_, after)| !after.contains('@')));
}

#[tokio::test]
async fn beginning_and_end_are_each_told_once_to_each_reader() {
    let world = World::new(rule(), 1).await;
    world.raise(1, 0).await;
    world.raise(1, 1).await;
    assert_eq!(world.tell(4).await, 0);
    assert_eq!((world.tell(5).await, world.tell(6).await), (1, 0));
    let over = until(seen(AnomalyKind::Outage, 0), 20);
    let ended = [news(1, world.sites[0], 30, AnomalyNews::Ended(over))];
    world.anomalies.record(&ended).await.unwrap();
    world.anomalies.record(&ended).await.unwrap();

    assert_eq!((world.tell(31).await, world.tell(40).await), (1, 0));

    assert_eq!(world.letters().await, [to("raised: 1"), to("ended: 1")].concat());
}

#[tokio::test]
async fn nothing_is_noticed_of_a_change_that_was_taken_back() {
    let world = World::new(rule(), 1).await;
    // The audit trail refuses, so the whole change is taken back.
    let pool = world.db.pool();
    pool.execute("alter table audit_entry add constraint no check (subject <> 'anomaly')")
        .await
        .unwrap();

    let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    let refused = world.anomalies.record(&[news(1, world.sites[0], 0, raised)]).await;

    assert!(refused.is_err());
    assert_eq!(world.states().await, []);
}

#[tokio::test]
async fn a_crash_before_the_commit_repeats_nothing_and_loses_nothing() {
    struct Crashes;
    impl AlertPress for Crashes {
        fn letter(&self, message: &AlertMessage, _: &EmailAddress) -> Letter {
            // Postgres refuses a zero byte, so the transaction fails where it
            // writes the letters.
            Letter { text: "\0".to_owned(), ..Press.letter(message, &message.rule.to[0]) }
        }

        fn post(&self, message: &AlertMessage) -> Post {
            Press.post(message)
        }
    }
    let world = World::new(rule(), 1).await;
    world.raise(1, 0).await;

    assert!(world.alerts.tell_due(minute(5), &Crashes).await.is_err());
    assert_eq!(world.letters().await, []);

    assert_eq!(world.tell(6).await, 1);
    assert_eq!(world.letters().await, to("raised: 1"));
}

#[tokio::test]
async fn several_instances_tell_once() {
    let world = World::new(rule(), 1).await;
    for number in 1..=40 {
        world.raise(number, 0).await;
    }

    let told = futures::future::join_all((0..5).map(|_| world.tell(5))).await;

    assert!(told.iter().sum::<usize>() >= 1);
    let noticed: i64 = sqlx::query_scalar("select count(*) from alert_notice where state = 'told'")
        .fetch_one(&world.db.pool())
        .await
        .unwrap();
    assert_eq!(noticed, 40);
    let sites: usize = world
        .letters()
        .await
        .iter()
        .filter(|(to, _)| to == "diana@example.org")
        .map(|(_, subject)| subject.trim_start_matches("raised: ").parse::<usize>().unwrap())
        .sum();
    assert_eq!(sites, 40);
}

#[tokio::test]
async fn what_somebody_has_seen_is_not_told_and_what_nobody_has_escalates() {
    let world = World::new(
        AlertRule {
            escalation: Some(Escalation {
                after: minutes(30),
                to: vec!["boss@example.org".parse().unwrap()],
            }),
            ..rule()
        },
        1,
    )
    .await;
    let diana = person(&world.db.pool(), "Diana").await;
    world.raise(1, 0).await;
    world.raise(2, 0).await;
    let seen = greengrid_app::testing::anomaly_suite::anomaly(1);
    world.anomalies.act(diana, seen, minute(1), &Action::Acknowledge, None).await.unwrap();

    assert_eq!((world.tell(5).await, world.tell(34).await, world.tell(36).await), (1, 0, 1));
    assert_eq!(world.tell(300).await, 0);

    let mut letters = to("raised: 1");
    letters.push(("boss@example.org".to_owned(), "escalated: 1".to_owned()));
    assert_eq!(world.letters().await, letters);
}

/// Ten thousand anomalies at once, spread over these many sites: what each reader
/// gets, and how many lines that has.
async fn storm(over: usize) -> (Vec<(String, String)>, Vec<String>) {
    let world = World::new(rule(), over).await;
    let storm: Vec<AnomalyChange> = (0..10_000)
        .map(|number| {
            let site = world.sites[usize::try_from(number).unwrap() % over];
            news(number + 1, site, 0, AnomalyNews::Raised(seen(AnomalyKind::Outage, 0)))
        })
        .collect();
    world.anomalies.record(&storm).await.unwrap();

    assert_eq!((world.tell(5).await, world.tell(20).await), (1, 0));

    let lines = sqlx::query_scalar("select distinct body_text from mail_letter")
        .fetch_all(&world.db.pool())
        .await
        .unwrap();
    (world.letters().await, lines)
}

#[tokio::test]
async fn a_storm_of_ten_thousand_becomes_one_letter_to_each() {
    let (letters, lines) = storm(1).await;

    assert_eq!(letters, to("raised: 10000"));
    assert_eq!(lines, ["10000 lines"]);
}

#[tokio::test]
async fn a_storm_over_many_sites_is_one_line_of_one_letter() {
    let (letters, lines) = storm(500).await;

    assert_eq!(letters, to("raised: 10000"));
    assert_eq!(lines, ["1 lines"], "they share one grid fault");
}

#[tokio::test]
async fn an_anomaly_keeps_another_of_its_site_quiet_until_the_rule_of_that_is_gone() {
    let world = World::new(rule(), 2).await;
    let inhibition = Inhibition {
        id: Uuid::from_u128(3).into(),
        why: "Who is silent may well produce".parse().unwrap(),
        source: Matcher { kind: Some(AnomalyKind::CommGap), ..Matcher::default() },
        target: Matcher { kind: Some(AnomalyKind::Outage), ..Matcher::default() },
        equal: [Label::Site].into(),
    };
    world.alerts.inhibit(Initiator::System, &inhibition, minute(0)).await.unwrap();
    assert_eq!(world.alerts.inhibitions().await.unwrap(), std::slice::from_ref(&inhibition));
    let gap = AnomalyNews::Raised(seen(AnomalyKind::CommGap, 0));
    world.anomalies.record(&[news(9, world.sites[0], 0, gap)]).await.unwrap();
    world.raise(1, 0).await;
    let other = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    world.anomalies.record(&[news(2, world.sites[1], 0, other)]).await.unwrap();

    assert_eq!(world.tell(5).await, 1);
    assert_eq!(world.letters().await, to("raised: 1"), "that of the other site");
    let elsewhere = Inhibition {
        target: Matcher { brand: Some(Brand::Fronius), ..inhibition.target.clone() },
        ..inhibition.clone()
    };
    world.alerts.inhibit(Initiator::System, &elsewhere, minute(6)).await.unwrap();
    assert_eq!(world.alerts.inhibitions().await.unwrap(), std::slice::from_ref(&elsewhere));
    world.alerts.inhibit(Initiator::System, &inhibition, minute(7)).await.unwrap();
    let removed = world.alerts.uninhibit(Initiator::System, inhibition.id, minute(8)).await;
    assert!(removed.unwrap());

    assert_eq!(world.tell(11).await, 1);
    assert_eq!(world.letters().await, [to("raised: 1"), to("raised: 1")].concat());
    assert_eq!(world.alerts.inhibitions().await.unwrap(), []);
}
