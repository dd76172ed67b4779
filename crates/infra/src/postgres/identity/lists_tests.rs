use greengrid_app::identity::{
    AuditLog, NewLink, PasswordHash, PeopleQuery, PeopleSort, Standing, TrailQuery, UserStore,
};
use greengrid_domain::identity::{LinkPurpose, Role, User, UserId};
use greengrid_domain::observability::{AuditSubject, Initiator};
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use super::links::issue;
use super::users::insert;
use super::{PgAuditLog, PgUserStore};
use crate::postgres::testing::TestDatabase;

const BY: Initiator = Initiator::CommandLine;

async fn person(pool: &PgPool, name: &str, role: Role, password: bool) -> UserId {
    let user = User {
        id: Uuid::now_v7().into(),
        email: format!("{}@example.org", name.replace(' ', ".")).parse().unwrap(),
        name: name.parse().unwrap(),
        role,
        active: true,
    };
    let hash = PasswordHash("hash".to_owned());
    let mut tx = pool.begin().await.unwrap();
    insert(&mut tx, &user, password.then_some(&hash), BY).await.unwrap();
    tx.commit().await.unwrap();
    user.id
}

async fn names(pool: &PgPool, query: PeopleQuery) -> Vec<String> {
    let page = PgUserStore::new(pool.clone()).page(&query, 2).await.unwrap();
    page.people.iter().map(|person| person.user.name.to_string()).collect()
}

#[tokio::test]
async fn people_are_found_by_name_address_role_and_standing_a_page_at_a_time() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    person(&pool, "Diana Reyes", Role::Ops, true).await;
    person(&pool, "Carla Moreau", Role::Cs, true).await;
    person(&pool, "Jane Alder", Role::Customer, false).await;
    let gone = person(&pool, "Will Hart", Role::Ops, true).await;
    let store = PgUserStore::new(pool.clone());
    store.set_active(gone, false, BY).await.unwrap();
    let all = PeopleQuery::default();

    assert_eq!(names(&pool, all.clone()).await, ["Carla Moreau", "Diana Reyes"]);
    let second = PeopleQuery { page: 2, ..all.clone() };
    assert_eq!(names(&pool, second).await, ["Jane Alder", "Will Hart"]);
    let text = |text: &str| PeopleQuery { text: Some(text.to_owned()), ..all.clone() };
    assert_eq!(names(&pool, text("MOREAU")).await, ["Carla Moreau"]);
    assert_eq!(names(&pool, text("jane.alder@")).await, ["Jane Alder"]);
    assert!(names(&pool, text("%")).await.is_empty());
    let role = PeopleQuery { role: Some(Role::Ops), ..all.clone() };
    assert_eq!(names(&pool, role).await, ["Diana Reyes", "Will Hart"]);
    for (standing, name) in
        [(Standing::Invited, "Jane Alder"), (Standing::Deactivated, "Will Hart")]
    {
        let query = PeopleQuery { standing: Some(standing), ..all.clone() };
        assert_eq!(names(&pool, query).await, [name]);
    }
    let newest = PeopleQuery { sort: PeopleSort::Newest, ..all.clone() };
    assert_eq!(names(&pool, newest).await, ["Will Hart", "Jane Alder"]);

    let page = store.page(&all, 2).await.unwrap();
    assert_eq!((page.matching, page.counts.active, page.counts.invited), (4, 2, 1));
    assert_eq!((page.counts.deactivated, page.counts.staff), (1, 2));
    assert_eq!(page.counts.staff_with_factor, 0);
}

#[tokio::test]
async fn a_page_of_many_thousand_people_is_read_by_its_rows() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    pool.execute(
        "insert into app_user (id, email, name, role, password_hash)
         select gen_random_uuid(), 'p' || n || '@example.org', 'Person ' || n, 'customer', 'x'
         from generate_series(1, 5000) as n",
    )
    .await
    .unwrap();

    let query = PeopleQuery { page: 100, ..PeopleQuery::default() };
    let page = PgUserStore::new(pool.clone()).page(&query, 50).await.unwrap();

    assert_eq!((page.people.len(), page.matching), (50, 5_000));
}

#[tokio::test]
async fn the_trail_is_found_by_who_what_when_and_about_what() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let admin = person(&pool, "Adam Kovar", Role::Admin, true).await;
    let jane = person(&pool, "Jane Alder", Role::Customer, false).await;
    let store = PgUserStore::new(pool.clone());
    store.set_role(jane, Role::Cs, Initiator::User(admin)).await.unwrap();
    let link = NewLink::fresh(LinkPurpose::PasswordReset).unwrap();
    let mut tx = pool.begin().await.unwrap();
    issue(&mut tx, jane, &link, None, Initiator::System).await.unwrap();
    tx.commit().await.unwrap();
    let log = PgAuditLog::new(pool.clone());
    let found = async |query: TrailQuery| {
        let entries = log.entries(&query, 10).await.unwrap();
        entries.into_iter().map(|entry| entry.entry.action).collect::<Vec<_>>()
    };
    let all = TrailQuery::default();

    let everything = found(all.clone()).await;
    assert_eq!(everything, ["ask_for_password_reset", "change_role", "add_user", "add_user"]);
    let who = |who: &str| TrailQuery { who: Some(who.to_owned()), ..all.clone() };
    assert_eq!(found(who("KOVAR")).await, ["change_role"]);
    assert_eq!(found(who("adam.kovar@example")).await, ["change_role"]);
    assert_eq!(found(who("command")).await, ["add_user", "add_user"]);
    assert_eq!(found(who("greengrid")).await, ["ask_for_password_reset"]);
    let what = |what: &str| TrailQuery { what: Some(what.to_owned()), ..all.clone() };
    assert_eq!(found(what("change role")).await, ["change_role"]);
    assert_eq!(found(what("jane")).await.len(), 3);
    assert_eq!(found(what(&jane.to_string())).await.len(), 3);
    let site = TrailQuery { subject: Some(AuditSubject::Site), ..all.clone() };
    assert!(found(site).await.is_empty());
    let user = TrailQuery { subject: Some(AuditSubject::User), ..all.clone() };
    assert_eq!(found(user).await.len(), 4);

    let entries = log.entries(&all, 2).await.unwrap();
    assert_eq!(entries[1].by.as_deref(), Some("Adam Kovar"));
    assert_eq!(entries[1].about.as_deref(), Some("Jane Alder"));
    let older = TrailQuery { before: Some(entries[1].number), ..all.clone() };
    assert_eq!(found(older).await, ["add_user", "add_user"]);
    let at = entries[0].entry.at;
    assert!(found(TrailQuery { until: Some(at), ..all.clone() }).await.len() < 4);
    let from = TrailQuery { from: Some(at + jiff::SignedDuration::from_secs(1)), ..all };
    assert!(found(from).await.is_empty());
}
