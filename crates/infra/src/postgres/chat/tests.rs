use greengrid_app::chat::{
    Added, Changed, ChatStore, Found, FoundPage, NewPost, PostChange, Window,
};
use greengrid_app::identity::{AuditLog, PasswordHash, TrailQuery, UserStore};
use greengrid_app::live::{Heard, Notice, Topic};
use greengrid_domain::chat::{
    Fixed, HeldFor, Mention, PostId, PostStatus, Room, Target, Undecidable,
};
use greengrid_domain::identity::{Role, User, UserId};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::PgChatStore;
use crate::postgres::Notices;
use crate::postgres::identity::{PgAuditLog, PgUserStore};
use crate::postgres::testing::TestDatabase;

fn now() -> Timestamp {
    "2026-06-12T08:40:00Z".parse().unwrap()
}

async fn person(pool: &PgPool, name: &str) -> UserId {
    let id = Uuid::now_v7();
    let user = User {
        id: id.into(),
        email: format!("{id}@example.org").parse().unwrap(),
        name: name.parse().unwrap(),
        role: Role::Ops,
        active: true,
    };
    let hash = PasswordHash("hash".to_owned());
    PgUserStore::new(pool.clone()).add(&user, &hash, Initiator::System).await.unwrap();
    user.id
}

fn post(author: UserId, text: &str) -> NewPost {
    NewPost {
        id: Uuid::now_v7().into(),
        room: Room::Lobby,
        title: None,
        author,
        body: text.parse().unwrap(),
        mentions: Vec::new(),
        held_for: None,
        at: now(),
    }
}

fn pending(author: UserId, text: &str) -> NewPost {
    NewPost { held_for: Some(HeldFor::BlockedWord), ..post(author, text) }
}

async fn seen(store: &PgChatStore) -> Vec<(i64, String)> {
    let window = Window { from: 1, until: None };
    let posts = store.window(&Room::Lobby, window).await.unwrap();
    posts.into_iter().map(|record| (record.post.seq.unwrap(), record.post.body)).collect()
}

#[tokio::test]
async fn five_hundred_posts_at_once_are_there_once_and_in_the_order_of_their_commits() {
    let db = TestDatabase::from_template().await;
    let (store, author) = (PgChatStore::new(db.pool()), person(&db.pool(), "Diana Reyes").await);
    let posts: Vec<NewPost> = (0..500).map(|n| post(author, &format!("post {n}"))).collect();

    let work = posts.iter().chain(&posts[..50]).map(|post| store.add(post));
    let added = futures::future::try_join_all(work).await.unwrap();

    let again = added.iter().filter(|added| **added == Added::Again).count();
    assert_eq!(again, 50);
    let seen = seen(&store).await;
    assert_eq!(
        seen.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
        (1..=500).collect::<Vec<i64>>()
    );
    assert_eq!(store.room(&Room::Lobby).await.unwrap(), Some((500, None)));
}

#[tokio::test]
async fn what_waits_takes_its_place_when_it_is_approved() {
    let db = TestDatabase::from_template().await;
    let store = PgChatStore::new(db.pool());
    let (author, other) =
        (person(&db.pool(), "Diana Reyes").await, person(&db.pool(), "Rui Silva").await);
    let waits = pending(author, "hold me");
    assert_eq!(store.add(&waits).await.unwrap(), Added::Pending(HeldFor::BlockedWord));
    store.add(&post(author, "later")).await.unwrap();
    assert_eq!(store.count_waiting().await.unwrap(), 1);
    assert_eq!(store.held(author, now() - SignedDuration::from_hours(1)).await.unwrap().len(), 1);

    let own = store.change(author, waits.id, now(), &PostChange::Approve).await.unwrap();
    let done = store.change(other, waits.id, now(), &PostChange::Approve).await.unwrap();

    assert_eq!(own, Changed::Undecidable(Undecidable::Own));
    assert_eq!(done, Changed::Done);
    assert_eq!(seen(&store).await, [(1, "later".to_owned()), (2, "hold me".to_owned())]);
    assert_eq!(store.count_waiting().await.unwrap(), 0);
    assert_eq!(store.decided().await.unwrap()[0].decided_by.as_deref(), Some("Rui Silva"));
}

