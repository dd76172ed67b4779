use std::collections::HashSet;

use greengrid_app::identity::Changed;
use greengrid_app::ingestion::connections::{
    Added, Attempt, ConnectionStore, CredentialStore, NewConnection, NewCredential, NewLink, Reach,
    Removed, Usage, VendorIncident, VendorIncidentStore,
};
use greengrid_app::ingestion::vendors::{Calls, Credentials, OAuthClient, OAuthTokens, SecretText};
use greengrid_domain::fleet::{Brand, SiteId};
use greengrid_domain::ingestion::{
    Breaker, Cause, ConnectionId, CredentialId, Grant, Purpose, Quota, Reached, Window,
};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{PgConnectionStore, PgCredentialStore};
use crate::postgres::ingestion::tests::sites;
use crate::postgres::testing::TestDatabase;
use crate::vendors::Sealer;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

pub(super) fn noon() -> Timestamp {
    "2026-06-12T10:00:00Z".parse().unwrap()
}

fn credential(number: u128) -> CredentialId {
    Uuid::from_u128(number).into()
}

pub(super) fn connection(number: u128) -> ConnectionId {
    Uuid::from_u128(number).into()
}

fn tokens(refresh: &str) -> OAuthTokens {
    OAuthTokens {
        access: SecretText::new("access"),
        access_until: noon(),
        refresh: SecretText::new(refresh),
        refresh_until: noon() + SignedDuration::from_hours(720),
    }
}

pub(super) async fn stores(db: &TestDatabase) -> (PgConnectionStore, PgCredentialStore) {
    let credentials = PgCredentialStore::new(db.pool(), Sealer::new(SECRET));
    let new = NewCredential {
        id: credential(1),
        brand: Brand::Enphase,
        name: "fleet".to_owned(),
        credentials: Credentials::Enphase {
            app_key: SecretText::new("app key"),
            client: OAuthClient { id: "us".to_owned(), secret: SecretText::new("whisper") },
            tokens: tokens("r-0"),
        },
        quota: Quota { per_minute: 4, per_day: None, per_month: Some(100) },
        at: noon(),
    };
    assert_eq!(credentials.add(Initiator::System, new.clone()).await.unwrap(), Added::Done);
    let again = NewCredential { id: credential(2), ..new };
    assert_eq!(credentials.add(Initiator::System, again).await.unwrap(), Added::Taken);
    (PgConnectionStore::new(db.pool()), credentials)
}

pub(super) fn polled(number: u128, site: SiteId, external: &str) -> NewConnection {
    let external = external.parse().unwrap();
    NewConnection {
        id: connection(number),
        site,
        brand: Brand::Enphase,
        link: NewLink::Polled { credential: credential(1), external },
        cadence: SignedDuration::from_hours(1),
        wanted_from: noon() - SignedDuration::from_hours(48),
        first_run: noon(),
    }
}

#[tokio::test]
async fn what_is_sealed_cannot_be_read_in_the_database_and_opens_with_its_secret() {
    let db = TestDatabase::from_template().await;
    let (_, credentials) = stores(&db).await;

    let opened = credentials.open(credential(1)).await.unwrap().unwrap();
    let other = PgCredentialStore::new(db.pool(), Sealer::new(b"another secret of 32 characters!"));
    let sealed = sqlx::query_scalar!("select sealed from vendor_credential")
        .fetch_one(&db.pool())
        .await
        .unwrap();

    let Credentials::Enphase { app_key, .. } = &opened else { panic!("{opened:?}") };
    assert_eq!(app_key.expose(), "app key");
    assert!(other.open(credential(1)).await.unwrap().is_none());
    for text in ["app key", "whisper", "r-0", "enphase"] {
        assert!(!sealed.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
    }
}

#[tokio::test]
async fn of_two_who_rotate_the_first_wins_and_both_use_its_pair() {
    let db = TestDatabase::from_template().await;
    let (_, credentials) = stores(&db).await;

    let spent = tokens("r-0");
    let (one, two) = tokio::join!(
        credentials.rotate(credential(1), &spent, tokens("r-1")),
        credentials.rotate(credential(1), &spent, tokens("r-2")),
    );

    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one, two);
    let opened = credentials.open(credential(1)).await.unwrap().unwrap();
    assert_eq!(opened.tokens(), Some(&one));
}

