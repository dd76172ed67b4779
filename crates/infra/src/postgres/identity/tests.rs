use std::net::IpAddr;
use std::time::Duration;

use greengrid_app::identity::{
    Added, Admission, AttemptLimits, AttemptStore, AuditLog, Changed, NewToken, PasswordHash,
    SessionKey, SessionLimits, SessionStore, TokenStore, TrailQuery, UserStore,
};
use greengrid_app::live::{Heard, Notice, OpenSessions};
use greengrid_domain::identity::{Role, Scope, User, UserId};
use greengrid_domain::observability::Initiator;
use sqlx::{Executor, PgPool};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{PgAttemptStore, PgAuditLog, PgSessionStore, PgTokenStore, PgUserStore};
use crate::postgres::Notices;
use crate::postgres::testing::TestDatabase;

const BY: Initiator = Initiator::CommandLine;

async fn person(pool: &PgPool, email: &str) -> UserId {
    let user = User {
        id: Uuid::now_v7().into(),
        email: email.parse().unwrap(),
        name: "Diana Reyes".parse().unwrap(),
        role: Role::Ops,
        active: true,
    };
    let hash = PasswordHash("hash".to_owned());
    let added = PgUserStore::new(pool.clone()).add(&user, &hash, BY).await.unwrap();
    assert_eq!(added, Added::Done);
    user.id
}

fn sessions(pool: &PgPool) -> PgSessionStore {
    PgSessionStore::new(pool.clone(), SessionLimits::default())
}

async fn actions(pool: &PgPool) -> Vec<String> {
    let entries = PgAuditLog::new(pool.clone()).entries(&TrailQuery::default(), 50).await.unwrap();
    entries.into_iter().rev().map(|entry| entry.entry.action).collect()
}

#[tokio::test]
async fn an_address_is_one_account_in_whatever_case() {
    let db = TestDatabase::from_template().await;
    let store = PgUserStore::new(db.pool());
    let id = person(&db.pool(), "Diana@Example.org").await;
    let twin = User {
        id: Uuid::now_v7().into(),
        email: "diana@EXAMPLE.org".parse().unwrap(),
        name: "Other".parse().unwrap(),
        role: Role::Cs,
        active: true,
    };

    let added = store.add(&twin, &PasswordHash("x".to_owned()), BY).await.unwrap();
    let found = store.find_by_email(&"DIANA@example.org".parse().unwrap()).await.unwrap();

    assert_eq!(added, Added::EmailTaken);
    assert_eq!(found.unwrap().member.user.id, id);
    assert_eq!(actions(&db.pool()).await, ["add_user"]);
}

#[tokio::test]
async fn every_change_of_an_account_ends_its_sessions_and_is_told_and_recorded() {
    let db = TestDatabase::from_template().await;
    let store = PgUserStore::new(db.pool());
    let id = person(&db.pool(), "diana@example.org").await;
    let notices = Notices::listen(&db.pool(), CancellationToken::new()).await.unwrap();
    let key = SessionKey::of(b"one");

    for change in ["role", "active", "password"] {
        sessions(&db.pool()).create(&key, Some(id), "{}").await.unwrap();
        let before = store.find(id).await.unwrap().unwrap().auth_version;
        let mut heard = notices.subscribe();
        let changed = match change {
            "role" => store.set_role(id, Role::Cs, BY).await,
            "active" => store.set_active(id, false, BY).await,
            _ => store.set_password(id, &PasswordHash("new".to_owned()), &[], BY).await,
        };

        assert_eq!(changed.unwrap(), Changed::Done);
        assert_eq!(store.find(id).await.unwrap().unwrap().auth_version, before + 1);
        assert_eq!(sessions(&db.pool()).load(&key).await.unwrap(), None);
        while heard.recv().await.unwrap() != Heard::Notice(Notice::UserChanged(id)) {}
    }
    assert_eq!(
        actions(&db.pool()).await,
        [
            "add_user",
            "sign_in",
            "change_role",
            "sign_in",
            "deactivate",
            "sign_in",
            "change_password"
        ]
    );
    assert_eq!(store.set_role(id, Role::Cs, BY).await.unwrap(), Changed::AlreadySo);
    assert_eq!(store.set_role(Uuid::nil().into(), Role::Cs, BY).await.unwrap(), Changed::Missing);
}