#[tokio::test]
async fn a_removed_post_is_gone_for_all_and_its_author_reads_why() {
    let db = TestDatabase::from_template().await;
    let store = PgChatStore::new(db.pool());
    let (author, other) =
        (person(&db.pool(), "Diana Reyes").await, person(&db.pool(), "Rui Silva").await);
    let first = post(author, "secret plan");
    store.add(&first).await.unwrap();
    let remove = PostChange::Remove { reason: "names a customer".parse().unwrap() };

    assert_eq!(store.change(other, first.id, now(), &remove).await.unwrap(), Changed::Done);

    assert!(seen(&store).await.is_empty());
    assert!(store.search("secret", None).await.unwrap().is_empty());
    let held = store.held(author, now() - SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(held[0].post.status, PostStatus::Removed);
    assert_eq!(held[0].post.reason.as_deref(), Some("names a customer"));
    let log = PgAuditLog::new(db.pool()).entries(&TrailQuery::default(), 10).await.unwrap();
    let removal = log.iter().map(|listed| &listed.entry).find(|entry| entry.action == "remove");
    let removal = removal.unwrap();
    assert_eq!(removal.initiator, Initiator::User(other));
    assert!(removal.before.as_ref().unwrap().contains("secret plan"));
}

#[tokio::test]
async fn an_author_edits_and_takes_back_in_time_and_only_their_own() {
    let db = TestDatabase::from_template().await;
    let store = PgChatStore::new(db.pool());
    let (author, other) =
        (person(&db.pool(), "Diana Reyes").await, person(&db.pool(), "Rui Silva").await);
    let first = post(author, "brekaer");
    store.add(&first).await.unwrap();
    let edit = |text: &str| PostChange::Edit {
        body: text.parse().unwrap(),
        mentions: Vec::new(),
        held_for: None,
    };
    let change = async |by, minutes, change| {
        let at = now() + SignedDuration::from_mins(minutes);
        store.change(by, first.id, at, &change).await.unwrap()
    };

    assert_eq!(change(other, 1, edit("x")).await, Changed::Fixed(Fixed::NotYours));
    assert_eq!(change(author, 1, edit("breaker")).await, Changed::Done);
    assert_eq!(change(author, 16, edit("x")).await, Changed::Fixed(Fixed::TooLate));
    assert_eq!(seen(&store).await, [(1, "breaker".to_owned())]);
    assert_eq!(change(author, 2, PostChange::TakeBack).await, Changed::Done);
    assert!(seen(&store).await.is_empty());
    let unknown: PostId = Uuid::nil().into();
    let missing = store.change(author, unknown, now(), &PostChange::TakeBack).await.unwrap();
    assert_eq!(missing, Changed::Missing);
}

#[tokio::test]
async fn mentions_survive_and_words_are_found() {
    let db = TestDatabase::from_template().await;
    let (store, author) = (PgChatStore::new(db.pool()), person(&db.pool(), "Diana Reyes").await);
    let mentions = vec![
        Mention { at: 0, length: 6, target: Target::Person(author) },
        Mention { at: 7, length: 5, target: Target::Site("gg-1".parse().unwrap()) },
        Mention { at: 13, length: 37, target: Target::Anomaly(Uuid::from_u128(3).into()) },
    ];
    let text = "@Diana #gg-1 !00000000-0000-0000-0000-000000000003 <b>breaker</b> tripped";
    let first = NewPost { mentions: mentions.clone(), ..post(author, text) };
    store.add(&first).await.unwrap();

    let found = store.search("breaker tripped", None).await.unwrap();
    let none = store.search("\" & | ! ( <-> ) :*", None).await.unwrap();

    assert_eq!(found[0].record.post.mentions, mentions);
    assert!(none.is_empty());
}

#[tokio::test]
async fn all_posts_with_a_word_are_found_page_by_page_and_each_once() {
    let db = TestDatabase::from_template().await;
    let (store, author) = (PgChatStore::new(db.pool()), person(&db.pool(), "Diana Reyes").await);
    for number in 0..130 {
        // Every second post has the word, and ten at a time are of the same instant.
        let word = if number % 2 == 0 { "breaker" } else { "fuse" };
        let at = now() + SignedDuration::from_secs(number / 10);
        let post = post(author, &format!("{word} {number}"));
        store.add(&NewPost { at, ..post }).await.unwrap();
    }

    let first = FoundPage::begin(store.search("breaker", None).await.unwrap());
    let second = FoundPage::begin(store.search("breaker", first.next()).await.unwrap());

    assert_eq!((first.posts.len(), first.more), (50, true));
    assert_eq!((second.posts.len(), second.more, second.next()), (15, false, None));
    let found: Vec<&Found> = first.posts.iter().chain(&second.posts).collect();
    assert!(found.iter().all(|found| found.record.post.body.starts_with("breaker")));
    assert!(found.windows(2).all(|pair| {
        let [newer, older] = [pair[0], pair[1]].map(|found| &found.record.post);
        (newer.posted_at, newer.id) > (older.posted_at, older.id)
    }));
    let unknown: PostId = Uuid::nil().into();
    assert!(store.search("breaker", Some(unknown)).await.unwrap().is_empty());
}

#[tokio::test]
async fn how_far_somebody_has_read_never_goes_back_and_is_told_only_to_them() {
    let db = TestDatabase::from_template().await;
    let store = PgChatStore::new(db.pool());
    let (author, reader) =
        (person(&db.pool(), "Diana Reyes").await, person(&db.pool(), "Rui Silva").await);
    for n in 0..3 {
        store.add(&post(author, &format!("post {n}"))).await.unwrap();
    }
    let notices = Notices::listen(&db.pool(), CancellationToken::new()).await.unwrap();
    let mut heard = notices.subscribe();
    let unread = async |who| store.rooms(who).await.unwrap()[0].unread();
    assert_eq!((unread(reader).await, unread(author).await), (3, 0));

    for seq in [2, 1, 3] {
        store.mark_read(reader, &Room::Lobby, seq).await.unwrap();
    }

    assert_eq!(unread(reader).await, 0);
    for _ in 0..2 {
        let told = Heard::Notice(Notice::Changed(Topic::Reader(reader)));
        assert_eq!(heard.recv().await.unwrap(), told);
    }
}