#[tokio::test]
async fn calls_are_entered_before_they_are_made_whoever_makes_them() {
    let db = TestDatabase::from_template().await;
    let (store, credentials) = stores(&db).await;
    let [site] = sites(&db.pool(), &["a"], "UTC").await[..] else { panic!("one site") };
    store.add(Initiator::System, polled(10, site, "7")).await.unwrap();
    let calls = Calls { requests: 1, points: 3 };
    let spend = |by| credentials.spend(credential(1), by, calls, noon(), true);

    let granted = tokio::join!(
        spend(Some(connection(10))),
        spend(Some(connection(10))),
        spend(None),
        spend(None),
        spend(None),
        spend(None),
    );

    let granted = [granted.0, granted.1, granted.2, granted.3, granted.4, granted.5];
    let many = granted.iter().filter(|grant| matches!(grant, Ok(Grant::Granted(_)))).count();
    assert_eq!(many, 2, "of four a minute two at once");
    let later = noon() + SignedDuration::from_mins(5);
    credentials.spend(credential(1), Some(connection(10)), calls, later, true).await.unwrap();
    let usage = credentials.usage(noon()).await.unwrap();
    let sum: u64 = usage.iter().map(|usage| usage.requests).sum();
    assert_eq!(sum, 3);
    let of_site: Vec<&Usage> =
        usage.iter().filter(|usage| usage.connection == Some(connection(10))).collect();
    assert!(of_site.iter().all(|usage| usage.points == 3 * usage.requests));
    assert_eq!(credentials.all().await.unwrap()[0].ledger.this_month, 3);
    assert!(
        credentials.usage(noon() + SignedDuration::from_hours(24 * 30)).await.unwrap().is_empty()
    );
}

