use greengrid_app::identity::{
    Added, FoundLink, LinkStore, Member, Moved, NewLink, PasswordByLink, PasswordHash, SessionKey,
    SessionLimits, SessionStore, UserStore,
};
use greengrid_domain::identity::{EmailAddress, LinkPurpose, LinkState, Role, User, UserId};
use greengrid_domain::messages::{Letter, LetterKind};
use greengrid_domain::observability::Initiator;
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use super::links::issue;
use super::{PgLinkStore, PgSessionStore, PgUserStore};
use crate::postgres::testing::TestDatabase;

const BY: Initiator = Initiator::CommandLine;

fn diana() -> User {
    User {
        id: Uuid::now_v7().into(),
        email: "diana@example.org".parse().unwrap(),
        name: "Diana".parse().unwrap(),
        role: Role::Ops,
        active: true,
    }
}

fn letter(link: &NewLink, user: &User) -> Letter {
    Letter::builder()
        .key(format!("link:{}", hex::encode(link.hash())))
        .to(user.email.clone())
        .kind(LetterKind::Invitation)
        .subject("Come in")
        .text("by the link")
        .build()
}

async fn letters(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar("select recipient from mail_letter order by id")
        .fetch_all(pool)
        .await
        .unwrap()
}

async fn invited(pool: &PgPool) -> (UserId, NewLink) {
    let (user, link) = (diana(), NewLink::fresh(LinkPurpose::Invitation).unwrap());
    let added = PgLinkStore::new(pool.clone())
        .invite(&user, &link, &letter(&link, &user), BY)
        .await
        .unwrap();
    assert_eq!(added, Added::Done);
    (user.id, link)
}

async fn reset_of(pool: &PgPool, user: UserId) -> NewLink {
    let link = NewLink::fresh(LinkPurpose::PasswordReset).unwrap();
    let mut tx = pool.begin().await.unwrap();
    issue(&mut tx, user, &link, None, BY).await.unwrap();
    tx.commit().await.unwrap();
    link
}

async fn found(pool: &PgPool, link: &NewLink) -> Option<FoundLink> {
    PgLinkStore::new(pool.clone()).find(link.purpose(), &link.hash()).await.unwrap()
}

async fn state(pool: &PgPool, link: &NewLink) -> LinkState {
    found(pool, link).await.unwrap().state
}

async fn follow(pool: &PgPool, link: &NewLink, hash: &str) -> Option<Result<Member, LinkState>> {
    let name = "Diana Reyes".parse().unwrap();
    let password = PasswordHash(hash.to_owned());
    let set = PasswordByLink {
        purpose: link.purpose(),
        secret: &link.hash(),
        name: Some(&name),
        password: &password,
        letters: &[],
    };
    PgLinkStore::new(pool.clone()).set_password(set).await.unwrap()
}

async fn password(pool: &PgPool) -> Option<PasswordHash> {
    let users = PgUserStore::new(pool.clone());
    let account = users.find_by_email(&"diana@example.org".parse().unwrap()).await.unwrap();
    account.unwrap().password
}

#[tokio::test]
async fn an_invited_person_has_no_password_until_they_follow_their_link() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (id, link) = invited(&pool).await;
    assert_eq!(password(&pool).await, None);
    assert_eq!(letters(&pool).await, ["diana@example.org"]);
    assert!(PgUserStore::new(pool.clone()).list().await.unwrap()[0].invited);

    let member = follow(&pool, &link, "hash").await.unwrap().unwrap();

    assert_eq!((member.user.id, member.user.name.as_str()), (id, "Diana Reyes"));
    assert_eq!(member.auth_version, 2);
    assert_eq!(password(&pool).await, Some(PasswordHash("hash".to_owned())));
    assert!(!PgUserStore::new(pool.clone()).list().await.unwrap()[0].invited);
    assert_eq!(state(&pool, &link).await, LinkState::Used);
}

#[tokio::test]
async fn of_many_who_use_a_link_at_the_same_instant_one_does() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (_, link) = invited(&pool).await;

    let hashes: Vec<String> = (0..8).map(|number| format!("hash {number}")).collect();
    let used = hashes.iter().map(|hash| follow(&pool, &link, hash));
    let outcomes = futures::future::join_all(used).await;

    let won: Vec<usize> = (0..8).filter(|i| matches!(outcomes[*i], Some(Ok(_)))).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(password(&pool).await, Some(PasswordHash(hashes[won[0]].clone())));
    let late = outcomes.iter().filter(|o| matches!(o, Some(Err(LinkState::Used)))).count();
    assert_eq!(late, 7);
}

