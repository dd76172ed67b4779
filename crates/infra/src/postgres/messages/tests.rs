use std::sync::Arc;

use greengrid_app::messages::{Claimed, LetterStore, Mailer, Outcome, Postman, Resent};
use greengrid_domain::messages::{Letter, LetterImage, LetterKind, LetterState};
use greengrid_domain::observability::Initiator;
use jiff::SignedDuration;
use sqlx::Executor;

use super::{PgLetterStore, enqueue};
use crate::mail::sink::{Manner, SmtpSink};
use crate::mail::{MailSettings, SmtpMailer};
use crate::postgres::testing::TestDatabase;

const MINUTES: SignedDuration = SignedDuration::from_mins(5);

fn letter(key: &str, kind: LetterKind) -> Letter {
    Letter::builder()
        .key(key)
        .to("diana@example.org".parse().unwrap())
        .kind(kind)
        .subject("Hello")
        .text("Hello, Diana.")
        .html("<p>Hello, Diana.</p>".to_owned())
        .build()
}

fn test_letter(key: &str) -> Letter {
    letter(key, LetterKind::Test)
}

async fn store() -> (TestDatabase, PgLetterStore) {
    let db = TestDatabase::from_template().await;
    let store = PgLetterStore::new(db.pool());
    (db, store)
}

/// Lets every wait be over.
async fn pass(db: &TestDatabase) {
    db.pool().execute("update mail_letter set next_try_at = now()").await.unwrap();
}

async fn states(store: &PgLetterStore) -> Vec<(LetterState, u32)> {
    let listed = store.list(None, None, 100).await.unwrap();
    listed.into_iter().map(|letter| (letter.state, letter.tries)).collect()
}

fn postman(store: &PgLetterStore, sink: &SmtpSink) -> Postman {
    let settings = MailSettings::new(&sink.url(), "GreenGrid <alerts@green.example>").unwrap();
    let mailer: Arc<dyn Mailer> = Arc::new(SmtpMailer::new(&settings).unwrap());
    Postman::builder().store(Arc::new(store.clone())).mailer(mailer).build()
}

#[tokio::test]
async fn a_letter_asked_for_twice_is_written_once_with_its_pictures() {
    let (_db, store) = store().await;
    let mut with_picture = test_letter("a");
    let picture = |cid: &str| LetterImage {
        cid: cid.to_owned(),
        media: "image/png".to_owned(),
        bytes: vec![1, 2, 3],
    };
    with_picture.images = vec![picture("one"), picture("two")];

    let first = store.enqueue(&[with_picture.clone(), test_letter("b"), test_letter("b")]).await;
    let again = store.enqueue(&[with_picture.clone()]).await;

    assert_eq!((first.unwrap(), again.unwrap()), (2, 0));
    let claimed = store.claim(10, MINUTES).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert_eq!(claimed.iter().find(|it| it.letter.key == "a".into()).unwrap().letter, with_picture);
}

#[tokio::test]
async fn a_letter_of_a_change_that_is_taken_back_was_never_written() {
    let (db, store) = store().await;

    let mut tx = db.pool().begin().await.unwrap();
    assert_eq!(enqueue(&mut tx, &[test_letter("a")]).await.unwrap(), 1);
    tx.rollback().await.unwrap();

    assert_eq!(states(&store).await, []);
}

#[tokio::test]
async fn no_two_take_up_the_same_letter() {
    let (_db, store) = store().await;
    let letters: Vec<Letter> = (0..40).map(|n| test_letter(&format!("{n}"))).collect();
    store.enqueue(&letters).await.unwrap();

    let claims = futures::future::join_all((0..10).map(|_| store.claim(5, MINUTES))).await;

    let mut ids: Vec<_> = claims.into_iter().flat_map(Result::unwrap).map(|it| it.id).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "taken up twice");
    assert!(all >= 36, "{all}");
}

