//! A forgotten password.

use greengrid_domain::identity::Role;
use sqlx::Executor;

use crate::support::{App, PASSWORD};

const NEW: &str = "another horse staple";

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_and_every_session_ends() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let email = user.email.as_str();
    let mut elsewhere = app.browser();
    elsewhere.sign_in(email, PASSWORD).await;
    let mut browser = app.browser();

    let door = browser.get("/sign-in").await;
    assert!(door.text.contains("href=\"/forgot\""));
    let asked = browser.post("/forgot", &[("email", &email.to_uppercase())]).await;
    let path = app.link_sent_to(email, "/reset/").await;
    let page = browser.get(&path).await;
    let set = browser.post(&path, &[("password", NEW)]).await;

    assert_eq!(asked.status, 200);
    assert!(page.text.contains(email));
    assert_eq!(set.header("location"), "/sign-in?done=password");
    assert!(browser.get("/sign-in?done=password").await.text.contains("Sign in with it"));
    // Not even who set it is in: a mailbox may be less than an account asks for.
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
    assert_eq!(elsewhere.get("/").await.header("location"), "/sign-in");
    assert_eq!(browser.sign_in(email, PASSWORD).await.status, 401);
    assert_eq!(browser.sign_in(email, NEW).await.status, 303);
    assert_eq!(browser.post(&path, &[("password", PASSWORD)]).await.status, 410);
    assert!(app.letters_to(email).await[1].contains("Your password has changed"));
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let gone = app.user(Role::Ops).await;
    let by = greengrid_app::actor::Actor::CommandLine;
    app.identity.deactivate(&by, gone.id).await.unwrap();
    let mut answers = Vec::new();

    for email in [user.email.as_str(), gone.email.as_str(), "nobody@example.org", "no address"] {
        let answer = app.browser().post("/forgot", &[("email", email)]).await;
        answers.push((answer.status, answer.text.replace(email, "*")));
    }

    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(app.letters_to(user.email.as_str()).await.len(), 1);
    assert!(app.letters_to(gone.email.as_str()).await.is_empty());
    assert!(app.letters_to("nobody@example.org").await.is_empty());
}

#[tokio::test]
async fn of_two_resets_the_later_link_wins() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let email = user.email.as_str();
    let (mut one, mut other) = (app.browser().at([192, 0, 2, 1]), app.browser().at([192, 0, 2, 2]));

    let form = [("email", email)];
    tokio::join!(one.post("/forgot", &form), other.post("/forgot", &form));
    let both = app.links_sent_to(email, "/reset/").await;
    assert_eq!(both.len(), 2);

    let mut statuses = Vec::new();
    for path in &both {
        statuses.push(one.post(path, &[("password", NEW)]).await.status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);

    one.post("/forgot", &form).await;
    let first = app.link_sent_to(email, "/reset/").await;
    one.post("/forgot", &form).await;
    let second = app.link_sent_to(email, "/reset/").await;
    let replaced = one.get(&first).await;
    assert_eq!(replaced.status, 410);
    assert!(replaced.text.contains("This link was replaced"));
    assert_eq!(one.get(&second).await.status, 200);
}

#[tokio::test]
async fn asking_too_often_is_stopped_whether_or_not_there_is_an_account() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;

    for email in [user.email.as_str(), "nobody@example.org"] {
        for _ in 0..3 {
            assert_eq!(app.browser().post("/forgot", &[("email", email)]).await.status, 200);
        }
        let stopped = app.browser().post("/forgot", &[("email", email)]).await;

        assert_eq!(stopped.status, 429);
        assert!(!stopped.header("retry-after").is_empty());
        assert!(stopped.text.contains(&format!("value=\"{email}\"")));
    }
    // Signing in is counted apart.
    assert_eq!(app.browser().sign_in(user.email.as_str(), PASSWORD).await.status, 303);
}

#[tokio::test]
async fn an_old_or_altered_link_changes_nothing() {
    let app = App::start().await;
    let user = app.user(Role::Ops).await;
    let email = user.email.as_str();
    app.browser().post("/forgot", &[("email", email)]).await;
    let path = app.link_sent_to(email, "/reset/").await;
    // A link of one kind is none of another.
    let other = path.replace("/reset/", "/invitation/");
    assert_eq!(app.browser().get(&other).await.status, 404);
    assert_eq!(app.browser().post("/reset/0123", &[("password", NEW)]).await.status, 404);
    let weak = app.browser().post(&path, &[("password", "            ")]).await;
    assert_eq!(weak.status, 422);

    app.db.pool().execute("update single_use_link set expires_at = now()").await.unwrap();

    assert_eq!(app.browser().post(&path, &[("password", NEW)]).await.status, 410);
    assert_eq!(app.browser().sign_in(email, PASSWORD).await.status, 303);
}
