//! Links that were mailed and work once.

use greengrid_app::actor::Actor;
use greengrid_app::identity::Invitee;
use greengrid_app::messages::Links;
use greengrid_domain::identity::Role;
use sqlx::Executor;

use crate::support::{App, PASSWORD};

const EMAIL: &str = "Jane+Roof@m\u{fc}nchen.example";

/// The path of the page where somebody new sets their password.
async fn invited(app: &App) -> String {
    let invitee = Invitee {
        email: EMAIL.parse().unwrap(),
        name: "Jane".parse().unwrap(),
        role: Role::Customer,
    };
    let links = Links::under("https://green.example");
    app.identity.invite(&Actor::CommandLine, invitee, &links).await.unwrap().1.path()
}

#[tokio::test]
async fn an_invitation_leads_in_and_from_then_on_the_password_does() {
    let app = App::start().await;
    let path = invited(&app).await;
    let mut browser = app.browser();

    let page = browser.get(&path).await;
    let set = browser.post(&path, &[("name", "Jane Alder"), ("password", PASSWORD)]).await;

    assert_eq!(page.status, 200);
    assert!(page.text.contains("Jane+Roof@münchen.example"));
    assert_eq!((set.status.as_u16(), set.header("location")), (303, "/my"));
    assert!(browser.get("/my").await.text.contains("Jane"));
    // The address in its other spelling, in another case.
    let mut later = app.browser();
    let answer = later.sign_in("jane+roof@XN--MNCHEN-3YA.example", PASSWORD).await;
    assert_eq!(answer.header("location"), "/my");
}

#[tokio::test]
async fn opening_a_link_does_not_use_it() {
    let app = App::start().await;
    let path = invited(&app).await;

    for _ in 0..3 {
        assert_eq!(app.browser().get(&path).await.status, 200);
    }

    let set = app.browser().post(&path, &[("name", "Jane"), ("password", PASSWORD)]).await;
    assert_eq!(set.status, 303);
}

#[tokio::test]
async fn a_link_that_does_not_work_says_why_and_not_whose_it_was() {
    let app = App::start().await;
    let path = invited(&app).await;
    let last = if path.ends_with('0') { '1' } else { '0' };
    let altered = format!("{}{last}", &path[..path.len() - 1]);
    app.browser().post(&path, &[("name", "Jane"), ("password", PASSWORD)]).await;
    let tried = async |path: &str, status: u16, words: &str| {
        for answer in [
            app.browser().get(path).await,
            app.browser()
                .post(path, &[("name", "Thief"), ("password", "another horse staple")])
                .await,
        ] {
            assert_eq!(answer.status, status, "{path}");
            assert!(answer.text.contains(words), "{}", answer.text);
            assert!(!answer.text.contains("Jane"), "{}", answer.text);
            assert_eq!(answer.set_cookie("greengrid"), None);
        }
    };

    tried(&path, 410, "This link has done its work").await;
    tried(&altered, 404, "This link does not work").await;
    tried("/invitation/%00", 404, "This link does not work").await;
    app.db
        .pool()
        .execute("update single_use_link set used_at = null, expires_at = now()")
        .await
        .unwrap();
    tried(&path, 410, "This link is too old").await;
    app.db.pool().execute("update single_use_link set replaced_at = now()").await.unwrap();
    tried(&path, 410, "This link was replaced").await;

    let kept = app.browser().sign_in(EMAIL, PASSWORD).await;
    assert_eq!(kept.status, 303);
}

#[tokio::test]
async fn of_two_who_use_a_link_at_the_same_instant_one_gets_in() {
    let app = App::start().await;
    let path = invited(&app).await;
    let (mut one, mut other) = (app.browser(), app.browser());

    let (first, second) = tokio::join!(
        one.post(&path, &[("name", "Jane"), ("password", PASSWORD)]),
        other.post(&path, &[("name", "Jane"), ("password", "another horse staple")]),
    );

    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
    let open: i64 =
        sqlx::query_scalar("select count(*) from session").fetch_one(&app.db.pool()).await.unwrap();
    assert_eq!(open, 1);
}

#[tokio::test]
async fn a_refused_password_is_told_beside_the_field_and_the_name_stays() {
    let app = App::start().await;
    let path = invited(&app).await;
    let refused = async |password: &str, words: &str| {
        let fields = [("name", "Jane <Alder>"), ("password", password)];
        let answer = app.browser().post(&path, &fields).await;

        assert_eq!(answer.status, 422);
        assert!(answer.text.contains("value=\"Jane &lt;Alder&gt;\""));
        assert!(answer.text.contains(words), "{}", answer.text);
        assert!(!answer.text.contains(&format!("\"{password}\"")));
    };

    refused("short", "at least 12 characters").await;
    refused("                ", "something besides spaces").await;
    refused("passwordpassword", "too easy to guess").await;
    refused("sunny-morning-200", "that of the demo").await;
    let nameless = app.browser().post(&path, &[("name", " "), ("password", PASSWORD)]).await;
    assert_eq!(nameless.status, 422);
    assert!(nameless.text.contains("id=\"name-error\""));
}

#[tokio::test]
async fn whoever_was_signed_in_here_is_out_once_a_link_lets_somebody_else_in() {
    let app = App::start().await;
    let path = invited(&app).await;
    let mut browser = app.signed_in(Role::Cs).await;
    let mut before = browser.clone();

    browser.post(&path, &[("name", "Jane"), ("password", PASSWORD)]).await;

    assert_eq!(browser.get("/").await.header("location"), "/my");
    assert_eq!(before.get("/").await.header("location"), "/sign-in");
    assert_ne!(browser.cookies, before.cookies);
}

#[tokio::test]
async fn somebody_without_a_password_cannot_sign_in_with_none() {
    let app = App::start().await;
    invited(&app).await;

    for password in ["", " ", "!"] {
        assert_eq!(app.browser().sign_in(EMAIL, password).await.status, 401);
    }
}

#[tokio::test]
async fn how_good_a_password_is_shows_as_one_types() {
    let app = App::start().await;
    let mut browser = app.browser().saying("datastar-request", "true");
    let fields = [("password", "jane alder jane"), ("name", "Jane Alder")];

    let weak = browser.post("/password/strength", &fields).await;
    let good = browser.post("/password/strength", &[("password", PASSWORD)]).await;

    assert!(weak.text.contains("easy to guess"), "{}", weak.text);
    assert!(good.text.contains("id=\"strength\"") && good.text.contains("good"));
    assert!(!good.text.contains("horse"));
}
