//! Nobody sees a byte of another customer's: every address and live view that a
//! customer can reach, taken from the permission table itself, is asked for as
//! another customer and as nobody.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use greengrid_domain::customer::NoticeKind;
use greengrid_domain::identity::{Role, User};
use greengrid_http::{Access, PERMISSIONS, live_views};
use http_body_util::BodyExt;
use tokio::time::timeout;
use uuid::Uuid;

use crate::own_sites::{Owned, browser_of, owned};
use crate::support::{Answer, App, Browser};

/// What of the first customer nobody else may ever see.
struct Secrets(Vec<String>);

impl Secrets {
    /// Gives `alpha` and its owner marks that are nowhere else.
    async fn mark(app: &App, owner: &User) -> Self {
        let marks = ["Amber Secret Mill", "Agatha Onlyhere", "Hidden Lane 4711", "SER-HIDDEN-7"];
        sqlx::query("update site set name = $1, customer = $2, address = $3 where code = 'alpha'")
            .bind(marks[0])
            .bind(marks[1])
            .bind(marks[2])
            .execute(&app.db.pool())
            .await
            .unwrap();
        sqlx::query(
            "insert into device (site_id, kind, serial)
             select id, 'inverter', $1 from site where code = 'alpha'",
        )
        .bind(marks[3])
        .execute(&app.db.pool())
        .await
        .unwrap();
        app.directory.reload().await.unwrap();
        let mut secrets: Vec<String> = marks.map(str::to_owned).to_vec();
        secrets.push(owner.email.to_string());
        Self(secrets)
    }

    fn check(&self, text: &str, what: &str) {
        for secret in &self.0 {
            assert!(!text.contains(secret.as_str()), "{what} shows “{secret}”");
        }
    }
}

/// Fills the parts of a path with what belongs to the first customer. A path
/// with a part that is not known here fails, so that a new route says what it
/// takes.
struct Filling {
    owner: Uuid,
    takeout: Uuid,
    unsubscribe: String,
}

impl Filling {
    fn path(&self, template: &str) -> String {
        let some = "0197a3b2-0000-7000-8000-000000000000";
        let path = template.split('/').map(|part| match part {
            "{site}" => "alpha".to_owned(),
            "{user}" => self.owner.to_string(),
            "{takeout}" => self.takeout.to_string(),
            "{secret}" if template.starts_with("/unsubscribe/") => self.unsubscribe.clone(),
            // Secrets that were never handed out open nothing to anybody.
            "{secret}" => "0".repeat(64),
            "{anomaly}" | "{room}" | "{post}" | "{message}" | "{session}" | "{key}" => {
                some.to_owned()
            }
            part => {
                assert!(
                    !part.contains('{'),
                    "{template}: say in the test of isolation what {part} of another customer is"
                );
                part.to_owned()
            }
        });
        path.collect::<Vec<_>>().join("/")
    }
}

/// Whether a customer can reach a route at all.
fn reachable(access: Access) -> bool {
    match access {
        Access::Allowed(permission) => permission.granted_to(Role::Customer),
        Access::Open | Access::Public | Access::SignedIn | Access::SecretAddress => true,
        // Programs; people never hold a token.
        Access::Token(_) | Access::TokenOrLoopback(_) => false,
    }
}

/// Routes whose answer to a stranger is not about anybody's data: they change
/// or end only what is the asker's own, or are asked for elsewhere.
fn of_the_asker(path: &str) -> bool {
    ["/sign-in", "/sign-out", "/account/close", "/live"].contains(&path)
}

async fn ask(browser: &mut Browser, method: &Method, path: &str) -> Answer {
    if *method == Method::GET {
        browser.get(path).await
    } else {
        // A field of every kind there is, so that no form is refused for lack
        // of one before it is refused for whose it is.
        let fields = [
            ("email", "stranger@example.org"),
            ("role", "owner"),
            ("bought", "0.3"),
            ("fed_in", "0.1"),
            ("self_use", "30"),
            ("wanted", "fault"),
            ("text", "hello"),
            ("theme", "dark"),
            ("body", "hello"),
        ];
        browser.post(path, &fields).await
    }
}

struct Two {
    app: App,
    secrets: Secrets,
    filling: Filling,
    owner: User,
    other: User,
}