#[tokio::test]
async fn what_was_taken_up_and_lost_comes_again_and_the_late_word_does_not_count() {
    let (db, store) = store().await;
    store.enqueue(&[test_letter("a")]).await.unwrap();
    let lost = store.claim(1, MINUTES).await.unwrap().remove(0);
    assert_eq!(store.claim(1, MINUTES).await.unwrap(), [] as [Claimed; 0]);
    pass(&db).await;

    let again = store.claim(1, MINUTES).await.unwrap().remove(0);

    assert_eq!((again.id, again.tries), (lost.id, 2));
    let dead = Outcome::Dead { why: "late".to_owned() };
    assert!(!store.settle(&lost, &dead).await.unwrap());
    assert!(store.settle(&again, &Outcome::Sent).await.unwrap());
    assert_eq!(states(&store).await, [(LetterState::Sent, 2)]);
}

#[tokio::test]
async fn what_opens_an_account_is_forgotten_once_sent() {
    let (_db, store) = store().await;
    store.enqueue(&[letter("r", LetterKind::PasswordReset), test_letter("t")]).await.unwrap();

    for claimed in store.claim(2, MINUTES).await.unwrap() {
        store.settle(&claimed, &Outcome::Sent).await.unwrap();
    }

    for summary in store.list(None, None, 2).await.unwrap() {
        let found = store.find(summary.id).await.unwrap().unwrap().letter;
        let forgotten = found.text.is_empty() && found.html.is_none();
        assert_eq!(forgotten, summary.kind.is_secret(), "{}", summary.kind);
    }
}

#[tokio::test]
async fn only_what_is_dead_or_kept_is_sent_again_and_the_trail_says_by_whom() {
    let (db, store) = store().await;
    store.enqueue(&[test_letter("a")]).await.unwrap();
    let id = store.list(None, None, 1).await.unwrap()[0].id;
    let by = Initiator::CommandLine;
    assert_eq!(store.resend(by, id).await.unwrap(), Resent::NotNow);
    assert_eq!(store.resend(by, 99.into()).await.unwrap(), Resent::NoSuchLetter);
    let claimed = store.claim(1, MINUTES).await.unwrap().remove(0);
    store.settle(&claimed, &Outcome::Dead { why: "refused".to_owned() }).await.unwrap();

    assert_eq!(store.resend(by, id).await.unwrap(), Resent::Done);

    assert_eq!(states(&store).await, [(LetterState::Waiting, 1)]);
    assert_eq!(store.claim(1, MINUTES).await.unwrap()[0].letter.key, "a".into());
    let trail: Vec<(String, String)> =
        sqlx::query_as("select action, subject_id from audit_entry where subject = 'letter'")
            .fetch_all(&db.pool())
            .await
            .unwrap();
    assert_eq!(trail, [("resend".to_owned(), id.to_string())]);
}

#[tokio::test]
async fn nothing_is_lost_while_the_mail_server_is_away_or_misbehaves() {
    let (db, store) = store().await;
    let sink = SmtpSink::start().await;
    let postman = postman(&store, &sink);
    store.enqueue(&[test_letter("a")]).await.unwrap();

    for manner in [Manner::RefusesUs, Manner::IsBusy, Manner::DropsAfterLetter] {
        sink.behave(manner);
        let round = postman.deliver().await.unwrap();
        assert_eq!(round.taken, 1, "{manner:?}");
        assert_eq!(states(&store).await[0].0, LetterState::Waiting, "{manner:?}");
        pass(&db).await;
    }
    sink.behave(Manner::Takes);
    postman.deliver().await.unwrap();

    assert_eq!(states(&store).await, [(LetterState::Sent, 4)]);
    // It was taken once without an answer, so it came twice: as the same letter.
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("Message-ID"), received[1].header("Message-ID"));
}

#[tokio::test]
async fn a_recipient_that_does_not_exist_does_not_hold_up_the_others() {
    let (_db, store) = store().await;
    let sink = SmtpSink::start().await;
    let postman = postman(&store, &sink);
    store.enqueue(&[test_letter("a")]).await.unwrap();
    sink.behave(Manner::RefusesRecipients);
    postman.deliver().await.unwrap();
    let dead = store.list(Some(LetterState::Dead), None, 1).await.unwrap();
    assert!(dead[0].last_error.as_ref().unwrap().contains("no such user"));
    sink.behave(Manner::Takes);
    store.enqueue(&[test_letter("b")]).await.unwrap();

    postman.deliver().await.unwrap();

    assert_eq!(states(&store).await, [(LetterState::Sent, 1), (LetterState::Dead, 1)]);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.waiting, counts.sent, counts.kept, counts.dead), (0, 1, 0, 1));
}
