//! Letters, as those see them who look after them.

use greengrid_app::messages::{LetterStore, Outcome};
use greengrid_domain::identity::Role;
use greengrid_domain::messages::{Letter, LetterId, LetterKind, LetterState};
use greengrid_http::{MailServer, Settings};
use greengrid_infra::postgres::messages::PgLetterStore;
use jiff::SignedDuration;

use crate::live::{first_patch, stream_of};
use crate::streams::until;
use crate::support::{App, settings};

/// A program with a mail server, and a letter that it refused.
async fn with_dead(kind: LetterKind) -> (App, PgLetterStore, LetterId) {
    let mail = MailServer { url: "smtp://127.0.0.1:9".to_owned(), from: "a@b.example".to_owned() };
    let app = App::with(Settings { mail: Some(mail), ..settings() }).await;
    let store = PgLetterStore::new(app.db.pool());
    let letter = Letter::builder()
        .key("test:1")
        .to("diana@example.org".parse().unwrap())
        .kind(kind)
        .subject("7 sites need action")
        .text("The inverter of Hill Farm is off.")
        .html("<p>The inverter is off.</p><script>alert(1)</script>".to_owned())
        .build();
    store.enqueue(&[letter]).await.unwrap();
    let claimed = store.claim(1, SignedDuration::from_mins(5)).await.unwrap().remove(0);
    let dead = Outcome::Dead { why: "550 no such user".to_owned() };
    store.settle(&claimed, &dead).await.unwrap();
    (app, store, claimed.id)
}

#[tokio::test]
async fn a_letter_that_was_refused_is_seen_read_and_sent_again() {
    let (app, store, id) = with_dead(LetterKind::Alert).await;
    let mut ops = app.signed_in(Role::Ops).await;

    let list = ops.get("/mailbox?state=dead").await.text;
    let page = ops.get(&format!("/mailbox/{id}")).await.text;
    let sent = ops.post(&format!("/mailbox/{id}/resend"), &[]).await;
    let again = ops.post(&format!("/mailbox/{id}/resend"), &[]).await;

    assert!(list.contains("1 letter could not be delivered") && list.contains("no such user"));
    assert!(page.contains("The inverter of Hill Farm is off."));
    assert_eq!((sent.status.as_u16(), again.status.as_u16()), (303, 409));
    let state = store.find(id).await.unwrap().unwrap().summary.state;
    assert_eq!(state, LetterState::Waiting);
}

#[tokio::test]
async fn its_markup_is_framed_as_a_document_of_nowhere() {
    let (app, _, id) = with_dead(LetterKind::Alert).await;

    let frame = app.signed_in(Role::Cs).await.get(&format!("/mailbox/{id}/html")).await;

    let policy = frame.header("content-security-policy");
    for directive in ["default-src 'none'", "frame-ancestors 'self'", "sandbox"] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("allow-scripts"));
    assert_eq!(frame.header("x-frame-options"), "SAMEORIGIN");
    assert!(frame.text.starts_with("<p>The inverter is off."));
}

#[tokio::test]
async fn nobody_reads_a_link_that_opens_the_account_of_another() {
    let (app, _, id) = with_dead(LetterKind::PasswordReset).await;
    let mut admin = app.signed_in(Role::Admin).await;

    let page = admin.get(&format!("/mailbox/{id}")).await;
    let frame = admin.get(&format!("/mailbox/{id}/html")).await;

    assert_eq!((page.status.as_u16(), frame.status.as_u16()), (200, 404));
    assert!(!page.text.contains("Hill Farm"));
}

#[tokio::test]
async fn the_page_follows_what_becomes_of_letters() {
    let (app, store, id) = with_dead(LetterKind::Alert).await;
    let mut ops = app.signed_in(Role::Ops).await;
    let page = ops.get("/mailbox").await.text;
    let mut stream = ops.stream(&stream_of(&page)).await;
    assert!(first_patch(&mut stream).await.contains("could not be delivered"));

    ops.post(&format!("/mailbox/{id}/resend"), &[]).await;

    until(&mut stream, "1 letter</strong> waits to be sent").await;
    assert_eq!(store.counts().await.unwrap().waiting, 1);
}

#[tokio::test]
async fn an_address_that_was_cut_off_still_opens_the_list() {
    let app = App::start().await;

    let page = app.signed_in(Role::Ops).await.get("/mailbox?state=lost&before=x").await;

    assert_eq!(page.status, 200);
    assert!(page.text.contains("There is no state “lost”"), "{}", page.text);
    assert!(page.text.contains("No mail server is set up"));
}