async fn two() -> Two {
    let Owned { app, owner, other } = owned().await;
    let secrets = Secrets::mark(&app, &owner).await;
    let takeout = Uuid::now_v7();
    sqlx::query(
        "with t as (
             insert into takeout (id, user_id, state, ready_until)
             values ($1, $2, 'ready', now() + interval '1 day') returning id)
         insert into takeout_part (takeout_id, part, bytes) select id, 0, 'Amber Secret Mill' from t",
    )
    .bind(takeout)
    .bind(Uuid::from(owner.id))
    .execute(&app.db.pool())
    .await
    .unwrap();
    let key = greengrid_app::customer::UnsubscribeKey::derived(crate::support::SECRET.as_bytes());
    let unsubscribe = key.token(owner.id, NoticeKind::Fault);
    let filling = Filling { owner: owner.id.into(), takeout, unsubscribe };
    Two { app, secrets, filling, owner, other }
}

#[tokio::test]
async fn what_is_ones_own_is_shown_so_that_the_rest_of_this_test_means_something() {
    let two = two().await;
    let mut mine = browser_of(&two.app, &two.owner).await;

    for path in ["/my", "/my/alpha", "/my/alpha/people", "/account/notices"] {
        let text = mine.get(path).await.text;
        assert!(two.secrets.0.iter().any(|secret| text.contains(secret.as_str())), "{path}");
    }
    let file = mine.get(&two.filling.path("/account/data/{takeout}/download")).await;
    assert_eq!(file.text, "Amber Secret Mill");
}

#[tokio::test]
async fn no_route_shows_another_customer_or_nobody_a_byte() {
    let two = two().await;
    let theirs = browser_of(&two.app, &two.other).await;
    let mut asked = 0;

    for (method, template, _) in
        PERMISSIONS.iter().filter(|(_, path, access)| reachable(*access) && !of_the_asker(path))
    {
        let path = two.filling.path(template);
        let of_another = template.contains('{') && !template.contains("{secret}");
        for (who, browser) in [("another", theirs.clone()), ("nobody", two.app.browser())] {
            for datastar in ["", "true"] {
                for query in ["", "?span=day&at=2026-06-01&q=Amber&text=Amber"] {
                    let what = format!("{method} {path}{query} as {who}, datastar {datastar:?}");
                    let mut browser = browser.clone().saying("datastar-request", datastar);

                    let answer = ask(&mut browser, method, &format!("{path}{query}")).await;

                    two.secrets.check(&answer.text, &what);
                    for (_, value) in &answer.headers {
                        two.secrets.check(&String::from_utf8_lossy(value.as_bytes()), &what);
                    }
                    assert!(!answer.status.is_server_error(), "{what}: {}", answer.status);
                    if of_another {
                        assert!(refused(&answer, who), "{what}: {}", answer.status);
                    }
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100, "only {asked} requests");
}

/// 404 for another customer, the sign-in page for nobody; Datastar is told so
/// by a patch with status 200.
fn refused(answer: &Answer, who: &str) -> bool {
    let to_sign_in = answer.header("location").starts_with("/sign-in")
        || answer.text.contains("window.location.assign('/sign-in");
    match (answer.status.as_u16(), who) {
        (200, "another") => answer.text.contains("There is nothing here"),
        (303 | 200, _) => to_sign_in,
        (404, "another") | (401, _) => true,
        _ => false,
    }
}

/// The first state of a stream, or what it is refused with.
async fn begin(browser: &mut Browser, path: &str) -> String {
    let response = browser.response(path).await;
    let status = response.status().as_u16();
    let mut body: Body = response.into_body();
    let mut seen = format!("{status} ");
    while let Ok(Some(Ok(frame))) = timeout(Duration::from_millis(600), body.frame()).await {
        if let Ok(data) = frame.into_data() {
            seen.push_str(&String::from_utf8_lossy(&data));
        }
        if seen.contains("</main>") {
            break;
        }
    }
    seen
}

#[tokio::test]
async fn no_live_view_shows_another_customer_or_nobody_a_byte() {
    let two = two().await;
    let mut mine = browser_of(&two.app, &two.owner).await;
    let mut theirs = browser_of(&two.app, &two.other).await;
    let mut nobody = two.app.browser();
    let mut shown_to_owner = 0;

    for view in live_views() {
        let id = "0197a3b2-0000-7000-8000-000000000000";
        let path =
            format!("/live?view={view}&site=alpha&job={id}&days=30&span=month&case={id}&room={id}");

        let own = begin(&mut mine, &path).await;
        let other = begin(&mut theirs, &path).await;
        let none = begin(&mut nobody, &path).await;

        two.secrets.check(&other, &path);
        two.secrets.check(&none, &path);
        assert!(none.starts_with("303") || none.starts_with("400"), "{path}: {none}");
        shown_to_owner +=
            usize::from(two.secrets.0.iter().any(|secret| own.contains(secret.as_str())));
    }
    assert!(shown_to_owner >= 3, "the owner saw only {shown_to_owner} views of theirs");
}