#[tokio::test]
async fn an_attempt_is_kept_whole_and_a_pause_set_meanwhile_stays() {
    let db = TestDatabase::from_template().await;
    let (store, _) = stores(&db).await;
    let [site] = sites(&db.pool(), &["a"], "UTC").await[..] else { panic!("one site") };
    store.add(Initiator::System, polled(10, site, "7")).await.unwrap();
    let due = store.due(noon(), &HashSet::new()).await.unwrap().remove(0);
    let asked = Window { from: noon() - SignedDuration::from_hours(12), to: noon() };
    let reached = Reached { asked, complete_to: noon(), newest: Some(noon()) };
    let attempt = Attempt {
        id: due.id,
        at: noon(),
        record: due.record.failed(noon(), Cause::RateLimited),
        said: Some("slow down".to_owned()),
        progress: Some(due.progress.fetched(Purpose::Fresh, reached, noon())),
        next_run: noon() + SignedDuration::from_mins(3),
    };

    store.pause(Initiator::System, due.id, true, noon()).await.unwrap();
    store.note(std::slice::from_ref(&attempt)).await.unwrap();

    let kept = store.find(due.id).await.unwrap().unwrap();
    assert!(kept.record.paused);
    assert_eq!(
        (kept.record.cause, kept.said.as_deref()),
        (Some(Cause::RateLimited), Some("slow down"))
    );
    assert_eq!(Some(kept.progress), attempt.progress);
    assert!(kept.progress.ahead.is_some());
    assert_eq!(kept.next_run, attempt.next_run);
    assert!(
        store
            .due(noon() + SignedDuration::from_hours(9), &HashSet::new())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_site_is_connected_once_and_what_is_done_to_it_is_on_record() {
    let db = TestDatabase::from_template().await;
    let (store, _) = stores(&db).await;
    let [one, two] = sites(&db.pool(), &["a", "b"], "UTC").await[..] else { panic!("two sites") };
    let push = |number, site, secret| NewConnection {
        brand: Brand::Fronius,
        link: NewLink::Pushed { secret_hash: [secret; 32] },
        ..polled(number, site, "0")
    };

    let added = [
        store.add(Initiator::System, polled(10, one, "7")).await.unwrap(),
        store.add(Initiator::System, polled(11, one, "8")).await.unwrap(),
        store.add(Initiator::System, polled(12, two, "7")).await.unwrap(),
        store.add(Initiator::System, push(13, one, 5)).await.unwrap(),
        store.add(Initiator::System, push(14, two, 5)).await.unwrap(),
    ];

    assert_eq!(added, [Added::Done, Added::Taken, Added::Taken, Added::Done, Added::Taken]);
    let pushed = store.by_push_secret(&[5; 32]).await.unwrap().unwrap();
    assert_eq!((pushed.id, pushed.site), (connection(13), one));
    assert!(store.by_push_secret(&[6; 32]).await.unwrap().is_none());
    let id = connection(10);
    let from = noon() - SignedDuration::from_hours(300);
    assert_eq!(store.back_fill(Initiator::System, id, from).await.unwrap(), Changed::Done);
    assert_eq!(store.find(id).await.unwrap().unwrap().progress.checkpoint, from);
    assert_eq!(store.hurry(Initiator::System, id, noon()).await.unwrap(), Changed::Done);
    assert_eq!(store.remove(Initiator::System, id).await.unwrap(), Changed::Done);
    assert_eq!(store.remove(Initiator::System, id).await.unwrap(), Changed::Missing);
    let actions = sqlx::query_scalar!(
        "select action from audit_entry where subject = 'connection' order by id"
    )
    .fetch_all(&db.pool())
    .await
    .unwrap();
    let expected = ["add_credential", "connect", "connect", "back_fill", "try_now", "disconnect"];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn an_incident_lasts_until_its_end_and_lets_those_behind_it_go_on() {
    let db = TestDatabase::from_template().await;
    let sites = sites(&db.pool(), &["a", "b"], "UTC").await;
    let (store, _) = stores(&db).await;
    for (number, site) in (1..).zip(&sites) {
        let new = polled(number, *site, &format!("70000{number}"));
        assert_eq!(store.add(Initiator::System, new).await.unwrap(), Added::Done);
    }
    let later = noon() + SignedDuration::from_hours(2);
    let found = store.find(connection(2)).await.unwrap().unwrap();
    let failed = Attempt {
        id: found.id,
        at: noon(),
        record: found.record.failed(noon(), Cause::VendorFault),
        said: None,
        progress: None,
        next_run: later,
    };
    store.note(&[failed]).await.unwrap();
    let reach = Reach { brand: Brand::Enphase, credential: None };
    let breaker = Breaker::open(Cause::VendorFault, noon(), None, 0.0);
    let incident = VendorIncident { reach, breaker, said: None, ended: None, struck: 0 };
    store.keep(&incident).await.unwrap();
    let minute = SignedDuration::from_mins(1);
    let again = breaker.failed(Cause::Maintenance, noon() + minute, None, 0.0);
    let goes_on = VendorIncident { breaker: again, ..incident.clone() };

    store.keep(&goes_on).await.unwrap();
    assert_eq!(store.open().await.unwrap(), [goes_on]);
    store.admit(connection(1), noon() + minute).await.unwrap();
    assert!(store.open().await.unwrap()[0].breaker.admits_probe(noon() + minute));
    store.end(reach, noon() + minute).await.unwrap();

    assert!(store.open().await.unwrap().is_empty());
    let ended = store.ended_since(noon()).await.unwrap();
    assert_eq!((ended.len(), ended[0].ended, ended[0].struck), (1, Some(noon() + minute), 2));
    let due = store.due(noon() + minute, &HashSet::new()).await.unwrap();
    assert_eq!(due.len(), 2, "whoever failed is tried at once");
    let busy = HashSet::from([credential(1)]);
    assert!(store.due(noon() + minute, &busy).await.unwrap().is_empty());
    store.keep(&incident).await.unwrap();
    assert_eq!(store.open().await.unwrap().len(), 1, "the next is one of its own");
}

#[tokio::test]
async fn another_credential_in_the_place_of_one_is_tried_at_once() {
    let db = TestDatabase::from_template().await;
    let sites = sites(&db.pool(), &["a"], "UTC").await;
    let (store, credentials) = stores(&db).await;
    store.add(Initiator::System, polled(1, sites[0], "700001")).await.unwrap();
    let found = store.find(connection(1)).await.unwrap().unwrap();
    let cause = Cause::CredentialRejected;
    let failed = Attempt {
        id: found.id,
        at: noon(),
        record: found.record.failed(noon(), cause),
        said: None,
        progress: None,
        next_run: noon() + SignedDuration::from_hours(6),
    };
    store.note(&[failed]).await.unwrap();
    let reach = Reach { brand: Brand::Enphase, credential: Some(credential(1)) };
    let breaker = Breaker::open(cause, noon(), None, 0.0);
    let incident = VendorIncident { reach, breaker, said: None, ended: None, struck: 0 };
    store.keep(&incident).await.unwrap();
    let later = noon() + SignedDuration::from_mins(1);
    let new = Credentials::SolarEdgeKey(SecretText::new("fresh"));

    let replaced = credentials.replace(Initiator::System, credential(1), new.clone(), later);

    assert_eq!(replaced.await.unwrap(), Changed::Done);
    assert_eq!(credentials.open(credential(1)).await.unwrap(), Some(new.clone()));
    let known = credentials.all().await.unwrap();
    assert_eq!((known[0].given_at, known[0].approved_until), (Some(later), None));
    assert_eq!(store.due(later, &HashSet::new()).await.unwrap().len(), 1);
    assert!(store.open().await.unwrap()[0].breaker.admits_probe(later));
    let unknown = credentials.replace(Initiator::System, credential(9), new, later);
    assert_eq!(unknown.await.unwrap(), Changed::Missing);
}

#[tokio::test]
async fn a_credential_goes_when_nothing_needs_it_and_its_plan_changes_when_it_differs() {
    let db = TestDatabase::from_template().await;
    let sites = sites(&db.pool(), &["a"], "UTC").await;
    let (store, credentials) = stores(&db).await;
    store.add(Initiator::System, polled(1, sites[0], "700001")).await.unwrap();
    let (by, id) = (Initiator::System, credential(1));
    let quota = Quota { per_minute: 60, per_day: Some(900), per_month: None };

    assert_eq!(credentials.change_quota(by, id, quota).await.unwrap(), Changed::Done);
    assert_eq!(credentials.change_quota(by, id, quota).await.unwrap(), Changed::AlreadySo);
    assert_eq!(credentials.all().await.unwrap()[0].quota, quota);
    assert_eq!(credentials.remove(by, id).await.unwrap(), Removed::InUse);
    store.remove(by, connection(1)).await.unwrap();
    assert_eq!(credentials.remove(by, id).await.unwrap(), Removed::Done);
    assert_eq!(credentials.remove(by, id).await.unwrap(), Removed::Missing);
}