#[tokio::test]
async fn a_later_link_takes_the_place_of_the_earlier_also_at_the_same_instant() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (id, _) = invited(&pool).await;
    let first = reset_of(&pool, id).await;

    let second = reset_of(&pool, id).await;
    assert_eq!(state(&pool, &first).await, LinkState::Replaced);
    assert_eq!(state(&pool, &second).await, LinkState::Good);
    assert!(matches!(follow(&pool, &first, "x").await, Some(Err(LinkState::Replaced))));

    let (one, other) = tokio::join!(reset_of(&pool, id), reset_of(&pool, id));
    let mut states = [state(&pool, &one).await, state(&pool, &other).await];
    states.sort_by_key(|state| *state != LinkState::Good);
    assert_eq!(states, [LinkState::Good, LinkState::Replaced]);
}

#[tokio::test]
async fn a_new_password_ends_sessions_and_all_other_links() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (id, invitation) = invited(&pool).await;
    let reset = reset_of(&pool, id).await;
    let (sessions, key) =
        (PgSessionStore::new(pool.clone(), SessionLimits::default()), SessionKey::of(b"one"));
    sessions.create(&key, Some(id), "{}").await.unwrap();

    follow(&pool, &reset, "hash").await.unwrap().unwrap();

    assert_eq!(sessions.load(&key).await.unwrap(), None);
    assert_eq!(state(&pool, &invitation).await, LinkState::Replaced);

    let reset = reset_of(&pool, id).await;
    let users = PgUserStore::new(pool.clone());
    users.set_password(id, &PasswordHash("other".to_owned()), &[], BY).await.unwrap();
    assert_eq!(state(&pool, &reset).await, LinkState::Replaced);
}

#[tokio::test]
async fn neither_time_nor_lost_access_nor_another_purpose_lets_a_link_work() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (id, link) = invited(&pool).await;
    let links = PgLinkStore::new(pool.clone());
    let other = links.find(LinkPurpose::PasswordReset, &link.hash()).await.unwrap();
    assert_eq!(other, None);
    assert_eq!(links.find(LinkPurpose::Invitation, &[7; 32]).await.unwrap(), None);

    PgUserStore::new(pool.clone()).set_active(id, false, BY).await.unwrap();
    assert!(matches!(follow(&pool, &link, "x").await, Some(Err(LinkState::Replaced))));

    PgUserStore::new(pool.clone()).set_active(id, true, BY).await.unwrap();
    let reset = reset_of(&pool, id).await;
    pool.execute("update single_use_link set expires_at = now()").await.unwrap();
    assert!(matches!(follow(&pool, &reset, "x").await, Some(Err(LinkState::Expired))));
    assert_eq!(password(&pool).await, None);
}

#[tokio::test]
async fn the_secret_of_a_link_is_kept_nowhere_and_old_links_are_swept() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (_, link) = invited(&pool).await;
    let secret = link.path().split('/').next_back().unwrap().to_owned();

    let rows: Vec<String> = sqlx::query_scalar(
        "select l::text from single_use_link l union all select a::text from audit_entry a",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(rows.len() > 2 && rows.iter().all(|row| !row.contains(&secret)));

    let links = PgLinkStore::new(pool.clone());
    links.sweep().await.unwrap();
    assert!(found(&pool, &link).await.is_some());
    pool.execute("update single_use_link set expires_at = now() - interval '31 days'")
        .await
        .unwrap();
    links.sweep().await.unwrap();
    assert_eq!(found(&pool, &link).await, None);
}

#[tokio::test]
async fn an_address_moves_once_unless_somebody_else_has_it_by_then() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (id, _) = invited(&pool).await;
    let links = PgLinkStore::new(pool.clone());
    let new: EmailAddress = "reyes@example.org".parse().unwrap();
    let asked = async || {
        let link = NewLink::fresh(LinkPurpose::AddressChange).unwrap();
        links.issue(id, &link, Some(&new), &[], BY).await.unwrap();
        link
    };

    let first = asked().await;
    let reset = reset_of(&pool, id).await;
    assert_eq!(found(&pool, &first).await.unwrap().new_email.as_ref(), Some(&new));
    let moved = links.move_address(&first.hash(), &[]).await.unwrap();
    assert_eq!(moved, Some(Ok(Moved::Done)));
    let again = links.move_address(&first.hash(), &[]).await.unwrap();
    assert_eq!(again, Some(Err(LinkState::Used)));
    // What was sent to the former address opens nothing any more.
    assert_eq!(state(&pool, &reset).await, LinkState::Replaced);
    let users = PgUserStore::new(pool.clone());
    assert_eq!(users.find(id).await.unwrap().unwrap().user.email, new);

    let back = NewLink::fresh(LinkPurpose::AddressChange).unwrap();
    let old: EmailAddress = "diana@example.org".parse().unwrap();
    links.issue(id, &back, Some(&old), &[], BY).await.unwrap();
    users.add(&diana(), &PasswordHash("x".to_owned()), BY).await.unwrap();
    let taken = links.move_address(&back.hash(), &[]).await.unwrap();
    assert_eq!(taken, Some(Ok(Moved::Taken)));
    assert_eq!(users.find(id).await.unwrap().unwrap().user.email, new);
}
