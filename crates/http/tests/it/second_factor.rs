//! A code besides the password.

use greengrid_app::clock::Clock as _;
use greengrid_domain::identity::{Role, TotpSecret, User};
use jiff::SignedDuration;
use totp_rs::Secret;

use crate::support::{App, Browser, PASSWORD};

/// The secret that the page shows for typing into an app.
fn secret_on(page: &str) -> TotpSecret {
    let text = page.split("class=\"secretkey\">").nth(1).unwrap().split('<').next().unwrap();
    let bytes = Secret::Encoded(text.replace(' ', "")).to_bytes().unwrap();
    TotpSecret::try_from(bytes.as_slice()).unwrap()
}

/// What the app shows at this moment of the program's clock.
fn code(app: &App, secret: &TotpSecret) -> String {
    secret.code(app.wall.now().as_second() / 30).unwrap()
}

/// Somebody who turns their factor on, with their recovery codes.
async fn with_factor(app: &App) -> (User, TotpSecret, Vec<String>, Browser) {
    let user = app.user(Role::Ops).await;
    let mut browser = app.browser();
    browser.sign_in(user.email.as_str(), PASSWORD).await;
    browser.post("/account/factor/begin", &[("present", PASSWORD)]).await;
    let page = browser.get("/account/factor").await;
    let secret = secret_on(&page.text);
    let on = browser.post("/account/factor/on", &[("code", &code(app, &secret))]).await;
    assert_eq!(on.status, 200, "{}", on.text);
    let codes = on.text.split("<li><code>").skip(1);
    let codes = codes.map(|part| part.split('<').next().unwrap().to_owned()).collect();
    (user, secret, codes, browser)
}

#[tokio::test]
async fn signing_in_asks_for_a_code_and_each_code_opens_once() {
    let app = App::start().await;
    let (user, secret, codes, mut first) = with_factor(&app).await;
    assert_eq!(codes.len(), 10);
    assert!(!first.get("/account/factor").await.text.contains(&codes[0]));
    let mut browser = app.browser();

    let fields = [("email", user.email.as_str()), ("password", PASSWORD), ("next", "/sites")];
    let half = browser.post("/sign-in", &fields).await;
    assert_eq!(half.header("location"), "/sign-in/code?next=%2Fsites");
    // Half a sign-in is none.
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
    assert_eq!(browser.get("/overview").await.status, 303);
    let waiting = browser.clone();

    // The code that turned it on was used.
    let again = browser.post("/sign-in/code", &[("code", &code(&app, &secret))]).await;
    assert_eq!(again.status, 401);
    app.wall.advance(SignedDuration::from_secs(30));
    let right = code(&app, &secret);
    let passed = browser.post("/sign-in/code", &[("code", &right), ("next", "/sites")]).await;
    assert_eq!((passed.status.as_u16(), passed.header("location")), (303, "/sites"));
    assert_ne!(browser.cookies, waiting.cookies);
    assert_eq!(waiting.clone().get("/overview").await.status, 303);

    let mut thief = app.browser();
    thief.sign_in(user.email.as_str(), PASSWORD).await;
    assert_eq!(thief.post("/sign-in/code", &[("code", &right)]).await.status, 401);
}

#[tokio::test]
async fn a_recovery_code_opens_once_when_the_phone_is_gone() {
    let app = App::start().await;
    let (user, _, codes, _) = with_factor(&app).await;
    let statuses = async |code: &str| {
        let mut browser = app.browser();
        browser.sign_in(user.email.as_str(), PASSWORD).await;
        browser.post("/sign-in/code", &[("code", code)]).await.status.as_u16()
    };

    assert_eq!(statuses(&codes[0].to_uppercase()).await, 303);
    assert_eq!(statuses(&codes[0]).await, 401);
    assert_eq!(statuses("aaaa-aaaa-aaaa-aaaa").await, 401);
    assert_eq!(statuses(&codes[1]).await, 303);
}

#[tokio::test]
async fn guessing_codes_is_stopped_and_needs_the_password_first() {
    let app = App::start().await;
    let (user, secret, ..) = with_factor(&app).await;
    let mut nobody = app.browser();
    assert_eq!(
        nobody.post("/sign-in/code", &[("code", "123456")]).await.header("location"),
        "/sign-in"
    );
    let mut thief = app.browser().at([203, 0, 113, 66]);
    thief.sign_in(user.email.as_str(), PASSWORD).await;

    for _ in 0..5 {
        assert_eq!(thief.post("/sign-in/code", &[("code", "000000")]).await.status, 401);
    }
    app.wall.advance(SignedDuration::from_secs(30));
    let stopped = thief.post("/sign-in/code", &[("code", &code(&app, &secret))]).await;

    assert_eq!(stopped.status, 429);
    assert!(!stopped.header("retry-after").is_empty());
    let mut owner = app.browser().at([198, 51, 100, 7]);
    owner.sign_in(user.email.as_str(), PASSWORD).await;
    let passed = owner.post("/sign-in/code", &[("code", &code(&app, &secret))]).await;
    assert_eq!(passed.status, 303);
}

#[tokio::test]
async fn a_reset_password_does_not_go_round_the_factor() {
    let app = App::start().await;
    let (user, ..) = with_factor(&app).await;
    let email = user.email.as_str();
    let mut browser = app.browser();
    browser.post("/forgot", &[("email", email)]).await;
    let path = app.link_sent_to(email, "/reset/").await;

    browser.post(&path, &[("password", "another horse staple")]).await;
    let half = browser.sign_in(email, "another horse staple").await;

    assert_eq!(half.header("location"), "/sign-in/code");
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn turning_it_on_or_off_takes_the_password_and_tells_the_owner() {
    let app = App::start().await;
    let (user, _, codes, mut browser) = with_factor(&app).await;

    let open = browser.post("/account/factor/off", &[("present", "not the password")]).await;
    assert_eq!(open.status, 422);
    assert!(open.text.contains("not your present password"));
    let renewed = browser.post("/account/factor/codes", &[("present", PASSWORD)]).await;
    assert!(renewed.text.contains("Keep these codes") && !renewed.text.contains(&codes[0]));
    browser.post("/account/factor/off", &[("present", PASSWORD)]).await;

    assert_eq!(
        app.browser().sign_in(user.email.as_str(), PASSWORD).await.header("location"),
        "/overview"
    );
    let told = app.letters_to(user.email.as_str()).await;
    assert!(told[0].contains("now asks for a code") && told[1].contains("no code any more"));
}

#[tokio::test]
async fn the_picture_and_the_key_are_the_same_secret() {
    let app = App::start().await;
    let mut browser = app.signed_in(Role::Admin).await;
    browser.post("/account/factor/begin", &[("present", PASSWORD)]).await;

    let page = browser.get("/account/factor").await;

    assert!(page.text.contains("class=\"qr\"") && page.text.contains("otpauth://totp/GreenGrid:"));
    assert!(page.text.contains(&format!("secret={}", secret_on(&page.text).text())));
    let wrong = browser.post("/account/factor/on", &[("code", "12 34")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("a code has six digits"));
}