#[tokio::test]
async fn a_session_that_ended_is_not_brought_back_by_a_late_save() {
    let db = TestDatabase::from_template().await;
    let store = sessions(&db.pool());
    let id = person(&db.pool(), "diana@example.org").await;
    let key = SessionKey::of(b"one");
    store.create(&key, Some(id), r#"{"a":1}"#).await.unwrap();

    store.delete(&key).await.unwrap();
    store.save(&key, r#"{"a":2}"#).await.unwrap();

    assert_eq!(store.load(&key).await.unwrap(), None);
    assert_eq!(actions(&db.pool()).await, ["add_user", "sign_in", "sign_out"]);
}

#[tokio::test]
async fn the_end_of_a_session_is_told_to_every_instance() {
    let db = TestDatabase::from_template().await;
    let store = sessions(&db.pool());
    let key = SessionKey::of(b"one");
    store.create(&key, None, "{}").await.unwrap();
    let notices = Notices::listen(&db.pool(), CancellationToken::new()).await.unwrap();
    let mut heard = notices.subscribe();

    store.delete(&key).await.unwrap();

    let expected = Heard::Notice(Notice::SessionEnded(key.to_string()));
    assert_eq!(heard.recv().await.unwrap(), expected);
}

#[tokio::test]
async fn a_session_lives_by_the_clock_of_postgres() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let store = sessions(&pool);
    let id = person(&pool, "diana@example.org").await;
    let check = async |sql: &str, alive: bool| {
        let key = SessionKey::of(sql.as_bytes());
        store.create(&key, Some(id), "{}").await.unwrap();
        pool.execute(sql).await.unwrap();

        assert_eq!(store.load(&key).await.unwrap().is_some(), alive, "{sql}");
        let open = store.still_open(&[key.to_string()]).await.unwrap();
        assert_eq!(!open.is_empty(), alive, "{sql}");
        assert_eq!(store.sweep().await.unwrap(), u64::from(!alive), "{sql}");
        store.delete(&key).await.unwrap();
    };

    check("update session set last_seen_at = now() - interval '11 hours'", true).await;
    check("update session set last_seen_at = now() - interval '13 hours'", false).await;
    check("update session set expires_at = now() - interval '1 second'", false).await;
}

#[tokio::test]
async fn use_is_noted_at_most_once_a_minute() {
    let db = TestDatabase::from_template().await;
    let (pool, store) = (db.pool(), sessions(&db.pool()));
    let id = person(&pool, "diana@example.org").await;
    let key = SessionKey::of(b"one");
    store.create(&key, Some(id), "{}").await.unwrap();
    let seen = async |sql: &str| {
        pool.execute(sql).await.unwrap();
        store.load(&key).await.unwrap().unwrap();
        sqlx::query_scalar::<_, bool>(
            "select bool_and(at > now() - interval '10 seconds')
             from (select last_seen_at from session union all
                   select last_seen_at from app_user) as seen (at)",
        )
        .fetch_one(&pool)
        .await
        .unwrap()
    };

    let back = |seconds: u32| {
        format!(
            "update session set last_seen_at = now() - interval '{seconds} seconds';
             update app_user set last_seen_at = now() - interval '{seconds} seconds'"
        )
    };
    assert!(!seen(&back(50)).await);
    assert!(seen(&back(70)).await);
}

#[tokio::test]
async fn only_a_hash_of_the_session_id_is_kept() {
    let db = TestDatabase::from_template().await;
    sessions(&db.pool()).create(&SessionKey::of(b"the id"), None, "{}").await.unwrap();

    let kept: Vec<u8> =
        sqlx::query_scalar("select id_hash from session").fetch_one(&db.pool()).await.unwrap();

    assert_eq!(kept, SessionKey::of(b"the id").as_bytes());
    assert_ne!(kept, b"the id");
}

#[tokio::test]
async fn open_sessions_are_those_of_active_people_with_their_role() {
    let db = TestDatabase::from_template().await;
    let store = sessions(&db.pool());
    let id = person(&db.pool(), "diana@example.org").await;
    let (good, gone) = (SessionKey::of(b"good"), SessionKey::of(b"gone"));
    store.create(&good, Some(id), "{}").await.unwrap();
    let hashes = [good.to_string(), gone.to_string(), "no hash".to_owned()];

    let open = store.still_open(&hashes).await.unwrap();
    db.pool().execute("update app_user set auth_version = auth_version + 1").await.unwrap();
    let later = store.still_open(&hashes).await.unwrap();

    assert_eq!(open.len(), 1);
    assert_eq!((open[0].hash.as_str(), open[0].role), (good.to_string().as_str(), Role::Ops));
    assert_eq!(later, []);
}

const ACCOUNT: [u8; 32] = [7; 32];

fn address(last: u8) -> IpAddr {
    IpAddr::from([198, 51, 100, last])
}

async fn fail(store: &PgAttemptStore, account: [u8; 32], from: IpAddr, times: u32) {
    for _ in 0..times {
        let outcome = store.admit(&account, from, &AttemptLimits::default()).await.unwrap();
        assert!(matches!(outcome, Admission::Admitted(_)));
    }
}

async fn refused(store: &PgAttemptStore, account: [u8; 32], from: IpAddr) -> bool {
    match store.admit(&account, from, &AttemptLimits::default()).await.unwrap() {
        Admission::Admitted(_) => false,
        Admission::Refused { retry_after } => {
            assert!(retry_after > Duration::ZERO && retry_after <= Duration::from_mins(15));
            true
        }
    }
}

#[tokio::test]
async fn an_address_that_guesses_is_stopped_and_the_owner_is_not() {
    let db = TestDatabase::from_template().await;
    let store = PgAttemptStore::new(db.pool());

    fail(&store, ACCOUNT, address(1), 5).await;

    assert!(refused(&store, ACCOUNT, address(1)).await);
    assert!(!refused(&store, ACCOUNT, address(2)).await);
    db.pool().execute("update sign_in_attempt set at = at - interval '16 minutes'").await.unwrap();
    assert!(!refused(&store, ACCOUNT, address(1)).await);
}

#[tokio::test]
async fn a_burst_at_the_same_instant_is_counted_too() {
    let db = TestDatabase::from_template().await;
    let store = PgAttemptStore::new(db.pool());

    let burst = (0..20).map(|_| refused(&store, ACCOUNT, address(1)));
    let outcomes = futures::future::join_all(burst).await;

    assert_eq!(outcomes.iter().filter(|refused| !**refused).count(), 5);
}

#[tokio::test]
async fn one_address_against_many_accounts_is_stopped() {
    let db = TestDatabase::from_template().await;
    let store = PgAttemptStore::new(db.pool());

    for account in 0..30 {
        fail(&store, [account; 32], address(1), 1).await;
    }

    assert!(refused(&store, [99; 32], address(1)).await);
}

#[tokio::test]
async fn many_addresses_against_one_account_do_not_lock_its_owner_out() {
    let db = TestDatabase::from_template().await;
    let store = PgAttemptStore::new(db.pool());
    let limits = AttemptLimits::default();
    let Admission::Admitted(owner) = store.admit(&ACCOUNT, address(200), &limits).await.unwrap()
    else {
        panic!("the first attempt is admitted");
    };
    store.succeeded(owner).await.unwrap();

    for attacker in 1..=10 {
        fail(&store, ACCOUNT, address(attacker), 5).await;
    }

    assert!(refused(&store, ACCOUNT, address(99)).await);
    assert!(!refused(&store, ACCOUNT, address(200)).await);
}

#[tokio::test]
async fn all_addresses_of_one_ipv6_network_are_one() {
    let db = TestDatabase::from_template().await;
    let store = PgAttemptStore::new(db.pool());
    let at = |host: &str| format!("2001:db8:1:2::{host}").parse::<IpAddr>().unwrap();

    fail(&store, ACCOUNT, at("1"), 5).await;

    assert!(refused(&store, ACCOUNT, at("ffff")).await);
    assert!(!refused(&store, ACCOUNT, "2001:db8:1:3::1".parse().unwrap()).await);
}

#[tokio::test]
async fn a_token_opens_until_it_is_revoked() {
    let db = TestDatabase::from_template().await;
    let store = PgTokenStore::new(db.pool());
    let token = NewToken {
        id: Uuid::now_v7().into(),
        name: "Logger".to_owned(),
        scopes: vec![Scope::ReadingsWrite],
    };
    let added = store.add(token, &[1; 32], BY).await.unwrap();

    assert_eq!(store.used(&[1; 32]).await.unwrap().map(|token| token.id), Some(added.id));
    assert_eq!(store.used(&[2; 32]).await.unwrap(), None);
    assert!(store.list().await.unwrap()[0].last_used_at.is_some());

    assert_eq!(store.revoke(added.id, BY).await.unwrap(), Changed::Done);
    assert_eq!(store.used(&[1; 32]).await.unwrap(), None);
    assert_eq!(store.revoke(added.id, BY).await.unwrap(), Changed::AlreadySo);
    assert_eq!(store.revoke(Uuid::nil().into(), BY).await.unwrap(), Changed::Missing);
    assert_eq!(actions(&db.pool()).await, ["create_token", "revoke_token"]);
}

#[tokio::test]
async fn nobody_edits_the_audit_trail() {
    let db = TestDatabase::from_template().await;
    person(&db.pool(), "diana@example.org").await;

    for sql in [
        "update audit_entry set action = 'nothing'",
        "delete from audit_entry",
        "truncate audit_entry",
    ] {
        assert!(db.pool().execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(actions(&db.pool()).await, ["add_user"]);
}

#[tokio::test]
async fn a_person_sees_and_ends_their_own_sessions_alone() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (diana, other) =
        (person(&pool, "diana@example.org").await, person(&pool, "other@example.org").await);
    let store = sessions(&pool);
    let keys = [b"one", b"two", b"six"].map(|id| SessionKey::of(id));
    let device = r#"{"device": {"address": "203.0.113.7", "agent": "Firefox/128"}}"#;
    store.create(&keys[0], Some(diana), device).await.unwrap();
    store.create(&keys[1], Some(diana), "{}").await.unwrap();
    store.create(&keys[2], Some(other), "{}").await.unwrap();
    let notices = Notices::listen(&pool, CancellationToken::new()).await.unwrap();
    let mut heard = notices.subscribe();

    let listed = store.list(diana).await.unwrap();
    assert_eq!(listed.len(), 2);
    let first = listed.iter().find(|session| session.key == keys[0]).unwrap();
    assert_eq!(first.address, Some(IpAddr::from([203, 0, 113, 7])));
    assert_eq!(first.agent.as_deref(), Some("Firefox/128"));

    assert_eq!(store.end_of(diana, &keys[2]).await.unwrap(), Changed::Missing);
    assert!(store.load(&keys[2]).await.unwrap().is_some());
    assert_eq!(store.end_others(diana, &keys[0]).await.unwrap(), 1);
    assert_eq!(store.load(&keys[1]).await.unwrap(), None);
    assert!(store.load(&keys[0]).await.unwrap().is_some());
    while heard.recv().await.unwrap() != Heard::Notice(Notice::SessionEnded(keys[1].to_string())) {}
    assert_eq!(store.end_of(diana, &keys[0]).await.unwrap(), Changed::Done);
    assert!(store.list(diana).await.unwrap().is_empty());
    assert_eq!(actions(&pool).await.iter().filter(|a| *a == "sign_out_from_elsewhere").count(), 2);
}
